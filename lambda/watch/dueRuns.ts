import { latestUntil, occurrences, parseSchedule, WINDOW_HOURS } from "../retention/schedules";
import type { WatchSettings } from "./watchSettings";

const HOUR = 3_600_000;

/** The runs of one snapshot type, as its schedule says. Times are milliseconds since 1970. */
export interface DueRuns {
    readonly type: string;
    /** AWS's expression. */
    readonly schedule: string;
    /** The interval of a rate, which has no calendar; undefined for a cron schedule. */
    readonly every?: number;
    /** From when a run is due until its missing restore point is overdue. */
    readonly patience: number;
    /** The last run whose missing restore point is overdue by now; undefined for a rate, or before the first run. */
    readonly judged: number | undefined;
    /** The first run that is due at a time or later; undefined for a rate, or after the last run. */
    from(time: number): number | undefined;
    /** Every run from one time (included) to another (not). None for a rate. */
    between(start: number, end: number): number[];
}

/** Lists the runs of each snapshot type, in the order of the policy. */
export function dueRunsOf(settings: WatchSettings, now: number): DueRuns[] {
    return Object.entries(settings.schedules).map(([type, schedule]) => dueRuns(type, schedule, settings, now));
}

function dueRuns(type: string, schedule: string, { timezone, overdueGraceHours }: WatchSettings, now: number): DueRuns {
    const parsed = parseSchedule(schedule, "seconds allowed");
    const patience = (WINDOW_HOURS + overdueGraceHours) * HOUR;
    if (parsed.kind === "rate") {
        return { type, schedule, every: parsed.every, patience, judged: undefined, from: () => undefined, between: () => [] };
    }
    const { pattern } = parsed;
    return {
        type,
        schedule,
        patience,
        judged: latestUntil(pattern, timezone, now - patience),
        from: (time) => occurrences(pattern, timezone, time).next().value || undefined,
        between: (start, end) => [...occurrences(pattern, timezone, start, end)],
    };
}
