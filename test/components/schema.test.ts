import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import ts from "typescript";

const ROOT = join(__dirname, "..", "..");
/** A folder with a tsconfig.json of the component alone: Pulumi's analyzer compiles all files that it lists. */
const FOLDER = join(__dirname, "schema");
const GOLDEN = join(FOLDER, "golden.json");

interface Schema {
    readonly resources: Readonly<Record<string, { readonly inputProperties: Readonly<Record<string, { readonly description?: string }>> }>>;
}

/** Generates the component's schema for other Pulumi languages, like Pulumi. */
function generatedSchema(): object {
    const manifest = { ...JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")), main: join(ROOT, "components", "index.ts") };
    const { components, typeDefinitions, dependencies } = new Analyzer(
        FOLDER,
        "vss-backup",
        manifest,
        new Set(["VssBackupPolicy"]),
    ).analyze();
    return generateSchema("vss-backup", "0.0.0", "", components, typeDefinitions, dependencies);
}

/** The documentation tags of each argument. */
function tagsOfArguments(): Map<string, string[]> {
    const file = join(ROOT, "components", "arguments.ts");
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
    const tags = new Map<string, string[]>();
    source.forEachChild((node) => {
        if (ts.isInterfaceDeclaration(node) && node.name.text === "VssBackupPolicyArgs") {
            for (const member of node.members) {
                tags.set(
                    member.name?.getText() ?? "",
                    ts.getJSDocTags(member).map(({ tagName }) => tagName.text),
                );
            }
        }
    });
    return tags;
}

describe("The arguments in other Pulumi languages", () => {
    let generated: Schema;

    before(() => {
        generated = JSON.parse(JSON.stringify(generatedSchema())) as Schema;
    });

    it("equal the golden schema, with their descriptions (WRITE_GOLDEN=1 writes a new one)", () => {
        if (process.env.WRITE_GOLDEN) {
            writeFileSync(GOLDEN, `${JSON.stringify(generated, null, 2)}\n`);
        }
        assert.deepEqual(generated, JSON.parse(readFileSync(GOLDEN, "utf8")));
    });

    it("have a documented default and an example each", () => {
        const inputs = generated.resources["vss-backup:index:VssBackupPolicy"]?.inputProperties ?? {};
        assert.deepEqual(
            Object.entries(inputs).flatMap(([name, { description }]) => (/^Default: /m.test(description ?? "") ? [] : [name])),
            [],
        );
        assert.deepEqual(
            [...tagsOfArguments()].filter(([, tags]) => !tags.includes("example")),
            [],
        );
        assert.deepEqual([...tagsOfArguments().keys()].sort(), Object.keys(inputs).sort());
    });
});
