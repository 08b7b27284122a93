import { DateTime } from "luxon";
import { latestBefore, occurrences, parseSchedule } from "./schedules";

/** The time for which one run of a schedule stands: it should leave a restore point of these hours, this day, week, month or year. */
export interface Period {
    /** Milliseconds since 1970. */
    readonly start: number;
    /** The start of the next period: not part of this one. */
    readonly end: number;
    /** `2027-03-05 20:00`, `2027-03-05`, `2027-W09` (ISO 8601), `2027-03` or `2027`, in the schedule's time zone. */
    readonly label: string;
}

/** The periods of one schedule. */
export interface Periods {
    /** The period that a moment lies in; undefined before the schedule's first run and after its last. */
    at(time: number): Period | undefined;
}

type Unit = keyof typeof LABELS;

/** Formats of luxon. @see https://moment.github.io/luxon/#/formatting?id=table-of-tokens */
const LABELS = { year: "yyyy", month: "yyyy-MM", week: "kkkk-'W'WW", day: "yyyy-MM-dd", hour: "yyyy-MM-dd HH:mm" } as const;

/** Enough runs to see a schedule fire twice in a day, week, month or year, if it ever does. The first year is a leap year. */
const SAMPLE = { from: Date.UTC(2000, 0, 1), runs: 25 };

const known = new Map<string, Periods | undefined>();

/** The periods that a schedule defines; what was found once is remembered, since it is always the same. */
export function periodsOf(expression: string, timezone: string): Periods | undefined {
    const key = `${expression} ${timezone}`;
    if (!known.has(key)) {
        known.set(key, definePeriods(expression, timezone));
    }
    return known.get(key);
}

/**
 * The periods that a schedule defines, in its time zone. Each begins with the calendar unit of a run, and lasts until that of the next
 * run. The unit is the largest of year, month, ISO week (where the schedule names days of the week), day and hour in which the schedule
 * never fires twice: a run on each Sunday stands for its ISO week, one on the 1st for its month, one in January and July for half a year.
 *
 * @param expression that `parseSchedule` can read
 * @returns undefined for a `rate`, which has no calendar, and for a schedule that never fires
 */
export function definePeriods(expression: string, timezone: string): Periods | undefined {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return undefined;
    }
    const { pattern } = schedule;
    const start = (time: number, unit: Unit) => DateTime.fromMillis(time, { zone: timezone }).startOf(unit);
    const unit = unitOf(pattern, timezone, start);
    const found = new Map<number, Period | undefined>();

    const findPeriod = (begin: DateTime<true>): Period | undefined => {
        const firstIn = (from: DateTime<true>) => occurrences(pattern, timezone, from.toMillis()).next().value as number | undefined;
        const next = begin.plus({ [unit]: 1 });
        const due = firstIn(begin);
        const run = due !== undefined && due < next.toMillis() ? due : latestBefore(pattern, timezone, begin.toMillis());
        if (run === undefined) {
            return undefined;
        }
        const first = start(run, unit) as DateTime<true>;
        const after = first.plus({ [unit]: 1 });
        const following = firstIn(after);
        const end = following === undefined ? after : (start(following, unit) as DateTime<true>);
        return { start: first.toMillis(), end: end.toMillis(), label: first.toFormat(LABELS[unit]) };
    };

    return {
        at(time) {
            const begin = start(time, unit) as DateTime<true>;
            const key = begin.toMillis();
            if (!found.has(key)) {
                found.set(key, findPeriod(begin));
            }
            const period = found.get(key);
            return period && time < period.end ? period : undefined;
        },
    };
}

function unitOf(pattern: string, timezone: string, start: (time: number, unit: Unit) => DateTime): Unit {
    const runs: number[] = [];
    for (const time of occurrences(pattern, timezone, SAMPLE.from)) {
        runs.push(time);
        if (runs.length === SAMPLE.runs) {
            break;
        }
    }
    const weeksAreMeant = pattern.split(" ")[5] !== "?";
    const twiceIn = (unit: Unit) => {
        const units = runs.map((time) => start(time, unit).toMillis());
        return new Set(units).size < units.length;
    };
    const units: readonly Unit[] = ["year", "month", ...(weeksAreMeant ? (["week"] as const) : []), "day"];
    return units.find((unit) => !twiceIn(unit)) ?? "hour";
}
