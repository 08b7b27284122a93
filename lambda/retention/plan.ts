import { type BackupSet, backupSets, compare } from "./backupSets";
import { type Claimed, claimRestorePoints } from "./claims";
import { failedOrder, restorePointOrder } from "./deletionOrder";
import type { RetentionPolicy } from "./retentionPolicy";
import { graceEnd, type SetStatus } from "./setStatus";
import type { Snapshot } from "./snapshot";
import { type StaleVolume, staleVolumes } from "./staleVolumes";
import { POLICY_TAG } from "./tags";
import { utc } from "./wording";

/**
 * What happens to one snapshot.
 *
 * - `keep`: a restore point that retention needs, or its set does; or held by an operator.
 * - `leave`: not a restore point, or nothing that this policy may judge; it stays, and counts for nothing.
 * - `delete`: no longer needed.
 */
export interface Decision {
    readonly snapshot: Snapshot;
    readonly action: "keep" | "leave" | "delete";
    /** One sentence. */
    readonly reason: string;
}

export interface Plan {
    /** One decision for every snapshot of the policy, oldest set first. */
    readonly decisions: readonly Decision[];
    /** The sets to delete, oldest first, each whole, its members in the order in which they are to go. */
    readonly deletions: readonly (readonly Decision[])[];
    /** Volumes that were backed up once, and no longer are. */
    readonly staleVolumes: readonly StaleVolume[];
    /** Volumes whose snapshots may go by `orphanDays`, if it is found that they no longer exist. */
    readonly oldVolumes: readonly string[];
}

/**
 * Decides which snapshots of a policy are kept and which are deleted, and says why.
 *
 * The newest N restore points of each type and volume are kept, and a set is kept as long as one of its volumes needs it. Nothing else
 * ever counts: a set that is pending or failed pushes no restore point out. Pure: the same input gives the same plan, in whatever order
 * the snapshots come. Sets that started after `now` are left alone and count for nothing, so that a plan for an earlier time deletes
 * nothing that would not have gone then.
 *
 * @param now milliseconds since 1970
 * @param lostVolumes ids of volumes that are known not to exist
 */
export function planCleaning(
    snapshots: readonly Snapshot[],
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string> = new Set(),
): Plan {
    const own = snapshots.filter((snapshot) => snapshot.tags[POLICY_TAG] === policy.name);
    const found = backupSets(own, policy, now);
    const { sets } = found;
    const judged = sets.filter((set) => strange(set, policy) === undefined);
    const restorePoints = judged.filter(({ status }) => status.kind === "restorePoint");
    const claimed = claimRestorePoints(found, restorePoints, policy, now, lostVolumes);

    const decide = (set: BackupSet): Decision[] => {
        if (set.heldBy) {
            return all(set, "keep", `kept: held by the tag ${policy.hold.key} on ${set.heldBy.id}`);
        }
        const why = strange(set, policy);
        if (why !== undefined) {
            return all(set, "leave", `left: ${why}`);
        }
        if (set.startTime > now) {
            return all(set, "leave", `left: it started ${utc(set.startTime)}, after the time of this run, ${utc(now)}`);
        }
        switch (set.status.kind) {
            case "pending":
                return all(set, "leave", `left: not finished, ${set.status.why}`);
            case "failed":
                return decideFailed(set, set.status, claimed, policy, now);
            case "restorePoint":
                return decideRestorePoint(set, claimed);
        }
    };
    const decisions: Decision[] = [];
    const deletions: Decision[][] = [];
    for (const set of sets.toReversed()) {
        const own = decide(set);
        for (const decision of own) {
            decisions.push(decision);
        }
        if ((own[0] as Decision).action === "delete") {
            deletions.push(inDeletionOrder(set, own, policy));
        }
    }
    const since = volumesSince(judged, claimed.newest);
    return {
        decisions,
        deletions,
        staleVolumes: staleVolumes(since, claimed.newest, policy, now, lostVolumes),
        oldVolumes: [...since.keys()].filter(claimed.isOld),
    };
}

function inDeletionOrder({ status, together }: BackupSet, decisions: Decision[], policy: RetentionPolicy): Decision[] {
    if (status.kind === "failed") {
        return failedOrder(decisions, policy);
    }
    return together ? decisions : restorePointOrder(decisions);
}

/** All volumes of these sets, and when the newest restore point of each was taken, or, without one, its oldest snapshot. */
function volumesSince(newestFirst: readonly BackupSet[], newest: ReadonlyMap<string, number>): Map<string, number> {
    const since = new Map(newest);
    for (const { snapshots, startTime, status } of newestFirst) {
        // The volumes of restore points are there already.
        for (const { volumeId } of status.kind === "restorePoint" ? [] : snapshots) {
            since.set(volumeId, newest.get(volumeId) ?? startTime);
        }
    }
    return since;
}

/** Why the policy has no say about a set, if it has none. */
function strange({ type }: BackupSet, { retention }: RetentionPolicy): string | undefined {
    if (type === undefined) {
        return "its set has no single SnapshotType";
    }
    return Object.hasOwn(retention, type) ? undefined : `${type} is no snapshot type of this policy any more`;
}

/**
 * A failed set goes once its grace is over and newer restore points of its type, stand-ins counted, stand for each of its volumes: one, or,
 * where the set may hold a good one of another server (it was only found together by time), as many as are kept.
 */
function decideFailed(
    set: BackupSet,
    { why }: SetStatus & { kind: "failed" },
    { counted, isOrphan }: Claimed,
    policy: RetentionPolicy,
    now: number,
): Decision[] {
    const end = graceEnd(set.snapshots, policy);
    if (now < end) {
        return all(set, "leave", `left: failed, ${why}; stays at least until ${utc(end)}`);
    }
    const least = set.identified ? 1 : (policy.retention[set.type as string] as number);
    const newer = (i: number) => counted(set.type as string, set, i).filter((other) => other.place < set.place).length;
    const behind = set.snapshots.filter((_, i) => newer(i) < least);
    const waiting = behind.find(({ volumeId }) => !isOrphan(volumeId));
    if (waiting) {
        return all(
            set,
            "leave",
            `left: failed, ${why}; ${waiting.volumeId} has ${least === 1 ? "no" : `fewer than ${least}`} newer ${set.type} restore point${least === 1 ? "" : "s"}`,
        );
    }
    const since = behind[0] ? `${behind[0].volumeId} no longer exists` : `newer ${set.type} restore points stand`;
    return all(set, "delete", `deleted: failed, ${why}; ${since}`);
}

function decideRestorePoint(set: BackupSet, { needs, reason }: Claimed): Decision[] {
    const needed = set.snapshots.filter((_, i) => needs(set, i));
    if (needed.length === 0 || needed.length === set.snapshots.length) {
        const action = needed.length === 0 ? "delete" : "keep";
        return set.snapshots.map((snapshot, i) => ({ snapshot, action, reason: reason(set, i) }));
    }
    const other = needed.map(({ volumeId }) => volumeId).sort(compare)[0] || "a volume that EC2 does not tell";
    return set.snapshots.map((snapshot, i) => ({
        snapshot,
        action: "keep",
        reason: needs(set, i) ? reason(set, i) : `kept with its set: ${other} still needs it`,
    }));
}

function all(set: BackupSet, action: Decision["action"], reason: string): Decision[] {
    return set.snapshots.map((snapshot) => ({ snapshot, action, reason }));
}
