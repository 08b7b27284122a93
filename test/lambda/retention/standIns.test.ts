import assert from "node:assert/strict";
import { backupSets } from "../../../lambda/retention/backupSets";
import { planCleaning } from "../../../lambda/retention/plan";
import { judgeVolume, rulesOf } from "../../../lambda/retention/retention";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { backUp, POLICY } from "../../support/history";

const STANDING: RetentionPolicy = { ...POLICY, retention: { Day: 2, Week: 2, Month: 2 }, standIns: true };

function plan(sets: readonly Snapshot[][], now: string, policy: Partial<RetentionPolicy> = {}) {
    return planCleaning(sets.flat(), { ...STANDING, ...policy }, Date.parse(now));
}

/** A line for each snapshot, in the plan's order. */
function planned(sets: readonly Snapshot[][], now: string, policy: Partial<RetentionPolicy> = {}): string[] {
    return plan(sets, now, policy).decisions.map(({ snapshot, reason }) => `${snapshot.id} ${reason}`);
}

const one = { volumes: ["c"] };

/** Each day of March 2027. */
const MARCH = Array.from({ length: 31 }, (_, i) => `2027-03-${String(i + 1).padStart(2, "0")}`);

const days = (...at: string[]) => at.map((day) => backUp({ ...one, at: day }));
const month = (at: string) => backUp({ ...one, type: "Month", at });

function hold([snapshot]: Snapshot[]): Snapshot[] {
    assert.ok(snapshot);
    return [{ ...snapshot, tags: { ...snapshot.tags, VssBackupHold: "" } }];
}

describe("Stand-ins", () => {
    it("are the newest restore points of weeks and months if the run of the type made no restore point", () => {
        const sets = [
            month("2027-02-01T05:00"),
            backUp({ ...one, type: "Month", at: "2027-03-01T05:00", consistent: "False" }),
            ...days(...MARCH.slice(27)),
            backUp({ ...one, type: "Week", at: "2027-03-28T03:00" }),
            ...days("2027-04-01", "2027-04-02", "2027-04-03"),
        ];
        assert.deepEqual(planned(sets, "2027-04-03T07:00Z"), [
            "snap-month-0201-c kept: Month 1 of 2; stands in for Week 2027-W05, whose run made no restore point",
            "snap-month-0301-c left: failed, snap-month-0301-c is not application-consistent; vol-c has no newer Month restore point",
            "snap-day-0328-c deleted: 7th newest Day restore point, 2 are kept",
            "snap-week-0328-c kept: Week 1 of 2",
            "snap-day-0329-c deleted: 6th newest Day restore point, 2 are kept",
            "snap-day-0330-c deleted: 5th newest Day restore point, 2 are kept",
            "snap-day-0331-c kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0401-c deleted: 3rd newest Day restore point, 2 are kept",
            "snap-day-0402-c kept: Day 2 of 2",
            "snap-day-0403-c kept: Day 1 of 2",
        ]);
    });

    it("are named by the plan with the type and the period, for each snapshot", () => {
        const { decisions } = plan([backUp({ at: "2027-03-31" }), month("2027-04-01T05:00")], "2027-04-05T07:00Z");
        assert.deepEqual(
            decisions.flatMap(({ snapshot, standsInFor }) => standsInFor.map(({ type, period }) => [snapshot.id, type, period])),
            [
                ["snap-day-0331-c", "Month", "2027-03"],
                ["snap-day-0331-d", "Week", "2027-W13"],
                ["snap-day-0331-d", "Month", "2027-03"],
                ["snap-month-0401-c", "Week", "2027-W13"],
            ],
        );
    });

    it("say why they are kept for each of their types", () => {
        assert.deepEqual(planned(days("2027-03-31"), "2027-04-05T07:00Z"), [
            "snap-day-0331-c kept: Day 1 of 2; stands in for Week 2027-W13, whose run made no restore point; stands in for Month 2027-03, whose run made no restore point",
        ]);
    });

    it("push nothing out: the newest restore points of the type stay", () => {
        const sets = [month("2027-01-01T05:00"), month("2027-02-01T05:00"), backUp({ ...one, type: "Week", at: "2027-03-21T03:00" })];
        const retention = { Week: 1, Month: 2 };
        assert.deepEqual(
            [planned(sets, "2027-03-31T23:59Z", { retention }), planned(sets, "2027-04-01T00:00Z", { retention })],
            [
                ["snap-month-0101-c kept: Month 2 of 2", "snap-month-0201-c kept: Month 1 of 2", "snap-week-0321-c kept: Week 1 of 1"],
                [
                    "snap-month-0101-c kept: Month 2 of 2",
                    "snap-month-0201-c kept: Month 1 of 2",
                    "snap-week-0321-c kept: Week 1 of 1; stands in for Month 2027-03, whose run made no restore point",
                ],
            ],
        );
    });

    it("stay for the newest N periods that have a restore point, and then go", () => {
        const ends = days("2026-12-31", "2027-01-31", "2027-03-31", "2027-05-01");
        const retention = { Day: 1, Month: 2 };
        assert.deepEqual(planned(ends, "2027-05-01T07:00Z", { retention }), [
            "snap-day-1231-c deleted: 4th newest Day restore point, 1 is kept",
            "snap-day-0131-c kept: stands in for Month 2027-01, whose run made no restore point",
            "snap-day-0331-c kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0501-c kept: Day 1 of 1",
        ]);
    });

    it("are not sought before the period is over, or if the period has a restore point of the type", () => {
        const retention = { Day: 1, Month: 2 };
        const others = days("2027-03-30", "2027-03-31", "2027-04-01");
        const expected = [
            "snap-day-0330-c deleted: 3rd newest Day restore point, 1 is kept",
            "snap-day-0331-c deleted: 2nd newest Day restore point, 1 is kept",
            "snap-day-0401-c kept: Day 1 of 1",
        ];
        assert.deepEqual(planned(days("2027-03-31"), "2027-03-31T23:59Z", { retention }), ["snap-day-0331-c kept: Day 1 of 1"]);
        assert.deepEqual(planned([month("2027-03-01T05:00"), ...others], "2027-04-01T07:00Z", { retention }), [
            "snap-month-0301-c kept: Month 1 of 2",
            ...expected,
        ]);
        assert.deepEqual(
            planned([month("2027-03-31T23:00"), ...others], "2027-04-01T07:00Z", { retention }).sort(),
            ["snap-month-0331-c kept: Month 1 of 2", ...expected].sort(),
        );
    });

    it("are not sought if the run of the type made its restore point after the end of the period", () => {
        const policy = { retention: { Day: 1, Month: 2 }, schedules: { Day: "cron(0 1 ? * * *)", Month: "cron(30 23 L * ? *)" } };
        const late = (at: string) => [month("2027-02-28T23:31"), ...days("2027-03-31"), month(at)];
        assert.deepEqual(planned(late("2027-04-01T00:29"), "2027-04-01T07:00Z", policy), [
            "snap-month-0228-c kept: Month 2 of 2",
            "snap-day-0331-c kept: Day 1 of 1",
            "snap-month-0401-c kept: Month 1 of 2",
        ]);
    });

    it("are sought if a backup by hand comes before the run, since it belongs to the run before", () => {
        const retention = { Day: 1, Month: 1 };
        const byHand = (at: string) => planned([month(at), ...days("2027-03-31")], "2027-04-01T04:00Z", { retention })[1];
        const standsIn = "snap-day-0331-c kept: Day 1 of 1; stands in for Month 2027-03, whose run made no restore point";
        assert.deepEqual([byHand("2027-03-01T04:59"), byHand("2027-03-01T05:00")], [standsIn, "snap-day-0331-c kept: Day 1 of 1"]);
    });

    it("know a period of several months by each of its months", () => {
        const sets = [backUp({ ...one, type: "Half", at: "2027-02-01T06:00" }), ...days(...MARCH.slice(0, 2)), month("2027-04-01T05:00")];
        const schedules = { ...STANDING.schedules, Half: "cron(0 6 2 1,7 ? *)" };
        assert.deepEqual(planned(sets, "2027-07-05T07:00Z", { retention: { Day: 1, Month: 9, Half: 1 }, schedules }), [
            "snap-half-0201-c kept: Half 1 of 1; stands in for Month 2027-02, whose run made no restore point",
            "snap-day-0301-c deleted: 2nd newest Day restore point, 1 is kept",
            "snap-day-0302-c kept: Day 1 of 1; stands in for Month 2027-03, whose run made no restore point",
            "snap-month-0401-c kept: Month 1 of 9",
        ]);
    });

    for (const [title, schedule] of [
        ["a day", "cron(0 2 ? * * *)"],
        ["a working day", "cron(0 2 ? * MON-FRI *)"],
        ["an hour", "cron(0 * ? * * *)"],
        ["half a month", "cron(0 2 1,15 * ? *)"],
        ["a rate", "rate(30 days)"],
    ] as const) {
        it(`are not sought for ${title}: ${schedule}`, () => {
            const policy = { retention: { Day: 1, Other: 1 }, schedules: { ...POLICY.schedules, Other: schedule } };
            assert.deepEqual(planned(days("2027-03-30", "2027-03-31"), "2027-05-01T07:00Z", policy), [
                "snap-day-0330-c deleted: 2nd newest Day restore point, 1 is kept",
                "snap-day-0331-c kept: Day 1 of 1",
            ]);
        });
    }

    for (const [title, schedule, period] of [
        ["an ISO week", "cron(0 3 ? * SUN *)", "2027-W13"],
        ["a month", "cron(0 5 L * ? *)", "2027-03"],
        ["a quarter", "cron(0 5 1 1,4,7,10 ? *)", "2027-01"],
    ] as const) {
        it(`are sought for ${title}: ${schedule}`, () => {
            const policy = { retention: { Day: 1, Other: 1 }, schedules: { ...POLICY.schedules, Other: schedule } };
            assert.deepEqual(planned(days("2027-03-31"), "2027-05-01T07:00Z", policy), [
                `snap-day-0331-c kept: Day 1 of 1; stands in for Other ${period}, whose run made no restore point`,
            ]);
        });
    }

    it("are not sought if the policy turns them off, or has no schedule of the type", () => {
        const retention = { Day: 1, Month: 1 };
        const expected = ["snap-day-0330-c deleted: 2nd newest Day restore point, 1 is kept", "snap-day-0331-c kept: Day 1 of 1"];
        const lines = (policy: Partial<RetentionPolicy>) =>
            planned(days("2027-03-30", "2027-03-31"), "2027-05-01T07:00Z", { retention, ...policy });
        assert.deepEqual([lines({ standIns: false }), lines({ schedules: {} })], [expected, expected]);
    });

    it("are sought also if another type has the same schedule", () => {
        const weekly = "cron(0 3 ? * SUN *)";
        const policy = { retention: { Sunday: 1, Week: 1 }, schedules: { Sunday: weekly, Week: weekly } };
        assert.deepEqual(planned([backUp({ ...one, type: "Sunday", at: "2027-03-07T03:00" })], "2027-03-08T07:00Z", policy), [
            "snap-sunday-0307-c kept: Sunday 1 of 1; stands in for Week 2027-W09, whose run made no restore point",
        ]);
    });

    it("do not let a failed set be deleted: it waits for a restore point of its type", () => {
        const sets = [backUp({ ...one, type: "Week", at: "2027-02-07T03:00", consistent: "False" }), ...days("2027-02-07T04:00")];
        assert.deepEqual(planned(sets, "2027-02-15T00:00Z", { retention: { Day: 2, Week: 2 } }), [
            "snap-week-0207-c left: failed, snap-week-0207-c is not application-consistent; vol-c has no newer Week restore point",
            "snap-day-0207-c kept: Day 1 of 2; stands in for Week 2027-W05, whose run made no restore point",
        ]);
    });

    it("stand in only for volumes that have no restore point of the type", () => {
        const sets = [
            month("2027-03-01T05:00"),
            backUp({ volumes: ["c", "d"], at: "2027-03-30" }),
            backUp({ volumes: ["c", "d"], at: "2027-04-01" }),
        ];
        assert.deepEqual(planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 1 } }), [
            "snap-month-0301-c kept: Month 1 of 1",
            "snap-day-0330-c kept with its set: vol-d still needs it",
            "snap-day-0330-d kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0401-c kept: Day 1 of 1",
            "snap-day-0401-d kept: Day 1 of 1",
        ]);
    });

    it("are never failed, pending or held, or of a type that the policy no longer has", () => {
        const sets = [
            ...days("2027-03-27"),
            hold(backUp({ ...one, at: "2027-03-28" })),
            backUp({ ...one, at: "2027-03-29", consistent: "false" }),
            backUp({ ...one, at: "2027-03-30", state: "pending" }),
            backUp({ ...one, at: "2027-03-31", type: "Year" }),
            ...days("2027-04-01"),
        ];
        assert.deepEqual(
            planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 1 } }).filter((line) => line.includes("stands in")),
            ["snap-day-0327-c kept: stands in for Month 2027-03, whose run made no restore point"],
        );
    });

    it("are also sought if the restore point of the type is held, since it does not count", () => {
        const sets = [month("2027-02-01T05:00"), hold(month("2027-03-01T05:00")), ...days("2027-03-31", "2027-04-01")];
        assert.deepEqual(planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 2 } }), [
            "snap-month-0201-c kept: Month 1 of 2",
            "snap-month-0301-c kept: held by the tag VssBackupHold on snap-month-0301-c",
            "snap-day-0331-c kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0401-c kept: Day 1 of 1",
        ]);
    });

    it("stay if the event has a time before them", () => {
        assert.deepEqual(
            planned(days("2027-03-31", "2027-04-01"), "2027-03-10T07:00Z", { retention: { Day: 1, Month: 1 } }),
            ["2027-03-31", "2027-04-01"].map(
                (day) =>
                    `snap-day-${day.slice(5).replace("-", "")}-c left: it started ${day} 01:00 UTC, after the time of this run, 2027-03-10 07:00 UTC`,
            ),
        );
    });
});

describe("A run of the type that is not finished", () => {
    const retention = { Day: 1, Month: 1 };
    const pending = (at: string, sketch = {}) => backUp({ ...one, type: "Month", at, state: "pending", ...sketch });
    const last = (run: Snapshot[], now = "2027-04-01T07:00Z") => plan([run, ...days("2027-03-31", "2027-04-01")], now, { retention });
    const reason = (run: Snapshot[], now?: string) =>
        last(run, now).decisions.find(({ snapshot }) => snapshot.id === "snap-day-0331-c")?.reason;

    it("has no stand-in yet, but newer backups do not push out the restore point for it", () => {
        const standIns = last(pending("2027-03-01T05:00")).decisions.flatMap(({ standsInFor }) => standsInFor);
        assert.deepEqual(
            [reason(pending("2027-03-01T05:00")), standIns],
            ["kept: reserved for Month 2027-03, whose run is not finished", []],
        );
    });

    it("gets its stand-in when it fails", () => {
        const standsIn = "kept: stands in for Month 2027-03, whose run made no restore point";
        const unmarked = backUp({ ...one, type: "Month", at: "2027-03-31T12:00", consistent: null });
        assert.deepEqual(
            [reason(unmarked, "2027-04-01T11:59Z"), reason(unmarked, "2027-04-01T12:00Z")],
            ["kept: reserved for Month 2027-03, whose run is not finished", standsIn],
        );
    });

    it("releases the reserved restore point when it makes its restore point", () => {
        assert.equal(reason(month("2027-03-01T05:00")), "deleted: 2nd newest Day restore point, 1 is kept");
    });

    for (const [title, run] of [
        ["of another period", pending("2027-02-01T05:00")],
        ["of another type", pending("2027-03-01T05:00", { type: "Day" })],
        ["of another volume", pending("2027-03-01T05:00", { volumes: ["d"] })],
        ["that is held", hold(pending("2027-03-01T05:00"))],
        ["that started after the time of the plan", pending("2027-04-01T04:01")],
    ] as const) {
        it(`changes nothing for a month if it is one ${title}`, () => {
            assert.equal(reason([...run], "2027-04-01T04:00Z"), "kept: stands in for Month 2027-03, whose run made no restore point");
        });
    }
});

describe("The period of a type", () => {
    it("keeps a restore point although backups by hand are newer", () => {
        const sets = [month("2027-01-01T05:00"), month("2027-02-01T05:00"), month("2027-03-01T05:00")];
        const byHand = ["2027-03-10T12:00", "2027-03-11T12:00"].map(month);
        assert.deepEqual(planned([...sets, ...byHand], "2027-03-12T07:00Z", { retention: { Month: 2 } }), [
            "snap-month-0101-c kept: newest Month of 2027-01",
            "snap-month-0201-c kept: newest Month of 2027-02",
            "snap-month-0301-c deleted: 3rd newest Month restore point, 2 are kept",
            "snap-month-0310-c kept: Month 2 of 2",
            "snap-month-0311-c kept: Month 1 of 2",
        ]);
    });

    it("keeps the newest restore point from its run until the next run", () => {
        const sets = [
            month("2027-01-01T05:00"),
            month("2027-02-01T04:59"),
            month("2027-02-01T05:00"),
            ...["2027-03-10", "2027-03-11"].map(month),
        ];
        assert.deepEqual(planned(sets, "2027-03-12T07:00Z", { retention: { Month: 2 } }).slice(0, 3), [
            "snap-month-0101-c deleted: 5th newest Month restore point, 2 are kept",
            "snap-month-0201-c kept: newest Month of 2027-01",
            "snap-month-0201-c kept: newest Month of 2027-02",
        ]);
    });

    it("comes before older periods, although a backup by hand belongs to the period of the last run", () => {
        const week = (at: string) => backUp({ ...one, type: "Week", at });
        assert.deepEqual(planned([...days("2027-03-01"), week("2027-03-02")], "2027-03-10T07:00Z", { retention: { Day: 9, Week: 1 } }), [
            "snap-day-0301-c kept: Day 1 of 9; stands in for Week 2027-W09, whose run made no restore point",
            "snap-week-0302-c kept: Week 1 of 1",
        ]);
    });

    it("keeps a restore point that may also stand in for another type", () => {
        const retention = { Month: 1, Week: 1 };
        const sets = [month("2027-02-22T05:00"), month("2027-03-01T05:00"), month("2027-03-10T05:00")];
        assert.deepEqual(planned(sets, "2027-03-07T23:59Z", { retention }), [
            "snap-month-0222-c kept: newest Month of 2027-02; stands in for Week 2027-W08, whose run made no restore point",
            "snap-month-0301-c kept: Month 1 of 1",
            "snap-month-0310-c left: it started 2027-03-10 05:00 UTC, after the time of this run, 2027-03-07 23:59 UTC",
        ]);
        assert.deepEqual(planned(sets, "2027-03-08T00:00Z", { retention: { Week: 1, Month: 1 } }), [
            "snap-month-0222-c kept: newest Month of 2027-02",
            "snap-month-0301-c kept: Month 1 of 1; stands in for Week 2027-W09, whose run made no restore point",
            "snap-month-0310-c left: it started 2027-03-10 05:00 UTC, after the time of this run, 2027-03-08 00:00 UTC",
        ]);
    });

    it("throws an error if a restore point has a type without a rule", () => {
        const sets = backupSets(backUp({ ...one, type: "Gone", at: "2027-03-05" }), STANDING, Date.parse("2027-04-01T07:00Z"));
        assert.throws(() => judgeVolume(sets, [], rulesOf(STANDING), Date.parse("2027-04-01T07:00Z")), {
            name: "Error",
            message: "Nothing can be planned: snap-gone-0305-c was not judged",
        });
    });
});
