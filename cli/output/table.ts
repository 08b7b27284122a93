import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

/** Below this width, a column of words is hard to read. */
const LEAST = 12;

/** Wide enough for an id in parentheses. Only longer words are broken. */
const ID = 24;

const GAP = 2;

/**
 * Writes rows as a table of at most so many columns. It folds long cells between words, and never cuts an id. If the screen is too narrow,
 * each row becomes a block of lines.
 */
export function writeTable(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
    const cells = head.map((title, i) => [title, ...rows.map((row) => row[i] ?? "")]);
    const widths = cells.map((column) => mostOf(column, stringWidth));
    const least = cells.map((column, i) =>
        Math.min(widths[i] ?? 0, Math.max(LEAST, mostOf(column, longestWord)), Math.max(ID, stringWidth(head[i] ?? ""))),
    );
    const folded = fold(widths, least, columns - GAP * (head.length - 1));
    return folded ? asTable(head, rows, folded) : asBlocks(head, rows, columns);
}

/** Takes columns from the widest cells until all fit; undefined if they cannot. Of equal ones, the last one folds first. */
function fold(widths: readonly number[], least: readonly number[], room: number): number[] | undefined {
    const folded = [...widths];
    for (let excess = folded.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
        const spare = folded.map((width, i) => (width > (least[i] ?? 0) ? width : 0));
        const widest = Math.max(...spare);
        if (widest === 0) {
            return undefined;
        }
        folded[spare.lastIndexOf(widest)] = widest - 1;
    }
    return folded;
}

/** The most of these numbers. A call with all of them would have too many arguments. */
function mostOf(texts: readonly string[], numberOf: (text: string) => number): number {
    return texts.reduce((most, text) => Math.max(most, numberOf(text)), 0);
}

function longestWord(cell: string): number {
    return Math.max(...cell.split(/\s+/).map((word) => stringWidth(word)));
}

/** A table library would take seconds for thousands of rows. */
function asTable(head: readonly string[], rows: readonly (readonly string[])[], widths: readonly number[]): string {
    const wrapped = [head, ...rows].map((row) => row.map((cell, i) => wrapAnsi(cell, widths[i] ?? LEAST, { hard: true }).split("\n")));
    // Words seldom fill a column to its end, so some columns get narrower.
    const taken = widths.map((_, i) =>
        wrapped.reduce((most, row) => Math.max(most, ...(row[i] ?? []).map((line) => stringWidth(line))), 0),
    );
    return lines(wrapped.flatMap((row) => rowLines(row, taken)));
}

/** @param row the lines of each cell */
function rowLines(row: readonly (readonly string[])[], widths: readonly number[]): string[] {
    const height = Math.max(...row.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) =>
        row
            .map((cell, i) => padded(cell[line] ?? "", widths[i] ?? 0))
            .join("")
            .trimEnd(),
    );
}

function padded(text: string, width: number): string {
    return text + " ".repeat(Math.max(0, width - stringWidth(text)) + GAP);
}

function asBlocks(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
    return rows.map((row) => lines(head.flatMap((title, i) => wrapLine(`${title}: ${row[i] ?? ""}`, columns, "  ")))).join("\n");
}

/** Breaks a text between words into lines of at most so many columns. The lines after the first begin with `hanging`. */
export function wrapLine(text: string, columns: number, hanging = ""): string[] {
    return wrapAnsi(text, columns - hanging.length)
        .split("\n")
        .map((line, i) => (i === 0 ? line : `${hanging}${line}`));
}

/** Ends each line with a line feed. */
export function lines(all: readonly string[]): string {
    return all.map((line) => `${line}\n`).join("");
}
