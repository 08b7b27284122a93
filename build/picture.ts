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

/** Draws the first picture of the README: restore points, the end of the calendar, drill and verdict of `npm start`. */
export function rehearsalPicture(output: string): string {
    const start = output.indexOf(`${TITLE}What can be restored`);
    const blocks = output.slice(start).trimEnd().split("\n\n");
    const calendar = blocks.findIndex((block) => block.includes("Calendar")) + 1;
    const months = blocks.slice(calendar);
    const end = months.findIndex((block) => block.startsWith(TITLE));
    const drill = blocks.slice(blocks.findIndex((block) => block.includes("A drill")));
    const shown = [...blocks.slice(0, calendar), "…", ...months.slice(0, end).slice(-LAST_BLOCKS), "…", ...drill];
    const lines = ["$ npm start", "…", "", ...shown.join("\n\n").split("\n")];
    return drawTerminal("The end of a rehearsal: restore points per snapshot type, a calendar of all runs, and a drill", lines);
}

/** Draws the second picture of the README. */
export function statusPicture(): string {
    const title = "vss-backup status: a table of servers, and an overdue backup with the next step";
    return screenPicture(title, "command-line.md", "vss-backup status");
}

/** Draws the third picture of the README: a restore of data disks. */
export function restorePicture(): string {
    return screenPicture("vss-backup restore: the steps of a restore, each done", "restore.md", "vss-backup restore apply plan.json --yes");
}

/** Draws the last screen of a command that a page shows. A test compares it with the command. */
function screenPicture(title: string, page: string, command: string): string {
    const [, ...screens] = readFileSync(join(ROOT, "docs", page), "utf8").split(`\`\`\`sh\n${command}\n\`\`\`\n\n\`\`\`text\n`);
    const [screen = ""] = screens.at(-1)?.split("```") ?? [];
    return drawTerminal(title, [`$ ${command}`, "", ...screen.trimEnd().split("\n")]);
}

if (require.main === module) {
    writeFileSync(join(ROOT, "docs", "rehearsal.svg"), rehearsalPicture(rehearsalOutput()));
    writeFileSync(join(ROOT, "docs", "status.svg"), statusPicture());
    writeFileSync(join(ROOT, "docs", "restore.svg"), restorePicture());
}
