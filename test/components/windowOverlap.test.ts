import assert from "node:assert/strict";
import fc from "fast-check";
import { snapshotTypes } from "../../components/snapshotTypes";
import { BUSY_SECONDS, overlapFaults, typesThatMayOverlap } from "../../components/windowOverlap";
import { occurrences, parseSchedule } from "../../lambda/retention/schedules";

const NEW_YEAR = Date.UTC(2027, 0, 1);

/** Makes types with these schedules, and no default type. */
function types(schedules: Readonly<Record<string, string>>) {
    const none = { Day: "never", Week: "never", Month: "never" };
    const retention = Object.fromEntries(Object.keys(schedules).map((type) => [type, 1]));
    return snapshotTypes({ schedules: { ...none, ...schedules }, retention });
}

function faults(schedules: Readonly<Record<string, string>>, timezone = "UTC"): string[] {
    return overlapFaults(types(schedules), timezone, BUSY_SECONDS, NEW_YEAR);
}

describe("Windows", () => {
    for (const timezone of [
        "UTC",
        "Europe/Vienna",
        "America/New_York",
        "America/Havana",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Cairo",
    ]) {
        it(`of the defaults do not overlap in ${timezone}, even when daylight saving begins or ends`, () => {
            assert.deepEqual(overlapFaults(snapshotTypes({}), timezone, BUSY_SECONDS, NEW_YEAR), []);
        });
    }

    it("overlap if they start less than an hour apart", () => {
        assert.deepEqual(faults({ A: "cron(0 1 ? * * *)", B: "cron(0 2 ? * * *)" }), []);
        assert.deepEqual(faults({ A: "cron(0 1 ? * * *)", B: "cron(59 1 ? * * *)" }), [
            "schedules.A and schedules.B overlap: A opens at 2027-01-01 01:00 UTC and may keep a server busy until 2027-01-01 02:00 UTC, but B opens at 2027-01-01 01:59 UTC; move one of them",
        ]);
    });

    it("overlap if they start a second less than an hour apart", () => {
        assert.deepEqual(faults({ A: "cron(0 0 1 ? * * *)", B: "cron(59 59 1 1 1 ? *)" }), [
            "schedules.A and schedules.B overlap: A opens at 2027-01-01 01:00 UTC and may keep a server busy until 2027-01-01 02:00 UTC, but B opens at 2027-01-01 01:59 UTC; move one of them",
        ]);
    });

    it("overlap across midnight and New Year", () => {
        assert.deepEqual(faults({ Day: "cron(30 23 ? * * *)", Year: "cron(29 0 1 1 ? 2028)" }), [
            "schedules.Day and schedules.Year overlap: Day opens at 2027-12-31 23:30 UTC and may keep a server busy until 2028-01-01 00:30 UTC, but Year opens at 2028-01-01 00:29 UTC; move one of them",
        ]);
        assert.deepEqual(faults({ Day: "cron(30 23 ? * * *)", Year: "cron(30 0 1 1 ? 2028)" }), []);
    });

    it("overlap if a date falls on a weekday months from now", () => {
        assert.deepEqual(faults({ Week: "cron(0 3 ? * SUN *)", Year: "cron(30 3 4 7 ? *)" }), [
            "schedules.Week and schedules.Year overlap: Week opens at 2027-07-04 03:00 UTC and may keep a server busy until 2027-07-04 04:00 UTC, but Year opens at 2027-07-04 03:30 UTC; move one of them",
        ]);
    });

    it("overlap if daylight saving skips the hour between them", () => {
        const schedules = { Day: "cron(30 1 ? * * *)", Week: "cron(0 3 ? * SUN *)" };
        assert.deepEqual(faults(schedules), []);
        assert.deepEqual(faults(schedules, "Europe/Vienna"), [
            "schedules.Day and schedules.Week overlap: Day opens at 2027-03-28 01:30 Europe/Vienna and may keep a server busy until 2027-03-28 03:30 Europe/Vienna, but Week opens at 2027-03-28 03:00 Europe/Vienna; move one of them",
        ]);
    });

    it("overlap if daylight saving moves one window into another", () => {
        const schedules = { Day: "cron(30 2 ? * * *)", Week: "cron(30 3 ? * SUN *)" };
        assert.deepEqual(faults(schedules), []);
        assert.deepEqual(faults(schedules, "America/New_York"), [
            "schedules.Day and schedules.Week overlap: Day opens at 2027-03-14 03:00 America/New_York and may keep a server busy until 2027-03-14 04:00 America/New_York, but Week opens at 2027-03-14 03:30 America/New_York; move one of them",
        ]);
    });

    it("overlap exactly if two starts are closer than the time that a server may be busy", () => {
        const cron = fc
            .tuple(
                fc.integer({ min: 0, max: 59 }),
                fc.integer({ min: 0, max: 5 }),
                fc.constantFrom("? * *", "? * SUN", "? * 3#2", "1 * ?", "L * ?", "15W * ?", "2 1 ?"),
            )
            .map(([minute, hour, day]) => `cron(${minute} ${hour} ${day} *)`);
        const zones = fc.constantFrom("UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata");
        const busy = fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * 60);
        fc.assert(
            fc.property(cron, cron, zones, busy, (a, b, timezone, busySeconds) => {
                const [first = [], second = []] = [a, b].map((expression) => {
                    const { pattern } = parseSchedule(expression, "no seconds") as { pattern: string };
                    return [...occurrences(pattern, timezone, NEW_YEAR, Date.UTC(2029, 0, 1))];
                });
                const meet = first.some((start) => second.some((other) => Math.abs(start - other) < busySeconds * 1000));
                assert.equal(overlapFaults(types({ A: a, B: b }), timezone, busySeconds, NEW_YEAR).length, Number(meet));
            }),
            { numRuns: 60 },
        );
    });

    it("that overlap only after two years pass the check", () => {
        assert.deepEqual(faults({ A: "cron(0 1 ? * * 2029)", B: "cron(0 1 ? * * *)" }), []);
    });

    it("of a pair of types give one message", () => {
        assert.deepEqual(
            faults({ A: "cron(0 1 ? * * *)", B: "cron(0 1 ? * * *)", C: "cron(30 1 ? * * *)" }).map((fault) => fault.split(":")[0]),
            ["schedules.A and schedules.B overlap", "schedules.B and schedules.C overlap", "schedules.A and schedules.C overlap"],
        );
    });

    it("of one type may open once an hour, but not more often", () => {
        assert.deepEqual(faults({ Hour: "cron(0 * ? MAR,OCT * *)" }, "Europe/Vienna"), []);
        assert.deepEqual(faults({ Hour: "cron(0/30 8 ? * * *)" }), [
            "schedules.Hour opens a window at 2027-01-01 08:30 UTC, before its previous window of 1 hour closes; open at most one window an hour",
        ]);
        assert.deepEqual(faults({ Hour: "rate(30 minutes)" }), [
            "schedules.Hour opens a window before its previous window of 1 hour closes; open at most one window an hour",
        ]);
    });

    it("of one type may not open once an hour if the clock changes by half an hour", () => {
        assert.deepEqual(faults({ Hour: "cron(45 * ? APR,OCT * *)" }, "Australia/Lord_Howe"), [
            "schedules.Hour opens a window at 2027-10-03 02:45 Australia/Lord_Howe, before its previous window of 1 hour closes; open at most one window an hour",
        ]);
    });

    it("of one type that open each second give a message, and one for each overlap with another type", () => {
        assert.deepEqual(faults({ Second: "cron(* * * ? JUL * *)", Year: "cron(30 8 4 7 ? *)" }), [
            "schedules.Second opens a window at 2027-07-01 00:00 UTC, before its previous window of 1 hour closes; open at most one window an hour",
            "schedules.Second and schedules.Year overlap: Second opens at 2027-07-04 08:00 UTC and may keep a server busy until 2027-07-04 09:00 UTC, but Year opens at 2027-07-04 08:30 UTC; move one of them",
        ]);
    });

    it("must open at least once", () => {
        assert.deepEqual(faults({ Never: "cron(0 1 30 2 ? *)" }), ["schedules.Never never opens a window; give it a time in the future"]);
        assert.deepEqual(faults({ Past: "cron(0 1 ? * * 2026)" }), ["schedules.Past never opens a window; give it a time in the future"]);
        assert.deepEqual(faults({ Leap: "cron(0 1 29 2 ? *)" }), []);
    });

    it("of a rate give a message only if an overlap is certain", () => {
        assert.deepEqual(faults({ Hour: "rate(1 hour)", Day: "cron(0 1 ? * * *)", Half: "rate(12 hours)" }), [
            "schedules.Hour will overlap with Day, which opens at 2027-01-01 01:00 UTC; a window may keep a server busy for 60 minutes; give Hour a cron(…) expression",
            "schedules.Hour will overlap with Half; a window may keep a server busy for 60 minutes; give Hour a cron(…) expression",
        ]);
        assert.deepEqual(faults({ Hour: "rate(2 hours)", Day: "cron(0 1 ? * * *)" }), []);
        assert.deepEqual(faults({ Hour: "rate(5 hours)", Day: "cron(0 1 ? * * *)" }), [
            "schedules.Hour will overlap with Day, which opens at 2027-01-01 01:00 UTC; a window may keep a server busy for 60 minutes; give Hour a cron(…) expression",
        ]);
    });

    it("of a rate have less room if daylight saving moves the windows of the other type", () => {
        const schedules = { Often: "rate(2 hours)", Day: "cron(0 1 ? * * *)" };
        assert.deepEqual(faults(schedules, "Asia/Kolkata"), []);
        assert.deepEqual(faults(schedules, "Europe/Vienna"), [
            "schedules.Often will overlap with Day, which opens at 2027-01-01 01:00 Europe/Vienna; a window may keep a server busy for 60 minutes; give Often a cron(…) expression",
        ]);
    });

    it("of two rates overlap at some time if their intervals drift against each other", () => {
        assert.deepEqual(faults({ A: "rate(2 hours)", B: "rate(3 hours)", C: "rate(2 days)", D: "rate(121 minutes)" }), [
            "schedules.A will overlap with B; a window may keep a server busy for 60 minutes; give A a cron(…) expression",
            "schedules.A will overlap with D; a window may keep a server busy for 60 minutes; give A a cron(…) expression",
            "schedules.B will overlap with D; a window may keep a server busy for 60 minutes; give B a cron(…) expression",
            "schedules.C will overlap with D; a window may keep a server busy for 60 minutes; give C a cron(…) expression",
        ]);
    });

    it("of a rate may overlap with those of other types", () => {
        assert.deepEqual(typesThatMayOverlap(types({ Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)" })), []);
        assert.deepEqual(typesThatMayOverlap([]), []);
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)", Day: "cron(0 1 ? * * *)" })), ["Hour"]);
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)" })), []);
    });
});
