import assert from "node:assert/strict";
import { utc } from "../../../lambda/retention/wording";
import { assertRun, COMPLETE_REPORT, listIds, makeFourDays, makeSetOfDay, NEEDED_IDS } from "../../support/account";
import { storeSnapshots, tryCleaner } from "../../support/cleaning";
import { backUp } from "../../support/history";

const STALE = {
    "vol-c": "no restore point since 2027-02-01 01:00 UTC: its backups fail, or it is no longer backed up, or is gone",
    "vol-d": "no restore point since 2027-02-01 01:00 UTC: its backups fail, or it is no longer backed up, or is gone",
};

/** Returns the reason to skip a snapshot that started after the time of the run. */
function laterReason(started: string, time: string): string {
    return `left: it started ${started}, after the time of this run, ${time}`;
}

describe("The time of the event", () => {
    for (const [fault, event] of [
        ["is missing", {}],
        ["is empty", { time: "" }],
        ["can't be read", { time: "yesterday" }],
        ["is a placeholder", { time: "<aws.scheduler.scheduled-time>" }],
        ["is a number", { time: 1_801_465_200_000 }],
        ["is a number that reads like a year", { time: 2027 }],
        ["is null", { time: null }],
        ["is text that JavaScript reads as a date", { time: "run 7" }],
        ["is a date without a time", { time: "2027-02-01" }],
        ["has no time zone", { time: "2027-02-01T07:00:00" }],
        ["has no valid month", { time: "2027-13-45T07:00:00Z" }],
        ["has no valid day", { time: "2027-02-30T07:00:00Z" }],
    ] as const) {
        it(`makes the run fail before any request to EC2 if it ${fault}`, async () => {
            const [store, requests] = [storeSnapshots(makeFourDays()), [] as unknown[]];
            const intercept = (call: unknown) => {
                requests.push(call);
                return undefined;
            };
            await assert.rejects(tryCleaner(store, { event, intercept }), {
                name: "Error",
                message: `The event has no "time" that can be read: ${JSON.stringify(event)}. To run the cleaner by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
            });
            assert.deepEqual([requests, listIds(store).length], [[], 8]);
        });
    }

    it("may be in any time zone", async () => {
        await assertRun(makeFourDays(), { event: { time: "2027-02-01T12:30:00+05:30" } }, COMPLETE_REPORT, NEEDED_IDS);
    });

    it("deletes no newest restore point if it is far in the future", async () => {
        const Time = "2099-12-31T07:00:00.000Z";
        await assertRun(makeFourDays(), { event: { time: Time } }, { ...COMPLETE_REPORT, Time, stale: STALE }, NEEDED_IDS);
    });

    it("deletes no set without a newer restore point if it is far in the future", async () => {
        const Time = "2099-12-31T07:00:00.000Z";
        const snapshots = [
            ...makeSetOfDay("2027-01-31"),
            ...makeSetOfDay("2027-02-01", { consistent: null }),
            ...makeSetOfDay("2027-02-02", { consistent: "False" }),
            ...makeSetOfDay("2027-02-03", { state: "pending" }),
        ];
        const failed = (why: string) => `left: failed, ${why}; vol-c has no newer Day restore point`;
        await assertRun(
            snapshots,
            { event: { time: Time } },
            {
                Time,
                skipped: {
                    "snap-01c": failed("snap-01c was never marked application-consistent"),
                    "snap-01d": failed("snap-01c was never marked application-consistent"),
                    "snap-02c": failed("snap-02c is not application-consistent"),
                    "snap-02d": failed("snap-02c is not application-consistent"),
                    "snap-03c": "left: not finished, snap-03c is in state pending",
                    "snap-03d": "left: not finished, snap-03c is in state pending",
                },
                kept: { "snap-31c": "kept: Day 1 of 2", "snap-31d": "kept: Day 1 of 2" },
                stale: Object.fromEntries(Object.entries(STALE).map(([id, why]) => [id, why.replace("2027-02-01", "2027-01-31")])),
            },
            snapshots.map(({ id }) => id),
        );
    });

    it("makes a run with the time of yesterday delete the same snapshots as yesterday's run", async () => {
        const since = laterReason("2027-02-01 01:00 UTC", "2027-01-31 07:00 UTC");
        await assertRun(
            makeFourDays(),
            { event: { time: "2027-01-31T07:00:00Z" } },
            {
                Time: "2027-01-31T07:00:00.000Z",
                deleted: {
                    "snap-29c": "deleted: 3rd newest Day restore point, 2 are kept",
                    "snap-29d": "deleted: 3rd newest Day restore point, 2 are kept",
                },
                skipped: { "snap-01c": since, "snap-01d": since },
                kept: {
                    "snap-30c": "kept: Day 2 of 2",
                    "snap-30d": "kept: Day 2 of 2",
                    "snap-31c": "kept: Day 1 of 2",
                    "snap-31d": "kept: Day 1 of 2",
                },
            },
            ["snap-30c", "snap-30d", ...NEEDED_IDS],
        );
    });

    it("makes a run with the time of last month delete no newer snapshot and no stand-in", async () => {
        // On 2027-02-01 the snapshot of January 31 stands in for the month. The month's run made no restore point.
        const month = { retention: { Day: 1, Month: 2 }, standIns: true };
        const volumes = ["c"];
        const snapshots = [
            ...backUp({ at: "2026-12-01T05:00", type: "Month", volumes }).map((snapshot) => ({ ...snapshot, id: "snap-aa" })),
            ...makeSetOfDay("2027-01-30", { volumes }),
            ...makeSetOfDay("2027-01-31", { volumes }),
            ...makeSetOfDay("2027-02-01", { volumes }),
        ];
        const replayed = "2027-01-01 07:00 UTC";
        const store = storeSnapshots(snapshots);
        await assertRun(
            store,
            { settings: month, event: { time: "2027-01-01T07:00:00Z" } },
            {
                Time: "2027-01-01T07:00:00.000Z",
                skipped: {
                    "snap-30c": laterReason("2027-01-30 01:00 UTC", replayed),
                    "snap-31c": laterReason("2027-01-31 01:00 UTC", replayed),
                    "snap-01c": laterReason("2027-02-01 01:00 UTC", replayed),
                },
                kept: { "snap-aa": "kept: Month 1 of 2" },
            },
            snapshots.map(({ id }) => id),
        );
        await assertRun(
            store,
            { settings: month },
            {
                deleted: { "snap-30c": "deleted: 3rd newest Day restore point, 1 is kept" },
                kept: {
                    "snap-aa": "kept: Month 1 of 2",
                    "snap-31c": "kept: stands in for Month 2027-01, whose run made no restore point",
                    "snap-01c": "kept: Day 1 of 1",
                },
                standIns: [{ SnapshotId: "snap-31c", Type: "Month", Period: "2027-01" }],
            },
            ["snap-aa", "snap-31c", "snap-01c"],
        );
    });

    it("deletes nothing if it is before the first snapshot", async () => {
        await assertRun(
            makeFourDays(),
            { event: { time: "1970-01-01T00:00:00Z" } },
            {
                Time: "1970-01-01T00:00:00.000Z",
                skipped: Object.fromEntries(
                    makeFourDays().map(({ id, startTime }) => [id, laterReason(utc(startTime), "1970-01-01 00:00 UTC")]),
                ),
            },
            makeFourDays().map(({ id }) => id),
        );
    });
});
