import { createHash } from "node:crypto";
import { bytesOf, LINE_BYTES } from "../aws/logLine";
import type { Finding } from "./finding";
import type { Memory } from "./memory";
import { type MemoryPart, type MemoryState, partOf } from "./memoryPart";
import { cut } from "./plainText";

/** Room for the numbers of the part, and for the names of the lists. */
const NAMES_BYTES = 160;

/** Sentences and cures are shorter. The limits keep each finding within a line. */
const SENTENCE_LENGTH = 2_000;

/** Ids, names and most addresses are shorter. A finding whose name is cut is not the same in the next run. */
export const WORD_LENGTH = 300;

/**
 * Writes a memory as lines of JSON, each shorter than 48 KiB. `readMemory` reads it back.
 *
 * @param policy its name
 */
export function memoryLines(policy: string, memory: Memory): string[] {
    const { ChatReported, ...lists } = listsOf(memory);
    const content = { Time: new Date(memory.time).toISOString(), ...stateOf(memory), ...lists, ChatReported };
    const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
    const head = { Watch: policy, Time: content.Time, Memory: digest, Part: 1, Parts: 1, ...stateOf(memory) };
    const room = LINE_BYTES - NAMES_BYTES - bytesOf(head);

    const emptyPart = (): Record<string, unknown[]> => (ChatReported === undefined ? {} : { ChatReported: [] });
    const parts = [emptyPart()];
    let left = room;
    for (const [name, entries] of Object.entries({ ...lists, ChatReported: ChatReported ?? [] })) {
        for (const entry of entries) {
            left -= bytesOf(entry) + 1;
            if (left < 0) {
                parts.push(emptyPart());
                left = room - bytesOf(entry) - 1;
            }
            const part = parts.at(-1) ?? {};
            part[name] ??= [];
            part[name].push(entry);
        }
    }
    return parts.map((part, i) => JSON.stringify({ ...head, Part: i + 1, Parts: parts.length, ...part }));
}

/** Shortens the texts of a finding, so that it fits into a line of the log even if all characters are escaped. */
export function bounded(finding: Finding): Finding {
    const words = Object.entries(finding).map(([key, value]) => [key, typeof value === "string" ? cut(value, WORD_LENGTH) : value]);
    return {
        ...finding,
        ...Object.fromEntries(words),
        sentence: cut(finding.sentence, SENTENCE_LENGTH),
        cure: cut(finding.cure, SENTENCE_LENGTH),
    };
}

function stateOf({ since, serversAt, reportedAt, reportDue, chatDue }: Memory): MemoryState {
    return { Since: since, ServersAt: serversAt, ReportDue: reportDue, ReportedAt: reportedAt, ChatDue: chatDue };
}

function listsOf({ firstSeen, options, schedules, excused, findings, reported, chatReported }: Memory) {
    return {
        FirstSeen: Object.entries(firstSeen),
        Options: Object.entries(options).map(([name, { value, since }]) => [name, value, since]),
        Schedules: Object.entries(schedules).map(([type, { schedule, since }]) => [type, schedule, since]),
        Excused: Object.entries(excused),
        Findings: findings.map(bounded),
        Reported: reported.map(bounded),
        ChatReported: chatReported?.map(bounded),
    };
}

/** What a memory knows of the reports. */
type ReportState = Pick<Memory, "reported" | "reportedAt" | "reportDue" | "chatReported" | "chatDue">;

/**
 * Reads the newest complete memory from lines of the log. It passes over lines that are incomplete, malformed or of another kind. Two runs
 * can read the same memory. If only the earlier one sends a report, the later one does not know of it. So what a memory knows of reports
 * comes from the run with the latest report.
 *
 * @param lines in the order of the log
 * @param now a later memory does not count: somebody ran the watch with a time in the future
 */
export function readMemory(lines: readonly string[], now = Number.POSITIVE_INFINITY): Memory | undefined {
    const runs = new Map<string, Map<number, MemoryPart>>();
    for (const part of lines.flatMap((line) => partOf(line) ?? [])) {
        const run = `${part.Time} ${part.Memory} ${part.Parts}`;
        const parts = runs.get(run) ?? new Map<number, MemoryPart>();
        // A run comes after all runs of which a part comes earlier.
        runs.delete(run);
        runs.set(run, parts.set(part.Part, part));
    }
    const memories = [...runs.values()]
        .flatMap((parts) => memoryOf([...parts.values()].sort((a, b) => a.Part - b.Part)) ?? [])
        .filter(({ time }) => time <= now);
    const newest = lastBy(memories, ({ time }) => time, reportTime);
    const reporting = lastBy(memories, reportTime, ({ time }) => time);
    return newest && reporting && { ...withoutReport(newest), ...reportOf(reporting) };
}

/** When the last report was due that a memory knows of. */
function reportTime({ reportedAt }: Memory): number {
    return reportedAt ?? Number.MIN_SAFE_INTEGER;
}

/** The memory with the highest first number; of those, the one with the highest second number; of those, the last. */
function lastBy(memories: readonly Memory[], first: (memory: Memory) => number, second: (memory: Memory) => number): Memory | undefined {
    return memories.toSorted((a, b) => first(a) - first(b) || second(a) - second(b)).at(-1);
}

function withoutReport({ reported, reportedAt, reportDue, chatReported, chatDue, ...rest }: Memory): Omit<Memory, keyof ReportState> {
    return rest;
}

function reportOf({ reported, reportedAt, reportDue, chatReported, chatDue }: Memory): ReportState {
    return {
        reported,
        reportDue,
        ...(reportedAt !== undefined && { reportedAt }),
        ...(chatReported && { chatReported }),
        ...(chatDue && { chatDue }),
    };
}

/** Joins the parts of a memory; undefined if some are missing. */
function memoryOf(parts: readonly MemoryPart[]): Memory | undefined {
    const [first] = parts;
    if (first === undefined || parts.length !== first.Parts) {
        return undefined;
    }
    const { Time, Since, ServersAt, ReportedAt, ReportDue, ChatDue, ChatReported } = first;
    const options = parts.flatMap(({ Options = [] }) => Options);
    const schedules = parts.flatMap(({ Schedules = [] }) => Schedules);
    return {
        time: Date.parse(Time),
        since: Since,
        firstSeen: Object.fromEntries(parts.flatMap(({ FirstSeen = [] }) => FirstSeen)),
        ...(ServersAt !== undefined && { serversAt: ServersAt }),
        options: Object.fromEntries(options.map(([name, value, since]) => [name, { value, since }])),
        schedules: Object.fromEntries(schedules.map(([type, schedule, since]) => [type, { schedule, since }])),
        excused: Object.fromEntries(parts.flatMap(({ Excused = [] }) => Excused)),
        findings: parts.flatMap(({ Findings = [] }) => Findings),
        reported: parts.flatMap(({ Reported = [] }) => Reported),
        reportDue: ReportDue,
        ...(ReportedAt !== undefined && { reportedAt: ReportedAt }),
        ...(ChatDue && { chatDue: ChatDue }),
        ...(ChatReported && { chatReported: parts.flatMap(({ ChatReported: some = [] }) => some) }),
    };
}
