import { IANAZone } from "luxon";
import { occurrences } from "../lambda/retention/schedules";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const LOOK_AHEAD_WEEKS = 105;

/**
 * Lists the times of a cron schedule that the clock of its zone skips in the next two years, such as `2027-03-28 02:30`. It ignores a
 * skipped time if the schedule also fires in the hour before: the servers then have a backup that is an hour old.
 *
 * @param pattern the cron pattern from `parseSchedule`
 * @param from milliseconds since 1970
 */
export function timesInClockGaps(pattern: string, timezone: string, from: number): string[] {
    return clockGaps(timezone, from).flatMap(({ start, end }) => {
        // A skipped local time does not exist in the zone. So the schedule is read in UTC.
        const [skipped] = occurrences(pattern, "UTC", start, end);
        const isCovered = !occurrences(pattern, "UTC", start - HOUR, start).next().done;
        return skipped === undefined || isCovered ? [] : [new Date(skipped).toISOString().slice(0, 16).replace("T", " ")];
    });
}

/** Lists the spans of local time that a zone's clock skips. The milliseconds treat local time as UTC. */
function clockGaps(timezone: string, from: number): { readonly start: number; readonly end: number }[] {
    const zone = IANAZone.create(timezone);
    // No zone changes its clock twice in a week. To ask for each day would take a noticeable time.
    const weeks = Array.from({ length: LOOK_AHEAD_WEEKS + 1 }, (_, i) => ({
        start: from + i * WEEK,
        offset: zone.offset(from + i * WEEK),
    }));
    return weeks
        .filter(({ offset }, i) => (weeks[i + 1]?.offset ?? offset) > offset)
        .map(({ start }) => {
            const change = firstMinuteAfterChange(zone, start, start + WEEK);
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
