import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { runProgram } from "../../rehearsal/program";
import { findBlocks, PAGES, ROOT } from "../support/documents";

/** Merges two configs. It adds the entries of maps, and replaces other values. */
function mergeConfig(config: Record<string, unknown>, more: Record<string, unknown>): Record<string, unknown> {
    const isMap = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
    const entries = Object.entries(more).map(([key, value]) => {
        const present = config[key];
        return [key, isMap(present) && isMap(value) ? { ...present, ...value } : value] as const;
    });
    return { ...config, ...Object.fromEntries(entries) };
}

describe("The documents' stack files", () => {
    for (const page of PAGES.filter((page) => findBlocks("yaml", [page]).length > 0)) {
        it(`deploy, all of ${page} together`, async () => {
            const files = findBlocks("yaml", [page]).map(({ text }) => (parse(text) as { config: Record<string, unknown> }).config);
            // Without the watch, its other options are faults. Without writers, there is no metadata to save.
            const isAlone = (config: Record<string, unknown>) =>
                config["vss-backup:watch"] === false || config["vss-backup:noWriters"] === true;
            for (const config of [files.filter((file) => !isAlone(file)).reduce(mergeConfig), ...files.filter(isAlone)]) {
                const texts = Object.entries(config).map(([key, value]) => [
                    key,
                    typeof value === "string" ? value : JSON.stringify(value),
                ]);
                const { outputs } = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", {
                    "aws:region": "eu-central-1",
                    ...Object.fromEntries(texts),
                });
                assert.equal(outputs.cleanerFunctionName, "vss-backup-prod-eu-cleaner");
            }
        });
    }
});
