import Table from "cli-table3";
import stringWidth from "string-width";

/** Below this width, a column is hard to read. */
const LEAST = 12;

const GAP = 2;

const NO_LINES = {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "",
};

/** Writes rows as a table of at most so many columns. It folds long cells, and writes a block for each row if the screen is too narrow. */
export function writeTable(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
    const widths = head.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i] ?? "")].map((cell) => stringWidth(cell))));
    const folded = fold(widths, columns - GAP * head.length);
    return folded ? asTable(head, rows, folded) : asBlocks(head, rows);
}

/** Takes columns from the widest cells until all fit; undefined if they cannot. */
function fold(widths: readonly number[], room: number): number[] | undefined {
    const folded = [...widths];
    const sum = () => folded.reduce((total, width) => total + width, 0);
    while (sum() > room) {
        const widest = Math.max(...folded);
        if (widest <= LEAST) {
            return undefined;
        }
        folded[folded.indexOf(widest)] = widest - 1;
    }
    return folded;
}

function asTable(head: readonly string[], rows: readonly (readonly string[])[], widths: readonly number[]): string {
    const table = new Table({
        head: [...head],
        colWidths: widths.map((width) => width + GAP),
        wordWrap: true,
        wrapOnWordBoundary: true,
        chars: NO_LINES,
        style: { head: [], border: [], "padding-left": 0, "padding-right": GAP },
    });
    table.push(...rows.map((row) => [...row]));
    return lines(
        table
            .toString()
            .split("\n")
            .map((line) => line.trimEnd()),
    );
}

function asBlocks(head: readonly string[], rows: readonly (readonly string[])[]): string {
    return rows.map((row) => lines(head.map((title, i) => `${title}: ${row[i] ?? ""}`))).join("\n");
}

/** Ends each line with a line feed. */
export function lines(all: readonly string[]): string {
    return all.map((line) => `${line}\n`).join("");
}
