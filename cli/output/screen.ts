import type { Screen } from "../session";

const DEFAULT_COLUMNS = 80;

/** Looks at the terminal of this process. */
export function makeScreen(): Screen {
    const { stdin, stdout, stderr } = process;
    return {
        columns: stdout.columns || DEFAULT_COLUMNS,
        isInteractive: stdin.isTTY === true && stderr.isTTY === true,
        progress: (line) => {
            stderr.write(stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
        },
    };
}
