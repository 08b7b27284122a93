import { type BackupSet, backupSets, newestFirst } from "./backupSets";
import { deletionOrder } from "./deletionOrder";
import { judgedOrThrow, type MissedRun, ofType, type Verdict } from "./retention";
import { checkPlanInput, type RetentionPolicy } from "./retentionPolicy";
import { graceEnd } from "./setStatus";
import { compareIds, type Snapshot } from "./snapshot";
import { type StaleVolume, staleVolumes } from "./staleVolumes";
import { POLICY_TAG } from "./tags";
import { judgeVolumes, type Volume } from "./volumes";
import { utc } from "./wording";

/**
 * The decision about one snapshot.
 *
 * - `keep`: needed by retention, or held by an operator.
 * - `leave`: left alone, because it is not judged, not finished or failed. It stays.
 * - `delete`: no longer needed.
 */
export interface Decision {
    readonly snapshot: Snapshot;
    readonly action: "keep" | "leave" | "delete";
    /** One sentence. */
    readonly reason: string;
    /** The runs of its volume for which it stands in. */
    readonly standsInFor: readonly MissedRun[];
}

export interface Plan {
    /** One decision for every snapshot of the policy, oldest set first. */
    readonly decisions: readonly Decision[];
    /** The sets to delete, oldest first, each whole, its snapshots in the order in which they are to be deleted. */
    readonly deletions: readonly (readonly Decision[])[];
    /** Volumes that were backed up once, and no longer are. */
    readonly staleVolumes: readonly StaleVolume[];
    /** The sets that were found by their times alone: an old VSS package wrote no id. Each may hold snapshots of several servers. */
    readonly setsFoundByTime: readonly BackupSet[];
    /** Volumes with snapshots that `orphanDays` may delete if the volumes no longer exist. */
    readonly orphanCandidates: readonly string[];
}

/** The facts that decide about a policy's sets. */
interface Judgement {
    readonly policy: RetentionPolicy;
    readonly now: number;
    readonly volumes: ReadonlyMap<string, Volume>;
}

/**
 * Decides which snapshots of a policy are kept and which are deleted, and says why.
 *
 * `judgeVolume` says which restore points a volume needs. A set is kept as long as one of its volumes needs it. A pending or failed set
 * pushes no restore point out. Sets that started after `now` are left alone and count for nothing. So a plan for an earlier time deletes
 * nothing that would have been kept then. Pure: the same input gives the same plan, in any order of the snapshots.
 *
 * @param now milliseconds since 1970
 * @param lostVolumes ids of volumes that are known not to exist
 * @throws RangeError if `now` or a number of the policy is invalid: then nothing is deleted
 * @throws Error if a volume was not judged, which would be a fault of this function
 */
export function planCleaning(
    snapshots: readonly Snapshot[],
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string> = new Set(),
): Plan {
    checkPlanInput(policy, now);
    const ofPolicy = snapshots.filter((snapshot) => snapshot.tags[POLICY_TAG] === policy.name);
    const sets = backupSets(ofPolicy, policy, now);
    const judged = sets.filter((set) => outsidePolicy(set, policy) === undefined);
    const volumes = judgeVolumes(judged, policy, now, lostVolumes);
    const decided = sets.toReversed().map((set) => ({ set, decisions: decide(set, { policy, now, volumes }) }));
    return {
        decisions: decided.flatMap(({ decisions }) => decisions),
        deletions: decided
            .filter(({ decisions }) => decisions[0]?.action === "delete")
            .map(({ set, decisions }) => inDeletionOrder(set, decisions, policy)),
        setsFoundByTime: judged.filter(({ identified }) => !identified).toReversed(),
        staleVolumes: staleVolumes([...volumes.values()], policy, now, lostVolumes),
        orphanCandidates: [...volumes.values()].filter(({ isOrphanCandidate }) => isOrphanCandidate).map(({ id }) => id),
    };
}

function inDeletionOrder(set: BackupSet, decisions: readonly Decision[], policy: RetentionPolicy): Decision[] {
    const order = deletionOrder(set, policy);
    return decisions.toSorted((a, b) => order(a.snapshot, b.snapshot));
}

/** Why the policy does not judge a set; undefined if it does. */
function outsidePolicy({ type }: BackupSet, { retention }: RetentionPolicy): string | undefined {
    if (type === undefined) {
        return "its set has no single SnapshotType";
    }
    return Object.hasOwn(retention, type) ? undefined : `${type} is no snapshot type of this policy any more`;
}

function decide(set: BackupSet, judgement: Judgement): Decision[] {
    const { policy, now } = judgement;
    if (set.heldBy) {
        return sameForAll(set, "keep", `kept: held by the tag ${set.heldBy.key} on ${set.heldBy.snapshotId}`);
    }
    const outside = outsidePolicy(set, policy);
    if (outside !== undefined) {
        return sameForAll(set, "leave", `left: ${outside}`);
    }
    if (set.startTime > now) {
        return sameForAll(set, "leave", `left: it started ${utc(set.startTime)}, after the time of this run, ${utc(now)}`);
    }
    switch (set.status.kind) {
        case "pending":
            return sameForAll(set, "leave", `left: not finished, ${set.status.why}`);
        case "failed":
            return decideFailed(set, set.status.why, judgement);
        case "restorePoint":
            return decideRestorePoint(set, judgement);
    }
}

/** A failed set is deleted once its time of grace is over, and each of its volumes has newer restore points. */
function decideFailed(set: BackupSet, why: string, { policy, now, volumes }: Judgement): Decision[] {
    const end = graceEnd(set.snapshots, policy);
    if (now < end) {
        return sameForAll(set, "leave", `left: failed, ${why}; stays at least until ${utc(end)}`);
    }
    const least = leastNewer(set, policy);
    const behind = set.snapshots.filter((snapshot) => newerPoints(set, volumeOf(snapshot, volumes)).length < least);
    const waiting = behind.find((snapshot) => !isOrphanedAfter(set, volumeOf(snapshot, volumes)));
    if (waiting) {
        const few = least === 1 ? "no" : `fewer than ${least}`;
        const points = `restore point${least === 1 ? "" : "s"}`;
        return sameForAll(set, "leave", `left: failed, ${why}; ${waiting.volumeId} has ${few} newer ${set.type} ${points}`);
    }
    const since = behind[0] ? `${behind[0].volumeId} no longer exists` : `newer ${set.type} restore points exist`;
    return sameForAll(set, "delete", `deleted: failed, ${why}; ${since}`);
}

/**
 * How many newer restore points of its type a failed set waits for, for each of its volumes. This is one. A set that was found by its time
 * alone may hold a good set of another server, so it waits for as many as are kept.
 */
function leastNewer({ type = "", identified }: BackupSet, { retention }: RetentionPolicy): number {
    return identified ? 1 : (retention[type] ?? 1);
}

function newerPoints(set: BackupSet, { points }: Volume): BackupSet[] {
    return ofType(points, set.type).filter((point) => newestFirst(point, set) < 0);
}

/** Whether a volume no longer exists, and has a restore point that is newer than a set. The newest one stays. */
function isOrphanedAfter(set: BackupSet, { isOrphan, points }: Volume): boolean {
    return isOrphan && points.some((point) => newestFirst(point, set) < 0);
}

/** A restore point is kept as long as one of its volumes needs it. */
function decideRestorePoint(set: BackupSet, { volumes }: Judgement): Decision[] {
    const verdicts = set.snapshots.map((snapshot) => ({ snapshot, verdict: verdictOf(snapshot, set, volumes) }));
    const needing = verdicts.filter(({ verdict }) => verdict.needed).map(({ snapshot }) => snapshot.volumeId);
    const action = needing.length > 0 ? "keep" : "delete";
    const other = needing.sort(compareIds)[0] || "a volume that EC2 does not name";
    return verdicts.map(({ snapshot, verdict }) => ({
        snapshot,
        action,
        reason: action === "delete" || verdict.needed ? verdict.reason : `kept with its set: ${other} still needs it`,
        standsInFor: verdict.standsInFor,
    }));
}

function verdictOf(snapshot: Snapshot, set: BackupSet, volumes: ReadonlyMap<string, Volume>): Verdict {
    return judgedOrThrow(volumeOf(snapshot, volumes).verdicts.get(set), snapshot.id);
}

function volumeOf(snapshot: Snapshot, volumes: ReadonlyMap<string, Volume>): Volume {
    return judgedOrThrow(volumes.get(snapshot.volumeId), snapshot.id);
}

function sameForAll(set: BackupSet, action: Decision["action"], reason: string): Decision[] {
    return set.snapshots.map((snapshot) => ({ snapshot, action, reason, standsInFor: [] }));
}
