import assert from "node:assert/strict";
import { DateTime } from "luxon";
import { definePeriods } from "../../../lambda/retention/periods";
import { occurrences, parseSchedule } from "../../../lambda/retention/schedules";
import { MIDNIGHT_ZONES, ZONES } from "../../support/history";
import { YEARS } from "../../support/sample";

/** Finds the period of a schedule at a time: its label, start and end, in UTC. */
function findPeriod(expression: string, timezone: string, at: string): readonly string[] | undefined {
    const found = definePeriods(expression, timezone)?.at(Date.parse(at));
    return found && [found.label, new Date(found.start).toISOString().slice(0, 16), new Date(found.end).toISOString().slice(0, 16)];
}

const HOUR = "cron(0 * ? * * *)";
const DAY = "cron(0 1 ? * * *)";
const WEEK = "cron(0 3 ? * SUN *)";
const MONTH = "cron(0 5 1 * ? *)";
const YEAR = "cron(0 6 2 1 ? *)";

/** Days before those on which one of the zones changes its clock. */
const CHANGES = ["2026-03-07", "2026-03-28", "2026-04-04", "2026-04-23", "2026-10-03", "2026-10-24", "2026-10-28", "2026-10-31"];

/** A sample has only the changes of this zone. A zone that never changes its clock has the first day. */
function changesOf(timezone: string): readonly string[] {
    const offset = (day: string, days: number) => DateTime.fromISO(day, { zone: timezone }).plus({ days }).offset;
    const days = CHANGES.filter((day) => YEARS > 1 || offset(day, 0) !== offset(day, 3));
    return days.length > 0 ? days : CHANGES.slice(0, 1);
}

describe("The periods of a schedule", () => {
    for (const [title, expression, timezone, at, expected] of [
        // The largest calendar unit in which the schedule fires once.
        ["a day of a nightly run", DAY, "UTC", "2027-03-05T00:00Z", ["2027-03-05", "2027-03-05T00:00", "2027-03-06T00:00"]],
        [
            "a day of a run with seconds",
            "cron(30 0 1 ? * * *)",
            "UTC",
            "2027-03-05T12:00Z",
            ["2027-03-05", "2027-03-05T00:00", "2027-03-06T00:00"],
        ],
        ["a day until its last moment", DAY, "UTC", "2027-03-05T23:59:59.999Z", ["2027-03-05", "2027-03-05T00:00", "2027-03-06T00:00"]],
        ["the ISO week of a run on Sundays", WEEK, "UTC", "2027-03-01T00:00Z", ["2027-W09", "2027-03-01T00:00", "2027-03-08T00:00"]],
        [
            "the ISO week of a run on Mondays",
            "cron(0 3 ? * 2 *)",
            "UTC",
            "2027-03-07T23:00Z",
            ["2027-W09", "2027-03-01T00:00", "2027-03-08T00:00"],
        ],
        [
            "the half year of a run at midnight",
            "cron(0 0 1 1,7 ? *)",
            "UTC",
            "2027-06-15T00:00Z",
            ["2027-01", "2027-01-01T00:00", "2027-07-01T00:00"],
        ],
        ["nothing before the first of several runs a day", "cron(0 * 1 6 ? 2027)", "UTC", "2027-01-01T00:00Z", undefined],
        ["a month of a run on the 1st", MONTH, "UTC", "2027-03-31T12:00Z", ["2027-03", "2027-03-01T00:00", "2027-04-01T00:00"]],
        [
            "a month of a run on its last day",
            "cron(0 5 L * ? *)",
            "UTC",
            "2027-02-01T00:00Z",
            ["2027-02", "2027-02-01T00:00", "2027-03-01T00:00"],
        ],
        [
            "a month of a run on its first Sunday",
            "cron(0 5 ? * SUN#1 *)",
            "UTC",
            "2027-02-28T00:00Z",
            ["2027-02", "2027-02-01T00:00", "2027-03-01T00:00"],
        ],
        [
            "a month of a run on its last Friday",
            "cron(0 5 ? * 6L *)",
            "UTC",
            "2027-02-28T00:00Z",
            ["2027-02", "2027-02-01T00:00", "2027-03-01T00:00"],
        ],
        ["a year", YEAR, "UTC", "2027-12-31T23:59Z", ["2027", "2027-01-01T00:00", "2028-01-01T00:00"]],
        ["an hour", HOUR, "UTC", "2027-03-05T20:30Z", ["2027-03-05 20:00", "2027-03-05T20:00", "2027-03-05T21:00"]],
        // From one run's unit to the next one's.
        ["half a year", "cron(0 6 2 1,7 ? *)", "UTC", "2027-06-30T00:00Z", ["2027-01", "2027-01-01T00:00", "2027-07-01T00:00"]],
        ["a quarter", "cron(0 6 1 1,4,7,10 ? *)", "UTC", "2027-12-31T00:00Z", ["2027-10", "2027-10-01T00:00", "2028-01-01T00:00"]],
        [
            "two months where one has no 31st",
            "cron(0 6 31 * ? *)",
            "UTC",
            "2027-02-28T00:00Z",
            ["2027-01", "2027-01-01T00:00", "2027-03-01T00:00"],
        ],
        ["four years of a leap day", "cron(0 6 29 2 ? *)", "UTC", "2027-03-05T00:00Z", ["2024", "2024-01-01T00:00", "2028-01-01T00:00"]],
        [
            "half a month, without weeks",
            "cron(0 6 1,15 * ? *)",
            "UTC",
            "2027-03-14T00:00Z",
            ["2027-03-01", "2027-03-01T00:00", "2027-03-15T00:00"],
        ],
        [
            "a weekend, of Friday's run",
            "cron(0 6 ? * MON-FRI *)",
            "UTC",
            "2027-03-07T00:00Z",
            ["2027-03-05", "2027-03-05T00:00", "2027-03-08T00:00"],
        ],
        [
            "a night, of the last run of office hours",
            "cron(0 8-18/2 ? * * *)",
            "UTC",
            "2027-03-05T23:00Z",
            ["2027-03-05 18:00", "2027-03-05T18:00", "2027-03-06T08:00"],
        ],
        // Year ends of ISO weeks.
        [
            "the week of Sunday 3 January, in the old year",
            WEEK,
            "UTC",
            "2027-01-03T23:59Z",
            ["2026-W53", "2026-12-28T00:00", "2027-01-04T00:00"],
        ],
        [
            "the week of 31 December 2029, in the new year",
            WEEK,
            "UTC",
            "2029-12-31T00:00Z",
            ["2030-W01", "2029-12-31T00:00", "2030-01-07T00:00"],
        ],
        // The day counts in the policy's zone, not in UTC.
        ["a day in Vienna", DAY, "Europe/Vienna", "2027-03-04T23:00Z", ["2027-03-05", "2027-03-04T23:00", "2027-03-05T23:00"]],
        ["a month in New York", MONTH, "America/New_York", "2027-03-01T04:59Z", ["2027-02", "2027-02-01T05:00", "2027-03-01T05:00"]],
        ["a week in Kolkata", WEEK, "Asia/Kolkata", "2027-02-28T18:30Z", ["2027-W09", "2027-02-28T18:30", "2027-03-07T18:30"]],
        ["a year on Lord Howe", YEAR, "Australia/Lord_Howe", "2026-12-31T13:00Z", ["2027", "2026-12-31T13:00", "2027-12-31T13:00"]],
        // Daylight saving: days of 23 and 25 hours, half an hour on Lord Howe, no change in India.
        [
            "the day that Vienna makes short",
            DAY,
            "Europe/Vienna",
            "2027-03-28T12:00Z",
            ["2027-03-28", "2027-03-27T23:00", "2027-03-28T22:00"],
        ],
        [
            "the day that Vienna makes long",
            DAY,
            "Europe/Vienna",
            "2027-10-31T12:00Z",
            ["2027-10-31", "2027-10-30T22:00", "2027-10-31T23:00"],
        ],
        [
            "the week that New York makes short",
            WEEK,
            "America/New_York",
            "2027-03-14T12:00Z",
            ["2027-W10", "2027-03-08T05:00", "2027-03-15T04:00"],
        ],
        [
            "the month that New York makes long",
            MONTH,
            "America/New_York",
            "2027-11-30T12:00Z",
            ["2027-11", "2027-11-01T04:00", "2027-12-01T05:00"],
        ],
        [
            "the long day of Lord Howe",
            DAY,
            "Australia/Lord_Howe",
            "2027-04-04T12:00Z",
            ["2027-04-04", "2027-04-03T13:00", "2027-04-04T13:30"],
        ],
        [
            "the short day of Lord Howe",
            DAY,
            "Australia/Lord_Howe",
            "2027-10-03T12:00Z",
            ["2027-10-03", "2027-10-02T13:30", "2027-10-03T13:00"],
        ],
        [
            "the month in Kolkata, as long as ever",
            MONTH,
            "Asia/Kolkata",
            "2027-03-28T12:00Z",
            ["2027-03", "2027-02-28T18:30", "2027-03-31T18:30"],
        ],
        [
            "the day whose run daylight saving skips",
            "cron(30 2 ? * * *)",
            "Europe/Vienna",
            "2027-03-28T12:00Z",
            ["2027-03-28", "2027-03-27T23:00", "2027-03-28T22:00"],
        ],
        [
            "the day whose run comes twice",
            "cron(30 2 ? * * *)",
            "Europe/Vienna",
            "2027-10-31T12:00Z",
            ["2027-10-31", "2027-10-30T22:00", "2027-10-31T23:00"],
        ],
        [
            "the hour and a half that Lord Howe calls one",
            HOUR,
            "Australia/Lord_Howe",
            "2027-04-03T15:10Z",
            ["2027-04-04 01:00", "2027-04-03T14:00", "2027-04-03T15:30"],
        ],
        // Schedules of some years only.
        ["the only year", "cron(0 6 2 1 ? 2027)", "UTC", "2027-07-01T00:00Z", ["2027", "2027-01-01T00:00", "2028-01-01T00:00"]],
        ["nothing after it", "cron(0 6 2 1 ? 2027)", "UTC", "2028-01-01T00:00Z", undefined],
        ["nothing before it", "cron(0 6 2 1 ? 2027)", "UTC", "2026-12-31T00:00Z", undefined],
        ["nothing for a schedule that never fires", "cron(0 6 30 2 ? *)", "UTC", "2027-03-05T00:00Z", undefined],
        ["nothing for a rate, which has no calendar", "rate(1 day)", "UTC", "2027-03-05T00:00Z", undefined],
    ] as const) {
        it(`are ${title}: ${expression} at ${at}`, () => {
            assert.deepEqual(findPeriod(expression, timezone, at), expected);
        });
    }

    it("are one object each, with other calls in between", () => {
        const periods = definePeriods("cron(0 5 1 1,7 ? *)", "UTC");
        const [march, august, february, again] = ["2027-03-31", "2027-08-01", "2027-02-01", "2027-03-31"].map((day) =>
            periods?.at(Date.parse(day)),
        );
        assert.equal(february, march);
        assert.equal(again, march);
        assert.notEqual(august, march);
    });

    it("have the restore points of their run until the next run", () => {
        const periods = definePeriods("cron(30 23 L * ? *)", "UTC");
        assert.deepEqual(
            ["2027-01-31T23:30Z", "2027-02-28T23:29:59.999Z", "2027-02-28T23:30Z"].map((time) => periods?.ofRun(Date.parse(time))?.label),
            ["2027-01", "2027-01", "2027-02"],
        );
        const close = definePeriods("cron(0/30 * ? * * *)", "UTC");
        assert.equal(close?.ofRun(Date.parse("2027-02-01T00:00Z"))?.label, "2027-02-01 00:00");
    });

    for (const timezone of ZONES) {
        it(`follow each other without a gap, year after year, in ${timezone}, from midnight to midnight`, () => {
            const clock = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: timezone });
            for (const [expression, midnight] of [
                [DAY, (label: string) => label],
                [WEEK, mondayOf],
                [MONTH, (label: string) => `${label}-01`],
            ] as const) {
                const periods = definePeriods(expression, timezone);
                let current = periods?.at(Date.UTC(2024, 0, 15));
                while (current && current.start < Date.UTC(2024 + YEARS, 0, 15)) {
                    assert.equal(clock.format(current.start), `${midnight(current.label)} 00:00:00`);
                    assert.equal(periods?.at(current.end - 1), current);
                    const next = periods?.at(current.end);
                    assert.equal(next?.start, current.end);
                    current = next;
                }
                assert.ok(current);
            }
        });
    }

    for (const timezone of [...ZONES, ...MIDNIGHT_ZONES]) {
        for (const expression of [
            ...[DAY, WEEK, MONTH, "cron(0 0 ? * * *)", "cron(30 23 L * ? *)", "cron(30 2 ? * * *)"],
            ...["cron(0 1,13 ? * * *)", "cron(30 1,13 ? * * *)", "cron(0 */2 ? * * *)"],
        ]) {
            it(`of ${expression} in ${timezone} hold one run each, and follow each other`, () => {
                const [periods, backwards] = [definePeriods(expression, timezone), definePeriods(expression, timezone)];
                const { pattern } = parseSchedule(expression, "seconds allowed") as { pattern: string };
                for (const day of changesOf(timezone)) {
                    for (let time = Date.parse(day); time < Date.parse(day) + 3 * 86_400_000; ) {
                        const period = periods?.at(time);
                        assert.ok(period && period.start <= time && time < period.end, new Date(time).toISOString());
                        assert.equal(backwards?.at(period.end - 1)?.start, period.start);
                        assert.deepEqual([...occurrences(pattern, timezone, period.start, period.end)], [period.run]);
                        assert.equal(periods?.at(period.end)?.start, period.end);
                        time = period.end;
                    }
                }
            });
        }
    }
});

describe("Periods are long", () => {
    for (const [expression, areLong] of [
        ["cron(0 5 1 1 ? *)", true],
        [MONTH, true],
        [WEEK, true],
        [DAY, false],
        ["cron(0 */2 ? * * *)", false],
    ] as const) {
        it(`${areLong ? "with" : "except with"} ${expression}`, () => {
            assert.equal(definePeriods(expression, "UTC")?.areLong, areLong);
        });
    }
});

describe("The last period of a schedule that ends", () => {
    it("holds its run, and nothing after it, if the schedule fires more than once a day", () => {
        const periods = definePeriods("cron(0 1,13 31 12 ? 2027)", "UTC");
        const run = Date.parse("2027-12-31T13:00:00Z");
        assert.deepEqual(periods?.at(run), {
            start: run,
            end: run + 1,
            run,
            nextRun: Number.POSITIVE_INFINITY,
            label: "2027-12-31 13:00",
        });
        assert.equal(periods?.at(run + 1), undefined);
    });
});

/** Finds the Monday of an ISO week. The first week of a year contains 4 January. */
function mondayOf(label: string): string {
    const [year, week] = label.split("-W").map(Number) as [number, number];
    const fourth = new Date(Date.UTC(year, 0, 4));
    const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000 + (week - 1) * 7 * 86_400_000;
    return new Date(monday).toISOString().slice(0, 10);
}
