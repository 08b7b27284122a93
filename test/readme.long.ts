import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { blocks, compilerErrors, README, ROOT } from "./support/readme";

function start(...args: string[]): string {
    return execFileSync(process.execPath, ["-r", "ts-node/register", "rehearsal/main.ts", ...args], {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    });
}

describe("The README", () => {
    it("has programs that compile", () => {
        assert.equal(blocks("ts").length, 2);
        assert.deepEqual(compilerErrors(blocks("ts")), []);
    });

    it("shows what npm start prints, and an npm start with options that runs", () => {
        const printed = start().split("\n");
        const shown =
            blocks("text")[0]
                ?.split("\n")
                .filter((line) => !["", "…"].includes(line)) ?? [];
        assert.deepEqual(
            shown.filter((line) => !printed.includes(line)),
            [],
        );
        const [, options] = /^npm start -- (--stack .*)$/m.exec(README) as unknown as [string, string];
        assert.match(start(...options.split(" ")), /^60 days, 5 servers with 3 volumes each$/m);
    });
});
