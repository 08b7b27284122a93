import { occurrences, parseSchedule, WINDOW_HOURS } from "../lambda/retention/schedules";
import type { SnapshotType } from "./snapshotTypes";
import { windowStarts } from "./windowStarts";

/** Hours before its end at which a window stops starting tasks. Zero is enough: the delivery timeout of the one task ends in time. */
export const CUTOFF_HOURS = 0;

/**
 * Seconds for which a server may be busy after its window opens. Commands start early enough to end with the window.
 * An hour at most: the default windows are two hours apart, and daylight saving may skip one of them.
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
 * Finds the faults of the windows, one sentence each:
 * - the windows of a type overlap each other, so that SSM would skip every second one;
 * - a type never opens a window;
 * - a window opens while another type may keep a server busy, so that the VSS run would fail with error 2003.
 *
 * @param types with valid schedules
 * @param busySeconds how long a server may be busy after its window opens
 * @param from milliseconds since 1970; the check covers the next two years
 */
export function overlapFaults(types: readonly SnapshotType[], timezone: string, busySeconds: number, from: number): string[] {
    const { crons, rates } = split(types);
    const until = addYears(from, 2);
    const starts = crons.map((cron) => [...findStarts(cron, timezone, from, until)]);
    const inOrder = starts.flat().sort((a, b) => a.time - b.time);
    return [
        ...crons
            .filter((cron) => neverOpens(cron, timezone, from))
            .map(({ type }) => `schedules.${type} never opens a window; give it a time in the future`),
        ...starts.flatMap((ofType) => overlapWithinType(ofType, timezone)),
        ...rates
            .filter(({ every }) => every < WINDOW_HOURS * 60 * MINUTE)
            .map(
                ({ type }) =>
                    `schedules.${type} opens a window before its previous window of ${WINDOW_HOURS} hour closes; open at most one window an hour`,
            ),
        ...overlaps(inOrder, timezone, busySeconds),
        ...rateOverlaps(rates, starts, timezone, busySeconds),
    ];
}

/** Finds the types with a `rate` beside other types. Only AWS knows when their windows open, so some windows may overlap. */
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
 * Finds the starts of a type's windows. If a window opens too early, it skips to the time at which the previous window closes.
 * SSM opens no window in between either, and a schedule of one a minute would give a million.
 */
function* findStarts({ type, pattern }: Cron, timezone: string, from: number, to: number): Generator<Start> {
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

/** Finds the first overlap of a type's windows with each other. */
function overlapWithinType(starts: readonly Start[], timezone: string): string[] {
    const early = starts.find(({ time }, i) => time - (starts[i - 1]?.time ?? Number.NEGATIVE_INFINITY) < WINDOW_HOURS * 60 * MINUTE);
    return early
        ? [
              `schedules.${early.type} opens a window at ${at(early.time, timezone)}, before its previous window of ${WINDOW_HOURS} hour closes; open at most one window an hour`,
          ]
        : [];
}

/** Finds the first overlap of each pair of types. */
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
                    `schedules.${earlier.type} and schedules.${start.type} overlap: ${earlier.type} opens at ${at(earlier.time, timezone)} and may keep a server busy until ${at(free, timezone)}, but ${start.type} opens at ${at(start.time, timezone)}; move one of them`,
                );
            }
        }
    });
    return [...found.values()];
}

/** Finds the overlaps of a rate that are certain. Nobody knows yet when its windows open, but any start meets a window of the other type. */
function rateOverlaps(rates: readonly Rate[], starts: readonly (readonly Start[])[], timezone: string, busySeconds: number): string[] {
    // The rate has no room if less time than this lies between two windows of the other type.
    const room = 2 * busySeconds * 1000;
    return rates.flatMap(({ type, every }, i) => {
        const withCrons = starts.flatMap((others) =>
            others[0] && widestGap(others, every) < room ? [`${others[0].type}, which opens at ${at(others[0].time, timezone)}`] : [],
        );
        const withRates = rates.slice(i + 1).flatMap((other) => (commonDivisor(every, other.every) < room ? [other.type] : []));
        return [...withCrons, ...withRates].map(
            (other) =>
                `schedules.${type} will overlap with ${other}; a window may keep a server busy for ${Math.ceil(busySeconds / 60)} minutes; give ${type} a cron(…) expression`,
        );
    });
}

/** Finds the widest gap between the starts, modulo the interval of a rate. The rate has most room in this gap. */
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
