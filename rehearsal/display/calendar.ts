import { DateTime } from "luxon";
import pc from "picocolors";
import type { Rehearsal, RehearsalOptions } from "../rehearse";
import { wrapWords } from "./width";

const MONTHS_A_ROW = 2;
const CELL = 4;
const GAP = "   ";
/** Signs of types. X is left out, since x marks a failure. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ";

type Paint = (text: string) => string;

/** The sign behind a day's number, and its colour. */
interface Mark {
    readonly sign: string;
    readonly paint: Paint;
}

/**
 * Shows the rehearsed months in the policy's time zone, with a sign and a colour for each day:
 * - The initial of a type that has a restore point of that day at the end. It is small if a server has none.
 * - `x` if a run failed.
 * - `·` if the backups of that day are deleted.
 */
export function drawCalendar(rehearsal: Rehearsal, options: RehearsalOptions): string {
    const { timezone, types } = rehearsal;
    const signs = signsOf(types);
    const marks = marksOf(rehearsal, options, signs);
    const first = DateTime.fromMillis(options.start, { zone: timezone }).startOf("month");
    const last = DateTime.fromMillis(options.start + options.days * 86_400_000 - 1, { zone: timezone });
    const months = Array.from({ length: Math.floor(last.diff(first, "months").months) + 1 }, (_, i) =>
        drawMonth(first.plus({ months: i }), marks),
    );
    // Older months of a long rehearsal have almost no restore points at the end.
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
    return [...rows.map(joinMonths), legend.map((line) => wrapWords(line)).join("\n")].join("\n\n");
}

/** Marks the days of runs and restore points, by their dates in the policy's time zone. */
function marksOf(
    { timezone, types, runs, restorable }: Rehearsal,
    { servers }: RehearsalOptions,
    signs: ReadonlyMap<string, string>,
): Map<string, Mark> {
    const dayOf = (time: number) => DateTime.fromMillis(time, { zone: timezone }).toISODate() ?? "";
    const marks = new Map<string, Mark>();
    for (const { time, status } of runs) {
        const day = dayOf(time);
        const failed = status === "Failed" || marks.get(day)?.sign === "x";
        marks.set(day, failed ? { sign: "x", paint: pc.red } : { sign: "·", paint: pc.dim });
    }
    // A day with several types gets the mark of the last type, which is the rarest.
    for (const type of types) {
        const ofType = restorable.filter((point) => point.type === type);
        for (const [day, points] of groupBy(ofType, ({ time }) => dayOf(time))) {
            const everyServer = new Set(points.map(({ server }) => server)).size === servers;
            const sign = signs.get(type) ?? "?";
            marks.set(day, {
                sign: everyServer ? sign : sign.toLowerCase(),
                paint: everyServer ? (text) => pc.bold(pc.green(text)) : pc.yellow,
            });
        }
    }
    return marks;
}

function drawMonth(first: DateTime, marks: ReadonlyMap<string, Mark>): string[] {
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
    // Spaces stay outside the colours, since the end of a line is trimmed.
    return [pc.bold(title) + " ".repeat(CELL * 7 - title.length), `${pc.dim("Mo  Tu  We  Th  Fr  Sa  Su")}  `, ...weeks];
}

function joinMonths(months: readonly string[][]): string {
    const lines = Array.from({ length: 8 }, (_, i) =>
        months
            .map((lines) => lines[i])
            .join(GAP)
            .trimEnd(),
    );
    return lines.join("\n").trimEnd();
}

/** Gives each type its initial, or letters from A on if initials do not differ. */
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
