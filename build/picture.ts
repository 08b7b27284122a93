import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawTerminal } from "./terminal";

const ROOT = join(__dirname, "..");

/** Number of blocks at the end of the output: the last months, the legend of the calendar, the verdict. */
const LAST_BLOCKS = 4;

/** Runs `npm start`. Returns its output, with colours. */
export function rehearsalOutput(): string {
    const env = { ...process.env, FORCE_COLOR: "1", NO_COLOR: undefined };
    return execFileSync(process.execPath, ["-r", "ts-node/register", "rehearsal/main.ts"], { cwd: ROOT, encoding: "utf8", env });
}

/** Draws the picture of the README: the end of the output of `npm start`. */
export function rehearsalPicture(output: string): string {
    const start = output.indexOf("\u001b[1m\u001b[4mWhat can be restored");
    const blocks = output.slice(start).trimEnd().split("\n\n");
    const calendar = blocks.findIndex((block) => block.includes("Calendar"));
    const shown = [...blocks.slice(0, calendar + 1), "…", ...blocks.slice(calendar + 1).slice(-LAST_BLOCKS)];
    const lines = ["$ npm start", "…", "", ...shown.join("\n\n").split("\n")];
    return drawTerminal("The end of a rehearsal: restore points per snapshot type, and a calendar of all runs", lines);
}

if (require.main === module) {
    writeFileSync(join(ROOT, "docs", "rehearsal.svg"), rehearsalPicture(rehearsalOutput()));
}
