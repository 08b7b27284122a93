import { DateTime } from "luxon";
import pc from "picocolors";
import type { Rehearsal, RehearsalOptions } from "../rehearse";
import { wrapWords } from "./width";

const MONTHS_A_ROW = 2;
const CELL = 4;
const GAP = "   ";
/** Signs of types; x is for failures. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ";

type Paint = (text: string) => string;

/** What a day shows behind its number, and in which colour. */
interface Mark {
    readonly sign: string;
    readonly paint: Paint;
}

/**
 * The rehearsed months in the policy's time zone, a sign and a colour for each day: the initial of the type whose restore points of that
 * day stand at the end (small where not every server has one), `x` where a run failed, `·` where a backup was and is no longer needed.
 */
export function calendar({ timezone, types, runs, restorable }: Rehearsal, { start, days, servers }: RehearsalOptions): string {
    const dayOf = (time: number) => DateTime.fromMillis(time, { zone: timezone }).toISODate() ?? "";
    const signs = signsOf(types);
    const marks = new Map<string, Mark>();
    for (const { time, status } of runs) {
        const day = dayOf(time);
        const failed = status === "Failed" || marks.get(day)?.sign === "x";
        marks.set(day, failed ? { sign: "x", paint: pc.red } : { sign: "·", paint: pc.dim });
    }
    // Types in their order, so that where several stand on one day the rarest shows.
    for (const type of types) {
        for (const [day, standing] of groupBy(
            restorable.filter((point) => point.type === type),
            ({ time }) => dayOf(time),
        )) {
            const everyServer = new Set(standing.map(({ server }) => server)).size === servers;
            const sign = signs.get(type) ?? "?";
            marks.set(day, {
                sign: everyServer ? sign : sign.toLowerCase(),
                paint: everyServer ? (text) => pc.bold(pc.green(text)) : pc.yellow,
            });
        }
    }
    const first = DateTime.fromMillis(start, { zone: timezone }).startOf("month");
    const last = DateTime.fromMillis(start + days * 86_400_000 - 1, { zone: timezone });
    const months = Array.from({ length: Math.floor(last.diff(first, "months").months) + 1 }, (_, i) =>
        month(first.plus({ months: i }), marks),
    );
    // Of long rehearsals the last year tells all that can stand.
    const shown = months.slice(-13);
    const rows = Array.from({ length: Math.ceil(shown.length / MONTHS_A_ROW) }, (_, i) =>
        shown.slice(i * MONTHS_A_ROW, (i + 1) * MONTHS_A_ROW),
    );
    const legend = [
        ...types.map((type) => `${pc.bold(pc.green(signs.get(type) ?? ""))} ${type} can be restored`),
        `${pc.yellow("small")} not on every server`,
        `${pc.red("x")} a run failed`,
        `${pc.dim("·")} deleted since`,
    ];
    return [...rows.map(beside), legend.map((line) => wrapWords(line)).join("\n")].join("\n\n");
}

function month(first: DateTime, marks: ReadonlyMap<string, Mark>): string[] {
    const blank = " ".repeat(CELL);
    const cells = [
        ...Array.from({ length: first.weekday - 1 }, () => blank),
        ...Array.from({ length: first.daysInMonth ?? 0 }, (_, i) => {
            const mark = marks.get(first.plus({ days: i }).toISODate() ?? "");
            const text = `${String(i + 1).padStart(2)}${mark?.sign ?? " "}`;
            return `${mark ? mark.paint(text) : text} `;
        }),
    ];
    const weeks = Array.from({ length: 6 }, (_, i) => Array.from({ length: 7 }, (_, k) => cells[i * 7 + k] ?? blank).join(""));
    const title = first.toFormat("MMMM yyyy", { locale: "en" });
    return [pc.bold(title.padEnd(CELL * 7)), pc.dim("Mo  Tu  We  Th  Fr  Sa  Su  "), ...weeks];
}

function beside(months: readonly string[][]): string {
    const lines = Array.from({ length: 8 }, (_, i) =>
        months
            .map((lines) => lines[i])
            .join(GAP)
            .trimEnd(),
    );
    return lines.join("\n").trimEnd();
}

/** Initials where they differ, else letters in their order. */
function signsOf(types: readonly string[]): Map<string, string> {
    const initials = types.map((type) => type.slice(0, 1).toUpperCase());
    const differ = new Set(initials).size === types.length && initials.every((initial) => /[A-Z]/.test(initial) && initial !== "X");
    return new Map(types.map((type, i) => [type, (differ ? initials[i] : LETTERS[i % LETTERS.length]) as string]));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
    const groups = new Map<string, T[]>();
    for (const item of items) {
        groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
    }
    return groups;
}
