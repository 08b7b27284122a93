import { IANAZone } from "luxon";
import { occurrences } from "../lambda/retention/schedules";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/**
 * Finds the same times as `occurrences`, from `from` (included) to `to` (excluded), but faster. Every preview checks years of windows.
 * A schedule without dates repeats weekly while the zone's clock does not change. So one week gives the starts of all weeks with its offset.
 */
export function* windowStarts(pattern: string, timezone: string, from: number, to: number): Generator<number> {
    if (!repeatsWeekly(pattern)) {
        yield* isOnceAnHour(pattern) ? datedStarts(pattern, timezone, from, to) : occurrences(pattern, timezone, from, to);
        return;
    }
    const zone = IANAZone.create(timezone);
    const offsetAt = zone.isUniversal ? () => 0 : (time: number) => zone.offset(time);
    const startsByOffset = new Map<number, readonly number[]>();
    // A week is regular if the clock changes neither in it nor in the week before. Repeated hours of that week may reach into it.
    let irregularSince: number | undefined;
    let [before, now] = [offsetAt(from - WEEK_MS), offsetAt(from)];
    for (let week = from; week < to; week += WEEK_MS) {
        const after = offsetAt(week + WEEK_MS);
        if (before === now && now === after) {
            yield* irregularSince === undefined ? [] : occurrences(pattern, timezone, irregularSince, week);
            irregularSince = undefined;
            const starts = startsByOffset.get(now) ?? [...occurrences(pattern, timezone, week, week + WEEK_MS)].map((time) => time - week);
            startsByOffset.set(now, starts);
            yield* starts.map((sinceWeek) => week + sinceWeek).filter((time) => time < to);
        } else {
            irregularSince ??= week;
        }
        [before, now] = [now, after];
    }
    yield* irregularSince === undefined ? [] : occurrences(pattern, timezone, irregularSince, to);
}

/**
 * Reads the schedule in UTC, which is much faster, and moves each time by the offset of the zone. If the clock of the zone changes on
 * that day or a day beside it, `occurrences` gives the times of these days.
 */
function* datedStarts(pattern: string, timezone: string, from: number, to: number): Generator<number> {
    const zone = IANAZone.create(timezone);
    let known = from;
    for (const local of occurrences(pattern, "UTC", from - DAY_MS, to + DAY_MS)) {
        const [before, after] = [local - DAY_MS, local + DAY_MS].map((time) => zone.offset(time)) as [number, number];
        const time = local - before * MINUTE_MS;
        if (before !== after) {
            const end = Math.min(to, local + DAY_MS);
            yield* occurrences(pattern, timezone, Math.max(known, local - DAY_MS), end);
            known = Math.max(known, end);
        } else if (time >= known && time < to) {
            yield time;
            known = time + 1;
        }
    }
}

/**
 * Returns whether all weeks are alike: the schedule has no days of the month, no months, no years, and no `#` or `L`, which count weeks.
 * A schedule of several times an hour does not count: a week of it is long, and its callers stop after two times.
 */
export function repeatsWeekly(pattern: string): boolean {
    const [, , , day = "", month, weekday = "", year = "*"] = pattern.split(" ");
    return isOnceAnHour(pattern) && /^[*?]$/.test(day) && month === "*" && !/[#L]/.test(weekday) && year === "*";
}

function isOnceAnHour(pattern: string): boolean {
    return pattern
        .split(" ")
        .slice(0, 2)
        .every((field) => /^\d+$/.test(field));
}
