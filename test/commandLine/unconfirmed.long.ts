import assert from "node:assert/strict";
import { busyAccount, FREE, HELD, snapshotsOf } from "./support/busyAccount";
import { changes, vssBackup } from "./support/vssBackup";

describe("Without a terminal and without --yes", () => {
    for (const [command, asked] of [
        [["backup"], []],
        [["hold", FREE], []],
        [["release", HELD], []],
        [["clean", "--apply"], ["Invoke"]],
        [["adopt", "--apply"], []],
    ] as const) {
        it(`vss-backup ${command.join(" ")} does nothing, and exits with 5`, async () => {
            const account = busyAccount();
            const before = snapshotsOf(account);
            const { calls, stdout, status } = await vssBackup([...command, "--json"], account);
            assert.deepEqual(
                [status, JSON.parse(stdout), changes(calls), snapshotsOf(account)],
                [
                    5,
                    {
                        version: 1,
                        exitCode: 5,
                        error: { message: "Nobody confirmed the action. Nothing was done.", cure: "Without a terminal, add --yes." },
                    },
                    asked,
                    before,
                ],
            );
        });
    }
});
