import assert from "node:assert/strict";
import fc from "fast-check";
import { snapshotTypes } from "../../components/snapshotTypes";
import { BUSY_SECONDS, overlapFaults, typesThatMayOverlap } from "../../components/windowOverlap";
import { occurrences, parseSchedule } from "../../lambda/retention/schedules";

const NEW_YEAR = Date.UTC(2027, 0, 1);

/** The types of these schedules alone. */
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
        it(`of the defaults do not overlap in ${timezone}, daylight saving or not`, () => {
            assert.deepEqual(overlapFaults(snapshotTypes({}), timezone, BUSY_SECONDS, NEW_YEAR), []);
        });
    }

    it("an hour apart do not overlap, and a minute less do", () => {
        assert.deepEqual(faults({ A: "cron(0 1 ? * * *)", B: "cron(0 2 ? * * *)" }), []);
        assert.deepEqual(faults({ A: "cron(0 1 ? * * *)", B: "cron(59 1 ? * * *)" }), [
            "schedules.A and schedules.B overlap: A opens 2027-01-01 01:00 UTC and may keep a server busy until 2027-01-01 02:00 UTC, B opens 2027-01-01 01:59 UTC; move one of them",
        ]);
    });

    it("an hour apart but for a second overlap too", () => {
        assert.deepEqual(faults({ A: "cron(0 0 1 ? * * *)", B: "cron(59 59 1 1 1 ? *)" }), [
            "schedules.A and schedules.B overlap: A opens 2027-01-01 01:00 UTC and may keep a server busy until 2027-01-01 02:00 UTC, B opens 2027-01-01 01:59 UTC; move one of them",
        ]);
    });

    it("overlap across midnight and the turn of the year", () => {
        assert.deepEqual(faults({ Day: "cron(30 23 ? * * *)", Year: "cron(29 0 1 1 ? 2028)" }), [
            "schedules.Day and schedules.Year overlap: Day opens 2027-12-31 23:30 UTC and may keep a server busy until 2028-01-01 00:30 UTC, Year opens 2028-01-01 00:29 UTC; move one of them",
        ]);
        assert.deepEqual(faults({ Day: "cron(30 23 ? * * *)", Year: "cron(30 0 1 1 ? 2028)" }), []);
    });

    it("overlap where a date and a weekday meet for the first time in months", () => {
        assert.deepEqual(faults({ Week: "cron(0 3 ? * SUN *)", Year: "cron(30 3 4 7 ? *)" }), [
            "schedules.Week and schedules.Year overlap: Week opens 2027-07-04 03:00 UTC and may keep a server busy until 2027-07-04 04:00 UTC, Year opens 2027-07-04 03:30 UTC; move one of them",
        ]);
    });

    it("overlap where daylight saving takes the hour between them away", () => {
        const schedules = { Day: "cron(30 1 ? * * *)", Week: "cron(0 3 ? * SUN *)" };
        assert.deepEqual(faults(schedules), []);
        assert.deepEqual(faults(schedules, "Europe/Vienna"), [
            "schedules.Day and schedules.Week overlap: Day opens 2027-03-28 01:30 Europe/Vienna and may keep a server busy until 2027-03-28 03:30 Europe/Vienna, Week opens 2027-03-28 03:00 Europe/Vienna; move one of them",
        ]);
    });

    it("overlap where the end of a gap in the clock is another's time", () => {
        const schedules = { Day: "cron(30 2 ? * * *)", Week: "cron(30 3 ? * SUN *)" };
        assert.deepEqual(faults(schedules), []);
        assert.deepEqual(faults(schedules, "America/New_York"), [
            "schedules.Day and schedules.Week overlap: Day opens 2027-03-14 03:00 America/New_York and may keep a server busy until 2027-03-14 04:00 America/New_York, Week opens 2027-03-14 03:30 America/New_York; move one of them",
        ]);
    });

    it("overlap exactly where two starts lie within the time that a server may be busy, whatever their schedules and time zone", () => {
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

    it("that meet only after two years are let pass", () => {
        assert.deepEqual(faults({ A: "cron(0 1 ? * * 2029)", B: "cron(0 1 ? * * *)" }), []);
    });

    it("of each pair are named once", () => {
        assert.deepEqual(
            faults({ A: "cron(0 1 ? * * *)", B: "cron(0 1 ? * * *)", C: "cron(30 1 ? * * *)" }).map((fault) => fault.split(":")[0]),
            ["schedules.A and schedules.B overlap", "schedules.B and schedules.C overlap", "schedules.A and schedules.C overlap"],
        );
    });

    it("of one type may follow each other each hour, and no sooner", () => {
        assert.deepEqual(faults({ Hour: "cron(0 * ? MAR,OCT * *)" }, "Europe/Vienna"), []);
        assert.deepEqual(faults({ Hour: "cron(0/30 8 ? * * *)" }), [
            "schedules.Hour opens a window 2027-01-01 08:30 UTC before its last one, of 1 hour, has closed; open one an hour at most",
        ]);
        assert.deepEqual(faults({ Hour: "rate(30 minutes)" }), [
            "schedules.Hour opens a window before its last one, of 1 hour, has closed; open one an hour at most",
        ]);
    });

    it("of one type may not follow each other each hour where the clock jumps by half an hour", () => {
        assert.deepEqual(faults({ Hour: "cron(45 * ? APR,OCT * *)" }, "Australia/Lord_Howe"), [
            "schedules.Hour opens a window 2027-10-03 02:45 Australia/Lord_Howe before its last one, of 1 hour, has closed; open one an hour at most",
        ]);
    });

    it("of one type that open each second are refused as soon as others, with all that they overlap", () => {
        assert.deepEqual(faults({ Second: "cron(* * * ? JUL * *)", Year: "cron(30 8 4 7 ? *)" }), [
            "schedules.Second opens a window 2027-07-01 00:00 UTC before its last one, of 1 hour, has closed; open one an hour at most",
            "schedules.Second and schedules.Year overlap: Second opens 2027-07-04 08:00 UTC and may keep a server busy until 2027-07-04 09:00 UTC, Year opens 2027-07-04 08:30 UTC; move one of them",
        ]);
    });

    it("must open at some time", () => {
        assert.deepEqual(faults({ Never: "cron(0 1 30 2 ? *)" }), ["schedules.Never never opens a window; give it a time in the future"]);
        assert.deepEqual(faults({ Past: "cron(0 1 ? * * 2026)" }), ["schedules.Past never opens a window; give it a time in the future"]);
        assert.deepEqual(faults({ Leap: "cron(0 1 29 2 ? *)" }), []);
    });

    it("of a rate are refused where it can't help overlapping, and else only doubtful", () => {
        assert.deepEqual(faults({ Hour: "rate(1 hour)", Day: "cron(0 1 ? * * *)", Half: "rate(12 hours)" }), [
            "schedules.Hour can't help overlapping with Day, which opens 2027-01-01 01:00 UTC; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
            "schedules.Hour can't help overlapping with Half; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
        ]);
        assert.deepEqual(faults({ Hour: "rate(2 hours)", Day: "cron(0 1 ? * * *)" }), []);
        assert.deepEqual(faults({ Hour: "rate(5 hours)", Day: "cron(0 1 ? * * *)" }), [
            "schedules.Hour can't help overlapping with Day, which opens 2027-01-01 01:00 UTC; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
        ]);
    });

    it("of a rate have less room where daylight saving moves the other's", () => {
        const schedules = { Often: "rate(2 hours)", Day: "cron(0 1 ? * * *)" };
        assert.deepEqual(faults(schedules, "Asia/Kolkata"), []);
        assert.deepEqual(faults(schedules, "Europe/Vienna"), [
            "schedules.Often can't help overlapping with Day, which opens 2027-01-01 01:00 Europe/Vienna; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
        ]);
    });

    it("of two rates overlap sooner or later if their intervals drift against each other", () => {
        assert.deepEqual(faults({ A: "rate(2 hours)", B: "rate(3 hours)", C: "rate(2 days)", D: "rate(121 minutes)" }), [
            "schedules.A can't help overlapping with B; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
            "schedules.A can't help overlapping with D; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
            "schedules.B can't help overlapping with D; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
            "schedules.C can't help overlapping with D; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
        ]);
    });

    it("of a rate may overlap with others where it is not known when they open", () => {
        assert.deepEqual(typesThatMayOverlap(types({ Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)" })), []);
        assert.deepEqual(typesThatMayOverlap([]), []);
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)", Day: "cron(0 1 ? * * *)" })), ["Hour"]);
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)" })), []);
    });
});
