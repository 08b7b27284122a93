import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { commandLineFile } from "../../build/commandLineBundle";
import { healthyAccount } from "./support/account";
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
});
