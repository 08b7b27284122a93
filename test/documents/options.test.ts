import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { argumentsSchema } from "../../components/argumentsSchema";
import { DEFAULTS } from "../../components/defaults";
import { resolvePolicy } from "../../components/resolvePolicy";
import { RESERVED_TAGS } from "../../components/snapshotTags";
import { runProgram } from "../../rehearsal/program";
import { readPolicyArguments } from "../support/compiler";
import { blocksOf, ROOT, textOf } from "../support/documents";

const PAGE = "docs/options.md";
const OPTIONS = Object.keys(argumentsSchema.shape);

/** Rows of the table under a heading row, as cells. */
function rowsBelow(page: string, head: string): string[][] {
    const table = textOf(page).split(head)[1]?.split("\n\n")[0] ?? "";
    return table
        .split("\n")
        .slice(2)
        .map((row) =>
            row
                .split("|")
                .slice(1, -1)
                .map((cell) => cell.trim()),
        );
}

/** The section of each option: its text and its examples. */
function sections(): { readonly option: string; readonly text: string; readonly yaml: string[]; readonly ts: string[] }[] {
    const parts = textOf(PAGE)
        .split(/^### `(\w+)`$/m)
        .slice(1);
    return parts.flatMap((option, i) => {
        const text = (parts[i + 1] ?? "").split(/^## /m)[0] as string;
        const examples = (language: string) =>
            blocksOf(PAGE).flatMap((block) => (block.language === language && text.includes(block.text) ? [block.text] : []));
        return i % 2 === 0 ? [{ option, text, yaml: examples("yaml"), ts: examples("ts") }] : [];
    });
}

/** The option's default in the page's form: code for text and numbers, or a word. */
function writtenDefault(option: string): string {
    const KEYS_OF_TAG = { serverTag: '`{ key: "VssBackup", value: <name of the policy> }`' };
    const NONE: Readonly<Record<string, string>> = {
        serverRoles: "none",
        notificationEmails: "none",
        topicArn: "none",
        chatTopicArn: "none",
        restoreTestDays: "none",
        tags: "none",
        orphanDays: "never",
    };
    const FLAGS = { excludeBootVolume: false, copyOnly: false, noWriters: false, saveVssMetadata: false };
    const value = ({ ...DEFAULTS, ...FLAGS } as Readonly<Record<string, unknown>>)[option];
    return { ...KEYS_OF_TAG, ...NONE }[option] ?? `\`${written(value)}\``;
}

function written(value: unknown): string {
    if (typeof value === "string") {
        return value;
    }
    const entries = JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ");
    return entries.replaceAll(/"(\w+)": /g, "$1: ").replace(/^\[ (.*) \]$/, "[$1]");
}

describe("The page of options", () => {
    it("has a row and a section for every option", () => {
        const rows = rowsBelow(PAGE, "| option | value | default |").map(([link]) => /^\[`(\w+)`\]/.exec(link as string)?.[1]);
        assert.deepEqual(rows.toSorted(), OPTIONS.toSorted());
        assert.deepEqual(
            sections().map(({ option }) => option),
            rows,
        );
    });

    it("gives the default of every option twice", () => {
        const rows = rowsBelow(PAGE, "| option | value | default |").map(([link, , given]) => [/\w+/.exec(link as string)?.[0], given]);
        assert.deepEqual(
            rows,
            rows.map(([option]) => [option, writtenDefault(option as string)]),
        );
        assert.deepEqual(
            sections().map(({ text }) => /^Default: (.*)\.$/m.exec(text)?.[1]),
            rows.map(([, given]) => given),
        );
    });

    it("has one example in YAML and one in TypeScript, with the same arguments", () => {
        for (const { option, yaml, ts } of sections()) {
            assert.deepEqual([yaml.length, ts.length], [1, 1], option);
            const { config } = parse(yaml[0] as string) as { config: Record<string, unknown> };
            const args = Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("vss-backup:", ""), value]));
            assert.deepEqual(readPolicyArguments(ts[0] as string), [args]);
            assert.equal(Object.hasOwn(args, option), true, option);
        }
    });

    it("has the same options as Pulumi.yaml", () => {
        const named = [...textOf("Pulumi.yaml").matchAll(/^ {4}(?:# )?vss-backup:(\w+)(?::| {2,})/gm)].map(([, key]) => key);
        assert.deepEqual(named.toSorted(), OPTIONS.toSorted());
    });

    it("shows the errors of the program", async () => {
        const [faults, missing] = blocksOf(PAGE)
            .filter(({ language }) => language === "text")
            .map(({ text }) => text.trimEnd()) as [string, string];
        const args = { retention: { Week: 0 }, timezone: "W. Europe Standard Time", tags: { CostCenter: 4711 }, retenton: {} };
        assert.throws(
            () => resolvePolicy("prod-eu", args as object, Date.UTC(2027, 0, 1)),
            ({ message }: Error) => {
                assert.deepEqual(message.split("\n").toSorted(), faults.split("\n").toSorted());
                return true;
            },
        );
        await assert.rejects(async () => runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", { "vss-backup:reportOnly": "" }), {
            message: missing,
        });
    });

    it("counts the tags that the policy and VSS need", () => {
        const sentence = `${50 - RESERVED_TAGS.length} tags are allowed, because AWS allows 50 on a snapshot, and the policy and VSS need ${RESERVED_TAGS.length}.`;
        assert.equal(textOf(PAGE).includes(sentence), true);
    });
});

describe("The README's table of options", () => {
    it("names options of the component", () => {
        const rows = rowsBelow("README.md", "| option | meaning | default |").map(([option]) => option?.replaceAll("`", ""));
        assert.equal(rows.length, 9);
        assert.deepEqual(
            rows.filter((option) => !OPTIONS.includes(option as string)),
            [],
        );
    });
});
