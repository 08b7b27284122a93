import assert from "node:assert/strict";
import { healthyAccount, type TestAccount } from "./support/account";
import { changes, vssBackup } from "./support/vssBackup";

/** The snapshots of the Day set of web01 of 2027-03-05. */
const SET = ["snap-00000000000000011", "snap-00000000000000012"] as const;
const TITLE = "Day set of 2027-03-05 01:01, web01 (i-0a1b2c3d4e5f00001), 2 snapshots";

const HOLDING = `Put the tag VssBackupHold on the Day set of 2027-03-05 01:01, web01
(i-0a1b2c3d4e5f00001), 2 snapshots. The cleaner will not delete it.
`;

/** The values of the tag that holds a snapshot, by the snapshots' ids. */
function holds({ store }: TestAccount): Record<string, Record<string, string>> {
    const held = store.all().map(({ id, tags }) => [id, Object.fromEntries([...tags].filter(([key]) => /hold/i.test(key)))] as const);
    return Object.fromEntries(held.filter(([, tags]) => Object.keys(tags).length > 0));
}

describe("vss-backup hold", () => {
    it("puts the tag on the whole set with one request", async () => {
        const account = healthyAccount();
        const { calls, ...printed } = await vssBackup(["hold", SET[1], "--reason", "audit 2027", "--yes"], account);
        assert.deepEqual(printed, {
            status: 0,
            stdout: `Held: the ${TITLE}.\nTo end it: vss-backup release ${SET[1]}\n`,
            stderr: `${HOLDING}`,
        });
        const expected = Object.fromEntries(SET.map((id) => [id, { VssBackupHold: "audit 2027" }]));
        assert.deepEqual([holds(account), changes(calls)], [expected, ["CreateTags"]]);
    });

    it("prints one document with --json", async () => {
        const { stdout, status } = await vssBackup(["hold", SET[0], "--yes", "--json"], healthyAccount());
        assert.deepEqual(
            [status, JSON.parse(stdout)],
            [
                0,
                {
                    version: 1,
                    command: "hold",
                    policy: "prod",
                    region: "eu-central-1",
                    time: "2027-03-05T07:00:00Z",
                    exitCode: 0,
                    result: {
                        server: "i-0a1b2c3d4e5f00001",
                        name: "web01",
                        type: "Day",
                        time: "2027-03-05T00:01:30Z",
                        snapshots: SET,
                        held: true,
                        changed: SET,
                    },
                },
            ],
        );
    });

    it("does nothing without a terminal and without --yes", async () => {
        const account = healthyAccount();
        const { calls, ...printed } = await vssBackup(["hold", SET[0]], account);
        assert.deepEqual(printed, {
            status: 5,
            stdout: "",
            stderr: `${HOLDING}Nobody confirmed the action. Nothing was done.\nWithout a terminal, add --yes.\n`,
        });
        assert.deepEqual([holds(account), changes(calls)], [{}, []]);
    });

    it("completes a set that is half held, whatever the letter case of the key", async () => {
        const account = healthyAccount();
        account.store.get(SET[0])?.tags.set("vssbackuphold", "by hand");
        const { status, stderr } = await vssBackup(["hold", SET[0], "--yes"], account);
        assert.deepEqual(
            [status, stderr, holds(account)],
            [
                0,
                `Put the tag VssBackupHold on 1 of the 2 snapshots of the Day set of 2027-03-05\n01:01, web01 (i-0a1b2c3d4e5f00001), 2 snapshots. The cleaner will not delete it.\n`,
                { [SET[0]]: { vssbackuphold: "by hand" }, [SET[1]]: { VssBackupHold: "" } },
            ],
        );
    });

    it("changes nothing if the set is held already", async () => {
        const account = healthyAccount();
        for (const id of SET) {
            account.store.get(id)?.tags.set("VssBackupHold", "audit");
        }
        const { calls, ...printed } = await vssBackup(["hold", SET[0]], account);
        assert.deepEqual(
            [printed, changes(calls)],
            [{ status: 0, stdout: `The ${TITLE}, is\nheld already. Nothing was done.\n`, stderr: "" }, []],
        );
    });

    it("says that a set that is held already keeps its reason", async () => {
        const account = healthyAccount();
        for (const id of SET) {
            account.store.get(id)?.tags.set("VssBackupHold", "audit");
        }
        const { stdout } = await vssBackup(["hold", SET[0], "--reason", "court"], account);
        assert.equal(
            stdout,
            `The ${TITLE}, is\nheld already. Nothing was done.\nThe reason stays as it is. To change it, first release the set:\n    vss-backup release ${SET[0]}\n`,
        );
    });

    it("refuses a snapshot that is not the policy's", async () => {
        const account = healthyAccount();
        account.store.get(SET[0])?.tags.set("VssBackupPolicy", "other");
        const { calls, ...printed } = await vssBackup(["hold", SET[0], "--yes"], account);
        assert.deepEqual(
            [printed, changes(calls)],
            [
                {
                    status: 2,
                    stdout: "",
                    stderr: `Policy prod has no snapshot ${SET[0]}.\nTo list the snapshots: vss-backup points --json\n`,
                },
                [],
            ],
        );
    });
});

describe("vss-backup release", () => {
    it("removes the tag from the whole set with one request, in any letter case", async () => {
        const account = healthyAccount();
        account.store.get(SET[0])?.tags.set("VssBackupHold", "audit");
        account.store.get(SET[1])?.tags.set("vssBackupHOLD", "by hand");
        const { calls, ...printed } = await vssBackup(["release", SET[0], "--yes"], account);
        assert.deepEqual(printed, {
            status: 0,
            stdout: `Released: the ${TITLE.replace(/ snapshots$/, "\nsnapshots")}.\n`,
            stderr: `Remove the tag VssBackupHold, vssBackupHOLD from the Day set of 2027-03-05\n01:01, web01 (i-0a1b2c3d4e5f00001), 2 snapshots. The cleaner may then delete it.\n`,
        });
        assert.deepEqual([holds(account), changes(calls)], [{}, ["DeleteTags"]]);
    });

    it("changes nothing if the set is not held", async () => {
        const { calls, ...printed } = await vssBackup(["release", SET[0]], healthyAccount());
        assert.deepEqual(
            [printed, changes(calls)],
            [{ status: 0, stdout: `The ${TITLE}, is\nnot held. Nothing was done.\n`, stderr: "" }, []],
        );
    });

    it("does nothing without a terminal and without --yes", async () => {
        const account = healthyAccount();
        account.store.get(SET[0])?.tags.set("VssBackupHold", "audit");
        const { status, calls } = await vssBackup(["release", SET[0]], account);
        assert.deepEqual([status, holds(account), changes(calls)], [5, { [SET[0]]: { VssBackupHold: "audit" } }, []]);
    });
});
