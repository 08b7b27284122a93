import wrapAnsi from "wrap-ansi";
import type { Screen } from "../session";

const DEFAULT_COLUMNS = 80;

/** Clears the line of a terminal. */
const CLEAR = "\r\u001b[K";

/** Looks at the terminal of this process. */
export function makeScreen(): Screen {
    const { stdin, stdout, stderr } = process;
    let isLineShown = false;
    return {
        columns: stdout.columns || DEFAULT_COLUMNS,
        // https://no-color.org: any text that is not empty.
        isColored: stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
        isInteractive: stdin.isTTY === true && stderr.isTTY === true,
        tell: (text) => stderr.write(text),
        progress: (line) => {
            stderr.write(stderr.isTTY ? `${CLEAR}${firstColumns(line, stderr.columns || DEFAULT_COLUMNS)}` : `${line}\n`);
            isLineShown = stderr.isTTY;
        },
        clear: () => {
            if (isLineShown) {
                stderr.write(CLEAR);
                isLineShown = false;
            }
        },
    };
}

/** Cuts a line so that it stays in one row of the terminal: only that row can be cleared. The last column stays free for the cursor. */
function firstColumns(line: string, columns: number): string {
    return wrapAnsi(line, columns - 1, { hard: true, wordWrap: false }).split("\n")[0] ?? "";
}
