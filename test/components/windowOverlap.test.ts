import assert from "node:assert/strict";
import fc from "fast-check";
import { snapshotTypes } from "../../components/arguments";
import { packageSchedule } from "../../components/packageSchedule";
import { occurrences, parseSchedule } from "../../components/schedules";
import { BUSY_SECONDS, overlapFaults, typesThatMayOverlap } from "../../components/windowOverlap";

const NEW_YEAR = Date.UTC(2027, 0, 1);

/** The types of these schedules alone. */
function types(schedules: Readonly<Record<string, string>>) {
    const none = { Day: null, Week: null, Month: null };
    const retention = Object.fromEntries(Object.keys(schedules).map((type) => [type, 1]));
    return snapshotTypes({ schedules: { ...none, ...schedules }, retention: { ...none, ...retention } });
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
        assert.deepEqual(faults({ Hour: "cron(0 * ? * * *)" }, "Europe/Vienna"), []);
        assert.deepEqual(faults({ Hour: "cron(0/30 8 ? * * *)" }), [
            "schedules.Hour opens a window 2027-01-01 08:30 UTC before its last one, of 1 hour, has closed; open one an hour at most",
        ]);
        assert.deepEqual(faults({ Hour: "rate(30 minutes)" }), [
            "schedules.Hour opens a window before its last one, of 1 hour, has closed; open one an hour at most",
        ]);
    });

    it("must open at some time", () => {
        assert.deepEqual(faults({ Never: "cron(0 1 30 2 ? *)" }), ["schedules.Never never opens a window; give it a time to come"]);
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
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)", Day: "cron(0 1 ? * * *)" })), ["Hour"]);
        assert.deepEqual(typesThatMayOverlap(types({ Hour: "rate(2 hours)" })), []);
    });
});

describe("The VSS package's weekly time", () => {
    it("is in the middle of the longest span without windows", () => {
        assert.deepEqual(packageSchedule(snapshotTypes({}), "UTC", BUSY_SECONDS), { expression: "cron(0 15 ? * SUN *)", clear: true });
        assert.deepEqual(packageSchedule(types({ Work: "cron(0 8-18 ? * MON-FRI *)" }), "UTC", BUSY_SECONDS), {
            expression: "cron(0 1 ? * SUN *)",
            clear: true,
        });
    });

    it("is not clear beside hourly windows, or those of a rate", () => {
        assert.deepEqual(
            [{ Hour: "cron(0 * ? * * *)" }, { Hour: "rate(6 hours)" }].map(
                (schedules) => packageSchedule(types(schedules), "UTC", BUSY_SECONDS).clear,
            ),
            [false, false],
        );
    });

    it("lies outside all windows of two years, whatever their schedules and time zone, whenever it is clear", () => {
        const cron = fc
            .tuple(
                fc.integer({ min: 0, max: 59 }),
                fc.integer({ min: 0, max: 23 }),
                fc.constantFrom("? * *", "? * SUN", "? * 3#2", "1 * ?", "L * ?", "2 1 ?"),
            )
            .map(([minute, hour, day]) => `cron(${minute} ${hour} ${day} *)`);
        const zones = fc.constantFrom("UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata");
        fc.assert(
            fc.property(fc.array(cron, { minLength: 1, maxLength: 3 }), zones, (schedules, timezone) => {
                const { expression, clear } = packageSchedule(
                    types(Object.fromEntries(schedules.map((schedule, i) => [`T${i}`, schedule]))),
                    timezone,
                    BUSY_SECONDS,
                );
                const year = [Date.UTC(2028, 0, 1), Date.UTC(2029, 0, 1)] as const;
                const at = (text: string, zone: string) => [
                    ...occurrences((parseSchedule(text, "no seconds") as { pattern: string }).pattern, zone, ...year),
                ];
                const installs = at(expression, "UTC");
                const met = schedules
                    .flatMap((schedule) => at(schedule, timezone))
                    .filter((start) => installs.some((install) => install < start + BUSY_SECONDS * 1000 && start < install + 3_600_000));
                assert.deepEqual([clear, met], [true, []]);
            }),
            { numRuns: 30 },
        );
    });
});
