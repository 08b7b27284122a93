import { latestUntil, parseSchedule } from "../../retention/schedules";

const HOUR = 3_600_000;

/** Systems Manager keeps commands for 30 days. A log that is older says little about the present. */
const MOST_MS = 30 * 24 * HOUR;

/** Systems Manager may begin a run a little before it is due. */
const EARLY_MS = HOUR;

/**
 * Finds when the last runs of a schedule were due, the newest first. Nobody knows when a rate runs: then these are the times since which it
 * must have run once, twice and so on.
 *
 * @param expression AWS's expression
 */
export function lastRuns(expression: string, timezone: string, now: number, count: number): number[] {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return Array.from({ length: count }, (_, i) => now - (i + 1) * schedule.every);
    }
    const runs: number[] = [];
    for (let until = now; runs.length < count; ) {
        const run = latestUntil(schedule.pattern, timezone, until);
        if (run === undefined) {
            break;
        }
        runs.push(run);
        until = run - 1;
    }
    return runs;
}

/**
 * Finds from when on a listing must go back, so that it shows these runs. It goes back 30 days at most, but always shows the last two.
 *
 * @param runs when they were due, the newest first
 */
export function lookBack(runs: readonly number[], now: number): number {
    const oldest = runs.at(-1) ?? Number.NEGATIVE_INFINITY;
    return Math.min(Math.max(oldest, now - MOST_MS), runs[1] ?? runs[0] ?? now) - EARLY_MS;
}

/** Writes a time as the filters of Systems Manager take it: without milliseconds, as in all examples of AWS. */
export function filterTime(time: number): string {
    return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
