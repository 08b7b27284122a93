import type { BackupSet } from "../retention/backupSets";
import { graceEnd } from "../retention/setStatus";
import { utc } from "../retention/wording";
import type { DueRuns } from "./dueRuns";
import { dutyBegin, excuseKey } from "./duties";
import type { Memory } from "./memory";
import { isRestorePoint } from "./serverSets";
import type { Server } from "./signals";
import { type Draft, label, type Situation } from "./situation";

/** Since when which runs are due on which servers. */
export type Duties = Pick<Memory, "schedules" | "firstSeen" | "excused">;

/** Finds servers without the restore points that they should have. */
export function backupFindings(situation: Situation, duties: Duties): Draft[] {
    const { sets, watched } = situation;
    if (!sets) {
        return [];
    }
    return watched.flatMap((server) => {
        const ofServer = sets.of(server);
        const overdue = situation.dueRuns.flatMap((runs) => overdueRun(server, runs, ofServer, situation, duties));
        const never = ofServer.some(isRestorePoint) || overdue.length === 0 ? [] : [neverBackedUp(server, duties)];
        return [...never, ...overdue, ...uncoveredVolumes(server, ofServer, situation)];
    });
}

function neverBackedUp(server: Server, { firstSeen }: Duties): Draft {
    return {
        kind: "never backed up",
        severity: "problem",
        server: server.id,
        since: firstSeen[server.id],
        sentence: `${label(server)} has the server tag, and no restore point exists.`,
        cure: lookAtRuns(server),
    };
}

/** Finds out if a run of a type is over, and its restore point is missing. */
function overdueRun(server: Server, runs: DueRuns, sets: readonly BackupSet[], situation: Situation, duties: Duties): Draft[] {
    const { now, settings, known } = situation;
    const ofType = sets.filter(({ type }) => type === runs.type);
    const newest = ofType.find(isRestorePoint)?.startTime;
    const name = { kind: "overdue", server: server.id, type: runs.type } as const;
    const before = known(name);
    const since = before && isMissing(before.since, newest) ? before.since : missedSince(server, runs, newest, situation, duties);
    if (since === undefined) {
        return [];
    }
    const isCopied = ofType.some((set) => set.startTime >= since && isInCopy(set) && now < graceEnd(set.snapshots, settings));
    if (isCopied && !before) {
        return [];
    }
    const last = newest === undefined ? "It has none of this type." : `The newest is of ${utc(newest)}.`;
    return [
        {
            ...name,
            severity: "problem",
            since,
            sentence: `${label(server)} has no ${runs.type} restore point of the run that was due at ${utc(since)}. ${last}`,
            cure: lookAtRuns(server),
        },
    ];
}

/**
 * Whether EC2 still copies a set. The agent marks a set within minutes of its copy. One that stays unmarked has failed, although the cleaner
 * waits for longer.
 */
function isInCopy({ snapshots }: BackupSet): boolean {
    return snapshots.some(({ state }) => state !== "completed" && state !== "error");
}

/** Whether no restore point follows a due run. */
function isMissing(due: number, newest: number | undefined): boolean {
    return (newest ?? Number.NEGATIVE_INFINITY) < due;
}

/** The due time of the last run, if its restore point is missing. A run that was missed before is in the memory. */
function missedSince(
    server: Server,
    runs: DueRuns,
    newest: number | undefined,
    { now }: Situation,
    { schedules, firstSeen, excused }: Duties,
): number | undefined {
    const begin = dutyBegin(server, schedules[runs.type]?.since ?? now, firstSeen[server.id] ?? now);
    if (runs.every !== undefined) {
        const due = Math.max(begin, newest ?? begin, server.launchedAt) + runs.every;
        return due + runs.patience <= Math.min(now, server.stoppedAt ?? now) ? due : undefined;
    }
    const due = runs.judged ?? Number.NEGATIVE_INFINITY;
    const isOwed = due >= begin && isMissing(due, newest) && !excused[excuseKey(server, runs)]?.includes(due);
    return isOwed ? due : undefined;
}

/** Finds volumes that the newest restore point does not have, although they were attached when it was taken. */
function uncoveredVolumes(server: Server, sets: readonly BackupSet[], { targets }: Situation): Draft[] {
    const newest = sets.find(isRestorePoint);
    if (!newest) {
        return [];
    }
    const covered = new Set(newest.snapshots.map(({ volumeId }) => volumeId));
    return server.volumes
        .filter(({ id, attachedAt }) => !covered.has(id) && attachedAt <= newest.startTime)
        .filter(({ isRoot }) => !(isRoot && targets.excludeBootVolume))
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

/** The command that shows why the last runs of a server failed. */
function lookAtRuns({ id }: Server): string {
    return `aws ssm list-command-invocations --instance-id ${id} --details --max-items 1`;
}
