import { occurrences, parseSchedule, WINDOW_HOURS } from "../lambda/retention/schedules";
import type { SnapshotType } from "./snapshotTypes";
import { windowStarts } from "./windowStarts";

/** Hours before its end at which a window stops starting tasks: none, since the delivery timeout of the one task ends in time. */
export const CUTOFF_HOURS = 0;

/**
 * Seconds after the start of its window until which a server may be busy: commands start early enough to end with it. No more than an
 * hour, so that the default windows, two hours apart, do not meet where daylight saving takes an hour away.
 */
export const BUSY_SECONDS = WINDOW_HOURS * 3600;

const MINUTE = 60_000;

interface Start {
    readonly type: string;
    readonly time: number;
}

interface Cron {
    readonly type: string;
    readonly pattern: string;
}

interface Rate {
    readonly type: string;
    readonly every: number;
}

/**
 * What is wrong with the windows beside each other, a sentence each: a type whose windows overlap themselves (SSM would skip every second
 * one), never open, or overlap those of another type while a server may still be busy (its VSS run would fail with error 2003).
 *
 * @param types with schedules that parse
 * @param busySeconds how long after the start of its window a server may be busy
 * @param from milliseconds since 1970; two years from then on are looked at
 */
export function overlapFaults(types: readonly SnapshotType[], timezone: string, busySeconds: number, from: number): string[] {
    const { crons, rates } = split(types);
    const until = addYears(from, 2);
    const starts = crons.map((cron) => [...starting(cron, timezone, from, until)]);
    const inOrder = starts.flat().sort((a, b) => a.time - b.time);
    return [
        ...crons
            .filter((cron) => neverOpens(cron, timezone, from))
            .map(({ type }) => `schedules.${type} never opens a window; give it a time in the future`),
        ...starts.flatMap((own) => ownOverlap(own, timezone)),
        ...rates
            .filter(({ every }) => every < WINDOW_HOURS * 60 * MINUTE)
            .map(
                ({ type }) =>
                    `schedules.${type} opens a window before its last one, of ${WINDOW_HOURS} hour, has closed; open one an hour at most`,
            ),
        ...overlaps(inOrder, timezone, busySeconds),
        ...rateOverlaps(rates, starts, timezone, busySeconds),
    ];
}

/** Types with a `rate` beside other types: when their windows open is known to AWS alone, so that some may overlap. */
export function typesThatMayOverlap(types: readonly SnapshotType[]): string[] {
    return types.length > 1 ? split(types).rates.map(({ type }) => type) : [];
}

function split(types: readonly SnapshotType[]): { crons: Cron[]; rates: Rate[] } {
    const crons: Cron[] = [];
    const rates: Rate[] = [];
    for (const { name: type, schedule: expression } of types) {
        const schedule = parseSchedule(expression, "seconds allowed");
        if (schedule.kind === "cron") {
            crons.push({ type, pattern: schedule.pattern });
        } else {
            rates.push({ type, every: schedule.every });
        }
    }
    return { crons, rates };
}

/**
 * Starts of a type's windows. After one that opens too early it goes on where that window would close: SSM opens none in between either,
 * and one a minute would be a million of them.
 */
function* starting({ type, pattern }: Cron, timezone: string, from: number, to: number): Generator<Start> {
    let times = windowStarts(pattern, timezone, from, to);
    let closes = Number.NEGATIVE_INFINITY;
    for (let next = times.next(); !next.done; next = times.next()) {
        yield { type, time: next.value };
        if (next.value < closes) {
            times = windowStarts(pattern, timezone, closes, to);
        } else {
            closes = next.value + WINDOW_HOURS * 60 * MINUTE;
        }
    }
}

function neverOpens({ pattern }: Cron, timezone: string, from: number): boolean {
    return occurrences(pattern, timezone, from).next().done === true;
}

function ownOverlap(starts: readonly Start[], timezone: string): string[] {
    const early = starts.find(({ time }, i) => time - (starts[i - 1]?.time ?? Number.NEGATIVE_INFINITY) < WINDOW_HOURS * 60 * MINUTE);
    return early
        ? [
              `schedules.${early.type} opens a window ${at(early.time, timezone)} before its last one, of ${WINDOW_HOURS} hour, has closed; open one an hour at most`,
          ]
        : [];
}

/** The first overlap of each pair of types. */
function overlaps(inOrder: readonly Start[], timezone: string, busySeconds: number): string[] {
    const found = new Map<string, string>();
    inOrder.forEach((start, i) => {
        for (let k = i - 1; k >= 0; k--) {
            const earlier = inOrder[k] as Start;
            const free = earlier.time + busySeconds * 1000;
            if (free <= start.time) {
                break;
            }
            const pair = [earlier.type, start.type].sort().join("\n");
            if (earlier.type !== start.type && !found.has(pair)) {
                found.set(
                    pair,
                    `schedules.${earlier.type} and schedules.${start.type} overlap: ${earlier.type} opens ${at(earlier.time, timezone)} and may keep a server busy until ${at(free, timezone)}, ${start.type} opens ${at(start.time, timezone)}; move one of them`,
                );
            }
        }
    });
    return [...found.values()];
}

/** Overlaps that are certain although nobody knows yet when the windows of a rate will open: whenever it starts, it meets the other. */
function rateOverlaps(rates: readonly Rate[], starts: readonly (readonly Start[])[], timezone: string, busySeconds: number): string[] {
    // Two windows of the other with less than this between them, each with the time around it, leave the rate no room.
    const room = 2 * busySeconds * 1000;
    return rates.flatMap(({ type, every }, i) => {
        const withCrons = starts.flatMap((own) =>
            own[0] && widestGap(own, every) < room ? [`${own[0].type}, which opens ${at(own[0].time, timezone)}`] : [],
        );
        const withRates = rates.slice(i + 1).flatMap((other) => (commonDivisor(every, other.every) < room ? [other.type] : []));
        return [...withCrons, ...withRates].map(
            (other) =>
                `schedules.${type} can't help overlapping with ${other}; a server may be busy for ${Math.ceil(busySeconds / 60)} minutes from when a window opens; give it a cron(…) expression`,
        );
    });
}

/** The widest gap between the starts on a clock that goes round once in `every`: where a rate with that interval has most room. */
function widestGap(starts: readonly Start[], every: number): number {
    const hands = starts.map(({ time }) => time % every).sort((a, b) => a - b);
    return hands.reduce((widest, hand, i) => Math.max(widest, (hands[i + 1] ?? (hands[0] as number) + every) - hand), 0);
}

function commonDivisor(a: number, b: number): number {
    return b === 0 ? a : commonDivisor(b, a % b);
}

function at(time: number, timezone: string): string {
    const format = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: timezone });
    return `${format.format(time)} ${timezone}`;
}

function addYears(time: number, years: number): number {
    const date = new Date(time);
    return date.setUTCFullYear(date.getUTCFullYear() + years);
}
