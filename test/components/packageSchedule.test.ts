import assert from "node:assert/strict";
import fc from "fast-check";
import { packageSchedule } from "../../components/packageSchedule";
import { BUSY_SECONDS } from "../../components/windowOverlap";
import { occurrences, parseSchedule } from "../../lambda/retention/schedules";
import { HISTORIES } from "../support/sample";

const WEEK_MINUTES = 7 * 24 * 60;

function types(schedules: readonly string[]) {
    return schedules.map((schedule, i) => ({ name: `T${i}`, slug: `t${i}`, schedule, retention: 1 }));
}

function scheduled(schedules: readonly string[], timezone = "UTC", busySeconds = BUSY_SECONDS) {
    return packageSchedule(types(schedules), timezone, busySeconds);
}

/** Counts the minutes from Sunday 00:00 UTC to the weekly time of an expression. */
function minuteOfWeek(expression: string): number {
    const [minute, hour, , , day] = expression.slice("cron(".length, -1).split(" ");
    return ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].indexOf(day as string) * 1440 + Number(hour) * 60 + Number(minute);
}

/** Counts the minutes from the start of a window to the next weekly time of the package. */
function minutesToPackage(start: number, expression: string): number {
    // 1970 began on a Thursday.
    const from = start / 60_000 + 4 * 1440;
    return (((minuteOfWeek(expression) - from) % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
}

describe("The VSS package's weekly time", () => {
    for (const [schedules, timezone, expression] of [
        // Sunday 15:00 is at least an hour away from all windows.
        [["cron(0 1 ? * * *)", "cron(0 3 ? * SUN *)", "cron(0 5 1 * ? *)"], "UTC", "cron(0 15 ? * SUN *)"],
        [["cron(0 1 ? * * *)", "cron(0 3 ? * SUN *)", "cron(0 5 1 * ? *)", "cron(0 6 2 1 ? *)"], "UTC", "cron(0 15 ? * SUN *)"],
        [["cron(0 8-18/5 ? * MON-FRI *)"], "Asia/Kolkata", "cron(0 15 ? * SUN *)"],
        [["cron(0 13 ? * SUN *)"], "UTC", "cron(0 15 ? * SUN *)"],
        [["cron(0 17 ? * SUN *)"], "UTC", "cron(0 15 ? * SUN *)"],
        // Less than an hour away. The week is free from Sunday 14:01 to 13:01, and from Sunday 17:59 to 16:59.
        [["cron(1 13 ? * SUN *)"], "UTC", "cron(1 1 ? * THU *)"],
        [["cron(59 16 ? * SUN *)"], "UTC", "cron(59 4 ? * THU *)"],
        // Free from 15:00 to 14:00; an hour for the package leaves 22 hours, and Sunday's window comes first.
        [["cron(0 14 ? * * *)"], "UTC", "cron(0 2 ? * MON *)"],
        [["cron(30 19 ? * * *)"], "Asia/Kolkata", "cron(0 2 ? * MON *)"],
        // 10:00 in New York is 15:00 UTC in winter and 14:00 in summer, so each day is free from 16:00 to 14:00.
        [["cron(0 10 ? * * *)"], "America/New_York", "cron(30 2 ? * MON *)"],
        // Free for 47 hours from Sunday, Tuesday and Thursday 15:30.
        [["cron(30 14 ? * SUN-SAT/2 *)"], "UTC", "cron(30 14 ? * MON *)"],
    ] as const) {
        it(`is ${expression} for ${schedules.map((schedule) => schedule.slice(5, -1)).join(", ")} in ${timezone}`, () => {
            assert.deepEqual(scheduled(schedules, timezone), { expression, clear: true });
        });
    }

    it("is Sunday 15:00 if there are no windows", () => {
        assert.deepEqual(scheduled([]), { expression: "cron(0 15 ? * SUN *)", clear: true });
    });

    it("is clear if the package just fits between two windows, but not with a minute less", () => {
        assert.deepEqual(scheduled(["cron(0 0/2 ? JAN * *)"]), { expression: "cron(0 1 ? * SUN *)", clear: true });
        assert.deepEqual(scheduled(["cron(0 0/2 ? JAN * *)"], "UTC", BUSY_SECONDS + 60), {
            expression: "cron(1 1 ? * SUN *)",
            clear: false,
        });
        assert.deepEqual(scheduled(["cron(30 0 0/2 ? JAN * *)"]), { expression: "cron(1 1 ? * SUN *)", clear: false });
    });

    it("is not clear of hourly windows or windows of a rate", () => {
        assert.deepEqual(
            [["cron(0 * ? JAN * *)"], ["rate(6 hours)"], ["cron(0 1 ? * * *)", "rate(2 days)"]].map(
                (schedules) => scheduled(schedules).clear,
            ),
            [false, false, false],
        );
    });

    it("avoids a window on a date, on any weekday and years from now", () => {
        const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].map((day) => `cron(0 1 ? * ${day} *)`);
        // The second of January falls on each weekday, so each day is free from 02:00 to 14:00 and from 15:00 on.
        assert.deepEqual(scheduled([...days, "cron(0 14 2 1 ? *)"]), { expression: "cron(30 7 ? * SUN *)", clear: true });
    });

    it("does not depend on earlier calls or on the order of the types", () => {
        const schedules = ["cron(0 1 ? * * *)", "cron(0 3 ? * SUN *)", "cron(0 5 1 * ? *)", "cron(20 14 L * ? *)"];
        for (const timezone of ["UTC", "Australia/Lord_Howe"]) {
            const expected = scheduled(schedules, timezone);
            assert.deepEqual([scheduled(schedules, timezone), scheduled(schedules.toReversed(), timezone)], [expected, expected]);
        }
    });

    it("is never within a window or in the hour before one, in any year and time zone", () => {
        const cron = fc
            .tuple(
                fc.constantFrom("", "30 "),
                fc.integer({ min: 0, max: 59 }),
                fc.integer({ min: 0, max: 23 }),
                fc.constantFrom("? * *", "? * SUN", "? * 3#2", "? * 6L", "? * MON-FRI", "1 * ?", "L * ?", "16W * ?", "2 1 ?", "29 2 ?"),
            )
            .map(([second, minute, hour, day]) => `cron(${second}${minute} ${hour} ${day} *)`);
        fc.assert(
            fc.property(
                fc.array(cron, { minLength: 1, maxLength: 3 }),
                fc.constantFrom("UTC", "Europe/Vienna", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata"),
                fc.integer({ min: 2026, max: 2053 }),
                (schedules, timezone, year) => {
                    const { expression, clear } = scheduled(schedules, timezone);
                    const starts = schedules.flatMap((schedule) => {
                        const { pattern } = parseSchedule(schedule, "seconds allowed") as { pattern: string };
                        return [...occurrences(pattern, timezone, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1))];
                    });
                    const met = starts.filter((start) => {
                        const minutes = minutesToPackage(start, expression);
                        return minutes < BUSY_SECONDS / 60 || WEEK_MINUTES - minutes < 60;
                    });
                    assert.deepEqual([clear, met], [true, []]);
                },
            ),
            { numRuns: Math.ceil(HISTORIES / 3) },
        );
    });
});
