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
        progress: (line) => {
            stderr.write(stderr.isTTY ? `${CLEAR}${line}` : `${line}\n`);
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
