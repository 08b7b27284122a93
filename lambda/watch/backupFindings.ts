import type { BackupSet } from "../retention/backupSets";
import { graceEnd } from "../retention/setStatus";
import { utc } from "../retention/wording";
import { nearTag } from "./accountFindings";
import type { DueRuns } from "./dueRuns";
import { dutyBegin, excuseKey, wasReached } from "./duties";
import type { Finding } from "./finding";
import type { Memory } from "./memory";
import { runsCommand } from "./serverFindings";
import { isRestorePoint, newestTime, type ServerSets } from "./serverSets";
import type { Server } from "./signals";
import { type Draft, isStopped, label, type Situation, stopTime } from "./situation";

const HOUR = 3_600_000;

/** Since when which runs are due on which servers. */
export type Duties = Pick<Memory, "schedules" | "firstSeen" | "excused">;

/** The sets of a type on a server, and since when it must have them. */
interface Duty {
    readonly server: Server;
    readonly runs: DueRuns;
    /** Of the type, newest first. */
    readonly sets: readonly BackupSet[];
    /** When the newest restore point of the type began; undefined if there is none. */
    readonly newest: number | undefined;
    readonly begin: number;
    /** Due runs for which the server was stopped. */
    readonly excused: ReadonlySet<number>;
}

/** A run that is over, and whose restore point is missing. */
interface Missed {
    readonly duty: Duty;
    /** When it was due. */
    readonly due: number;
}

/** Finds servers without the restore points that they should have. */
export function backupFindings(situation: Situation, duties: Duties): Draft[] {
    const { sets, watched } = situation;
    if (!sets) {
        return [];
    }
    return [
        ...watched.flatMap((server) => {
            const ofServer = sets.of(server);
            const owed = situation.dueRuns.map((runs) => dutyOf(server, runs, ofServer, situation, duties));
            const overdue = owed.flatMap((duty) => missedRun(duty, situation) ?? []);
            const stopped = owed
                .filter((duty) => !overdue.some((missed) => missed.duty === duty))
                .flatMap((duty) => missedWhileStopped(duty) ?? []);
            return [
                ...neverBackedUp(server, ofServer, [...overdue, ...stopped], situation, duties),
                ...overdue.map(({ duty, due }) => overdueFinding(duty, due, situation)),
                ...(isStopped(server) || !ofServer.some(isRestorePoint) ? [] : stopped.map((missed) => stoppedFinding(missed, situation))),
                ...uncoveredVolumes(server, ofServer, situation),
            ];
        }),
        ...stillOverdue(situation, sets),
    ];
}

function dutyOf(
    server: Server,
    runs: DueRuns,
    ofServer: readonly BackupSet[],
    { now, targets }: Situation,
    { schedules, firstSeen, excused }: Duties,
): Duty {
    return {
        server,
        runs,
        sets: ofServer.filter(({ type }) => type === runs.type),
        newest: newestTime(ofServer, runs.type),
        begin: dutyBegin(server, ofServer, schedules[runs.type]?.since ?? now, firstSeen[server.id] ?? now, targets),
        excused: new Set(excused[excuseKey(server, runs)]),
    };
}

/** Finds a server without any restore point, although a run is over. It is no problem as long as the server was always stopped. */
function neverBackedUp(
    server: Server,
    ofServer: readonly BackupSet[],
    missed: readonly Missed[],
    situation: Situation,
    { firstSeen }: Duties,
): Draft[] {
    const [first] = missed;
    const wasAlwaysStopped =
        isStopped(server) && (stopTime(server, situation) ?? Number.NEGATIVE_INFINITY) <= Math.min(...missed.map(({ duty }) => duty.begin));
    if (ofServer.some(isRestorePoint) || !first || wasAlwaysStopped) {
        return [];
    }
    return [
        {
            kind: "never backed up",
            severity: "problem",
            server: server.id,
            since: firstSeen[server.id],
            sentence: `${label(server)} has the server tag, and no restore point exists.`,
            cure: runsCommand(server, situation.targets),
        },
    ];
}

/** Finds out if a run of a type is over, and its restore point is missing. A run that was missed before is in the memory. */
function missedRun(duty: Duty, situation: Situation): Missed | undefined {
    const { server, runs, newest } = duty;
    const before = situation.known({ kind: "overdue", server: server.id, type: runs.type });
    if (before && isMissing(before.since, newest)) {
        return { duty, due: before.since };
    }
    const due = runs.every === undefined ? missedDue(duty, situation) : missedRate(duty, runs.every, situation);
    return due === undefined ? undefined : { duty, due };
}

/** The last run that is over and owed; an earlier one, if EC2 still copies the set of the last. */
function missedDue(duty: Duty, situation: Situation): number | undefined {
    const { runs } = duty;
    const { judged } = runs;
    if (!isOwed(judged, duty)) {
        return undefined;
    }
    if (!isCopied(judged, runs.from(judged + 1), duty, situation)) {
        return judged;
    }
    const earlier = runs.between(judged - situation.settings.failedSetGraceHours * HOUR, judged);
    return earlier.find((due, i) => isOwed(due, duty) && !isCopied(due, earlier[i + 1] ?? judged, duty, situation));
}

function isOwed(due: number | undefined, duty: Duty): due is number {
    return lacks(due, duty) && !duty.excused.has(due);
}

/** Whether no restore point follows a run that was due since the server has its duty. */
function lacks(due: number | undefined, { begin, newest }: Duty): due is number {
    return due !== undefined && due >= begin && isMissing(due, newest);
}

/** Whether no restore point follows a due run. */
function isMissing(due: number, newest: number | undefined): boolean {
    return (newest ?? Number.NEGATIVE_INFINITY) < due;
}

/**
 * Whether EC2 still copies the set of a run. The agent marks a set within minutes of its copy. One that stays unmarked has failed, although
 * the cleaner waits for longer.
 *
 * @param next when the next run is due; undefined if nobody knows
 */
function isCopied(due: number, next: number | undefined, { sets }: Duty, { now, settings }: Situation): boolean {
    return sets.some(
        ({ startTime, snapshots }) =>
            startTime >= due &&
            startTime < (next ?? Number.POSITIVE_INFINITY) &&
            snapshots.some(({ state }) => state !== "completed" && state !== "error") &&
            now < graceEnd(snapshots, settings),
    );
}

/**
 * By when a rate must have run again. Only AWS knows when it is due. So the time counts from the start of the server, unless a run has
 * reached it since its last restore point.
 */
function missedRate(duty: Duty, every: number, situation: Situation): number | undefined {
    const { server, runs, newest, begin } = duty;
    const { now } = situation;
    const last = Math.max(begin, newest ?? begin);
    const due = (wasReached(server, last + 1, situation) ? last : Math.max(last, server.launchedAt)) + every;
    const until = isStopped(server) ? (stopTime(server, situation) ?? Number.NEGATIVE_INFINITY) : now;
    return due + runs.patience <= until && !isCopied(last, undefined, duty, situation) ? due : undefined;
}

/** Finds out if a server was stopped when its last run was due, and has no restore point since. */
function missedWhileStopped(duty: Duty): Missed | undefined {
    const { judged } = duty.runs;
    return lacks(judged, duty) && duty.excused.has(judged) ? { duty, due: judged } : undefined;
}

function overdueFinding({ server, runs, newest }: Duty, due: number, { targets }: Situation): Draft {
    return {
        kind: "overdue",
        severity: "problem",
        server: server.id,
        type: runs.type,
        since: due,
        sentence: `${label(server)} has no ${runs.type} restore point of the run that was due at ${utc(due)}. ${newestSentence(newest)}`,
        cure: runsCommand(server, targets),
    };
}

/** Says that a server, which runs now, was stopped at the time of its backup: one that is stopped each night gets none. */
function stoppedFinding({ duty: { server, runs, newest }, due }: Missed, { settings }: Situation): Draft {
    return {
        kind: "missed while stopped",
        severity: settings.alarmStopped ? "problem" : "note",
        server: server.id,
        type: runs.type,
        since: due,
        sentence: `${label(server)} was stopped when its ${runs.type} run of ${utc(due)} was due. ${newestSentence(newest)}`,
        cure: "Let the server run at the time of the window, or change the option schedules.",
    };
}

function newestSentence(newest: number | undefined): string {
    return newest === undefined ? "It has none of this type." : `The newest is of ${utc(newest)}.`;
}

/** Keeps the overdue backups of servers that have lost the tag, since somebody may put it back. Excluded servers, and those of other policies, owe nothing. */
function stillOverdue({ untagged, memory, targets }: Situation, sets: ServerSets): Draft[] {
    const hasLostTag = (server: Server) => server.tags[targets.serverTag.key] === undefined || nearTag(server, targets) !== undefined;
    const byId = new Map<string | undefined, Server>(untagged.filter(hasLostTag).map((server) => [server.id, server]));
    const isOverdue = ({ kind, server: id, type, since }: Finding) => {
        const server = byId.get(id);
        return kind === "overdue" && server !== undefined && isMissing(since, newestTime(sets.of(server), type));
    };
    return memory?.findings.filter(isOverdue) ?? [];
}

/** Finds volumes that the newest restore point does not have, although they were attached when it was taken. */
function uncoveredVolumes(server: Server, sets: readonly BackupSet[], { targets, options }: Situation): Draft[] {
    const newest = sets.find(isRestorePoint);
    if (!newest) {
        return [];
    }
    const covered = new Set(newest.snapshots.map(({ volumeId }) => volumeId));
    const isBootOwed = !targets.excludeBootVolume && options.excludeBootVolume.since <= newest.startTime;
    return server.volumes
        .filter(({ id, attachedAt }) => !covered.has(id) && attachedAt <= newest.startTime)
        .filter(({ isRoot }) => !isRoot || isBootOwed)
        .map(({ id, device }) => ({
            kind: "volume not covered",
            severity: "problem",
            server: server.id,
            volume: id,
            since: newest.startTime,
            sentence: `The volume ${id} (${device}) of ${label(server)} is not in the newest restore point of ${utc(newest.startTime)}.`,
            cure: "Give the disk a drive letter in Windows' Disk Management, or detach it. VSS sees only disks that Windows has mounted.",
        }));
}
