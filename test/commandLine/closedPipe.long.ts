import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { commandLineFile } from "../../build/commandLineBundle";
import { healthyAccount, makeServer } from "./support/account";
import { withRuns } from "./support/liveRuns";
import { environmentOf, withEmbeddedAws } from "./support/vssBackup";

describe("A reader that ends before the output", () => {
    it("causes no error", async () => {
        const printed = await withEmbeddedAws(healthyAccount(), {}, async ({ endpoint }) => {
            const child = spawn(process.execPath, [commandLineFile(), "plan", "--json"], { env: environmentOf(tmpdir(), endpoint) });
            child.stdout.destroy();
            const closed = new Promise((resolve) => child.on("close", resolve));
            return { stderr: await text(child.stderr), status: await closed };
        });
        assert.deepEqual(printed, { stderr: "", status: 0 });
    });

    it("costs no result of a backup if it read the progress", async () => {
        const { state, aws } = withRuns(healthyAccount([makeServer(1, "web01")]));
        const printed = await withEmbeddedAws(state, aws, async ({ endpoint }) => {
            const child = spawn(process.execPath, [commandLineFile(), "backup", "--yes"], { env: environmentOf(tmpdir(), endpoint) });
            child.stderr.destroy();
            const closed = new Promise((resolve) => child.on("close", resolve));
            return { stdout: await text(child.stdout), status: await closed };
        });
        assert.deepEqual(printed, {
            stdout: `Server                       Result
web01 (i-0a1b2c3d4e5f00001)  restore point of 2027-03-05 08:01, 2 snapshots
`,
            status: 0,
        });
    });
});
