import { IANAZone } from "luxon";
import { occurrences } from "../lambda/retention/schedules";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LOOK_AHEAD_DAYS = 731;

/**
 * The times of a cron schedule that its zone's clock skips in the next two years, such as `2027-03-28 02:30`. A schedule that also fires
 * in the hour before is left out: its servers have a backup that is an hour old.
 *
 * @param pattern of `parseSchedule`
 * @param from milliseconds since 1970
 */
export function timesInClockGaps(pattern: string, timezone: string, from: number): string[] {
    return clockGaps(timezone, from).flatMap(({ start, end }) => {
        // Times that a clock skips exist only on the wall, so the schedule is asked in UTC.
        const [skipped] = occurrences(pattern, "UTC", start, end);
        const isCovered = !occurrences(pattern, "UTC", start - HOUR, start).next().done;
        return skipped === undefined || isCovered ? [] : [new Date(skipped).toISOString().slice(0, 16).replace("T", " ")];
    });
}

/** The spans that a zone's clock skips, as the wall shows them, in milliseconds since 1970 as if the wall showed UTC. */
function clockGaps(timezone: string, from: number): { readonly start: number; readonly end: number }[] {
    const zone = IANAZone.create(timezone);
    const days = Array.from({ length: LOOK_AHEAD_DAYS }, (_, i) => from + i * DAY);
    return days
        .filter((day) => zone.offset(day + DAY) > zone.offset(day))
        .map((day) => {
            const change = firstMinuteAfterChange(zone, day, day + DAY);
            return { start: change + zone.offset(change - MINUTE) * MINUTE, end: change + zone.offset(change) * MINUTE };
        });
}

function firstMinuteAfterChange(zone: IANAZone, before: number, after: number): number {
    if (after - before <= MINUTE) {
        return Math.floor(after / MINUTE) * MINUTE;
    }
    const middle = Math.floor((before + after) / 2);
    return zone.offset(middle) > zone.offset(before)
        ? firstMinuteAfterChange(zone, before, middle)
        : firstMinuteAfterChange(zone, middle, after);
}
