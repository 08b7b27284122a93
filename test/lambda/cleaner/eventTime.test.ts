import assert from "node:assert/strict";
import { utc } from "../../../lambda/retention/wording";
import { assertRun, COMPLETE_REPORT, listIds, makeFourDays, makeSetOfDay, NEEDED_IDS } from "../../support/account";
import { storeSnapshots, tryCleaner } from "../../support/cleaning";
import { backUp } from "../../support/history";

const STALE = {
    "vol-c": "no restore point since 2027-02-01 01:00 UTC: its backups fail, or it is no longer backed up, or is gone",
    "vol-d": "no restore point since 2027-02-01 01:00 UTC: its backups fail, or it is no longer backed up, or is gone",
};

/** Why a snapshot of a day stays in a run at a time before it. */
function later(started: string, time: string): string {
    return `left: it started ${started}, after the time of this run, ${time}`;
}

describe("The time of the event", () => {
    for (const [what, event] of [
        ["is missing", {}],
        ["is empty", { time: "" }],
        ["can't be read", { time: "yesterday" }],
        ["is a placeholder that nobody has filled in", { time: "<aws.scheduler.scheduled-time>" }],
        ["is a number", { time: 1_801_465_200_000 }],
        ["is a number that reads like a year", { time: 2027 }],
        ["is null", { time: null }],
        ["is words in which a date could be found", { time: "run 7" }],
        ["is a date alone", { time: "2027-02-01" }],
        ["is of no time zone", { time: "2027-02-01T07:00:00" }],
        ["is no date of the calendar", { time: "2027-13-45T07:00:00Z" }],
        ["is no day of its month", { time: "2027-02-30T07:00:00Z" }],
    ] as const) {
        it(`makes the run fail before any request to EC2 if it ${what}`, async () => {
            const [store, asked] = [storeSnapshots(makeFourDays()), [] as unknown[]];
            const intercept = (call: unknown) => {
                asked.push(call);
                return undefined;
            };
            await assert.rejects(tryCleaner(store, { event, intercept }), {
                name: "Error",
                message: `The event has no "time" that can be read: ${JSON.stringify(event)}. To run the cleaner by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
            });
            assert.deepEqual([asked, listIds(store).length], [[], 8]);
        });
    }

    it("counts in any time zone", async () => {
        await assertRun(makeFourDays(), { event: { time: "2027-02-01T12:30:00+05:30" } }, COMPLETE_REPORT, NEEDED_IDS);
    });

    it("far in the future keeps the newest restore points as ever", async () => {
        const Time = "2099-12-31T07:00:00.000Z";
        await assertRun(makeFourDays(), { event: { time: Time } }, { ...COMPLETE_REPORT, Time, stale: STALE }, NEEDED_IDS);
    });

    it("far in the future deletes no set that no newer restore point replaces", async () => {
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

    it("of a day ago deletes what a run of that time would have deleted, and nothing newer", async () => {
        const since = later("2027-02-01 01:00 UTC", "2027-01-31 07:00 UTC");
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

    it("of last month deletes nothing that has started since, and no stand-in", async () => {
        // On 2027-02-01 the snapshot of January 31 stands in for the month, whose run made none.
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
                    "snap-30c": later("2027-01-30 01:00 UTC", replayed),
                    "snap-31c": later("2027-01-31 01:00 UTC", replayed),
                    "snap-01c": later("2027-02-01 01:00 UTC", replayed),
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

    it("of before the first snapshot deletes nothing", async () => {
        await assertRun(
            makeFourDays(),
            { event: { time: "1970-01-01T00:00:00Z" } },
            {
                Time: "1970-01-01T00:00:00.000Z",
                skipped: Object.fromEntries(makeFourDays().map(({ id, startTime }) => [id, later(utc(startTime), "1970-01-01 00:00 UTC")])),
            },
            makeFourDays().map(({ id }) => id),
        );
    });
});
