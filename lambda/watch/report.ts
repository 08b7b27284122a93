import { counted } from "../retention/wording";
import { clock as clockIn } from "./clock";
import { areRead, countsOf } from "./counts";
import { type Finding, KINDS } from "./finding";
import type { Health, TypeHealth } from "./health";
import { cut, plain, splitCure, wrap } from "./plainText";
import { label } from "./situation";
import { serversOf, subjectOf } from "./subject";
import type { WatchSettings } from "./watchSettings";

/** SNS takes 256 KB for a message with all that belongs to it. */
const TEXT_BYTES = 240 * 1024;

/** How many entries of a list the text shows. */
const MOST = 20;

/** The output of a run can be long, and its end is in the sentence. */
const SENTENCE_LENGTH = 600;

/** Where a reader finds the findings that the text leaves out. */
const LOG = "; the log has all";

const INDENT = "  ";

/** Texts that are whole in the message, or not in it. */
interface Section {
    readonly title: string;
    readonly blocks: readonly string[];
}

type Exclusion = NonNullable<Health["servers"]>["excluded"][number];

type ReportSettings = Pick<WatchSettings, "name" | "timezone" | "schedules" | "reportOnly">;

/**
 * Writes the report of a run as a mail: first the problems with their cures, then the state of the backups. Its lines have at most 80 columns; only a command
 * that is longer stays in one line. The same health gives the same text.
 */
export function writeReport(health: Health, settings: ReportSettings): { readonly subject: string; readonly text: string } {
    const clock = (time: number) => clockIn(time, settings.timezone);
    const problems = groups(health.findings, "problem", clock);
    const notes = groups(health.findings, "note", clock);
    const tail = [
        { title: "RESTORE POINTS", blocks: [restorePoints(health, clock)] },
        { title: "CLEANER", blocks: [cleaner(health, settings, clock)] },
        { title: "NEXT WINDOWS", blocks: nextWindows(health, settings, clock) },
        { title: "", blocks: [lines(["", ...wrap(`All findings are in the log group /vss-backup/${settings.name}/watch.`)])] },
    ];
    const head = [
        { title: "", blocks: [summary(health, settings, clock)] },
        { title: "PROBLEMS", blocks: problems },
        { title: "RECOVERED SINCE THE LAST REPORT", blocks: list(health.recovered, (finding) => recovery(finding, clock)) },
        { title: "NOTES", blocks: notes },
        { title: "EXCLUDED SERVERS", blocks: list(health.servers?.excluded ?? [], exclusion, "") },
    ];
    return { subject: subjectOf(health, settings), text: assemble(head, tail) };
}

function summary(health: Health, { name, timezone }: ReportSettings, clock: (time: number) => string): string {
    const { Problems } = countsOf(health);
    const numbers = [
        serversOf(health),
        Problems === 0 ? "no problems" : counted(Problems, "problem"),
        ...(health.recovered.length > 0 ? [`${health.recovered.length} recovered`] : []),
    ];
    const exception = timezone === "UTC" ? "" : ", unless they say UTC";
    return lines([
        ...wrap(`Backups of policy ${name} at ${clock(health.time)}. Times are in ${timezone}${exception}.`),
        ...wrap(`${numbers.join(", ")}.`),
    ]);
}

/** The findings of a severity, grouped by kind. The title of each group is part of its first block. */
function groups(findings: readonly Finding[], severity: Finding["severity"], clock: (time: number) => string): string[] {
    const blocks = KINDS.flatMap((kind) => {
        const ofKind = findings.filter((finding) => finding.kind === kind && finding.severity === severity);
        const [first, ...others] = list(ofKind, (finding) => paragraph(finding, clock));
        return first === undefined ? [] : [`${kind}: ${ofKind.length}\n\n${first}`, ...others];
    });
    return blocks.map((block, i) => (i === 0 ? block : `\n${block}`));
}

function paragraph(finding: Finding, clock: (time: number) => string): string {
    return lines([...sentenceLines(finding), ...wrap(`Since ${clock(finding.since)}.`, INDENT), ...cureLines(finding.cure)]);
}

function recovery(finding: Finding, clock: (time: number) => string): string {
    return lines(sentenceLines(finding, `${finding.kind} since ${clock(finding.since)}, until now: `));
}

function sentenceLines({ sentence }: Finding, title = ""): string[] {
    return wrap(`- ${title}${cut(plain(sentence), SENTENCE_LENGTH)}`, "", INDENT);
}

function cureLines(cure: string): string[] {
    const { words, command } = splitCure(cure);
    const next = wrap(words === undefined ? "Next:" : `Next: ${words}`, INDENT);
    return command === undefined ? next : [...next, `${INDENT}${INDENT}${command}`];
}

function exclusion({ id, name, reason }: Exclusion): string {
    return lines(wrap(`- ${label({ id, name })}: ${cut(plain(reason), SENTENCE_LENGTH) || "no reason given"}`, "", INDENT));
}

function restorePoints({ types, servers, restorePoints }: Health, clock: (time: number) => string): string {
    if (!types) {
        return lines(["Unknown, because the servers or the snapshots could not be read."]);
    }
    return lines([
        ...types.flatMap(({ type, newest, servers: having }) =>
            wrap(
                newest === undefined ? `${type}: none` : `${type}: newest ${clock(newest)}, ${having} of ${servers?.watched} servers`,
                "",
                INDENT,
            ),
        ),
        `${restorePoints} in all.`,
    ]);
}

function cleaner(health: Health, { reportOnly }: ReportSettings, clock: (time: number) => string): string {
    const { cleaner: run } = health;
    if (!areRead(health, "cleanerRuns")) {
        return lines(["Unknown, because its log could not be read."]);
    }
    if (run === undefined) {
        return lines(["Its log has no run."]);
    }
    const numbers = `${run.kept} kept, ${run.deleted} deleted, ${run.failed} refused, ${run.remaining} left for the next run`;
    return lines([
        ...wrap(`Run of ${clock(run.time)}: ${run.status}, ${numbers}.`),
        ...(reportOnly ? wrap("It deletes nothing, because reportOnly is true.") : []),
    ]).concat(...list(run.errors, (error) => lines(wrap(`- ${cut(plain(error), SENTENCE_LENGTH)}`, "", INDENT))));
}

function nextWindows({ types = [] }: Health, { schedules }: ReportSettings, clock: (time: number) => string): string[] {
    return types.map((ofType) => lines(wrap(nextWindowText(ofType, schedules, clock), "", INDENT)));
}

/** Says when the window of a type opens next. */
export function nextWindowText(
    { type, nextWindow }: TypeHealth,
    schedules: ReportSettings["schedules"],
    clock: (time: number) => string,
): string {
    const schedule = Object.hasOwn(schedules, type) ? schedules[type] : undefined;
    const without = schedule?.startsWith("rate") ? "only AWS knows, because its schedule is a rate" : "none";
    return `${type}: ${nextWindow === undefined ? without : clock(nextWindow)}`;
}

/** The first entries of a list, and how many others there are. */
function list<T>(entries: readonly T[], block: (entry: T) => string, place = LOG): string[] {
    const others = entries.length - MOST;
    return [...entries.slice(0, MOST).map(block), ...(others > 0 ? [lines([`… and ${others} more${place}`])] : [])];
}

/** Joins the sections. If they are too long, the last blocks of the head are left out. */
function assemble(head: readonly Section[], tail: readonly Section[]): string {
    const CUT = `\nThe report is too long for a mail, and is cut here${LOG}.\n`;
    const end = tail.flatMap(blocksOf).join("");
    const blocks = head.flatMap(blocksOf);
    let left = TEXT_BYTES - Buffer.byteLength(CUT + end);
    const fitting = blocks.findIndex((block) => {
        left -= Buffer.byteLength(block);
        return left < 0;
    });
    return (fitting < 0 ? blocks.join("") : blocks.slice(0, fitting).join("") + CUT) + end;
}

/** The blocks of a section. The first begins with the title. */
function blocksOf({ title, blocks }: Section): string[] {
    return blocks.map((block, i) => (i === 0 && title !== "" ? `\n${title}\n\n${block}` : block));
}

function lines(all: readonly string[]): string {
    return all.map((line) => `${line}\n`).join("");
}
