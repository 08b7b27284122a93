import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { runProgram } from "../../rehearsal/program";
import { compilerErrors } from "../support/compiler";
import { blocks, PAGES, ROOT } from "../support/documents";

describe("The documents' programs and stack files", () => {
    it("compile", () => {
        const programs = blocks("ts").map(({ text }) => text);
        assert.equal(programs.length > 20, true);
        assert.deepEqual(compilerErrors(programs), []);
    });

    for (const page of PAGES.filter((page) => blocks("yaml", [page]).length > 0)) {
        it(`deploy, all of ${page} together`, async () => {
            const files = blocks("yaml", [page]).map(({ text }) => parse(text) as { config: Record<string, unknown> });
            const config = Object.entries(Object.assign({}, ...files.map((file) => file.config)));
            const texts = config.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
            const { outputs } = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", {
                "aws:region": "eu-central-1",
                ...Object.fromEntries(texts),
            });
            assert.equal(outputs.cleanerFunctionName, "vss-backup-prod-eu-cleaner");
        });
    }
});
