import { type Finding, KINDS, type Kind } from "./finding";

/** A part of a memory: one line of the log. `Watch` is the name of the policy, and the filter `{ $.Watch = * }` finds the lines. */
export interface MemoryPart extends MemoryState, MemoryLists {
    readonly Watch: string;
    /** ISO 8601, UTC. */
    readonly Time: string;
    /** The same in all parts of a memory, and in no other memory: two runs can have the same time. */
    readonly Memory: string;
    readonly Part: number;
    readonly Parts: number;
}

/** The same in all parts. Times are milliseconds since 1970. */
export interface MemoryState {
    readonly Since: number;
    readonly ServersAt?: number | undefined;
    readonly ReportDue: boolean;
    readonly ReportedAt?: number | undefined;
    readonly ChatDue?: true | undefined;
}

/** A part has some of the entries, and no empty lists. Only `ChatReported` is in all parts or in none. */
interface MemoryLists {
    readonly FirstSeen?: readonly (readonly [server: string, time: number])[] | undefined;
    readonly Options?: readonly (readonly [name: string, value: string, since: number])[] | undefined;
    readonly Schedules?: readonly (readonly [type: string, schedule: string, since: number])[] | undefined;
    readonly Excused?: readonly (readonly [serverAndType: string, dues: readonly number[]])[] | undefined;
    readonly Findings?: readonly Finding[] | undefined;
    readonly Reported?: readonly Finding[] | undefined;
    readonly ChatReported?: readonly Finding[] | undefined;
}

/** Reads a part of a memory from a line of the log; undefined if the line is something else, or if one of its values can't be right. */
export function partOf(line: string): MemoryPart | undefined {
    const value = parsed(line);
    if (!isRecord(value)) {
        return undefined;
    }
    const { Watch, Time, Memory, Part, Parts, Since, ServersAt, ReportedAt, ReportDue, ChatDue } = value;
    const lists = listsOf(value);
    const isWhole =
        lists !== undefined && isText(Watch) && isText(Time) && !Number.isNaN(Date.parse(Time)) && isText(Memory) && isTime(Since);
    if (!isWhole || !isCount(Part) || !isCount(Parts) || Part > Parts) {
        return undefined;
    }
    if (
        typeof ReportDue !== "boolean" ||
        !isOptional(ServersAt, isTime) ||
        !isOptional(ReportedAt, isTime) ||
        !isOptional(ChatDue, isTrue)
    ) {
        return undefined;
    }
    return { Watch, Time, Memory, Part, Parts, Since, ServersAt, ReportDue, ReportedAt, ChatDue, ...lists };
}

function listsOf(value: Readonly<Record<string, unknown>>): MemoryLists | undefined {
    const { FirstSeen, Options, Schedules, Excused } = value;
    const [Findings, Reported, ChatReported] = [value.Findings, value.Reported, value.ChatReported].map(withoutUnknownKinds);
    return isOptional(FirstSeen, isListOf(isFirstSeen)) &&
        isOptional(Options, isListOf(isSchedule)) &&
        isOptional(Schedules, isListOf(isSchedule)) &&
        isOptional(Excused, isListOf(isExcuse)) &&
        isOptional(Findings, isListOf(isFinding)) &&
        isOptional(Reported, isListOf(isFinding)) &&
        isOptional(ChatReported, isListOf(isFinding))
        ? { FirstSeen, Options, Schedules, Excused, Findings, Reported, ChatReported }
        : undefined;
}

/** Another version of the watch may have kinds that this one does not know. The rest of its memory counts. */
function withoutUnknownKinds(findings: unknown): unknown {
    return Array.isArray(findings)
        ? findings.filter((finding) => !isRecord(finding) || !isText(finding.kind) || isKind(finding.kind))
        : findings;
}

function isKind(kind: unknown): kind is Kind {
    return KINDS.some((known) => known === kind);
}

function parsed(line: string): unknown {
    try {
        return JSON.parse(line);
    } catch {
        return undefined;
    }
}

const SUBJECTS = ["server", "volume", "type", "about"];

function isFinding(value: unknown): value is Finding {
    return (
        isRecord(value) &&
        isKind(value.kind) &&
        (value.severity === "problem" || value.severity === "note") &&
        SUBJECTS.every((subject) => isOptional(value[subject], isText)) &&
        isTime(value.since) &&
        isText(value.sentence) &&
        isText(value.cure)
    );
}

function isFirstSeen(value: unknown): value is readonly [string, number] {
    return Array.isArray(value) && value.length === 2 && isText(value[0]) && isTime(value[1]);
}

function isSchedule(value: unknown): value is readonly [string, string, number] {
    return Array.isArray(value) && value.length === 3 && isText(value[0]) && isText(value[1]) && isTime(value[2]);
}

function isExcuse(value: unknown): value is readonly [string, readonly number[]] {
    return Array.isArray(value) && value.length === 2 && isText(value[0]) && isListOf(isTime)(value[1]);
}

function isListOf<T>(isEntry: (value: unknown) => value is T) {
    return (value: unknown): value is readonly T[] => Array.isArray(value) && value.every(isEntry);
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
    return value === undefined || is(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
    return typeof value === "string";
}

function isTrue(value: unknown): value is true {
    return value === true;
}

function isCount(value: unknown): value is number {
    return Number.isInteger(value) && Number(value) >= 1;
}

/** A time that a `Date` can hold. */
function isTime(value: unknown): value is number {
    return typeof value === "number" && Math.abs(value) <= 8.64e15;
}
