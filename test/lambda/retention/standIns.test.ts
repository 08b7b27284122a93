import assert from "node:assert/strict";
import { planCleaning } from "../../../lambda/retention/plan";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { backup, POLICY } from "../../support/history";

const STANDING: RetentionPolicy = { ...POLICY, retention: { Day: 2, Week: 2, Month: 2 }, standIns: true };

/** A line for each snapshot, in the plan's order. */
function planned(sets: readonly Snapshot[][], now: string, policy: Partial<RetentionPolicy> = {}): string[] {
    return planCleaning(sets.flat(), { ...STANDING, ...policy }, Date.parse(now)).decisions.map(
        ({ snapshot, reason }) => `${snapshot.id} ${reason}`,
    );
}

const one = { volumes: ["c"] };

/** Each day of March 2027. */
const MARCH = Array.from({ length: 31 }, (_, i) => `2027-03-${String(i + 1).padStart(2, "0")}`);

describe("Stand-ins", () => {
    it("keep the newest restore point of any type in a period whose own run made none", () => {
        const sets = [
            backup({ ...one, type: "Month", at: "2027-02-01T05:00" }),
            backup({ ...one, type: "Month", at: "2027-03-01T05:00", consistent: "False" }),
            ...MARCH.slice(27).map((at) => backup({ ...one, at })),
            backup({ ...one, type: "Week", at: "2027-03-28T03:00" }),
            ...["2027-04-01", "2027-04-02", "2027-04-03"].map((at) => backup({ ...one, at })),
        ];
        assert.deepEqual(planned(sets, "2027-04-03T07:00Z"), [
            "snap-month-0201-c kept: Month 2 of 2; stands in for Week 2027-W05, whose run made no restore point",
            "snap-month-0301-c deleted: failed, snap-month-0301-c is not application-consistent; newer Month restore points stand",
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

    it("say both where they are also kept for their own type", () => {
        assert.deepEqual(planned([backup({ ...one, at: "2027-03-31" })], "2027-04-05T07:00Z"), [
            "snap-day-0331-c kept: Day 1 of 2; stands in for Week 2027-W13, whose run made no restore point; stands in for Month 2027-03, whose run made no restore point",
        ]);
    });

    it("count toward the retention of the type that they stand in for, and push its oldest out", () => {
        const sets = [
            ...["2027-01-01", "2027-02-01"].map((at) => backup({ ...one, type: "Month", at: `${at}T05:00` })),
            backup({ ...one, type: "Week", at: "2027-03-21T03:00" }),
        ];
        const month = { retention: { Week: 1, Month: 2 } };
        assert.deepEqual(
            [planned(sets, "2027-03-31T23:59Z", month), planned(sets, "2027-04-01T00:00Z", month)],
            [
                ["snap-month-0101-c kept: Month 2 of 2", "snap-month-0201-c kept: Month 1 of 2", "snap-week-0321-c kept: Week 1 of 1"],
                [
                    "snap-month-0101-c deleted: 3rd newest Month restore point, 2 are kept",
                    "snap-month-0201-c kept: Month 2 of 2",
                    "snap-week-0321-c kept: Week 1 of 1; stands in for Month 2027-03, whose run made no restore point",
                ],
            ],
        );
    });

    it("go when as many newer ones stand, of the type that they stand in for and of their own, in which stand-ins count too", () => {
        const sets = [
            backup({ ...one, at: "2027-01-31" }),
            ...["2027-02-01", "2027-03-01"].map((at) => backup({ ...one, type: "Month", at: `${at}T05:00` })),
        ];
        const month = { retention: { Day: 1, Month: 2 } };
        assert.equal(
            planned([...sets, backup({ ...one, at: "2027-03-02" })], "2027-03-02T07:00Z", month)[0],
            "snap-day-0131-c deleted: 4th newest Day restore point, 1 is kept",
        );
    });

    it("are not sought before the period is over, nor where one of the type's own restore points lies in it, early or late", () => {
        const own = (at: string) => [
            backup({ ...one, type: "Month", at }),
            ...["2027-03-30", "2027-03-31", "2027-04-01"].map((day) => backup({ ...one, at: day })),
        ];
        const day = { retention: { Day: 1, Month: 2 } };
        const gone = [
            "snap-day-0330-c deleted: 3rd newest Day restore point, 1 is kept",
            "snap-day-0331-c deleted: 2nd newest Day restore point, 1 is kept",
            "snap-day-0401-c kept: Day 1 of 1",
        ];
        assert.deepEqual(planned(own("2027-03-01T05:00"), "2027-04-01T07:00Z", day), ["snap-month-0301-c kept: Month 1 of 2", ...gone]);
        assert.deepEqual(
            planned(own("2027-03-31T23:00"), "2027-04-01T07:00Z", day).sort(),
            ["snap-month-0331-c kept: Month 1 of 2", ...gone].sort(),
        );
    });

    it("are not sought where the window of the type's own run reached into the next period", () => {
        const late = (at: string) => [
            backup({ ...one, type: "Month", at: "2027-02-28T23:31" }),
            backup({ ...one, at: "2027-03-31" }),
            backup({ ...one, type: "Month", at }),
        ];
        const policy = { retention: { Day: 1, Month: 2 }, schedules: { Day: "cron(0 1 ? * * *)", Month: "cron(30 23 L * ? *)" } };
        assert.deepEqual(planned(late("2027-04-01T00:29"), "2027-04-01T07:00Z", policy), [
            "snap-month-0228-c kept: Month 2 of 2",
            "snap-day-0331-c kept: Day 1 of 1",
            "snap-month-0401-c kept: Month 1 of 2",
        ]);
        assert.deepEqual(planned(late("2027-04-01T00:30"), "2027-04-01T07:00Z", policy), [
            "snap-month-0228-c deleted: 3rd newest Month restore point, 2 are kept",
            "snap-day-0331-c kept: Day 1 of 1; stands in for Month 2027-03, whose run made no restore point",
            "snap-month-0401-c kept: Month 1 of 2",
        ]);
    });

    it("know a period of several months by each of its months", () => {
        const sets = [
            backup({ ...one, type: "Half", at: "2027-02-01T06:00" }),
            ...MARCH.slice(0, 2).map((at) => backup({ ...one, at })),
            backup({ ...one, type: "Month", at: "2027-04-01T05:00" }),
        ];
        const schedules = { ...STANDING.schedules, Half: "cron(0 6 2 1,7 ? *)" };
        assert.deepEqual(planned(sets, "2027-07-05T07:00Z", { retention: { Day: 1, Month: 9, Half: 1 }, schedules }).slice(0, 1), [
            "snap-half-0201-c kept: Half 1 of 1; stands in for Month 2027-02, whose run made no restore point",
        ]);
    });

    it("are not sought for the hour that the clock repeats", () => {
        const sets = [
            backup({ ...one, type: "Twice", at: "2026-11-01T05:01" }),
            backup({ ...one, at: "2026-11-01T08:00" }),
            backup({ ...one, type: "Twice", at: "2026-11-01T18:01" }),
        ];
        const policy = {
            retention: { Day: 1, Twice: 2 },
            schedules: { Day: "cron(0 3 ? * * *)", Twice: "cron(0 1,13 ? * * *)" },
            timezone: "America/New_York",
        };
        assert.deepEqual(planned(sets, "2026-11-02T12:00Z", policy), [
            "snap-twice-1101-c kept: Twice 2 of 2",
            "snap-day-1101-c kept: Day 1 of 1",
            "snap-twice-1101-c kept: Twice 1 of 2",
        ]);
    });

    it("are sought also where the run of another type had the same schedule", () => {
        const policy = { retention: { Day: 1, Night: 1 }, schedules: { Day: "cron(0 1 ? * * *)", Night: "cron(0 1 ? * * *)" } };
        assert.deepEqual(planned([backup({ ...one, at: "2027-03-01" })], "2027-03-02T07:00Z", policy), [
            "snap-day-0301-c kept: Day 1 of 1; stands in for Night 2027-03-01, whose run made no restore point",
        ]);
    });

    it("let a failed set go only once their own period is over", () => {
        const sets = [backup({ ...one, type: "Week", at: "2027-02-07T03:00", consistent: "False" }), backup({ ...one, at: "2027-02-08" })];
        const why = "snap-week-0207-c is not application-consistent";
        const day = "snap-day-0208-c kept: Day 1 of 2";
        const weekly = { retention: { Day: 2, Week: 2 } };
        assert.deepEqual(planned(sets, "2027-02-14T23:59Z", weekly), [
            `snap-week-0207-c left: failed, ${why}; vol-c has no newer Week restore point`,
            day,
        ]);
        assert.deepEqual(planned(sets, "2027-02-15T00:00Z", weekly), [
            `snap-week-0207-c deleted: failed, ${why}; newer Week restore points stand`,
            `${day}; stands in for Week 2027-W06, whose run made no restore point`,
        ]);
    });

    it("never shorten what another type keeps", () => {
        const days = MARCH.slice(-5).map((at) => backup({ ...one, at }));
        const keptDays = (sets: readonly Snapshot[][], standIns: boolean) =>
            planned(sets, "2027-04-01T07:00Z", { standIns }).filter((line) => / Day \d of 2/.test(line)).length;
        assert.deepEqual([keptDays(days, true), keptDays(days, false)], [2, 2]);
    });

    it("stand for the volumes alone that have none", () => {
        const sets = [
            backup({ volumes: ["c"], type: "Month", at: "2027-03-01T05:00" }),
            backup({ volumes: ["c", "d"], at: "2027-03-30" }),
            backup({ volumes: ["c", "d"], at: "2027-04-01" }),
        ];
        assert.deepEqual(planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 1 } }), [
            "snap-month-0301-c kept: Month 1 of 1",
            "snap-day-0330-c kept with its set: vol-d still needs it",
            "snap-day-0330-d kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0401-c kept: Day 1 of 1",
            "snap-day-0401-d kept: Day 1 of 1",
        ]);
    });

    it("are no failed, pending or held sets, nor such of a type that the policy no longer has", () => {
        const [held] = backup({ ...one, at: "2027-03-28" }) as [Snapshot];
        const sets = [
            backup({ ...one, at: "2027-03-27" }),
            [{ ...held, tags: { ...held.tags, VssBackupHold: "" } }],
            backup({ ...one, at: "2027-03-29", consistent: "false" }),
            backup({ ...one, at: "2027-03-30", state: "pending" }),
            backup({ ...one, at: "2027-03-31", type: "Year" }),
            backup({ ...one, at: "2027-04-01" }),
        ];
        assert.deepEqual(
            planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 1 } }).filter((line) => line.includes("stands in")),
            ["snap-day-0327-c kept: stands in for Month 2027-03, whose run made no restore point"],
        );
    });

    it("are sought also where the type's own is held, which does not count", () => {
        const [held] = backup({ ...one, type: "Month", at: "2027-03-01T05:00" }) as [Snapshot];
        const sets = [
            backup({ ...one, type: "Month", at: "2027-02-01T05:00" }),
            [{ ...held, tags: { ...held.tags, VssBackupHold: "" } }],
            backup({ ...one, at: "2027-03-31" }),
            backup({ ...one, at: "2027-04-01" }),
        ];
        assert.deepEqual(planned(sets, "2027-04-01T07:00Z", { retention: { Day: 1, Month: 2 } }), [
            "snap-month-0201-c kept: Month 2 of 2",
            "snap-month-0301-c kept: held by the tag VssBackupHold on snap-month-0301-c",
            "snap-day-0331-c kept: stands in for Month 2027-03, whose run made no restore point",
            "snap-day-0401-c kept: Day 1 of 1",
        ]);
    });

    it("stand for no rate, which has no calendar, and for nobody where they are turned off", () => {
        const sets = ["2027-03-30", "2027-03-31"].map((at) => backup({ ...one, at }));
        const retention = { Day: 1, Month: 1 };
        const deleted = "snap-day-0330-c deleted: 2nd newest Day restore point, 1 is kept";
        const lines = (policy: Partial<RetentionPolicy>, days = sets) => planned(days, "2027-05-01T07:00Z", { retention, ...policy });
        assert.deepEqual(lines({ schedules: { ...POLICY.schedules, Month: "rate(30 days)" } }), [
            deleted,
            "snap-day-0331-c kept: Day 1 of 1",
        ]);
        assert.deepEqual(lines({ standIns: false }), [deleted, "snap-day-0331-c kept: Day 1 of 1"]);
        assert.deepEqual(lines({}), [
            deleted,
            "snap-day-0331-c kept: Day 1 of 1; stands in for Month 2027-03, whose run made no restore point",
        ]);
    });

    it("stay where the run is told a time before them, as a replayed event would", () => {
        const sets = [backup({ ...one, at: "2027-03-31" }), ...["2027-04-01", "2027-04-02"].map((at) => backup({ ...one, at }))];
        assert.deepEqual(planned(sets, "2027-03-10T07:00Z", { retention: { Day: 1, Month: 1 } }), [
            "snap-day-0331-c left: it started 2027-03-31 01:00 UTC, after the time of this run, 2027-03-10 07:00 UTC",
            "snap-day-0401-c left: it started 2027-04-01 01:00 UTC, after the time of this run, 2027-03-10 07:00 UTC",
            "snap-day-0402-c left: it started 2027-04-02 01:00 UTC, after the time of this run, 2027-03-10 07:00 UTC",
        ]);
    });
});
