import assert from "node:assert/strict";
import fc from "fast-check";
import { windowStarts } from "../../components/windowStarts";
import { occurrences, parseSchedule } from "../../lambda/retention/schedules";

/** Zones that change their clocks in different weeks, by different amounts, for a month of the year, or never. */
const ZONES = ["UTC", "Europe/Vienna", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"];

function patternOf(expression: string): string {
    const schedule = parseSchedule(expression, "seconds allowed");
    assert.equal(schedule.kind, "cron");
    return schedule.pattern;
}

const expression = fc
    .record({
        minute: fc.constantFrom("0", "30", "15/20"),
        hour: fc.constantFrom("0", "1", "2", "3", "23", "1,2", "0/6"),
        day: fc.constantFrom("? * *", "? * SUN", "? * MON-FRI", "? * SUN#2", "? * 6L", "? MAR SUN", "1 * ?", "L * ?", "* * ?"),
        year: fc.constantFrom("*", "*", "2027-2028"),
    })
    .map(({ minute, hour, day, year }) => `cron(${minute} ${hour} ${day} ${year})`);

describe("The starts of windows", () => {
    it("are the times of the schedule, in each zone and from any time on", () => {
        fc.assert(
            fc.property(
                expression,
                fc.constantFrom(...ZONES),
                fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }),
                fc.integer({ min: 1, max: 120 * 86_400_000 }),
                (written, timezone, from, length) => {
                    const pattern = patternOf(written);
                    assert.deepEqual(
                        [...windowStarts(pattern, timezone, from, from + length)],
                        [...occurrences(pattern, timezone, from, from + length)],
                    );
                },
            ),
            { numRuns: 60 },
        );
    });

    it("are the times of the schedule through two years of daylight saving", () => {
        for (const timezone of ZONES) {
            const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)];
            const pattern = patternOf("cron(30 2 ? * * *)");
            assert.deepEqual([...windowStarts(pattern, timezone, from, to)], [...occurrences(pattern, timezone, from, to)], timezone);
        }
    });
});
