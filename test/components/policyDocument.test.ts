import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { policyDocument, type Statement } from "../../components/policyDocument";
import { deployPolicy, documentsOf } from "../support/policies";

type Path = readonly string[];

/** The paths of all texts, lists and maps inside a value. */
function paths(value: unknown, path: Path = []): Path[] {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    return [...(path.length > 0 ? [path] : []), ...entries.flatMap(([key, entry]) => paths(entry, [...path, key]))];
}

/** A copy of a value, with a replacement at a path. */
function replaceAt(value: unknown, [key, ...rest]: Path, replacement: unknown): unknown {
    if (key === undefined) {
        return replacement;
    }
    const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
    copy[key] = replaceAt(copy[key], rest, replacement);
    return copy;
}

function resolveOutput<T>(value: pulumi.Output<T>): Promise<T> {
    return (value as unknown as { promise(): Promise<T> }).promise();
}

describe("A policy document", () => {
    it("is JSON in IAM's form", async () => {
        const statement: Statement = { Sid: "Delete", Effect: "Allow", Action: ["a:B"], Resource: pulumi.output("*") };
        assert.equal(
            await resolveOutput(policyDocument([statement])),
            '{"Version":"2012-10-17","Statement":[{"Sid":"Delete","Effect":"Allow","Action":["a:B"],"Resource":"*"}]}',
        );
    });

    it("is refused if any value in any statement of a policy is empty", async () => {
        const args = { hold: "Keep", orphanDays: 30, serverTag: { value: "a" } };
        const documents = [...documentsOf(await deployPolicy(args)), ...documentsOf(await deployPolicy({ serverRoles: { a: "a" } }))];
        const statements = documents.flatMap(({ Statement }) => Statement);
        const places = statements.flatMap((statement) => paths(statement).map((path) => ({ statement, path })));
        assert.ok(places.length > 200);
        const emptyValue = fc.constantFrom(undefined, null, "", "  ", [], {}, [undefined], 0, false);
        await fc.assert(
            fc.asyncProperty(fc.constantFrom(...places), emptyValue, fc.boolean(), async ({ statement, path }, value, isOutput) => {
                const statementWithGap = replaceAt(statement, path, isOutput ? pulumi.output(value) : value) as Statement;
                await assert.rejects(
                    resolveOutput(policyDocument([statementWithGap])),
                    /has no value\. A policy without it would not be safe\.$/,
                );
            }),
            { examples: places.map((place): [typeof place, undefined, boolean] => [place, undefined, true]) },
        );
    });
});
