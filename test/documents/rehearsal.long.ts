import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rehearsalOutput, rehearsalPicture, restorePicture, statusPicture } from "../../build/picture";
import { findBlocks, ROOT } from "../support/documents";

/** The options of the README's second command. */
function rehearsalOptions(): string[] {
    const [line] = findBlocks("sh", ["README.md"]).flatMap(({ text }) => /^npm start "--" (.*)$/m.exec(text)?.[1] ?? []);
    return (line as string).split(" ");
}

describe("The pictures of the README", () => {
    it("shows the output of npm start; if it does not, run npm run picture", () => {
        const picture = readFileSync(join(ROOT, "docs", "rehearsal.svg"), "utf8");
        assert.equal(rehearsalPicture(rehearsalOutput()), picture);
    });

    it("shows a restore as its page does; if it does not, run npm run picture", () => {
        assert.equal(restorePicture(), readFileSync(join(ROOT, "docs", "restore.svg"), "utf8"));
    });

    it("shows the status as its page does; if it does not, run npm run picture", () => {
        assert.equal(statusPicture(), readFileSync(join(ROOT, "docs", "status.svg"), "utf8"));
    });

    it("shows a rehearsal in which every invariant held", () => {
        assert.match(readFileSync(join(ROOT, "docs", "rehearsal.svg"), "utf8"), />Every invariant held\.<\/text>/);
    });
});

describe("The README's rehearsal with options", () => {
    it("runs for as many days and servers", () => {
        const args = ["-r", "ts-node/register", "rehearsal/main.ts", ...rehearsalOptions()];
        assert.match(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }), /60 days, 5 servers/);
    });
});
