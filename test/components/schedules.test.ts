import assert from "node:assert/strict";
import { occurrences, parseSchedule } from "../../components/schedules";

/** The first times at which a cron expression fires from a time on, in UTC. */
function firings(expression: string, timezone: string, from: string, count: number, gap?: "skipped"): string[] {
    const { pattern } = parseSchedule(expression, "seconds allowed") as { pattern: string };
    const times = occurrences(pattern, timezone, Date.parse(from), Number.POSITIVE_INFINITY, gap);
    return Array.from({ length: count }, () => new Date(times.next().value as number).toISOString().replace(":00.000Z", ""));
}

describe("Schedules", () => {
    for (const [expression, timezone, from, times] of [
        ["cron(0 1 ? * * *)", "UTC", "2027-01-01T00:00Z", ["2027-01-01T01:00", "2027-01-02T01:00", "2027-01-03T01:00"]],
        ["cron(0 3 ? * SUN *)", "UTC", "2027-01-01T00:00Z", ["2027-01-03T03:00", "2027-01-10T03:00"]],
        ["cron(0 3 ? * 1 *)", "UTC", "2027-01-01T00:00Z", ["2027-01-03T03:00", "2027-01-10T03:00"]],
        ["cron(0 5 1 * ? *)", "UTC", "2027-01-01T05:00Z", ["2027-01-01T05:00", "2027-02-01T05:00"]],
        ["cron(0 2 ? * SUN#2 *)", "UTC", "2027-01-01T00:00Z", ["2027-01-10T02:00", "2027-02-14T02:00"]],
        ["cron(0 2 ? * 6L *)", "UTC", "2027-01-01T00:00Z", ["2027-01-29T02:00", "2027-02-26T02:00"]],
        ["cron(0 2 ? * L *)", "UTC", "2027-01-01T00:00Z", ["2027-01-02T02:00", "2027-01-09T02:00"]],
        ["cron(0 2 L * ? *)", "UTC", "2027-01-01T00:00Z", ["2027-01-31T02:00", "2027-02-28T02:00"]],
        ["cron(0 2 16W * ? *)", "UTC", "2027-01-01T00:00Z", ["2027-01-15T02:00", "2027-02-16T02:00"]],
        ["cron(0 8-18/5 ? * MON-FRI *)", "UTC", "2027-01-01T09:00Z", ["2027-01-01T13:00", "2027-01-01T18:00", "2027-01-04T08:00"]],
        ["cron(20/20 6 2 1/6 ? *)", "UTC", "2027-01-01T00:00Z", ["2027-01-02T06:20", "2027-01-02T06:40", "2027-07-02T06:20"]],
        ["cron(0 6 29 FEB ? *)", "UTC", "2027-01-01T00:00Z", ["2028-02-29T06:00", "2032-02-29T06:00"]],
        ["cron(0 6 1 1 ? 2028,2030-2031)", "UTC", "2027-01-01T00:00Z", ["2028-01-01T06:00", "2030-01-01T06:00", "2031-01-01T06:00"]],
        ["cron(0 1 ? * * *)", "Europe/Vienna", "2027-03-27T00:00Z", ["2027-03-27T00:00", "2027-03-28T00:00", "2027-03-28T23:00"]],
        ["cron(0 1 ? * * *)", "America/New_York", "2027-11-06T05:00Z", ["2027-11-06T05:00", "2027-11-07T05:00", "2027-11-08T06:00"]],
        ["cron(15 2 ? * * *)", "Asia/Kolkata", "2027-01-01T00:00Z", ["2027-01-01T20:45", "2027-01-02T20:45"]],
        ["cron(0 1 ? * * *)", "Australia/Lord_Howe", "2027-10-02T00:00Z", ["2027-10-02T14:30", "2027-10-03T14:00"]],
    ] as const) {
        it(`fires ${expression} in ${timezone} from ${from} on at ${times.join(", ")}`, () => {
            assert.deepEqual(firings(expression, timezone, from, times.length), times);
        });
    }

    it("put a time that daylight saving skips at the end of the gap, or leave it out", () => {
        assert.deepEqual(firings("cron(30 2 ? * * *)", "Europe/Vienna", "2027-03-28T00:00Z", 2), ["2027-03-28T01:00", "2027-03-29T00:30"]);
        assert.deepEqual(firings("cron(30 2 ? * * *)", "Europe/Vienna", "2027-03-28T00:00Z", 2, "skipped"), [
            "2027-03-29T00:30",
            "2027-03-30T00:30",
        ]);
    });

    it("fire once at a time that daylight saving repeats", () => {
        assert.deepEqual(firings("cron(30 2 ? * * *)", "Europe/Vienna", "2027-10-31T00:00Z", 2), ["2027-10-31T00:30", "2027-11-01T01:30"]);
    });

    it("may be rates", () => {
        assert.deepEqual(
            ["rate(1 day)", "rate(6 hours)", "rate(90 minutes)"].map((rate) => parseSchedule(rate, "no seconds")),
            [
                { kind: "rate", every: 86_400_000 },
                { kind: "rate", every: 21_600_000 },
                { kind: "rate", every: 5_400_000 },
            ],
        );
    });

    it("may have seconds for SSM, and not for EventBridge Scheduler", () => {
        assert.deepEqual(parseSchedule("cron(30 0 1 ? * * *)", "seconds allowed"), { kind: "cron", pattern: "30 0 1 ? * * *" });
        assert.throws(() => parseSchedule("cron(30 0 1 ? * * *)", "no seconds"), {
            message: "it has 7 fields; write the six of AWS: minutes hours day-of-month month day-of-week year",
        });
    });

    const FORM = "write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)";
    for (const [expression, message] of [
        ["0 1 ? * * *", FORM],
        ["at(2027-01-01T00:00:00)", FORM],
        ["cron(0  1 ? * * *)", FORM],
        ["", FORM],
        ["cron(0 1 * * ?)", "it has 5 fields; write the six of AWS: minutes hours day-of-month month day-of-week year"],
        ["cron(0 1 * * * *)", "exactly one of day-of-month and day-of-week must be ?"],
        ["cron(0 1 ? * ? *)", "exactly one of day-of-month and day-of-week must be ?"],
        ["cron(60 1 ? * * *)", "60 is no minutes; it takes 0 to 59, and , - * /"],
        ["cron(0 24 ? * * *)", "24 is no hours; it takes 0 to 23, and , - * /"],
        ["cron(0 1 32 * ? *)", "32 is no day of month; it takes 1 to 31, and , - * /"],
        ["cron(0 1 ? 13 * *)", "13 is no month; it takes 1 to 12, JAN to DEC, and , - * /"],
        ["cron(0 1 ? * 0 *)", "0 is no day of week; it takes 1 to 7, SUN to SAT, and , - * /"],
        ["cron(0 1 ? * sun *)", "sun is no day of week; it takes 1 to 7, SUN to SAT, and , - * /"],
        ["cron(0 1 ? * SUN#6 *)", "SUN#6 is no day of week; it takes 1 to 7, SUN to SAT, and , - * /"],
        ["cron(0 1 ? * * 1969)", "1969 is no year; it takes 1970 to 2199, and , - * /"],
        ["cron(*/0 1 ? * * *)", "*/0 is no minutes; it takes 0 to 59, and , - * /"],
        ["cron(0 1 ? * FRI-MON *)", "FRI-MON runs backwards in day of week; write its values one by one"],
        ["rate(0 hours)", "write rate(1 hour), or rate(2 hours) and more"],
        ["rate(1 hours)", "write rate(1 hour), or rate(2 hours) and more"],
        ["rate(2 day)", "write rate(1 day), or rate(2 days) and more"],
        ["rate(1 week)", FORM],
    ] as const) {
        it(`can't be ${expression || "empty"}`, () => {
            assert.throws(() => parseSchedule(expression, "seconds allowed"), { message });
        });
    }
});
