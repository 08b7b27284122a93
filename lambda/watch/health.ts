import { compareIds } from "../retention/snapshot";
import { accountFindings } from "./accountFindings";
import { backupFindings, type Duties } from "./backupFindings";
import { cleanerFindings } from "./cleanerFindings";
import { type DueRuns, dueRunsOf } from "./dueRuns";
import { excusedRuns, firstSeenTimes, optionTimes, scheduleTimes } from "./duties";
import { type Finding, findingKey, KINDS, type Kind } from "./finding";
import type { Memory } from "./memory";
import { restoreFindings } from "./restoreFindings";
import { serverFindings } from "./serverFindings";
import { isRestorePoint, newestTime, type ServerSets, serverSets } from "./serverSets";
import type { CleanerRun, Server, Signal, WatchSignals } from "./signals";
import { type Draft, isStopped, type Readings, type Situation } from "./situation";
import type { WatchSettings, WatchTargets } from "./watchSettings";
import { windowFindings } from "./windowFindings";

const HOUR = 3_600_000;

/** The newest restore point of a type, over all watched servers. Times are milliseconds since 1970. */
export interface TypeHealth {
    readonly type: string;
    /** Undefined if there is none. */
    readonly newest?: number;
    /** How many watched servers have a restore point of the type. */
    readonly servers: number;
    /** When its window opens next; undefined if only AWS knows. */
    readonly nextWindow?: number;
}

export interface Health {
    readonly time: number;
    /** Problems before notes, each in the order of `KINDS`, then by server, volume and type. */
    readonly findings: readonly Finding[];
    /** Problems of the last report, and problems since, that are over. In the order of `findings`. */
    readonly recovered: readonly Finding[];
    /** In the order of the policy. Undefined if the servers or the snapshots could not be read. */
    readonly types?: readonly TypeHealth[];
    /** Undefined if the servers could not be read. */
    readonly servers?: {
        /** How many have the server tag and are not excluded. */
        readonly watched: number;
        /** How many of these have no problem. */
        readonly ok: number;
        readonly excluded: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
    };
    /** Undefined if the snapshots could not be read. */
    readonly restorePoints?: number;
    /** Hours since the newest restore point of the server for which it is the oldest; undefined if no server has one. */
    readonly oldestNewestHours?: number;
    /** The last run of the cleaner in its log. */
    readonly cleaner?: CleanerRun;
    /** For the next run. `reported` and `reportDue` are those of the run before. `reporting.ts` replaces them. */
    readonly memory: Memory;
}

/** The signals without which a kind of finding can't be seen. */
const NEEDS: Readonly<Record<Kind, readonly (keyof WatchSignals)[]>> = {
    unread: [],
    "nobody targeted": ["servers"],
    "tag misspelled": ["servers"],
    "tag removed": ["servers", "snapshots"],
    "never backed up": ["servers", "snapshots"],
    overdue: ["servers", "snapshots"],
    failing: ["servers", "invocations"],
    "volume not covered": ["servers", "snapshots"],
    "window missing": ["windows"],
    "window disabled": ["windows"],
    "window changed": ["windows"],
    "window failed": ["executions"],
    "window skipped": ["executions"],
    "window never executed": ["executions"],
    "not Windows": ["servers", "nodes"],
    "no role": ["servers"],
    "too small": ["servers"],
    "not managed": ["servers", "nodes"],
    "agent offline": ["servers", "nodes"],
    "package failed": ["servers", "packages", "invocations"],
    "package missing": ["servers", "packages", "invocations"],
    "cleaner failed": ["cleanerRuns"],
    "cleaner late": ["cleanerRuns"],
    "cleaner held back": ["cleanerRuns"],
    "subscription unconfirmed": ["subscriptions"],
    "not recorded": ["recording"],
    "restore test failed": ["servers", "restoreTests"],
    "not tested": ["servers", "restoreTests"],
    stopped: ["servers"],
    "missed while stopped": ["servers", "snapshots"],
    "snapshots aging": ["servers", "snapshots"],
};

/**
 * Compares what should be there with what AWS lists. Pure: the same input gives the same health.
 *
 * @param now milliseconds since 1970
 * @param before of the run before; its value is undefined in the first run
 */
export function health(
    now: number,
    settings: WatchSettings,
    targets: WatchTargets,
    signals: WatchSignals,
    before: Signal<Memory | undefined>,
): Health {
    const memory = "value" in before ? before.value : undefined;
    const situation = situationOf(now, settings, targets, readingsOf(signals), memory);
    const duties: Duties = {
        schedules: scheduleTimes(situation),
        firstSeen: firstSeenTimes(situation),
        excused: situation.readings.servers ? excusedRuns(situation) : (memory?.excused ?? {}),
    };
    const drafts = [
        ...unreadFindings({ ...signals, memory: before }),
        ...accountFindings(situation),
        ...backupFindings(situation, duties),
        ...serverFindings(situation),
        ...windowFindings(situation, duties.schedules),
        ...cleanerFindings(situation),
        ...restoreFindings(situation, duties.firstSeen),
    ];
    const findings = sort(keepUnread(date(drafts, situation), memory, signals));
    return {
        time: now,
        findings,
        recovered: recovered(findings, situation),
        ...countsOf(situation, findings),
        memory: {
            time: now,
            since: memory?.since ?? now,
            ...serversAt(situation),
            options: situation.options,
            ...duties,
            findings,
            reported: memory?.reported ?? [],
            reportDue: memory?.reportDue ?? false,
        },
    };
}

function readingsOf(signals: WatchSignals): Readings {
    return Object.fromEntries(Object.entries(signals).flatMap(([name, signal]) => ("value" in signal ? [[name, signal.value]] : [])));
}

function situationOf(
    now: number,
    settings: WatchSettings,
    targets: WatchTargets,
    readings: Readings,
    memory: Memory | undefined,
): Situation {
    const { servers, snapshots } = readings;
    const { key, value } = targets.serverTag;
    const targeted = (servers ?? []).filter(({ tags }) => tags[key] === value);
    const isExcluded = ({ tags }: Server) => tags[settings.excludeTag] !== undefined;
    const sets = servers && snapshots ? serverSets(snapshots, servers, settings, now) : undefined;
    const before = new Map(memory?.findings.map((finding) => [findingKey(finding), finding]));
    return {
        now,
        settings,
        targets,
        readings,
        memory,
        targeted,
        watched: targeted.filter((server) => !isExcluded(server)),
        untagged: (servers ?? []).filter((server) => server.tags[key] !== value && !isExcluded(server)),
        sets,
        dueRuns: dueRunsOf(settings, now),
        options: optionTimes({ now, memory, settings, targets }),
        known: (name) => before.get(findingKey(name)),
    };
}

function serversAt({ now, readings, memory }: Situation): Pick<Memory, "serversAt"> {
    const time = readings.servers ? now : memory?.serversAt;
    return time === undefined ? {} : { serversAt: time };
}

const SIGNAL_WORDS: Readonly<Record<keyof WatchSignals | "memory", string>> = {
    servers: "the servers",
    nodes: "the managed instances",
    snapshots: "the snapshots",
    invocations: "the runs",
    windows: "the windows",
    executions: "the executions of windows",
    packages: "the installations of the VSS package",
    cleanerRuns: "the cleaner's log",
    subscriptions: "the topic's subscriptions",
    restoreTests: "the restore tests",
    recording: "what a restore needs of the servers",
    memory: "its own log",
};

/** A signal that can't be read is a problem: nobody knows if all is well. */
function unreadFindings(signals: WatchSignals & { readonly memory: Signal<unknown> }): Draft[] {
    return (Object.keys(SIGNAL_WORDS) as (keyof typeof SIGNAL_WORDS)[]).flatMap((name) => {
        const signal = signals[name];
        return signal === undefined || "value" in signal
            ? []
            : [
                  {
                      kind: "unread" as const,
                      severity: "problem" as const,
                      about: name,
                      sentence: `The watch could not read ${SIGNAL_WORDS[name]}: ${signal.unread}`,
                      cure: "If a permission or a resource is missing, run pulumi up --refresh. Otherwise wait for the next run.",
                  },
              ];
    });
}

/** Gives each finding its time: the earliest that is known, so that it does not change while the finding stays. */
function date(drafts: readonly Draft[], { now, known }: Situation): Finding[] {
    return drafts.map((draft) => {
        // The rule of overdue backups looks at the run before itself: a restore point ends the time of one overdue run, and not of the next.
        const before = draft.kind === "overdue" ? undefined : known(draft);
        return { ...draft, since: before?.since ?? draft.since ?? now };
    });
}

/** Adds the findings of the run before that can't be judged now. */
function keepUnread(findings: readonly Finding[], memory: Memory | undefined, signals: WatchSignals): Finding[] {
    const keys = new Set(findings.map(findingKey));
    const isUnread = ({ kind }: Finding) => NEEDS[kind].some((name) => !("value" in (signals[name] ?? {})));
    return [...findings, ...(memory?.findings ?? []).filter((finding) => isUnread(finding) && !keys.has(findingKey(finding)))];
}

function sort(findings: readonly Finding[]): Finding[] {
    const order = ({ severity, kind }: Finding) => (severity === "problem" ? 0 : KINDS.length) + KINDS.indexOf(kind);
    return findings.toSorted((a, b) => order(a) - order(b) || compareIds(findingKey(a), findingKey(b)));
}

/** Kinds of findings about servers without the tag. They end when the server has the tag, or an excuse. */
const OF_UNWATCHED: readonly Kind[] = ["tag misspelled", "tag removed"];

/** Kinds that the watch finds only on a server that runs. */
const NEEDS_RUNNING: readonly Kind[] = ["not managed", "agent offline", "failing", "package failed", "package missing"];

/** Problems of the last report that are over. If the watch no longer looks for a problem, that is no recovery. */
function recovered(findings: readonly Finding[], { memory, readings, watched }: Situation): Finding[] {
    const keys = new Set(findings.map(findingKey));
    const byId = new Map<string | undefined, Server>(watched.map((server) => [server.id, server]));
    const isStillWatched = ({ kind, server: id }: Finding) => {
        const server = byId.get(id);
        return (
            id === undefined ||
            OF_UNWATCHED.includes(kind) ||
            (server !== undefined && !(NEEDS_RUNNING.includes(kind) && isStopped(server)))
        );
    };
    const over = memory?.reported.filter((finding) => finding.severity === "problem" && !keys.has(findingKey(finding))) ?? [];
    return sort(over.filter((finding) => !readings.servers || isStillWatched(finding)));
}

function countsOf(
    { now, settings, readings, targeted, watched, sets, dueRuns }: Situation,
    findings: readonly Finding[],
): Pick<Health, "types" | "servers" | "restorePoints" | "oldestNewestHours" | "cleaner"> {
    const troubled = new Set(findings.filter(({ severity }) => severity === "problem").map(({ server }) => server));
    const newest = watched.flatMap((server) => sets?.of(server).find(isRestorePoint)?.startTime ?? []);
    const cleaner = readings.cleanerRuns?.toSorted((a, b) => b.time - a.time)[0];
    return {
        ...(sets && { types: dueRuns.map((runs) => typeHealth(runs, watched, sets, now)) }),
        ...(readings.servers && {
            servers: {
                watched: watched.length,
                ok: watched.filter(({ id }) => !troubled.has(id)).length,
                excluded: targeted.flatMap(({ id, name, tags }) => {
                    const reason = tags[settings.excludeTag];
                    return reason === undefined ? [] : [{ id, name, reason }];
                }),
            },
        }),
        ...(sets && { restorePoints: sets.all.filter(isRestorePoint).length }),
        ...(newest.length > 0 && { oldestNewestHours: (now - Math.min(...newest)) / HOUR }),
        ...(cleaner && { cleaner }),
    };
}

function typeHealth(runs: DueRuns, watched: Situation["watched"], sets: ServerSets, now: number): TypeHealth {
    const times = watched.flatMap((server) => newestTime(sets.of(server), runs.type) ?? []);
    const nextWindow = runs.from(now + 1);
    return {
        type: runs.type,
        ...(times.length > 0 && { newest: Math.max(...times) }),
        servers: times.length,
        ...(nextWindow !== undefined && { nextWindow }),
    };
}
