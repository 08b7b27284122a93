import { DateTime } from "luxon";
import { latestUntil, occurrences, parseSchedule } from "./schedules";

/** The time for which one run of a schedule should make a restore point, such as a day, week, month or year. */
export interface Period {
    /** Milliseconds since 1970. */
    readonly start: number;
    /** The start of the next period: not part of this one. */
    readonly end: number;
    /** When its run is due. */
    readonly run: number;
    /** When the next run is due; infinite after the last one. */
    readonly nextRun: number;
    /** `2027-03-05 20:00`, `2027-03-05`, `2027-W09` (ISO 8601), `2027-03` or `2027`, in the schedule's time zone. */
    readonly label: string;
}

/** A calendar unit; or `run`, if a schedule fires more than once a day. Then each of its periods begins with the run itself. */
type Unit = keyof typeof LABELS;
type CalendarUnit = Exclude<Unit, "run">;

/** Formats of luxon. @see https://moment.github.io/luxon/#/formatting?id=table-of-tokens */
const LABELS = { year: "yyyy", month: "yyyy-MM", week: "kkkk-'W'WW", day: "yyyy-MM-dd", run: "yyyy-MM-dd HH:mm" } as const;

/** Enough runs to see a schedule fire twice in a day, week, month or year, if it ever does. The first year is a leap year. */
const SAMPLE = { from: Date.UTC(2000, 0, 1), runs: 25 };

/** A cron schedule, and the calendar unit that each of its runs stands for. */
interface Calendar {
    /** As `parseSchedule` gives it. */
    readonly pattern: string;
    readonly timezone: string;
    readonly unit: Unit;
}

/**
 * The periods that a schedule defines, in its time zone. They follow each other without a gap.
 *
 * Each begins with the calendar unit of a run, and ends where the period of the next run begins. The unit is the largest of year, month, ISO
 * week and day in which the schedule never fires twice. ISO weeks count only if the schedule names days of the week. If a schedule fires
 * more than once a day, each period begins with the run itself.
 *
 * - A run on each Sunday stands for its ISO week.
 * - A run on the 1st stands for its month.
 * - A run in January and one in July each stand for half a year.
 */
export class Periods {
    /** Those that were found. They are few, and most questions are about the same ones. */
    private readonly known: Period[] = [];

    public constructor(private readonly calendar: Calendar) {}

    /** Whether each period is an ISO week, a month, a year, or several of them. */
    public get areLong(): boolean {
        return ["week", "month", "year"].includes(this.calendar.unit);
    }

    /** The period that contains a moment, always the same object. Undefined before the schedule's first period and after its last. */
    public at(time: number): Period | undefined {
        const known = this.known.find(({ start, end }) => start <= time && time < end);
        const run = known?.run ?? runThatStandsFor(time, this.calendar);
        const period = run === undefined ? undefined : this.ofRun(run);
        return period && time < period.end ? period : undefined;
    }

    /** The period of the last run that was due at a moment or before it. This run makes the type's restore points of that moment. */
    public ofRun(time: number): Period | undefined {
        const known = this.known.find(({ run, nextRun }) => run <= time && time < nextRun);
        if (known) {
            return known;
        }
        const run = latestUntil(this.calendar.pattern, this.calendar.timezone, time);
        const found = run === undefined ? undefined : periodOfRun(run, this.calendar);
        if (found) {
            this.known.push(found);
        }
        return found;
    }
}

const remembered = new Map<string, Periods | undefined>();

/**
 * The periods that a schedule defines. Remembered, since the same schedule always defines the same ones.
 *
 * @param expression an AWS schedule expression that `parseSchedule` can read
 * @returns undefined for a `rate`, which has no calendar
 */
export function periodsOf(expression: string, timezone: string): Periods | undefined {
    const key = `${expression} ${timezone}`;
    if (!remembered.has(key)) {
        remembered.set(key, definePeriods(expression, timezone));
    }
    return remembered.get(key);
}

/** `periodsOf` without its memory, for tests: periods that were found earlier change nothing. */
export function definePeriods(expression: string, timezone: string): Periods | undefined {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return undefined;
    }
    return new Periods({ pattern: schedule.pattern, timezone, unit: unitOf(schedule.pattern, timezone) });
}

/** The run due in the calendar unit that contains a moment; or else the last one before. */
function runThatStandsFor(time: number, { pattern, timezone, unit }: Calendar): number | undefined {
    return latestUntil(pattern, timezone, unit === "run" ? time : startOfNext(unit, time, timezone) - 1);
}

function periodOfRun(run: number, { pattern, timezone, unit }: Calendar): Period {
    const { value: nextRun } = occurrences(pattern, timezone, run + 1).next();
    const begin = (due: number) => (unit === "run" ? due : startOf(unit, due, timezone));
    const lastEnd = unit === "run" ? run + 1 : startOfNext(unit, run, timezone);
    return {
        start: begin(run),
        end: nextRun ? begin(nextRun) : lastEnd,
        run,
        nextRun: nextRun || Number.POSITIVE_INFINITY,
        label: DateTime.fromMillis(run, { zone: timezone }).toFormat(LABELS[unit]),
    };
}

/** The first moment of a calendar unit. If the clock repeats it, the first of both. */
function startOf(unit: CalendarUnit, time: number, timezone: string): number {
    return firstMoment(DateTime.fromMillis(time, { zone: timezone }).startOf(unit));
}

/** The first moment of the calendar unit after the one that contains a moment. */
function startOfNext(unit: CalendarUnit, time: number, timezone: string): number {
    return firstMoment(
        DateTime.fromMillis(time, { zone: timezone })
            .startOf(unit)
            .plus({ [unit]: 1 })
            .startOf(unit),
    );
}

function firstMoment(start: DateTime): number {
    return Math.min(...start.getPossibleOffsets().map((moment) => moment.toMillis()));
}

/** The largest unit in which a schedule never fires twice. */
function unitOf(pattern: string, timezone: string): Unit {
    const runs = [...firstOf(occurrences(pattern, timezone, SAMPLE.from), SAMPLE.runs)];
    const namesWeekdays = pattern.split(" ")[5] !== "?";
    const units: CalendarUnit[] = namesWeekdays ? ["year", "month", "week", "day"] : ["year", "month", "day"];
    return units.find((unit) => new Set(runs.map((time) => startOf(unit, time, timezone))).size === runs.length) ?? "run";
}

function* firstOf<T>(values: Iterable<T>, count: number): Generator<T> {
    let left = count;
    for (const value of values) {
        yield value;
        left -= 1;
        if (left === 0) {
            return;
        }
    }
}
