import { occurrences, parseSchedule } from "../lambda/schedules";

/**
 * The times at which a schedule fires, in milliseconds since 1970. A rate counts from `start`.
 *
 * @param gap what becomes of a time that daylight saving skips; it fires at the end of the gap if left out
 */
export function* firingTimes(expression: string, timezone: string, start: number, end: number, gap?: "skipped"): Generator<number> {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "cron") {
        yield* occurrences(schedule.pattern, timezone, start, end, gap);
        return;
    }
    for (let time = start + schedule.every; time < end; time += schedule.every) {
        yield time;
    }
}
