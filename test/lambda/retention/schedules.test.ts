import assert from "node:assert/strict";
import fc from "fast-check";
import { DateTime } from "luxon";
import { latestUntil, occurrences, parseSchedule } from "../../../lambda/retention/schedules";
import { MIDNIGHT_ZONES, ZONES } from "../../support/history";

/** The first times at which a cron expression fires from a time on, in UTC. */
function firings(expression: string, timezone: string, from: string, count: number, gap?: "skipped"): string[] {
    const { pattern } = parseSchedule(expression, "seconds allowed") as { pattern: string };
    const times = occurrences(pattern, timezone, Date.parse(from), Number.POSITIVE_INFINITY, gap);
    return Array.from({ length: count }, () => new Date(times.next().value as number).toISOString().replace(":00.000Z", ""));
}

/** All times at which a cron expression fires from a time on until another, in UTC. */
function allFirings(expression: string, timezone: string, from: string, to: string, gap?: "skipped"): string[] {
    const { pattern } = parseSchedule(expression, "seconds allowed") as { pattern: string };
    return [...occurrences(pattern, timezone, Date.parse(from), Date.parse(to), gap)].map((time) =>
        new Date(time).toISOString().replace(/(:00)?\.000Z$/, ""),
    );
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
        ["cron(0 2 LW * ? *)", "UTC", "2027-01-01T00:00Z", ["2027-01-29T02:00", "2027-02-26T02:00", "2027-03-31T02:00"]],
        // The first of May is a Saturday: the nearest weekday of its month is Monday.
        ["cron(0 2 1W 5 ? *)", "UTC", "2027-01-01T00:00Z", ["2027-05-03T02:00", "2028-05-01T02:00"]],
        ["cron(0 2 ? * 3#5 *)", "UTC", "2027-01-01T00:00Z", ["2027-03-30T02:00", "2027-06-29T02:00", "2027-08-31T02:00"]],
        ["cron(0 2 ? JUN-AUG 2,SUN *)", "UTC", "2027-08-29T02:00Z", ["2027-08-29T02:00", "2027-08-30T02:00", "2028-06-04T02:00"]],
        ["cron(0 2 ? * MON/3 *)", "UTC", "2027-01-01T00:00Z", ["2027-01-04T02:00", "2027-01-07T02:00", "2027-01-11T02:00"]],
        [
            "cron(0 2 */10 * ? *)",
            "UTC",
            "2027-02-01T00:00Z",
            ["2027-02-01T02:00", "2027-02-11T02:00", "2027-02-21T02:00", "2027-03-01T02:00"],
        ],
        ["cron(0 6 1 1 ? */7)", "UTC", "2027-01-01T00:00Z", ["2033-01-01T06:00", "2040-01-01T06:00"]],
        ["cron(0 6 1 1 ? 2028/2)", "UTC", "2027-01-01T00:00Z", ["2028-01-01T06:00", "2030-01-01T06:00"]],
        ["cron(20/20 6 2 1/6 ? *)", "UTC", "2027-01-01T00:00Z", ["2027-01-02T06:20", "2027-01-02T06:40", "2027-07-02T06:20"]],
        ["cron(0 6 29 FEB ? *)", "UTC", "2027-01-01T00:00Z", ["2028-02-29T06:00", "2032-02-29T06:00"]],
        ["cron(0 6 1 1 ? 2028,2030-2031)", "UTC", "2027-01-01T00:00Z", ["2028-01-01T06:00", "2030-01-01T06:00", "2031-01-01T06:00"]],
        ["cron(0 1 ? * * *)", "Europe/Vienna", "2027-03-27T00:00Z", ["2027-03-27T00:00", "2027-03-28T00:00", "2027-03-28T23:00"]],
        ["cron(0 1 ? * * *)", "America/New_York", "2027-11-06T05:00Z", ["2027-11-06T05:00", "2027-11-07T05:00", "2027-11-08T06:00"]],
        ["cron(15 2 ? * * *)", "Asia/Kolkata", "2027-01-01T00:00Z", ["2027-01-01T20:45", "2027-01-02T20:45"]],
        ["cron(0 1 ? * * *)", "Australia/Lord_Howe", "2027-10-02T00:00Z", ["2027-10-02T14:30", "2027-10-03T14:00"]],
    ] as const) {
        it(`fires ${expression} in ${timezone} from ${from} on`, () => {
            assert.deepEqual(firings(expression, timezone, from, times.length), times);
        });
    }

    for (const [expression, timezone, from, to, times] of [
        ["cron(0 1 ? * * *)", "UTC", "2027-01-01T01:00Z", "2027-01-03T01:00Z", ["2027-01-01T01:00", "2027-01-02T01:00"]],
        ["cron(0 1 ? * * *)", "UTC", "2027-01-01T01:00:00.001Z", "2027-01-03T01:00:00.001Z", ["2027-01-02T01:00", "2027-01-03T01:00"]],
        [
            "cron(0/30 59 23 ? * * *)",
            "UTC",
            "2027-01-01T23:59:00Z",
            "2027-01-02T23:59:30Z",
            ["2027-01-01T23:59", "2027-01-01T23:59:30", "2027-01-02T23:59"],
        ],
        [
            "cron(0 6 L 2 ? 2027-2029)",
            "UTC",
            "2020-01-01T00:00Z",
            "2199-01-01T00:00Z",
            ["2027-02-28T06:00", "2028-02-29T06:00", "2029-02-28T06:00"],
        ],
        ["cron(0 6 31 2,4,6 ? *)", "UTC", "2027-01-01T00:00Z", "2199-01-01T00:00Z", []],
        ["cron(0 6 1 1 ? 2026)", "UTC", "2027-01-01T00:00Z", "2199-01-01T00:00Z", []],
        // From UTC+10:30 to UTC+11 at 02:00, which becomes 02:30.
        [
            "cron(15 2 ? * * *)",
            "Australia/Lord_Howe",
            "2027-10-01T12:00Z",
            "2027-10-04T12:00Z",
            ["2027-10-01T15:45", "2027-10-02T15:30", "2027-10-03T15:15"],
        ],
        // Back at 02:00, which becomes 01:30: the second 01:45 comes half an hour after the first.
        [
            "cron(45 1 ? * * *)",
            "Australia/Lord_Howe",
            "2027-04-02T12:00Z",
            "2027-04-05T12:00Z",
            ["2027-04-02T14:45", "2027-04-03T14:45", "2027-04-04T15:15"],
        ],
        // Each two hours: 02:00 does not exist.
        [
            "cron(0 0/2 ? * * *)",
            "America/New_York",
            "2027-03-14T04:00Z",
            "2027-03-14T13:00Z",
            ["2027-03-14T05:00", "2027-03-14T08:00", "2027-03-14T10:00", "2027-03-14T12:00"],
        ],
        // Each hour: the second 01:00, at 06:00, is left out.
        [
            "cron(0 * ? * * *)",
            "America/New_York",
            "2027-11-07T04:00Z",
            "2027-11-07T09:00Z",
            ["2027-11-07T04:00", "2027-11-07T05:00", "2027-11-07T07:00", "2027-11-07T08:00"],
        ],
        // Each half hour: 01:00 and 01:30 come twice, from 05:00 and from 06:00 UTC. The second ones are left out, also from 06:10 on.
        [
            "cron(0/30 * ? * * *)",
            "America/New_York",
            "2027-11-07T05:00Z",
            "2027-11-07T08:00Z",
            ["2027-11-07T05:00", "2027-11-07T05:30", "2027-11-07T07:00", "2027-11-07T07:30"],
        ],
        ["cron(0/30 * ? * * *)", "America/New_York", "2027-11-07T06:10Z", "2027-11-07T08:00Z", ["2027-11-07T07:00", "2027-11-07T07:30"]],
    ] as const) {
        it(`fires ${expression} in ${timezone} from ${from} until ${to}`, () => {
            assert.deepEqual(allFirings(expression, timezone, from, to), times);
        });
    }

    it("leave out times that daylight saving skips, and repeat no time, as EventBridge Scheduler does", () => {
        const [spring, autumn] = [
            ["2027-03-28T00:00Z", "2027-03-28T04:00Z"],
            ["2027-10-31T00:00Z", "2027-10-31T04:00Z"],
        ] as const;
        assert.deepEqual(allFirings("cron(30 1-3 ? * * *)", "Europe/Vienna", ...spring, "skipped"), [
            "2027-03-28T00:30",
            "2027-03-28T01:30",
        ]);
        assert.deepEqual(allFirings("cron(30 2-3 ? * * *)", "Europe/Vienna", ...autumn, "skipped"), [
            "2027-10-31T00:30",
            "2027-10-31T02:30",
        ]);
    });

    it("with a time of day fire once on each date of the zone, across clock changes", () => {
        const [first, last] = ["2027-01-01", "2028-12-31"];
        const dates = Array.from({ length: 731 }, (_, i) => DateTime.fromISO(first, { zone: "UTC" }).plus({ days: i }).toISODate());
        assert.equal(dates.at(-1), last);
        fc.assert(
            fc.property(
                fc.constantFrom(...ZONES, ...MIDNIGHT_ZONES),
                fc.integer({ min: 0, max: 4 }),
                fc.integer({ min: 0, max: 59 }),
                (zone, hour, minute) => {
                    const [from, to] = [DateTime.fromISO(first, { zone }), DateTime.fromISO(last, { zone }).plus({ days: 1 })];
                    const times = [...occurrences(`0 ${minute} ${hour} ? * * *`, zone, from.toMillis(), to.toMillis())];
                    assert.deepEqual(
                        times.map((time) => DateTime.fromMillis(time, { zone }).toISODate()),
                        dates,
                    );
                },
            ),
            { numRuns: 20 },
        );
    });

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

    it("know when they last fired, which may be now", () => {
        const { pattern } = parseSchedule("cron(0 6 1 1 ? 2027)", "seconds allowed") as { pattern: string };
        const first = Date.parse("2027-01-01T06:00Z");
        assert.deepEqual(
            [first - 1, first, first + 1, first + 86_400_000].map((time) => latestUntil(pattern, "UTC", time)),
            [undefined, first, first, first],
        );
    });

    it("last fired before a time that the clock skips, if they do not fire then", () => {
        const { pattern } = parseSchedule("cron(30 2 * * ? *)", "no seconds") as { pattern: string };
        const last = (until: string, gap?: "skipped") =>
            new Date(latestUntil(pattern, "Europe/Vienna", Date.parse(until), gap) as number).toISOString().slice(0, 16);
        assert.deepEqual(
            [last("2027-03-28T12:00Z"), ...["27T12:00Z", "28T12:00Z", "29T12:00Z"].map((day) => last(`2027-03-${day}`, "skipped"))],
            ["2027-03-28T01:00", "2027-03-27T01:30", "2027-03-27T01:30", "2027-03-29T00:30"],
        );
    });

    it("may be rates", () => {
        assert.deepEqual(
            ["rate(1 day)", "rate(6 hours)", "rate(90 minutes)", "rate(366 days)"].map((rate) => parseSchedule(rate, "no seconds")),
            [
                { kind: "rate", every: 86_400_000 },
                { kind: "rate", every: 21_600_000 },
                { kind: "rate", every: 5_400_000 },
                { kind: "rate", every: 31_622_400_000 },
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
        ["cron(60 1 ? * * *)", "60 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(0 24 ? * * *)", "24 is no hour; it takes 0 to 23, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 32 * ? *)", "32 is no day of month; it takes 1 to 31, lists (,), ranges (-), steps (/), *, ?, L, LW, 15W"],
        ["cron(0 1 ? 13 * *)", "13 is no month; it takes 1 to 12, JAN to DEC, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 ? * 0 *)", "0 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1"],
        ["cron(0 1 ? * sun *)", "sun is no day of week; write capitals: SUN"],
        ["cron(0 1 ? * mon-fri *)", "mon-fri is no day of week; write capitals: MON-FRI"],
        ["cron(0 1 l * ? *)", "l is no day of month; write capitals: L"],
        ["cron(0 1 ? * foo *)", "foo is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1"],
        [
            "cron(0 1 ? * mon-foo *)",
            "mon-foo is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1",
        ],
        ["cron(a 1 ? * * *)", "a is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["CRON(0 1 ? * * *)", "write cron(…) in small letters"],
        [
            "xCRON(0 1 ? * * *)",
            "write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)",
        ],
        ["RATE(1 hour)", "write rate(…) in small letters"],
        [
            "cron(0 1 ? * SUN#6 *)",
            "SUN#6 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1",
        ],
        ["cron(0 1 ? * * 1969)", "1969 is no year; it takes 1970 to 2199, lists (,), ranges (-), steps (/), *"],
        ["cron(*/60 1 ? * * *)", "*/60 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(0 8/24 ? * * *)", "8/24 is no hour; it takes 0 to 23, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 1/32 * ? *)", "1/32 is no day of month; it takes 1 to 31, lists (,), ranges (-), steps (/), *, ?, L, LW, 15W"],
        ["cron(0 1 1 JAN/13 ? *)", "JAN/13 is no month; it takes 1 to 12, JAN to DEC, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 ? * */8 *)", "*/8 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1"],
        ["cron(0 1 0 * ? *)", "0 is no day of month; it takes 1 to 31, lists (,), ranges (-), steps (/), *, ?, L, LW, 15W"],
        ["cron(0 1 32W * ? *)", "32W is no day of month; it takes 1 to 31, lists (,), ranges (-), steps (/), *, ?, L, LW, 15W"],
        ["cron(0 1 L,15 * ? *)", "L is no day of month; it takes 1 to 31, lists (,), ranges (-), steps (/), *, ?, L, LW, 15W"],
        ["cron(0 1 1 0 ? *)", "0 is no month; it takes 1 to 12, JAN to DEC, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 1 SUN ? *)", "SUN is no month; it takes 1 to 12, JAN to DEC, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 ? * 8 *)", "8 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1"],
        ["cron(0 1 ? * JAN *)", "JAN is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1"],
        [
            "cron(0 1 ? * SUN#0 *)",
            "SUN#0 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1",
        ],
        [
            "cron(0 1 ? * SUN#1,SUN#3 *)",
            "SUN#1 is no day of week; it takes 1 to 7, SUN to SAT, lists (,), ranges (-), steps (/), *, ?, L, 6L, SUN#1",
        ],
        ["cron(0 1 ? * * 2200)", "2200 is no year; it takes 1970 to 2199, lists (,), ranges (-), steps (/), *"],
        ["cron(60 0 1 ? * * *)", "60 is no second; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(-5 1 ? * * *)", "-5 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(*-5 1 ? * * *)", "*-5 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(5, 1 ? * * *)", " is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(5-70 1 ? * * *)", "5-70 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(? 1 ? * * *)", "? is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(30-10 1 ? * * *)", "30-10 runs backwards; write its values one by one"],
        ["cron(0 1 ? * ? * * 2027)", "it has 8 fields; write the six of AWS: minutes hours day-of-month month day-of-week year"],
        [`cron(${Array.from({ length: 60 }, (_, i) => i)} ${Array.from({ length: 24 }, (_, i) => i)} ? * 1,2,3,4,5,6,7 *)`, FORM],
        ["cron(0 1 ? * * *) ", FORM],
        ["cron()", FORM],
        ["rate(-1 hours)", FORM],
        ["rate(1.5 hours)", FORM],
        ["cron(*/0 1 ? * * *)", "*/0 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *"],
        ["cron(0 1 ? * FRI-MON *)", "FRI-MON runs backwards; write its values one by one"],
        ["rate(0 hours)", "write rate(1 hour), or rate(2 hours) and more"],
        ["rate(1 hours)", "write rate(1 hour), or rate(2 hours) and more"],
        ["rate(2 day)", "write rate(1 day), or rate(2 days) and more"],
        ["rate(1 week)", FORM],
        ["rate(367 days)", "write a rate of 366 days at most"],
        ["rate(99999999999999999999 hours)", "write a rate of 366 days at most"],
    ] as const) {
        it(`can't be ${expression.slice(0, 60) || "empty"}`, () => {
            assert.throws(() => parseSchedule(expression, "seconds allowed"), { name: "Error", message });
        });
    }

    for (const names of ["SUN MON TUE WED THU FRI SAT", "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"].map((line) => line.split(" "))) {
        it(`know the order of the names from ${names[0]} to ${names.at(-1)}, and refuse backward ranges`, () => {
            const inField = (range: string) => (names.length === 7 ? `cron(0 1 ? * ${range} *)` : `cron(0 1 1 ${range} ? *)`);
            names.slice(1).forEach((name, i) => {
                assert.ok(parseSchedule(inField(`${names[i]}-${name}`), "no seconds"));
                assert.ok(parseSchedule(inField(`${name}-${name}`), "no seconds"));
                assert.throws(() => parseSchedule(inField(`${name}-${names[i]}`), "no seconds"), /runs backwards/);
            });
        });
    }

    it("take steps from 1 to the most that their field has", () => {
        for (const expression of ["cron(0/1 1 ? * * *)", "cron(*/59 1 ? * * *)"]) {
            assert.ok(parseSchedule(expression, "no seconds"));
        }
        for (const expression of ["cron(0/0 1 ? * * *)", "cron(*/60 1 ? * * *)"]) {
            assert.throws(() => parseSchedule(expression, "no seconds"), /is no minute; it takes 0 to 59/);
        }
    });

    it("have up to 256 characters, without spaces around them", () => {
        const exact = `cron(${"0,".repeat(119)}00 1 ? * * *)`;
        const longer = `cron(${"0,".repeat(120)}0 1 ? * * *)`;
        assert.deepEqual([exact.length, longer.length], [256, 257]);
        assert.ok(parseSchedule(exact, "no seconds"));
        for (const expression of [longer, "a cron(0 1 ? * * *)", "cron(0 1 ? * * *) b", "a rate(1 day)", "rate(1 day) b"]) {
            assert.throws(() => parseSchedule(expression, "no seconds"), /^Error: write cron/);
        }
    });
});
