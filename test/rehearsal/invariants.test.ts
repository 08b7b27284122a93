import assert from "node:assert/strict";
import { periodsOf } from "../../lambda/retention/periods";
import type { StoredSnapshot } from "../../rehearsal/embeddedAws/snapshotStore";
import { findBrokenInvariants, type MadeSet, type ObservedCleaning } from "../../rehearsal/invariants";

interface Sketch {
    readonly type?: string;
    readonly volumes?: readonly string[];
    readonly state?: string;
    /** The value of `AppConsistent`; null leaves the tag out. */
    readonly consistent?: string | null;
    readonly policy?: string;
}

/** Makes a set of a day of January 2027, with its snapshots. `snap-3c` is the snapshot of volume `c` on the 3rd. */
function makeSet(day: number, { type = "Day", volumes = ["c"], state = "completed", consistent = "true", policy = "prod" }: Sketch = {}) {
    const startTime = Date.UTC(2027, 0, day, 1);
    const snapshots = volumes.map((volume): StoredSnapshot => {
        const tags = new Map([
            ["VssBackupPolicy", policy],
            ["SnapshotType", type],
            ["AppConsistent", consistent],
        ] as [string, string][]);
        return {
            id: `snap-${day}${volume}`,
            volumeId: `vol-${volume}`,
            startTime,
            state,
            description: "",
            tags: new Map([...tags].filter(([, value]) => value !== null)),
        };
    });
    const set: MadeSet = { type, startTime, members: snapshots.map(({ id, volumeId }) => ({ id, volumeId })) };
    return { set, snapshots };
}

type SetWithSnapshots = ReturnType<typeof makeSet>;

/** Finds the broken invariants of a run that deletes snapshots. `report` replaces parts of its report. */
function findBroken(
    sets: readonly SetWithSnapshots[],
    deleted: readonly string[],
    report: object = {},
    retention: ObservedCleaning["retention"] = { Day: 1 },
    standIns?: ObservedCleaning["standIns"],
) {
    const before = sets.flatMap(({ snapshots }) => snapshots);
    const after = before.filter(({ id }) => !deleted.includes(id));
    const KeptSnapshots = after.map(({ id }) => ({ SnapshotId: id, Reason: "kept" }));
    return findBrokenInvariants(
        sets.map(({ set }) => set),
        {
            policy: "prod",
            retention,
            standIns,
            before,
            after,
            report: { DeletedSnapshots: deleted, KeptSnapshots, LinesLeftOut: 0, ...report },
        },
    );
}

describe("The search for broken invariants of a run", () => {
    it("finds nothing if whole old and failed sets were deleted and reported", () => {
        const sets = [makeSet(1, { volumes: ["c", "d"] }), makeSet(2, { consistent: "False" }), makeSet(3, { volumes: ["c", "d"] })];
        assert.deepEqual(findBroken(sets, ["snap-1c", "snap-1d", "snap-2c"]), []);
    });

    it("finds nothing if the run did nothing", () => {
        assert.deepEqual(findBroken([], []), []);
    });

    it("names each deleted restore point that is one of the newest", () => {
        const sets = [makeSet(1), makeSet(2), makeSet(3)];
        assert.deepEqual(findBroken(sets, ["snap-1c", "snap-2c", "snap-3c"], {}, { Day: 2 }), [
            "snap-3c, Day 1 of 2 of vol-c, taken 2027-01-03T01:00:00.000Z, was deleted",
            "snap-2c, Day 2 of 2 of vol-c, taken 2027-01-02T01:00:00.000Z, was deleted",
        ]);
    });

    it("counts restore points by their times, in any order of the ledger", () => {
        assert.deepEqual(findBroken([makeSet(3), makeSet(1), makeSet(2)], ["snap-1c", "snap-2c"]), []);
    });

    it("counts each type and each volume by itself", () => {
        const sets = [makeSet(1, { type: "Week" }), makeSet(2, { volumes: ["d"] }), makeSet(3), makeSet(4)];
        assert.deepEqual(findBroken(sets, ["snap-1c", "snap-2d", "snap-3c"], {}, { Day: 1, Week: 1 }), [
            "snap-2d, Day 1 of 1 of vol-d, taken 2027-01-02T01:00:00.000Z, was deleted",
            "snap-1c, Week 1 of 1 of vol-c, taken 2027-01-01T01:00:00.000Z, was deleted",
        ]);
    });

    for (const [title, sketch] of Object.entries({
        "is inconsistent": { consistent: "False" },
        "was never marked": { consistent: null },
        "is pending": { state: "pending" },
        "is in error": { state: "error" },
    } satisfies Record<string, Sketch>)) {
        it(`finds a restore point that a set pushed out, if the set ${title}`, () => {
            assert.deepEqual(findBroken([makeSet(1), makeSet(2, sketch)], ["snap-1c"]), [
                "snap-1c, Day 1 of 1 of vol-c, taken 2027-01-01T01:00:00.000Z, was deleted",
            ]);
        });
    }

    it("accepts true in any letter case as consistent", () => {
        assert.deepEqual(findBroken([makeSet(1), makeSet(2, { consistent: "TRUE" })], ["snap-1c"]), []);
    });

    it("needs all restore points of a type that is no longer kept", () => {
        assert.deepEqual(findBroken([makeSet(1, { type: "Year" }), makeSet(2, { type: "Year" })], ["snap-1c"], {}, { Day: 1 }), [
            "snap-1c, Year 2 of all of vol-c, taken 2027-01-01T01:00:00.000Z, was deleted",
        ]);
    });

    it("names a half-deleted set, even if no volume needed it", () => {
        const volumes = ["c", "d", "e"];
        assert.deepEqual(findBroken([makeSet(1, { volumes }), makeSet(2, { volumes })], ["snap-1d"]), [
            "the Day set of 2027-01-01T01:00:00.000Z was split: snap-1c, snap-1e of 3 snapshots remained",
            "the Day restore point of 2027-01-01T01:00:00.000Z is kept, and no volume needs it",
        ]);
    });

    it("names a deleted snapshot without the policy's tag", () => {
        const { set, snapshots } = makeSet(1, { policy: "PROD", consistent: null });
        const report = { DeletedSnapshots: ["snap-1c"], LinesLeftOut: 0 };
        assert.deepEqual(findBrokenInvariants([set], { policy: "prod", retention: { Day: 1 }, before: snapshots, after: [], report }), [
            "snap-1c, which has no tag of the policy, was deleted",
            "the report lists snap-1c, but the policy had none",
        ]);
    });

    it("names a report that hides a deletion, or claims another one", () => {
        const sets = [makeSet(1), makeSet(2)];
        assert.deepEqual(
            findBroken(sets, ["snap-1c"], { DeletedSnapshots: [], FailedSnapshots: [{ SnapshotId: "snap-1c", Reason: "busy" }] }),
            ["the report lists as deleted none, but the run deleted snap-1c"],
        );
        assert.deepEqual(
            findBroken(sets, [], { DeletedSnapshots: ["snap-1c"], KeptSnapshots: [{ SnapshotId: "snap-2c", Reason: "kept" }] }),
            ["the report lists as deleted snap-1c, but the run deleted none"],
        );
    });

    it("names a report that omits a snapshot or lists it twice", () => {
        const sets = [makeSet(1), makeSet(2)];
        assert.deepEqual(findBroken(sets, ["snap-1c"], { KeptSnapshots: [] }), [
            "the report lists snap-1c, but the policy had snap-1c snap-2c",
        ]);
        assert.deepEqual(findBroken(sets, ["snap-1c"], { SkippedSnapshots: [{ SnapshotId: "snap-2c", Reason: "held" }] }), [
            "the report lists snap-1c snap-2c snap-2c, but the policy had snap-1c snap-2c",
        ]);
    });

    it("accepts a report with missing lines if it counts them", () => {
        assert.deepEqual(findBroken([makeSet(1), makeSet(2)], ["snap-1c"], { KeptSnapshots: [], LinesLeftOut: 1 }), []);
    });

    for (const list of ["KeptSnapshots", "SkippedSnapshots", "FailedSnapshots", "RemainingSnapshots"]) {
        it(`names a line of ${list} without a reason`, () => {
            assert.deepEqual(findBroken([makeSet(1)], [], { KeptSnapshots: [], [list]: [{ SnapshotId: "snap-1c", Reason: "" }] }), [
                "the report has no reason for snap-1c",
            ]);
        });
    }

    it("accepts a report without the snapshots of other policies", () => {
        assert.deepEqual(
            findBroken([makeSet(1), makeSet(2, { policy: "other" })], [], { KeptSnapshots: [{ SnapshotId: "snap-1c", Reason: "kept" }] }),
            [],
        );
    });

    it("names a run that returned nothing", () => {
        const { set, snapshots } = makeSet(1, { state: "error" });
        assert.deepEqual(
            findBrokenInvariants([set], { policy: "prod", retention: { Day: 1 }, before: snapshots, after: [], report: undefined }),
            [
                "the Day set of 2027-01-01T01:00:00.000Z, failed with no newer restore point, was deleted",
                "the run returned no report, and deleted snap-1c",
            ],
        );
    });

    it("names a deleted pending set, with any other sets", () => {
        assert.deepEqual(findBroken([makeSet(1, { state: "pending", consistent: null }), makeSet(2)], ["snap-1c"]), [
            "the Day set of 2027-01-01T01:00:00.000Z, still pending, was deleted",
        ]);
    });

    it("names a failed set that was deleted before each volume had a newer restore point", () => {
        const failed = makeSet(1, { volumes: ["c", "d"], consistent: "False" });
        const hasty = ["the Day set of 2027-01-01T01:00:00.000Z, failed with no newer restore point, was deleted"];
        assert.deepEqual(
            findBroken([failed, makeSet(2), makeSet(3, { type: "Week", volumes: ["d"] })], ["snap-1c", "snap-1d"], {}, { Day: 1, Week: 1 }),
            hasty,
        );
        assert.deepEqual(findBroken([failed, makeSet(2, { volumes: ["c", "d"] })], ["snap-1c", "snap-1d"]), []);
    });

    const periods = { Month: periodsOf("cron(0 5 1 * ? *)", "UTC"), Day: periodsOf("cron(0 1 ? * * *)", "UTC") };
    const standIns = { now: Date.UTC(2027, 1, 3), periods };
    const retention = { Day: 1, Month: 1 };

    it("names the deleted stand-in of a month, but not of a day", () => {
        const sets = [makeSet(29), makeSet(30), makeSet(32)];
        assert.deepEqual(findBroken(sets, ["snap-29c", "snap-30c"], {}, retention, standIns), [
            "snap-30c, the one of Month 2027-01 of vol-c, taken 2027-01-30T01:00:00.000Z, was deleted",
        ]);
        assert.deepEqual(findBroken(sets, ["snap-29c"], {}, retention, standIns), []);
        assert.deepEqual(findBroken(sets, ["snap-29c", "snap-30c"], {}, retention), []);
    });

    it("names a month's restore point that was deleted after a backup by hand", () => {
        const sets = [makeSet(-20, { type: "Month" }), makeSet(2, { type: "Month" }), makeSet(20, { type: "Month" }), makeSet(31)];
        assert.deepEqual(findBroken(sets, ["snap--20c", "snap-2c"], {}, retention, standIns), []);
        assert.deepEqual(
            findBroken([...sets, makeSet(33, { type: "Month" })], ["snap--20c", "snap-2c", "snap-20c"], {}, retention, standIns),
            ["snap-20c, the one of Month 2027-01 of vol-c, taken 2027-01-20T01:00:00.000Z, was deleted"],
        );
    });

    it("names a restore point that is kept or skipped although no volume needs it", () => {
        const kept = ["the Day restore point of 2027-01-01T01:00:00.000Z is kept, and no volume needs it"];
        const line = { SnapshotId: "snap-1c", Reason: "left" };
        assert.deepEqual(findBroken([makeSet(1), makeSet(2)], []), kept);
        assert.deepEqual(
            findBroken([makeSet(1), makeSet(2)], [], {
                KeptSnapshots: [{ SnapshotId: "snap-2c", Reason: "kept" }],
                SkippedSnapshots: [line],
            }),
            kept,
        );
        assert.deepEqual(
            findBroken([makeSet(1), makeSet(2)], [], {
                KeptSnapshots: [{ SnapshotId: "snap-2c", Reason: "kept" }],
                RemainingSnapshots: [line],
            }),
            [],
        );
    });
});
