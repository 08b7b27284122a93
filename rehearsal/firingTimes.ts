import { occurrences, parseSchedule } from "../lambda/retention/schedules";

/**
 * Finds the times at which a schedule fires, in milliseconds since 1970. A rate counts from `start`.
 *
 * @param gap "skipped" leaves out times that daylight saving skips. By default, they fire at the end of the gap.
 */
export function* findFiringTimes(expression: string, timezone: string, start: number, end: number, gap?: "skipped"): Generator<number> {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "cron") {
        yield* occurrences(schedule.pattern, timezone, start, end, gap);
        return;
    }
    for (let time = start + schedule.every; time < end; time += schedule.every) {
        yield time;
    }
}
