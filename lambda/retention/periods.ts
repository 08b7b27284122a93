import { DateTime } from "luxon";
import { latestUntil, occurrences, parseSchedule, WINDOW_HOURS } from "./schedules";

/** The time for which one run of a schedule stands: it should leave a restore point of this day, week, month or year. */
export interface Period {
    /** Milliseconds since 1970. */
    readonly start: number;
    /** The start of the next period: not part of this one. */
    readonly end: number;
    /** When its run is due. */
    readonly run: number;
    /** Until then, a window of the run before may still be open: what it makes is of the period before. */
    readonly lateUntil: number;
    /** `2027-03-05 20:00`, `2027-03-05`, `2027-W09` (ISO 8601), `2027-03` or `2027`, in the schedule's time zone. */
    readonly label: string;
}

/** The periods of one schedule. */
export interface Periods {
    /** The period that a moment lies in, the same object for all of its moments; undefined before the schedule's first run and after its last. */
    at(time: number): Period | undefined;
    /** The period of the run that made a set: where a window reaches into the next period, of the run before. */
    ofSet(startTime: number): Period | undefined;
}

/** A calendar unit; or the runs themselves, where they come more than once a day. */
type Unit = keyof typeof LABELS;

/** Formats of luxon. @see https://moment.github.io/luxon/#/formatting?id=table-of-tokens */
const LABELS = { year: "yyyy", month: "yyyy-MM", week: "kkkk-'W'WW", day: "yyyy-MM-dd", run: "yyyy-MM-dd HH:mm" } as const;

/** Enough runs to see a schedule fire twice in a day, week, month or year, if it ever does. The first year is a leap year. */
const SAMPLE = { from: Date.UTC(2000, 0, 1), runs: 25 };

const HOUR = 3_600_000;

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
 * run. The unit is the largest of year, month, ISO week (where the schedule names days of the week) and day in which the schedule never
 * fires twice: a run on each Sunday stands for its ISO week, one on the 1st for its month, one in January and July for half a year. Where
 * it fires more than once a day, each period begins with the run itself.
 *
 * @param expression that `parseSchedule` can read
 * @returns undefined for a `rate`, which has no calendar
 */
export function definePeriods(expression: string, timezone: string): Periods | undefined {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return undefined;
    }
    const { pattern } = schedule;
    const unit = unitOf(pattern, timezone);
    const firstFrom = (time: number) => occurrences(pattern, timezone, time).next().value as number | undefined;
    const found = new Map<number | undefined, Period | undefined>();

    /** When the period began that a moment lies in, or, of calendar units, one of the units that make it up. */
    const begin = (time: number) => (unit === "run" ? latestUntil(pattern, timezone, time) : startOf(unit, time, timezone));
    const next = (start: number) => (unit === "run" ? start + 1 : nextUnit(unit, start, timezone));

    const findPeriod = (start: number): Period | undefined => {
        const due = firstFrom(start);
        const run = due !== undefined && due < next(start) ? due : latestUntil(pattern, timezone, start);
        if (run === undefined) {
            return undefined;
        }
        const first = begin(run) as number;
        if (first !== start) {
            // The one object for all units of it.
            return at(first);
        }
        const following = firstFrom(next(first));
        const end = (following === undefined ? undefined : begin(following)) ?? next(first);
        const before = latestUntil(pattern, timezone, first - 1) ?? Number.NEGATIVE_INFINITY;
        const label = DateTime.fromMillis(run, { zone: timezone }).toFormat(LABELS[unit]);
        return { start: first, end, run, lateUntil: Math.min(run, before + WINDOW_HOURS * HOUR), label };
    };
    let last: Period | undefined;
    const at = (time: number): Period | undefined => {
        if (last && last.start <= time && time < last.end) {
            return last;
        }
        const start = begin(time);
        if (!found.has(start)) {
            found.set(start, start === undefined ? undefined : findPeriod(start));
        }
        const period = found.get(start);
        last = period && time < period.end ? period : undefined;
        return last;
    };
    return {
        at,
        ofSet(startTime) {
            const period = at(startTime);
            return period && startTime < period.lateUntil ? at(period.start - 1) : period;
        },
    };
}

/** The first moment of a calendar unit; where the clock repeats it, the first of both. */
function startOf(unit: Exclude<Unit, "run">, time: number, timezone: string): number {
    const start = DateTime.fromMillis(time, { zone: timezone }).startOf(unit);
    return Math.min(...start.getPossibleOffsets().map((moment) => moment.toMillis()));
}

function nextUnit(unit: Exclude<Unit, "run">, start: number, timezone: string): number {
    return startOf(
        unit,
        DateTime.fromMillis(start, { zone: timezone })
            .plus({ [unit]: 1 })
            .toMillis(),
        timezone,
    );
}

function unitOf(pattern: string, timezone: string): Unit {
    const runs: number[] = [];
    for (const time of occurrences(pattern, timezone, SAMPLE.from)) {
        runs.push(time);
        if (runs.length === SAMPLE.runs) {
            break;
        }
    }
    const weeksAreMeant = pattern.split(" ")[5] !== "?";
    const units = ["year", "month", ...(weeksAreMeant ? (["week"] as const) : []), "day"] as const;
    return units.find((unit) => new Set(runs.map((time) => startOf(unit, time, timezone))).size === runs.length) ?? "run";
}
