import { IANAZone } from "luxon";
import { occurrences } from "../lambda/retention/schedules";

const WEEK_MS = 7 * 86_400_000;

/**
 * The same times as `occurrences` gives, from `from` (included) to `to` (not), but sooner: years of windows are looked at in every preview.
 * A schedule that names no date repeats itself weekly while the zone's clock is not changed, so one such week stands for all others with
 * the same offset.
 */
export function* windowStarts(pattern: string, timezone: string, from: number, to: number): Generator<number> {
    if (!repeatsWeekly(pattern)) {
        yield* occurrences(pattern, timezone, from, to);
        return;
    }
    const zone = IANAZone.create(timezone);
    const offsetAt = zone.isUniversal ? () => 0 : (time: number) => zone.offset(time);
    const calmWeeks = new Map<number, readonly number[]>();
    // A week is calm if the clock is changed neither in it nor in the one before, whose repeated hours may reach into it.
    let restlessSince: number | undefined;
    let [before, now] = [offsetAt(from - WEEK_MS), offsetAt(from)];
    for (let week = from; week < to; week += WEEK_MS) {
        const after = offsetAt(week + WEEK_MS);
        if (before === now && now === after) {
            yield* restlessSince === undefined ? [] : occurrences(pattern, timezone, restlessSince, week);
            restlessSince = undefined;
            const starts = calmWeeks.get(now) ?? [...occurrences(pattern, timezone, week, week + WEEK_MS)].map((time) => time - week);
            calmWeeks.set(now, starts);
            yield* starts.map((sinceWeek) => week + sinceWeek).filter((time) => time < to);
        } else {
            restlessSince ??= week;
        }
        [before, now] = [now, after];
    }
    yield* restlessSince === undefined ? [] : occurrences(pattern, timezone, restlessSince, to);
}

/**
 * Whether each week is like the others: no days of the month, months or years, and no `#` or `L` that counts weeks. Several times an hour
 * are left out: a caller stops soon at the first two, and a week of them would be many.
 */
export function repeatsWeekly(pattern: string): boolean {
    const [second = "", minute = "", , day = "", month, weekday = "", year = "*"] = pattern.split(" ");
    const isOnceAnHour = [second, minute].every((field) => /^\d+$/.test(field));
    return isOnceAnHour && /^[*?]$/.test(day) && month === "*" && !/[#L]/.test(weekday) && year === "*";
}
