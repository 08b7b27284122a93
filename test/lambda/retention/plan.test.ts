import assert from "node:assert/strict";
import { planCleaning } from "../../../lambda/retention/plan";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { backUp, NOW, POLICY } from "../../support/history";

const RETENTION = { Day: 2, Week: 1 };

/** The plan as a person reads it: a line per snapshot, in the plan's order. */
function planned(snapshots: readonly Snapshot[], retention: Record<string, number> = RETENTION, now = NOW): string[] {
    return planCleaning(snapshots, { ...POLICY, retention }, now).decisions.map(
        ({ snapshot, action, reason }) => `${action} ${snapshot.id}: ${reason}`,
    );
}

describe("The plan", () => {
    it("keeps the newest restore points of each type and deletes the older ones, oldest first", () => {
        const history = [
            ...backUp({ at: "2027-01-29", volumes: ["c"] }),
            ...backUp({ at: "2027-01-31", volumes: ["c"] }),
            ...backUp({ at: "2027-01-28", volumes: ["c"] }),
            ...backUp({ at: "2027-01-30", volumes: ["c"] }),
            ...backUp({ at: "2027-01-24", volumes: ["c"], type: "Week" }),
            ...backUp({ at: "2027-01-17", volumes: ["c"], type: "Week" }),
        ];
        assert.deepEqual(planned(history), [
            "delete snap-week-0117-c: deleted: 2nd newest Week restore point, 1 is kept",
            "keep snap-week-0124-c: kept: Week 1 of 1",
            "delete snap-day-0128-c: deleted: 4th newest Day restore point, 2 are kept",
            "delete snap-day-0129-c: deleted: 3rd newest Day restore point, 2 are kept",
            "keep snap-day-0130-c: kept: Day 2 of 2",
            "keep snap-day-0131-c: kept: Day 1 of 2",
        ]);
    });

    it("keeps a set whole when one of its volumes is still needed", () => {
        const history = [
            ...backUp({ at: "2027-01-28", volumes: ["c", "d"] }),
            ...backUp({ at: "2027-01-29", volumes: ["c", "d"] }),
            ...backUp({ at: "2027-01-30", volumes: ["c"] }),
            ...backUp({ at: "2027-01-31", volumes: ["c"] }),
        ];
        assert.deepEqual(planned(history), [
            "keep snap-day-0128-c: kept with its set: vol-d still needs it",
            "keep snap-day-0128-d: kept: Day 2 of 2",
            "keep snap-day-0129-c: kept with its set: vol-d still needs it",
            "keep snap-day-0129-d: kept: Day 1 of 2",
            "keep snap-day-0130-c: kept: Day 2 of 2",
            "keep snap-day-0131-c: kept: Day 1 of 2",
        ]);
    });

    it("keeps a whole set, and names the first of several volumes that need it", () => {
        const [c, d, e] = backUp({ at: "2027-01-28", volumes: ["c", "d", "e"] }) as [Snapshot, Snapshot, Snapshot];
        const set = [
            { ...c, id: "snap-3" },
            { ...d, id: "snap-2" },
            { ...e, id: "snap-1" },
        ];
        assert.deepEqual(planned([...set, ...backUp({ at: "2027-01-29", volumes: ["c"] })], { Day: 1 }).slice(0, 3), [
            "keep snap-1: kept: Day 1 of 1",
            "keep snap-2: kept: Day 1 of 1",
            "keep snap-3: kept with its set: vol-d still needs it",
        ]);
    });

    it("judges each volume, even if two share the newest of as many restore points", () => {
        const history = [
            ...backUp({ at: "2027-01-28", volumes: ["d"], type: "Week" }),
            ...backUp({ at: "2027-01-29", volumes: ["c"] }),
            ...backUp({ at: "2027-01-30" }),
        ];
        assert.deepEqual(planned(history, { Day: 1, Week: 1 }), [
            "keep snap-week-0128-d: kept: Week 1 of 1",
            "delete snap-day-0129-c: deleted: 2nd newest Day restore point, 1 is kept",
            "keep snap-day-0130-c: kept: Day 1 of 1",
            "keep snap-day-0130-d: kept: Day 1 of 1",
        ]);
    });

    it("counts a set once for a volume with two snapshots in it", () => {
        const twice = ["01:00", "01:05"].flatMap((at, i) =>
            backUp({ at: `2027-01-30T${at}`, volumes: ["c"], guid: null }).map((one) => ({ ...one, id: `snap-${i}` })),
        );
        assert.deepEqual(planned([...backUp({ at: "2027-01-29", volumes: ["c"] }), ...twice]), [
            "keep snap-day-0129-c: kept: Day 2 of 2",
            "keep snap-0: kept: Day 1 of 2",
            "keep snap-1: kept: Day 1 of 2",
        ]);
        assert.deepEqual(planned([...twice, ...backUp({ at: "2027-01-31", volumes: ["c"] })], { Day: 1 }), [
            "delete snap-0: deleted: 2nd newest Day restore point, 1 is kept",
            "delete snap-1: deleted: 2nd newest Day restore point, 1 is kept",
            "keep snap-day-0131-c: kept: Day 1 of 1",
        ]);
        assert.deepEqual(planned([...backUp({ at: "2027-01-29", volumes: ["c"], type: "Week" }), ...twice], { Day: 1, Week: 1 }), [
            "keep snap-week-0129-c: kept: Week 1 of 1",
            "keep snap-0: kept: Day 1 of 1",
            "keep snap-1: kept: Day 1 of 1",
        ]);
    });

    it("finds no stand-ins for a type without a schedule", () => {
        const history = backUp({ at: "2027-01-29", volumes: ["c"], type: "Week" });
        const { decisions } = planCleaning(history, { ...POLICY, retention: { Day: 1, Week: 1 }, schedules: {}, standIns: true }, NOW);
        assert.deepEqual(
            decisions.map(({ reason }) => reason),
            ["kept: Week 1 of 1"],
        );
    });

    it("lets no set that failed push a restore point out", () => {
        const history = [
            ...backUp({ at: "2027-01-25", volumes: ["c"] }),
            ...backUp({ at: "2027-01-26", volumes: ["c"] }),
            ...backUp({ at: "2027-01-27", volumes: ["c"], consistent: "False" }),
            ...backUp({ at: "2027-01-28", volumes: ["c"], consistent: null }),
            ...backUp({ at: "2027-01-29", volumes: ["c"], state: "error" }),
        ];
        assert.deepEqual(planned(history), [
            "keep snap-day-0125-c: kept: Day 2 of 2",
            "keep snap-day-0126-c: kept: Day 1 of 2",
            "leave snap-day-0127-c: left: failed, snap-day-0127-c is not application-consistent; vol-c has no newer Day restore point",
            "leave snap-day-0128-c: left: failed, snap-day-0128-c was never marked application-consistent; vol-c has no newer Day restore point",
            "leave snap-day-0129-c: left: failed, snap-day-0129-c is in state error; vol-c has no newer Day restore point",
        ]);
    });

    it("counts a set only when all of its snapshots are completed and application-consistent", () => {
        const [c, d] = backUp({ at: "2027-01-30" }) as [Snapshot, Snapshot];
        const half = { ...d, tags: { ...d.tags, AppConsistent: "false" } };
        assert.deepEqual(planned([c, half, ...backUp({ at: "2027-01-29" }), ...backUp({ at: "2027-01-28" })]), [
            "keep snap-day-0128-c: kept: Day 2 of 2",
            "keep snap-day-0128-d: kept: Day 2 of 2",
            "keep snap-day-0129-c: kept: Day 1 of 2",
            "keep snap-day-0129-d: kept: Day 1 of 2",
            "leave snap-day-0130-c: left: failed, snap-day-0130-d is not application-consistent; vol-c has no newer Day restore point",
            "leave snap-day-0130-d: left: failed, snap-day-0130-d is not application-consistent; vol-c has no newer Day restore point",
        ]);
    });

    it("takes AppConsistent in any letter case, and never its mere presence", () => {
        const history = ["true", "True", "TRUE", " true ", "", "yes", "false", "False"].map((consistent, i) =>
            backUp({ at: `2027-01-1${i}`, volumes: [`v${i}`], consistent }),
        );
        const actions = planCleaning(history.flat(), POLICY, NOW).decisions.map(({ action }) => action);
        assert.deepEqual(actions, ["keep", "keep", "keep", "keep", "leave", "leave", "leave", "leave"]);
    });

    it("deletes a failed set after its time of grace if its type has a newer restore point", () => {
        const failed = backUp({ at: "2027-01-31T05:00", volumes: ["c"], consistent: "False" });
        const newer = backUp({ at: "2027-01-31T06:00", volumes: ["c"], type: "Day", guid: 7 }).map((snapshot) => ({
            ...snapshot,
            id: "snap-newer",
        }));
        const otherType = backUp({ at: "2027-01-31T06:00", volumes: ["c"], type: "Week" });
        const at = (time: string, ...sets: Snapshot[][]) => planned(sets.flat(), RETENTION, Date.parse(time))[0];
        assert.deepEqual(
            [
                at("2027-02-01T04:59:59Z", failed, newer),
                at("2027-02-01T05:00:00Z", failed, newer),
                at("2027-02-01T05:00:00Z", failed),
                at("2027-02-01T05:00:00Z", failed, otherType),
            ],
            [
                "leave snap-day-0131-c: left: failed, snap-day-0131-c is not application-consistent; stays at least until 2027-02-01 05:00 UTC",
                "delete snap-day-0131-c: deleted: failed, snap-day-0131-c is not application-consistent; newer Day restore points exist",
                "leave snap-day-0131-c: left: failed, snap-day-0131-c is not application-consistent; vol-c has no newer Day restore point",
                "leave snap-day-0131-c: left: failed, snap-day-0131-c is not application-consistent; vol-c has no newer Day restore point",
            ],
        );
    });

    it("leaves a failed set of a volume that has no newer restore point, although others have", () => {
        const history = [
            ...backUp({ at: "2027-01-20", volumes: ["c", "d"], consistent: "false" }),
            ...backUp({ at: "2027-01-25", volumes: ["c"] }),
        ];
        assert.deepEqual(planned(history).slice(0, 2), [
            "leave snap-day-0120-c: left: failed, snap-day-0120-c is not application-consistent; vol-d has no newer Day restore point",
            "leave snap-day-0120-d: left: failed, snap-day-0120-c is not application-consistent; vol-d has no newer Day restore point",
        ]);
    });

    it("keeps a failed set as long as a good one if it may hold a good set of another server", () => {
        const [good, bad] = backUp({ at: "2027-01-20", guid: null }) as [Snapshot, Snapshot];
        const mixed = [good, { ...bad, state: "error" }];
        const newer = (...days: string[]) => days.flatMap((at) => backUp({ at }));
        assert.deepEqual(
            [planned([...mixed, ...newer("2027-01-25")])[0], planned([...mixed, ...newer("2027-01-25", "2027-01-26")])[0]],
            [
                "leave snap-day-0120-c: left: failed, snap-day-0120-d is in state error; vol-c has fewer than 2 newer Day restore points",
                "delete snap-day-0120-c: deleted: failed, snap-day-0120-d is in state error; newer Day restore points exist",
            ],
        );
    });

    it("leaves pending sets alone, and one that the agent has not marked yet for a day", () => {
        const pending = backUp({ at: "2027-01-01", volumes: ["c"], state: "pending" });
        const unmarked = backUp({ at: "2027-01-31", volumes: ["c"], consistent: null });
        assert.deepEqual(
            [
                ...planned([...pending, ...unmarked], RETENTION, Date.parse("2027-02-01T00:59:59Z")),
                ...planned(unmarked, RETENTION, Date.parse("2027-02-01T01:00:00Z")),
            ],
            [
                "leave snap-day-0101-c: left: not finished, snap-day-0101-c is in state pending",
                "leave snap-day-0131-c: left: not finished, snap-day-0131-c is not yet marked application-consistent",
                "leave snap-day-0131-c: left: failed, snap-day-0131-c was never marked application-consistent; vol-c has no newer Day restore point",
            ],
        );
    });

    it("has no decision for snapshots without the policy's tag, or with the tag of another policy", () => {
        const [untagged] = backUp({ at: "2027-01-01", volumes: ["c"] }) as [Snapshot];
        const history = [
            { ...untagged, id: "snap-untagged", tags: { SnapshotType: "Day", AppConsistent: "true" } },
            ...backUp({ at: "2027-01-02", volumes: ["c"], policy: "prod2" }),
            ...backUp({ at: "2027-01-03", volumes: ["c"], policy: "PROD" }),
            ...backUp({ at: "2027-01-04", volumes: ["c"] }),
        ];
        assert.deepEqual(planned(history, { Day: 1 }), ["keep snap-day-0104-c: kept: Day 1 of 1"]);
    });

    it("leaves snapshots of a type that the policy no longer has, or has never had", () => {
        const history = [
            ...backUp({ at: "2027-01-01", volumes: ["c"], type: "Year" }),
            ...backUp({ at: "2027-01-02", volumes: ["c"], type: "toString" }),
        ];
        assert.deepEqual(planned(history), [
            "leave snap-year-0101-c: left: Year is no snapshot type of this policy any more",
            "leave snap-tostring-0102-c: left: toString is no snapshot type of this policy any more",
        ]);
    });

    it("leaves a set alone if its snapshots have different types", () => {
        const [c, d] = backUp({ at: "2027-01-30" }) as [Snapshot, Snapshot];
        assert.deepEqual(planned([c, { ...d, tags: { ...d.tags, SnapshotType: "Week" } }]), [
            "leave snap-day-0130-c: left: its set has no single SnapshotType",
            "leave snap-day-0130-d: left: its set has no single SnapshotType",
        ]);
    });

    it("leaves a snapshot without a valid start time alone", () => {
        const history = backUp({ at: "2027-01-30", volumes: ["c"] }).map((snapshot) => ({ ...snapshot, startTime: Number.NaN }));
        assert.deepEqual(planned([...history, ...backUp({ at: "2027-01-31", volumes: ["c"] })], { Day: 1 }), [
            "leave snap-day-0130-c: left: not finished, snap-day-0130-c has no start time",
            "keep snap-day-0131-c: kept: Day 1 of 1",
        ]);
    });

    it("keeps the last restore points for ever when backups stop", () => {
        const history = [...backUp({ at: "2027-01-30", volumes: ["c"] }), ...backUp({ at: "2027-01-31", volumes: ["c"] })];
        assert.deepEqual(planned(history, RETENTION, Date.parse("2047-01-01T00:00:00Z")), [
            "keep snap-day-0130-c: kept: Day 2 of 2",
            "keep snap-day-0131-c: kept: Day 1 of 2",
        ]);
    });

    it("counts the restore points of each volume by themselves", () => {
        const history = [
            ...backUp({ at: "2027-01-01", volumes: ["idle"] }),
            ...backUp({ at: "2027-01-29", volumes: ["busy"] }),
            ...backUp({ at: "2027-01-30", volumes: ["busy"] }),
            ...backUp({ at: "2027-01-31", volumes: ["busy"] }),
        ];
        assert.deepEqual(planned(history), [
            "keep snap-day-0101-idle: kept: Day 1 of 2",
            "delete snap-day-0129-busy: deleted: 3rd newest Day restore point, 2 are kept",
            "keep snap-day-0130-busy: kept: Day 2 of 2",
            "keep snap-day-0131-busy: kept: Day 1 of 2",
        ]);
    });

    it("keeps a held set of any status whole, and does not count it", () => {
        const [c, d] = backUp({ at: "2027-01-28" }) as [Snapshot, Snapshot];
        const held = [c, { ...d, tags: { ...d.tags, VssBackupHold: "case 4711" } }];
        const newer = ["2027-01-29", "2027-01-30", "2027-01-31"].flatMap((at) => backUp({ at, volumes: ["c"] }));
        assert.deepEqual(planned([...held, ...newer]), [
            "keep snap-day-0128-c: kept: held by the tag VssBackupHold on snap-day-0128-d",
            "keep snap-day-0128-d: kept: held by the tag VssBackupHold on snap-day-0128-d",
            "delete snap-day-0129-c: deleted: 3rd newest Day restore point, 2 are kept",
            "keep snap-day-0130-c: kept: Day 2 of 2",
            "keep snap-day-0131-c: kept: Day 1 of 2",
        ]);
    });

    it("keeps two restore points in addition to a newer held one, in case the hold ends", () => {
        const [held] = backUp({ at: "2027-01-31", volumes: ["c"] }) as [Snapshot];
        const older = ["2027-01-29", "2027-01-30"].flatMap((at) => backUp({ at, volumes: ["c"] }));
        assert.deepEqual(planned([...older, { ...held, tags: { ...held.tags, VssBackupHold: "" } }]), [
            "keep snap-day-0129-c: kept: Day 2 of 2",
            "keep snap-day-0130-c: kept: Day 1 of 2",
            "keep snap-day-0131-c: kept: held by the tag VssBackupHold on snap-day-0131-c",
        ]);
    });

    it("holds by the key alone, in any letter case and with any value", () => {
        const old = (tags: Record<string, string>, sketch = {}) =>
            backUp({ at: "2027-01-01", volumes: ["c"], ...sketch }).map((snapshot) => ({
                ...snapshot,
                tags: { ...snapshot.tags, ...tags },
            }));
        const newer = backUp({ at: "2027-01-31", volumes: ["c"] });
        const first = (snapshots: readonly Snapshot[], hold = "VssBackupHold") =>
            planCleaning([...snapshots, ...newer], { ...POLICY, hold }, NOW).decisions[0]?.action;
        assert.deepEqual(
            [
                first(old({ VssBackupHold: "" })),
                first(old({ vssbackuphold: "" })),
                first(old({ VSSBACKUPHOLD: "no" })),
                first(old({ VssBackupHolder: "yes" })),
                first(old({ legal: "None" }), "Legal"),
                first(old({ VssBackupHold: "" }), "Legal"),
                first(old({ VssBackupHold: "" }, { consistent: "False" })),
                first(old({ VssBackupHold: "", SnapshotType: "Gone" })),
            ],
            ["keep", "keep", "keep", "delete", "keep", "delete", "keep", "keep"],
        );
    });

    for (const [fault, policy, now] of [
        ["now is NaN; it must be a finite number of milliseconds since 1970", {}, Number.NaN],
        ["now is Infinity; it must be a finite number of milliseconds since 1970", {}, Number.POSITIVE_INFINITY],
        ["retention.Day is NaN; it must be a whole number from 1", { retention: { Day: Number.NaN } }, NOW],
        ["retention.Day is 0; it must be a whole number from 1", { retention: { Day: 0, Week: 1 } }, NOW],
        ["retention.Week is 1.5; it must be a whole number from 1", { retention: { Day: 1, Week: 1.5 } }, NOW],
        ["retention.Week is Infinity; it must be a whole number from 1", { retention: { Week: Number.POSITIVE_INFINITY } }, NOW],
        ["orphanDays is 0; it must be a number from 1", { orphanDays: 0 }, NOW],
        ["orphanDays is NaN; it must be a number from 1", { orphanDays: Number.NaN }, NOW],
        ["failedSetGraceHours is NaN; it must be a number from 0", { failedSetGraceHours: Number.NaN }, NOW],
        [
            "now is NaN; it must be a finite number of milliseconds since 1970; retention.Day is -1; it must be a whole number from 1",
            { retention: { Day: -1 } },
            Number.NaN,
        ],
    ] as const) {
        it(`is refused before anything is deleted: ${fault.replace(/; it must be [^;]*/g, "")}`, () => {
            assert.throws(() => planCleaning(backUp({ at: "2027-01-01" }), { ...POLICY, ...policy }, now), {
                name: "RangeError",
                message: `Nothing can be planned: ${fault}`,
            });
        });
    }

    it("accepts the smallest valid numbers", () => {
        const policy = { ...POLICY, retention: { Day: 1 }, orphanDays: 1, failedSetGraceHours: 0 };
        assert.deepEqual(
            planCleaning(backUp({ at: "2027-01-01", volumes: ["c"] }), policy, NOW).decisions.map(({ reason }) => reason),
            ["kept: Day 1 of 1"],
        );
    });

    it("names the judged sets that were found by their times alone, oldest first", () => {
        const found = [
            ...backUp({ at: "2027-01-29", volumes: ["c"], guid: null }),
            ...backUp({ at: "2027-01-28", guid: null }),
            ...backUp({ at: "2027-01-30" }),
            ...backUp({ at: "2027-01-27", guid: null, type: "Year" }),
        ];
        assert.deepEqual(
            planCleaning(found, POLICY, NOW).setsFoundByTime.map(({ snapshots }) => snapshots.map(({ id }) => id)),
            [["snap-day-0128-c", "snap-day-0128-d"], ["snap-day-0129-c"]],
        );
    });

    it("leaves failed and unmarked sets alone for as long as failedSetGraceHours says", () => {
        const failed = backUp({ at: "2027-01-30T01:00", volumes: ["c"], consistent: "False" });
        const unmarked = backUp({ at: "2027-01-30T02:00", volumes: ["d"], consistent: null });
        const newer = backUp({ at: "2027-01-30T03:00", volumes: ["c", "d"] }).map((one, i) => ({ ...one, id: `snap-newer-${i}` }));
        const reasons = (hours: number, now: string) =>
            planCleaning([...failed, ...unmarked, ...newer], { ...POLICY, failedSetGraceHours: hours }, Date.parse(now))
                .decisions.slice(0, 2)
                .map(({ reason }) => reason.replace(/, snap-\S+ (is|was)/, ""));
        assert.deepEqual(
            [reasons(48, "2027-02-01T00:59:59Z"), reasons(48, "2027-02-01T01:00:00Z"), reasons(1, "2027-01-30T03:00:00Z")],
            [
                [
                    "left: failed not application-consistent; stays at least until 2027-02-01 01:00 UTC",
                    "left: not finished not yet marked application-consistent",
                ],
                [
                    "deleted: failed not application-consistent; newer Day restore points exist",
                    "left: not finished not yet marked application-consistent",
                ],
                [
                    "deleted: failed not application-consistent; newer Day restore points exist",
                    "deleted: failed never marked application-consistent; newer Day restore points exist",
                ],
            ],
        );
    });

    it("counts crash-consistent sets only with countCrashConsistent", () => {
        const history = [
            ...backUp({ at: "2027-01-28", volumes: ["c"] }),
            ...backUp({ at: "2027-01-29", volumes: ["c"], consistent: null }),
            ...backUp({ at: "2027-01-30", volumes: ["c"], consistent: "False" }),
            ...backUp({ at: "2027-01-31", volumes: ["c"], state: "error" }),
            ...backUp({ at: "2027-02-01", volumes: ["c"], state: "pending" }),
        ];
        const { decisions } = planCleaning(history, { ...POLICY, retention: { Day: 2 }, countCrashConsistent: true }, NOW);
        assert.deepEqual(
            decisions.map(({ reason }) => reason),
            [
                "deleted: 3rd newest Day restore point, 2 are kept",
                "kept: Day 2 of 2",
                "kept: Day 1 of 2",
                "left: failed, snap-day-0131-c is in state error; vol-c has no newer Day restore point",
                "left: not finished, snap-day-0201-c is in state pending",
            ],
        );
    });

    it("leaves a set alone that starts after its time, and does not count it", () => {
        const history = ["2027-01-31", "2027-02-01T07:00", "2027-02-01T07:01"].flatMap((at, i) =>
            backUp({ at, volumes: ["c"] }).map((snapshot) => ({ ...snapshot, id: `snap-${i}` })),
        );
        assert.deepEqual(planned(history, { Day: 1 }), [
            "delete snap-0: deleted: 2nd newest Day restore point, 1 is kept",
            "keep snap-1: kept: Day 1 of 1",
            "leave snap-2: left: it started 2027-02-01 07:01 UTC, after the time of this run, 2027-02-01 07:00 UTC",
        ]);
    });

    it("lists the deletions as whole sets, oldest first", () => {
        const history = ["2027-01-28", "2027-01-26", "2027-01-27"].flatMap((at) => backUp({ at }));
        const { deletions } = planCleaning(history, POLICY, NOW);
        assert.deepEqual(
            deletions.map((set) => set.map(({ snapshot }) => snapshot.id)),
            [
                ["snap-day-0126-c", "snap-day-0126-d"],
                ["snap-day-0127-c", "snap-day-0127-d"],
            ],
        );
    });

    it("keeps a set whole if a snapshot has no volume id", () => {
        const [c, d] = backUp({ at: "2027-01-01" }) as [Snapshot, Snapshot];
        const plan = planCleaning(
            [c, { ...d, volumeId: "" }, ...backUp({ at: "2027-01-02", volumes: ["c"] })],
            { ...POLICY, retention: { Day: 1 } },
            NOW,
        );
        assert.deepEqual(
            plan.decisions.map(({ snapshot, reason }) => `${snapshot.id} ${reason}`),
            [
                "snap-day-0101-c kept with its set: a volume that EC2 does not name still needs it",
                "snap-day-0101-d kept: Day 1 of 1",
                "snap-day-0102-c kept: Day 1 of 1",
            ],
        );
        assert.deepEqual(plan.deletions, []);
    });

    it("continues in the middle of a set that started together with another", () => {
        const started = { at: "2027-01-01" };
        const [x1] = backUp({ ...started, volumes: ["c"], guid: 1 }) as [Snapshot];
        const [x9] = backUp({ ...started, volumes: ["d"], guid: 1 }) as [Snapshot];
        const [y5] = backUp({ ...started, volumes: ["d"], guid: 2 }) as [Snapshot];
        const history = [
            { ...x1, id: "snap-1" },
            { ...x9, id: "snap-9" },
            { ...y5, id: "snap-5" },
            ...backUp({ at: "2027-01-02", volumes: ["c"] }),
        ];
        const policy = { ...POLICY, retention: { Day: 1 } };
        const left = (snapshots: readonly Snapshot[], most: number) => {
            const gone = planCleaning(snapshots, policy, NOW).deletions.flat().slice(0, most);
            return snapshots.filter(({ id }) => !gone.some(({ snapshot }) => snapshot.id === id));
        };
        assert.deepEqual(left(left(history, 1), 9), left(history, 9));
    });

    it("continues in the middle of a set if its snapshots started at different times", () => {
        const at = (time: string, volume: string, guid: number) =>
            backUp({ at: `2027-01-01T${time}`, volumes: [volume], guid })[0] as Snapshot;
        const history = [
            { ...at("01:00", "c", 1), id: "snap-1" },
            { ...at("01:08", "d", 1), id: "snap-2" },
            { ...at("01:04", "c", 2), id: "snap-3" },
            { ...at("01:04", "d", 2), id: "snap-4" },
        ];
        const policy = { ...POLICY, retention: { Day: 1 } };
        const { deletions } = planCleaning(history, policy, NOW);
        assert.deepEqual(
            deletions.map((set) => set.map(({ snapshot }) => snapshot.id)),
            [["snap-2", "snap-1"]],
        );
        assert.deepEqual(
            planCleaning(
                history.filter(({ id }) => id !== "snap-2"),
                policy,
                NOW,
            ).deletions.map((set) => set.map(({ snapshot }) => snapshot.id)),
            [["snap-1"]],
        );
    });

    it("keeps all snapshots if the counts are higher than their number", () => {
        const { decisions } = planCleaning(backUp({ at: "2027-01-01" }), { ...POLICY, retention: { Day: Number.MAX_SAFE_INTEGER } }, NOW);
        assert.deepEqual(
            decisions.map(({ reason }) => reason),
            Array.from({ length: 2 }, () => `kept: Day 1 of ${Number.MAX_SAFE_INTEGER}`),
        );
    });
});
