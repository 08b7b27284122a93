import assert from "node:assert/strict";
import { type CleaningFailed, clean, clientConfig } from "../../../lambda/cleaner/cleaner";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import { AwsError } from "../../../rehearsal/embeddedAws/call";
import type { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import { ALL_IDS, DELETED_LINES, KEPT_LINES, makeFourDays, makeReport } from "../../support/account";
import { makeClient, runCleaner, storeSnapshots } from "../../support/cleaning";
import { POLICY } from "../../support/history";
import { findLongLines } from "../../support/logLines";

const MINUTE = 60_000;

/** Makes Day sets of January 2027, one a day from the 1st. `snap-1a` is the first snapshot of day 1. */
function makeJanuary(days: number, volumes = 1): Snapshot[] {
    return Array.from({ length: days * volumes }, (_, i) => {
        const day = Math.floor(i / volumes) + 1;
        const letter = String.fromCharCode(97 + (i % volumes));
        return {
            id: `snap-${day}${letter}`,
            volumeId: `vol-${letter}`,
            startTime: Date.parse("2026-12-31T01:00:00Z") + day * 1440 * MINUTE,
            state: "completed",
            tags: {
                VssBackupPolicy: "prod",
                SnapshotType: "Day",
                AppConsistent: "True",
                AwsVssConfig: `{0000000${day % 10}-0000-4000-8000-0000000000${String(day).padStart(2, "0")}}`,
            },
        };
    });
}

function listIds(store: SnapshotStore): string[] {
    return store.all().map(({ id }) => id);
}

function listActions(calls: readonly { readonly action: string }[]): string[] {
    return calls.map(({ action }) => action);
}

describe("The cleaner", () => {
    it("lists snapshots, deletes the ones that are no longer needed, and reports on all", async () => {
        const store = storeSnapshots(makeJanuary(3));
        const { report, log } = await runCleaner(store);
        assert.deepEqual(report, {
            Policy: "prod",
            Time: "2027-02-01T07:00:00.000Z",
            ReportOnly: false,
            Status: "OK",
            Errors: [],
            Counts: {
                Listed: 3,
                Deleted: 2,
                Kept: 1,
                Skipped: 0,
                Failed: 0,
                Remaining: 0,
                StaleVolumes: 1,
                StandIns: 0,
                SetsFoundByTime: 0,
            },
            StandIns: [],
            SetsFoundByTime: [],
            DeletedSnapshots: ["snap-1a", "snap-2a"],
            FailedSnapshots: [],
            RemainingSnapshots: [],
            StaleVolumes: [
                {
                    VolumeId: "vol-a",
                    Reason: "no restore point since 2027-01-03 01:00 UTC: its backups fail, or it is no longer backed up, or is gone",
                },
            ],
            SkippedSnapshots: [],
            DeletedReasons: [
                { SnapshotId: "snap-1a", Reason: "deleted: 3rd newest Day restore point, 1 is kept" },
                { SnapshotId: "snap-2a", Reason: "deleted: 2nd newest Day restore point, 1 is kept" },
            ],
            KeptSnapshots: [{ SnapshotId: "snap-3a", Reason: "kept: Day 1 of 1" }],
            LinesLeftOut: 0,
        });
        assert.equal(log, `${JSON.stringify(report)}\n`);
        assert.deepEqual(listIds(store), ["snap-3a"]);
    });

    it("lists only the snapshots of its policy, in pages of a thousand", async () => {
        const [snapshot] = makeJanuary(1) as [Snapshot];
        const store = storeSnapshots(
            Array.from({ length: 2_345 }, (_, i) => ({ ...snapshot, id: `snap-${i.toString(16).padStart(8, "0")}`, volumeId: `vol-${i}` })),
        );
        const { report, calls } = await runCleaner(store);
        assert.deepEqual(report.Counts, {
            Listed: 2_345,
            Deleted: 0,
            Kept: 2_345,
            Skipped: 0,
            Failed: 0,
            Remaining: 0,
            StaleVolumes: 2_345,
            StandIns: 0,
            SetsFoundByTime: 0,
        });
        assert.deepEqual(
            calls.map(({ parameters }) => Object.fromEntries([...parameters].filter(([key]) => !["Version", "NextToken"].includes(key)))),
            Array.from({ length: 3 }, () => ({
                Action: "DescribeSnapshots",
                MaxResults: "1000",
                "Owner.1": "self",
                "Filter.1.Name": "tag:VssBackupPolicy",
                "Filter.1.Value.1": "prod",
            })),
        );
    });

    it("continues after an empty page with a token", async () => {
        const store = storeSnapshots(makeJanuary(2));
        let pages = 0;
        const intercept = () => {
            pages += 1;
            return pages === 1
                ? { DescribeSnapshotsResponse: { snapshotSet: "", nextToken: Buffer.from("snap-").toString("base64url") } }
                : undefined;
        };
        const { report, calls } = await runCleaner(store, { intercept });
        assert.deepEqual(
            [report.DeletedSnapshots, listActions(calls)],
            [["snap-1a"], ["DescribeSnapshots", "DescribeSnapshots", "DeleteSnapshot"]],
        );
    });

    it("deletes nothing if the listing fails", async () => {
        const store = storeSnapshots(makeJanuary(9));
        const intercept = ({ parameters }: { parameters: URLSearchParams }) => {
            if (parameters.has("NextToken")) {
                throw new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
            }
            return { DescribeSnapshotsResponse: { snapshotSet: { item: { snapshotId: "snap-1a" } }, nextToken: "more" } };
        };
        await assert.rejects(runCleaner(store, { intercept }), {
            name: "CleaningFailed",
            message:
                "the listing of snapshots broke off: UnauthorizedOperation: You are not authorized to perform this operation.; nothing was deleted. The report in the log says what was done.",
        });
        assert.equal(listIds(store).length, 9);
    });

    it("deletes nothing if EC2 repeats a page token", async () => {
        const store = storeSnapshots(makeJanuary(9));
        const intercept = () => ({ DescribeSnapshotsResponse: { snapshotSet: { item: { snapshotId: "snap-1a" } }, nextToken: "again" } });
        await assert.rejects(runCleaner(store, { intercept }), {
            message:
                "the listing of snapshots broke off: Error: EC2 gave the same page token twice; the listing has no end; nothing was deleted. The report in the log says what was done.",
        });
        assert.equal(listIds(store).length, 9);
    });

    for (const [listing, asked] of [
        ["snapshots", ["DescribeSnapshots"]],
        ["volumes", ["DescribeSnapshots", "DescribeVolumes"]],
    ] as const) {
        it(`deletes nothing if the plan after the listing of ${listing} throws, and fails with its error`, async () => {
            const store = storeSnapshots(makeJanuary(3));
            const calls: string[] = [];
            const retention = {
                get Day(): number {
                    if (calls.length === asked.length) {
                        throw new Error("the plan is broken");
                    }
                    return 1;
                },
            };
            const intercept = ({ action }: { action: string }) => {
                calls.push(action);
                return undefined;
            };
            await assert.rejects(runCleaner(store, { intercept, settings: { retention, orphanDays: 1 } }), {
                name: "Error",
                message: "the plan is broken",
            });
            assert.deepEqual([calls, listIds(store)], [asked, ["snap-1a", "snap-2a", "snap-3a"]]);
        });
    }

    for (const [code, message, reason] of [
        [
            "InvalidSnapshot.InUse",
            "The snapshot snap-1a is currently in use by ami-0123456789abcdef0",
            "left: in use by ami-0123456789abcdef0",
        ],
        [
            "InvalidSnapshot.InUse",
            "The snapshot snap-1a is currently enabled for fast restores",
            "left: in use by something else: The snapshot snap-1a is currently enabled for fast restores",
        ],
        [
            "InvalidParameterValue",
            "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs",
            "left: InvalidParameterValue: This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs",
        ],
        ["SnapshotLocked", "The snapshot is locked", "left: SnapshotLocked: The snapshot is locked"],
        ["OperationNotPermitted", "Snapshot snap-1a is locked", "left: OperationNotPermitted: Snapshot snap-1a is locked"],
    ] as const) {
        it(`does not fail, and deletes the rest, on ${code} (…${message.slice(-30)})`, async () => {
            const store = storeSnapshots(makeJanuary(3));
            Object.assign(store.get("snap-1a") ?? {}, { heldBy: { code, message } });
            const { report } = await runCleaner(store);
            const { Status, Errors, DeletedSnapshots, FailedSnapshots, SkippedSnapshots, RemainingSnapshots } = report;
            assert.deepEqual(
                { Status, Errors, DeletedSnapshots, FailedSnapshots, SkippedSnapshots, RemainingSnapshots },
                {
                    Status: "OK",
                    Errors: [],
                    DeletedSnapshots: ["snap-2a"],
                    FailedSnapshots: [],
                    SkippedSnapshots: [{ SnapshotId: "snap-1a", Reason: reason }],
                    RemainingSnapshots: [],
                },
            );
            assert.deepEqual(listIds(store), ["snap-1a", "snap-3a"]);
        });
    }

    for (const [code, message] of [
        ["InvalidParameterValue", "Something else"],
        ["UnauthorizedOperation", "You are not authorized"],
        ["InvalidSnapshotID.Malformed", "Invalid id"],
        ["Blocked", "Your account is currently blocked."],
    ] as const) {
        it(`deletes the rest and then fails if EC2 refuses with ${code}`, async () => {
            const store = storeSnapshots(makeJanuary(3));
            Object.assign(store.get("snap-1a") ?? {}, { heldBy: { code, message } });
            const error = await runCleaner(store).then(
                () => assert.fail("it did not fail"),
                (thrown: CleaningFailed) => thrown,
            );
            const { Status, Errors, DeletedSnapshots, FailedSnapshots } = error.report;
            assert.deepEqual(
                { name: error.name, Status, Errors, DeletedSnapshots, FailedSnapshots },
                {
                    name: "CleaningFailed",
                    Status: "FAILED",
                    Errors: [`1 of 2 deletions failed: ${code}: ${message}`],
                    DeletedSnapshots: ["snap-2a"],
                    FailedSnapshots: [{ SnapshotId: "snap-1a", Reason: `failed: ${code}: ${message}` }],
                },
            );
            assert.deepEqual(listIds(store), ["snap-1a", "snap-3a"]);
        });
    }

    it("counts a missing snapshot as deleted", async () => {
        const store = storeSnapshots(makeJanuary(2));
        const intercept = ({ action }: { action: string }) => {
            if (action === "DeleteSnapshot") {
                throw new AwsError("InvalidSnapshot.NotFound", "The snapshot 'snap-1a' does not exist.");
            }
            return undefined;
        };
        const { report } = await runCleaner(store, { intercept });
        assert.deepEqual(
            [report.Status, report.DeletedSnapshots, report.DeletedReasons],
            [
                "OK",
                ["snap-1a"],
                [{ SnapshotId: "snap-1a", Reason: "deleted: 2nd newest Day restore point, 1 is kept (it was gone already)" }],
            ],
        );
    });

    it("keeps a set whole if the snapshot of its boot volume is in use, in any order of ids", async () => {
        const snapshots = makeJanuary(2, 3);
        const store = storeSnapshots(snapshots);
        store.get("snap-1b")?.tags.set("Device", "/dev/sda1");
        Object.assign(store.get("snap-1b") ?? {}, { heldBy: { code: "InvalidSnapshot.InUse", message: "in use by ami-1" } });
        const { report, calls } = await runCleaner(store);
        assert.deepEqual(report.SkippedSnapshots, [
            { SnapshotId: "snap-1b", Reason: "left: in use by ami-1" },
            { SnapshotId: "snap-1a", Reason: "left with its set: snap-1b could not be deleted" },
            { SnapshotId: "snap-1c", Reason: "left with its set: snap-1b could not be deleted" },
        ]);
        assert.deepEqual([listActions(calls), listIds(store).length], [["DescribeSnapshots", "DeleteSnapshot"], 6]);
    });

    it("reports a split set if EC2 refuses a snapshot after another was deleted", async () => {
        const store = storeSnapshots(makeJanuary(2, 2));
        Object.assign(store.get("snap-1b") ?? {}, { heldBy: { code: "InvalidSnapshot.InUse", message: "in use by ami-1" } });
        const { report } = await runCleaner(store);
        assert.deepEqual(
            [report.Status, report.DeletedSnapshots, report.SkippedSnapshots],
            ["PARTIAL", ["snap-1a"], [{ SnapshotId: "snap-1b", Reason: "left: in use by ami-1; 1 of its set went before" }]],
        );
    });

    for (const settings of [{ reportOnly: false }, { reportOnly: true }]) {
        it(`deletes nothing if its event has reportOnly, and the policy has ${settings.reportOnly}`, async () => {
            const store = storeSnapshots(makeFourDays());
            const event = { time: "2027-02-01T07:00:00Z", reportOnly: true };
            const { report, calls } = await runCleaner(store, { settings: { retention: { Day: 2 }, ...settings }, event });
            const planned = Object.entries(DELETED_LINES).map(([id, line]) => [id, `report only, else ${line}`]);
            assert.deepEqual(report, {
                ...makeReport({ kept: KEPT_LINES, remaining: Object.fromEntries(planned) }),
                ReportOnly: true,
            });
            assert.deepEqual([calls.map(({ action }) => action), listIds(store)], [["DescribeSnapshots"], ALL_IDS]);
        });
    }

    for (const reportOnly of [false, "true", "false", 1, null, {}]) {
        it(`makes no request if its event has reportOnly ${JSON.stringify(reportOnly)}`, async () => {
            const store = storeSnapshots(makeFourDays());
            const requests: unknown[] = [];
            const intercept = (call: unknown) => {
                requests.push(call);
                return undefined;
            };
            await assert.rejects(runCleaner(store, { event: { time: "2027-02-01T07:00:00Z", reportOnly }, intercept }), {
                name: "Error",
                message: `The event's "reportOnly" is ${JSON.stringify(reportOnly)}. Send true for a run that deletes nothing, or leave it out.`,
            });
            assert.deepEqual([requests, listIds(store).length], [[], 8]);
        });
    }

    it("deletes nothing with reportOnly, but plans and reports", async () => {
        const store = storeSnapshots(makeJanuary(2));
        const { report, calls } = await runCleaner(store, { settings: { reportOnly: true } });
        assert.deepEqual(
            [report.Status, report.DeletedSnapshots, report.RemainingSnapshots, listActions(calls), listIds(store)],
            [
                "OK",
                [],
                [{ SnapshotId: "snap-1a", Reason: "report only, else deleted: 2nd newest Day restore point, 1 is kept" }],
                ["DescribeSnapshots"],
                ["snap-1a", "snap-2a"],
            ],
        );
    });

    it("starts no deletion in the last 45 seconds, and reports the remaining snapshots", async () => {
        const store = storeSnapshots(makeJanuary(3));
        const { report } = await runCleaner(store, { context: { getRemainingTimeInMillis: () => 45_000 } });
        const Reason = "remaining: the run had to end; the next one goes on";
        assert.deepEqual(
            [report.Status, report.DeletedSnapshots, report.RemainingSnapshots, listIds(store)],
            [
                "PARTIAL",
                [],
                [
                    { SnapshotId: "snap-1a", Reason },
                    { SnapshotId: "snap-2a", Reason },
                ],
                ["snap-1a", "snap-2a", "snap-3a"],
            ],
        );
    });

    it("fails and deletes nothing if the event has no time", async () => {
        const store = storeSnapshots(makeJanuary(2));
        for (const event of [{}, { time: "" }, { time: "yesterday" }, { time: 1_800_000_000_000 }, { time: null }]) {
            await assert.rejects(runCleaner(store, { event }), { message: /^The event has no "time" that can be read: / });
        }
        assert.equal(listIds(store).length, 2);
    });

    it("keeps each line of its report under 48 KiB, and counts the lines that it leaves out", async () => {
        const [snapshot] = makeJanuary(1) as [Snapshot];
        const store = storeSnapshots(
            Array.from({ length: 5_000 }, (_, i) => ({ ...snapshot, id: `snap-${i.toString(16).padStart(8, "0")}`, volumeId: `vol-${i}` })),
        );
        const { report, log } = await runCleaner(store);
        assert.deepEqual(findLongLines(log, 48 * 1024), []);
        assert.deepEqual(
            [report.Counts.Kept, report.KeptSnapshots.length + report.StaleVolumes.length + report.LinesLeftOut, report.LinesLeftOut > 0],
            [5_000, 10_000, true],
        );
    });

    it("escapes wildcards in the policy's name", async () => {
        const { calls } = await runCleaner(storeSnapshots([]), { settings: { name: "a*b?c\\d" } });
        assert.equal(calls[0]?.parameters.get("Filter.1.Value.1"), "a\\*b\\?c\\\\d");
    });

    it("refuses an event without a time, and shows the shortened event", async () => {
        await assert.rejects(clean(undefined as never, POLICY, undefined as never), {
            message:
                'The event has no "time" that can be read: undefined. To run the cleaner by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.',
        });
        await assert.rejects(clean(undefined as never, POLICY, { time: "x".repeat(5000) }), ({ message }: Error) => message.length < 400);
    });

    it("also runs if the context has no remaining time", async () => {
        const { report } = await runCleaner(storeSnapshots(makeJanuary(2)), { context: {} });
        assert.deepEqual(report.DeletedSnapshots, ["snap-1a"]);
    });

    it("names every fault in its error", async () => {
        const store = storeSnapshots(makeJanuary(2));
        Object.assign(store.get("snap-1a") ?? {}, { heldBy: { code: "Odd", message: "Odd." } });
        const intercept = ({ action }: { action: string }) => {
            if (action === "DescribeVolumes") {
                throw new AwsError("Denied", "No.");
            }
            return undefined;
        };
        await assert.rejects(runCleaner(store, { intercept, settings: { orphanDays: 1 } }), {
            message:
                "the listing of volumes broke off: Denied: No.; 1 of 1 deletions failed: Odd: Odd.. The report in the log says what was done.",
        });
    });

    it("uses one client with adaptive retries in all runs", async () => {
        assert.deepEqual(clientConfig, {
            retryMode: "adaptive",
            maxAttempts: 8,
            requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000, throwOnRequestTimeout: true },
        });
        const ec2 = await startAws({ store: storeSnapshots([]) });
        const client = makeClient(ec2.endpoint);
        const write = process.stdout.write;
        process.stdout.write = () => true;
        try {
            for (const time of ["2027-02-01T07:00:00Z", "2027-02-02T07:00:00Z"]) {
                await clean(client, POLICY, { time });
            }
        } finally {
            process.stdout.write = write;
            client.destroy();
            await ec2.close();
        }
        assert.deepEqual(client.middlewareStack.identify().filter((name) => name.includes("retryUnreadable")).length, 1);
    });

    it("splits its report into numbered lines if the deleted ids do not fit into one", async () => {
        const [snapshot] = makeJanuary(1) as [Snapshot];
        const one = (i: number, volume: number, day: number) => ({
            ...snapshot,
            id: `snap-${i.toString(16).padStart(17, "0")}`,
            volumeId: `vol-${volume}`,
            startTime: snapshot.startTime + day * 1440 * MINUTE,
            tags: { ...snapshot.tags, AwsVssConfig: String(i) },
        });
        const store = storeSnapshots(Array.from({ length: 5_000 }, (_, i) => one(i, i % 2_500, Math.floor(i / 2_500))));
        const warnings: string[] = [];
        const note = ({ name }: Error) => warnings.push(name);
        process.on("warning", note);
        const { report, log } = await runCleaner(store, {
            settings: { maxDeletionsPerRun: 2_500 },
            pace: { burst: 5_000, perSecond: 1_000 },
        });
        process.off("warning", note);
        assert.deepEqual(
            warnings.filter((name) => name === "MaxListenersExceededWarning"),
            [],
        );
        const lines = log
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));
        assert.deepEqual(findLongLines(log, 48 * 1024), []);
        assert.deepEqual(
            lines.map(({ Policy, Time, Status, Part, Parts }) => [Policy, Time, Status, Part, Parts]),
            [
                ["prod", "2027-02-01T07:00:00.000Z", "OK", 1, 3],
                ["prod", "2027-02-01T07:00:00.000Z", undefined, 2, 3],
                ["prod", "2027-02-01T07:00:00.000Z", undefined, 3, 3],
            ],
        );
        assert.deepEqual(
            [lines.flatMap(({ DeletedSnapshots }) => DeletedSnapshots), report.Counts.Deleted],
            [report.DeletedSnapshots, 2_500],
        );
    });

    it("throws an error that is short in Lambda's log", async () => {
        const store = storeSnapshots(makeJanuary(3));
        Object.assign(store.get("snap-1a") ?? {}, { heldBy: { code: "Odd", message: "Odd." } });
        await assert.rejects(runCleaner(store), (error: Error) => {
            assert.deepEqual(Object.keys(error), ["name"]);
            return true;
        });
    });
});
