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
    /** The last run that was due at a time or before; undefined for a rate. */
    until(time: number): number | undefined;
    /** The first run that is due at a time or later; undefined for a rate, or after the last run. */
    from(time: number): number | undefined;
    /** Every run from one time (included) to another (not). None for a rate. */
    between(start: number, end: number): number[];
}

/** Lists the runs of each snapshot type, in the order of the policy. */
export function dueRunsOf(settings: WatchSettings): DueRuns[] {
    return Object.entries(settings.schedules).map(([type, schedule]) => dueRuns(type, schedule, settings));
}

function dueRuns(type: string, schedule: string, { timezone, overdueGraceHours }: WatchSettings): DueRuns {
    const parsed = parseSchedule(schedule, "seconds allowed");
    const patience = (WINDOW_HOURS + overdueGraceHours) * HOUR;
    if (parsed.kind === "rate") {
        return { type, schedule, every: parsed.every, patience, until: () => undefined, from: () => undefined, between: () => [] };
    }
    const { pattern } = parsed;
    return {
        type,
        schedule,
        patience,
        until: (time) => latestUntil(pattern, timezone, time),
        from: (time) => occurrences(pattern, timezone, time).next().value || undefined,
        between: (start, end) => [...occurrences(pattern, timezone, start, end)],
    };
}
