import { IANAZone } from "luxon";
import { occurrences } from "../lambda/retention/schedules";

const WEEK_MS = 7 * 86_400_000;

/**
 * Finds the same times as `occurrences`, from `from` (included) to `to` (excluded), but faster. Every preview checks years of windows.
 * A schedule without dates repeats weekly while the zone's clock does not change. So one week gives the starts of all weeks with its offset.
 */
export function* windowStarts(pattern: string, timezone: string, from: number, to: number): Generator<number> {
    if (!repeatsWeekly(pattern)) {
        yield* occurrences(pattern, timezone, from, to);
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
 * Returns whether all weeks are alike: the schedule has no days of the month, no months, no years, and no `#` or `L`, which count weeks.
 * A schedule of several times an hour does not count: a week of it is long, and its callers stop after two times.
 */
export function repeatsWeekly(pattern: string): boolean {
    const [second = "", minute = "", , day = "", month, weekday = "", year = "*"] = pattern.split(" ");
    const isOnceAnHour = [second, minute].every((field) => /^\d+$/.test(field));
    return isOnceAnHour && /^[*?]$/.test(day) && month === "*" && !/[#L]/.test(weekday) && year === "*";
}
