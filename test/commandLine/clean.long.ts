import assert from "node:assert/strict";
import { parameterName } from "../../lambda/deployedPolicy";
import type { Server } from "../../rehearsal/embeddedAws/ssm";
import { addSet, DEPLOYED, healthyAccount, type TestAccount, withCleaner } from "./support/account";
import { changes, vssBackup } from "./support/vssBackup";

/** An account with a Day set of web01 that retention no longer needs. Its snapshots have the last ids. */
function crowdedAccount(): TestAccount {
    const account = healthyAccount();
    addSet(account.store, account.servers?.[0] as Server, "Day", Date.parse("2027-02-27T00:00Z"));
    return account;
}

const OLD = ["snap-00000000000000029", "snap-0000000000000002a"];
const INVOKED = { FunctionName: "vss-backup-prod-cleaner", InvocationType: "RequestResponse" };
const LINE = "6th newest Day restore point, 5 are kept";

function ids({ store }: TestAccount): string[] {
    return store.all().map(({ id }) => id);
}

const head = (kind: string) => `${kind} of the cleaner of policy prod at 2027-03-05 08:00\n`;

describe("vss-backup clean", () => {
    it("shows what the cleaner would delete, and deletes nothing", async () => {
        const account = withCleaner(crowdedAccount());
        const before = ids(account);
        const { calls, ...printed } = await vssBackup(["clean"], account);
        assert.deepEqual(printed, {
            status: 0,
            stdout: `${head("Dry run")}It would delete 2 of 42 snapshots, and keep 40.

Snapshot                Result
snap-00000000000000029  report only, else deleted: 6th newest Day restore point,
                        5 are kept
snap-0000000000000002a  report only, else deleted: 6th newest Day restore point,
                        5 are kept

To delete them: vss-backup clean --apply
`,
            stderr: "",
        });
        assert.deepEqual([ids(account), changes(calls)], [before, ["Invoke"]]);
    });

    it("deletes with --apply and --yes, and shows the report", async () => {
        const account = withCleaner(crowdedAccount());
        const before = ids(account);
        const { calls, ...printed } = await vssBackup(["clean", "--apply", "--yes"], account);
        assert.deepEqual(printed, {
            status: 0,
            stdout: `${head("Run")}It deleted 2 of 42 snapshots, and kept 40.

Snapshot                Result
snap-00000000000000029  deleted: ${LINE}
snap-0000000000000002a  deleted: ${LINE}
`,
            stderr: "Delete 2 of 42 snapshots of policy prod. To see them: vss-backup clean\n",
        });
        assert.deepEqual(
            [ids(account), calls.filter(({ action }) => action === "Invoke").map(({ input }) => input)],
            [
                before.filter((id) => !OLD.includes(id)),
                [
                    { ...INVOKED, Payload: { time: "2027-03-05T07:00:00.000Z", reportOnly: true } },
                    { ...INVOKED, Payload: { time: "2027-03-05T07:00:00.000Z" } },
                ],
            ],
        );
    });

    it("prints one document with --json", async () => {
        const { stdout, status } = await vssBackup(["clean", "--json"], withCleaner(crowdedAccount()));
        const { result, ...head } = JSON.parse(stdout) as { result: object };
        assert.deepEqual(
            [status, head, result],
            [
                0,
                { version: 1, command: "clean", policy: "prod", region: "eu-central-1", time: "2027-03-05T07:00:00Z", exitCode: 0 },
                {
                    time: "2027-03-05T07:00:00Z",
                    reportOnly: true,
                    status: "OK",
                    counts: {
                        listed: 42,
                        deleted: 0,
                        kept: 40,
                        skipped: 0,
                        failed: 0,
                        remaining: 2,
                        staleVolumes: 0,
                        standIns: 0,
                        setsFoundByTime: 0,
                    },
                    deleted: [],
                    remaining: OLD.map((snapshot) => ({ snapshot, reason: `report only, else deleted: ${LINE}` })),
                    failed: [],
                    skipped: [],
                    linesLeftOut: 0,
                },
            ],
        );
    });

    it("deletes nothing with --apply, but without a terminal and without --yes", async () => {
        const account = withCleaner(crowdedAccount());
        const { calls, ...printed } = await vssBackup(["clean", "--apply"], account);
        assert.deepEqual(printed, {
            status: 5,
            stdout: "",
            stderr: "Delete 2 of 42 snapshots of policy prod. To see them: vss-backup clean\nNobody confirmed the action. Nothing was done.\nWithout a terminal, add --yes.\n",
        });
        assert.deepEqual([ids(account).length, calls.filter(({ action }) => action === "Invoke").length], [42, 1]);
    });

    it("asks nothing if there is nothing to delete", async () => {
        const { calls, ...printed } = await vssBackup(["clean", "--apply"], withCleaner(healthyAccount()));
        assert.deepEqual(
            [printed, changes(calls)],
            [{ status: 0, stdout: `${head("Dry run")}It would delete 0 of 40 snapshots, and keep 40.\n`, stderr: "" }, ["Invoke"]],
        );
    });

    it("refuses --apply if the policy has reportOnly", async () => {
        const account = withCleaner(crowdedAccount(), { reportOnly: true });
        const deployed = { ...DEPLOYED, settings: { ...DEPLOYED.settings, reportOnly: true } };
        account.parameters.set(parameterName("prod"), JSON.stringify(deployed));
        const { calls, ...printed } = await vssBackup(["clean", "--apply", "--yes"], account);
        assert.deepEqual(
            [printed, ids(account).length],
            [
                {
                    status: 5,
                    stdout: "",
                    stderr: "Policy prod has reportOnly, so its cleaner deletes nothing.\nDeploy the policy without reportOnly.\n",
                },
                42,
            ],
        );
    });

    it("exits with 3 if something is left for the next run", async () => {
        const account = withCleaner(crowdedAccount(), { maxDeletionsPerRun: 1 });
        addSet(account.store, account.servers?.[1] as Server, "Day", Date.parse("2027-02-26T00:00Z"));
        const { status, stdout } = await vssBackup(["clean", "--apply", "--yes"], account);
        assert.deepEqual([status, stdout.split("\n")[1], ids(account).length], [3, "It deleted 2 of 44 snapshots, and kept 40.", 42]);
    });

    it("names the error of a run that fails, and where its report is", async () => {
        const account = crowdedAccount();
        const failure = Object.assign(new Error("1 of 2 deletions failed. The report in the log says what was done."), {
            name: "CleaningFailed",
        });
        const functions = new Map([[DEPLOYED.cleanerFunction, () => Promise.reject(failure)]]);
        const { calls, ...printed } = await vssBackup(["clean"], { ...account, functions });
        assert.deepEqual(printed, {
            status: 1,
            stdout: "",
            stderr: "The cleaner's run failed: 1 of 2 deletions failed. The report in the log says\nwhat was done.\nTo see its reports: aws logs tail /vss-backup/prod/cleaner --since 1h\n",
        });
    });

    for (const [what, answer] of [
        ["that is no report", null],
        ["of a run that deleted, although it should only report", { Counts: {}, Status: "OK", ReportOnly: false }],
    ] as const) {
        it(`refuses an answer ${what}`, async () => {
            const functions = new Map([[DEPLOYED.cleanerFunction, async () => answer]]);
            const { calls, ...printed } = await vssBackup(["clean"], { ...healthyAccount(), functions });
            assert.deepEqual(printed, {
                status: 1,
                stdout: "",
                stderr: "The function vss-backup-prod-cleaner gave no report that this version of\nvss-backup can read.\nTo see its reports: aws logs tail /vss-backup/prod/cleaner --since 1h\n",
            });
        });
    }
});
