import assert from "node:assert/strict";
import { healthyAccount, makeServer } from "./support/account";
import { changes, vssBackup } from "./support/vssBackup";

describe("An empty name of a server", () => {
    for (const args of [
        ["points", ""],
        ["points", " "],
        ["backup", "--yes", "--server", ""],
        ["backup", "--yes", "--server", "web01", ""],
    ]) {
        it(`is refused, and means no server without a name: ${JSON.stringify(args)}`, async () => {
            const account = healthyAccount([makeServer(1, "web01"), makeServer(2, ""), makeServer(3, " ")]);
            const { status, stdout, stderr, calls } = await vssBackup(args, account);
            const reason = "Give the id or the name of a server.";
            assert.deepEqual([status, stdout, stderr.replace(/\s+/g, " ").includes(reason), changes(calls)], [2, "", true, []]);
        });
    }
});
