import assert from "node:assert/strict";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import { addSet, healthyAccount, type TestAccount, withCleaner } from "./support/account";
import { changes, vssBackup } from "./support/vssBackup";

/** An account in which each acting command has something to do. */
function busyAccount(): TestAccount {
    const account = healthyAccount();
    const [web] = account.servers as readonly Server[];
    if (web) {
        addSet(account.store, web, "Day", Date.parse("2027-02-27T00:00Z"), { VssBackupHold: "" });
        addSet(account.store, web, "Day", Date.parse("2027-02-26T00:00Z"));
        addSet(account.store, web, "Day", Date.parse("2027-02-25T00:00Z"), { VssBackupPolicy: undefined });
    }
    return withCleaner(account);
}

/** The ids and tags of all snapshots. */
function snapshotsOf({ store }: TestAccount): object[] {
    return store.all().map(({ id, tags }) => [id, [...tags]]);
}

describe("Without a terminal and without --yes", () => {
    for (const [command, asked] of [
        [["backup"], []],
        [["hold", "snap-00000000000000001"], []],
        [["release", "snap-00000000000000029"], []],
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
