import { Cron } from "croner";
import { IANAZone } from "luxon";

/** A schedule expression that AWS accepts. `occurrences` says when a cron schedule fires. */
export type Schedule =
    | { readonly kind: "cron"; readonly pattern: string }
    /** Fires every so many milliseconds from when AWS first saw it, a moment that is not known beforehand. */
    | { readonly kind: "rate"; readonly every: number };

/** Hours that a backup window is open; the least that SSM allows. */
export const WINDOW_HOURS = 1;

/** More than any zone's clock is ever put back. */
const CLOCK_CHANGE_MS = 3 * 3_600_000;

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const LONGEST_RATE = 366 * 86_400_000;
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

interface Field {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    /** Words that a value may be, as a regular expression. */
    readonly word?: string;
    /** Forms of the whole field that only this field has. */
    readonly special?: RegExp;
    /** Those forms, for messages. */
    readonly specialForms?: string;
}

const FIELDS: readonly Field[] = [
    { name: "second", min: 0, max: 59 },
    { name: "minute", min: 0, max: 59 },
    { name: "hour", min: 0, max: 23 },
    { name: "day of month", min: 1, max: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/, specialForms: "?, L, LW, 15W" },
    { name: "month", min: 1, max: 12, word: MONTHS.join("|") },
    {
        name: "day of week",
        min: 1,
        max: 7,
        word: WEEKDAYS.join("|"),
        special: /^(\?|L|[1-7]L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$/,
        specialForms: "?, L, 6L, SUN#1",
    },
    { name: "year", min: 1970, max: 2199 },
];

/**
 * Reads a `cron(…)` or `rate(…)` expression of SSM maintenance windows or of EventBridge Scheduler. Their dialects differ only in the
 * seconds: SSM allows them in front.
 *
 * @throws Error with a sentence about the fault and the cure
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(expression: string, seconds: "seconds allowed" | "no seconds"): Schedule {
    const capitals = /^(CRON|RATE)\(/i.exec(expression)?.[1];
    if (capitals !== undefined && capitals !== capitals.toLowerCase()) {
        throw new Error(`write ${capitals.toLowerCase()}(…) in small letters`);
    }
    return parseRate(expression) ?? parseCron(expression, seconds);
}

function parseRate(expression: string): Schedule | undefined {
    const [, count, unit = "", plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
    const length = UNITS[unit];
    if (length === undefined) {
        return undefined;
    }
    const n = Number(count);
    if (n < 1 || (n === 1) !== (plural === "")) {
        throw new Error(`write rate(1 ${unit}), or rate(2 ${unit}s) and more`);
    }
    const every = n * length;
    if (every > LONGEST_RATE) {
        throw new Error("write a rate of 366 days at most");
    }
    return { kind: "rate", every };
}

function parseCron(expression: string, seconds: "seconds allowed" | "no seconds"): Schedule {
    const cron = /^cron\((\S+(?: \S+)*)\)$/.exec(expression);
    if (!cron?.[1] || expression.length > 256) {
        throw new Error("write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)");
    }
    const fields = cron[1].split(" ");
    if (fields.length !== 6 && !(fields.length === 7 && seconds === "seconds allowed")) {
        throw new Error(`it has ${fields.length} fields; write the six of AWS: minutes hours day-of-month month day-of-week year`);
    }
    const withSeconds = fields.length === 7 ? fields : ["0", ...fields];
    const pattern = FIELDS.map((field, i) => translateField(withSeconds[i] ?? "", field));
    if ((fields.at(-4) === "?") === (fields.at(-2) === "?")) {
        throw new Error("exactly one of day-of-month and day-of-week must be ?");
    }
    return { kind: "cron", pattern: pattern.join(" ") };
}

/** Checks one field as AWS does, and writes it as croner reads it. */
function translateField(text: string, field: Field): string {
    const { name, min, max, word, special } = field;
    if (special?.test(text)) {
        return text === "L" && name === "day of week" ? "7" : text;
    }
    const value = word ? `(?:\\d+|${word})` : "\\d+";
    const item = new RegExp(`^(\\*|${value})(?:-(${value}))?(?:/(\\d+))?$`);
    const items = text.split(",").map((part) => {
        const match = item.exec(part);
        const [, from, to, step] = match ?? [];
        const low = from === undefined || from === "*" ? min : numberOf(from);
        const high = to === undefined ? max : numberOf(to);
        if (
            !match ||
            [low, high].some((limit) => limit < min || limit > max) ||
            (from === "*" && to !== undefined) ||
            (step !== undefined && !(Number(step) >= 1 && Number(step) <= max))
        ) {
            throw new Error(`${part} is no ${name}; ${fieldCure(part, field)}`);
        }
        if (low > high) {
            throw new Error(`${part} runs backwards; write its values one by one`);
        }
        // AWS reads 5/20 as "from 5 on, every 20"; croner wants the end spelled out, and counts the years of * from 0.
        return to === undefined && step !== undefined ? `${low}-${max}/${step}` : part;
    });
    return items.join(",");
}

/** Names the values that a field accepts, or the right form of its given words. */
function fieldCure(part: string, field: Field): string {
    const { min, max, word, special, specialForms } = field;
    const capitals = part.toUpperCase();
    if (capitals !== part && (special?.test(capitals) || capitals.split("-").every((end) => word?.split("|").includes(end)))) {
        return `write capitals: ${capitals}`;
    }
    const words = word ? `, ${word.split("|")[0]} to ${word.split("|").at(-1)}` : "";
    return `it takes ${min} to ${max}${words}, lists (,), ranges (-), steps (/), *${specialForms ? `, ${specialForms}` : ""}`;
}

function numberOf(text: string): number {
    for (const names of [WEEKDAYS, MONTHS]) {
        if (names.includes(text)) {
            return names.indexOf(text) + 1;
        }
    }
    return Number(text);
}

/**
 * Yields the times at which a cron schedule fires, in milliseconds since 1970, from `from` (included) to `to` (not). A time that daylight
 * saving repeats comes once. If daylight saving skips the time of a schedule with a single time of day, it fires at the end of the gap.
 * Other schedules do not fire then. With `gap` "skipped", no schedule does, as in EventBridge Scheduler.
 */
export function* occurrences(
    pattern: string,
    timezone: string,
    from: number,
    to = Number.POSITIVE_INFINITY,
    gap: "at its end" | "skipped" = "at its end",
): Generator<number> {
    const cron = cronOf(pattern, timezone);
    const clock = clockOf(timezone);
    let latest = "";
    // If the clock was just put back, start before that, to know which times it repeats.
    const zone = IANAZone.create(timezone);
    const putBack = zone.offset(from) < zone.offset(from - CLOCK_CHANGE_MS);
    let next = cron.nextRun(new Date(from - (putBack ? CLOCK_CHANGE_MS : 1000)));
    while (next && next.getTime() < to) {
        // croner fires a schedule of several times a day again while the clock repeats them.
        const shown = clock.format(next);
        if (next.getTime() >= from && shown > latest && (gap === "at its end" || cron.match(next))) {
            yield next.getTime();
        }
        latest = shown > latest ? shown : latest;
        next = cron.nextRun(next);
    }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** A clock of a time zone, whose texts sort by time. Remembered, since making one is slow. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
    const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone });
    clocks.set(timeZone, clock);
    return clock;
}

/**
 * When a cron schedule last fired at `time` or before, in milliseconds since 1970; undefined if it had not fired yet.
 *
 * @param gap as in `occurrences`
 */
export function latestUntil(
    pattern: string,
    timezone: string,
    time: number,
    gap: "at its end" | "skipped" = "at its end",
): number | undefined {
    // croner's results are only hints: it does not know about repeated times, and the newest can be at the end of a gap.
    const hint = cronOf(pattern, timezone)
        .previousRuns(gap === "skipped" ? 2 : 1, new Date(time + 1))
        .at(-1);
    return hint && [...occurrences(pattern, timezone, hint.getTime() - CLOCK_CHANGE_MS, time + 1, gap)].at(-1);
}

/** Quartz numbering: AWS counts days of the week from 1 = Sunday. */
function cronOf(pattern: string, timezone: string): Cron {
    return new Cron(pattern, { timezone, alternativeWeekdays: true, mode: "7-part" });
}
