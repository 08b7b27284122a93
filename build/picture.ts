import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawTerminal } from "./terminal";

const ROOT = join(__dirname, "..");

/** Blocks of the calendar at its end: the last months and the legend. */
const LAST_BLOCKS = 3;

/** How the title of a section begins, in bold and underlined. */
const TITLE = "\u001b[1m\u001b[4m";

/** Runs `npm start`. Returns its output, with colours. */
export function rehearsalOutput(): string {
    const env = { ...process.env, FORCE_COLOR: "1", NO_COLOR: undefined };
    return execFileSync(process.execPath, ["-r", "ts-node/register", "rehearsal/main.ts"], { cwd: ROOT, encoding: "utf8", env });
}

/** Draws the first picture of the README: restore points, the end of the calendar, and the verdict of `npm start`. */
export function rehearsalPicture(output: string): string {
    const start = output.indexOf(`${TITLE}What can be restored`);
    const blocks = output.slice(start).trimEnd().split("\n\n");
    const calendar = blocks.findIndex((block) => block.includes("Calendar")) + 1;
    const months = blocks.slice(calendar);
    const end = months.findIndex((block) => block.startsWith(TITLE));
    const shown = [...blocks.slice(0, calendar), "…", ...months.slice(0, end).slice(-LAST_BLOCKS), "…", blocks.at(-1)];
    const lines = ["$ npm start", "…", "", ...shown.join("\n\n").split("\n")];
    return drawTerminal("The end of a rehearsal: restore points per snapshot type, and a calendar of all runs", lines);
}

/** Draws the second picture of the README: the screen of `vss-backup status`, which its page shows and a test compares with the command. */
export function statusPicture(): string {
    const page = readFileSync(join(ROOT, "docs", "command-line.md"), "utf8");
    const [, screen = ""] = /```sh\nvss-backup status\n```\n\n```text\n(.*?)```/s.exec(page) ?? [];
    return drawTerminal("vss-backup status: a table of servers, and an overdue backup with the next step", [
        "$ vss-backup status",
        "",
        ...screen.trimEnd().split("\n"),
    ]);
}

if (require.main === module) {
    writeFileSync(join(ROOT, "docs", "rehearsal.svg"), rehearsalPicture(rehearsalOutput()));
    writeFileSync(join(ROOT, "docs", "status.svg"), statusPicture());
}
