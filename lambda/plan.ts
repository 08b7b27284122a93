import { type BackupSet, backupSets, compare, graceEnd, newestFirst, type SetStatus } from "./backupSets";
import { type Claim, type Claimed, claimRestorePoints, keepsLastCopies } from "./claims";
import { deletionOrder } from "./deletionOrder";
import type { RetentionPolicy } from "./retentionPolicy";
import type { Snapshot } from "./snapshot";
import { type StaleVolume, staleVolumes } from "./staleVolumes";
import { POLICY_TAG } from "./tags";
import { ordinal, utc } from "./wording";

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
    const sets = backupSets(own, policy, now).sort(newestFirst);
    const judged = sets.filter((set) => strange(set, policy) === undefined);
    const restorePoints = judged.filter(({ status }) => status.kind === "restorePoint");
    const claimed = claimRestorePoints(restorePoints, policy, now, lostVolumes);

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
                return decideRestorePoint(set, claimed, policy);
        }
    };
    const plans = sets.map(decide).reverse();
    const since = volumesSince(judged, claimed.newest);
    return {
        decisions: plans.flat(),
        deletions: plans.filter((decisions) => decisions[0]?.action === "delete").map((set) => deletionOrder(set, policy)),
        staleVolumes: staleVolumes(since, claimed.newest, policy, now, lostVolumes),
        oldVolumes: [...since.keys()].filter(claimed.isOld),
    };
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
    const newer = (volumeId: string) => counted(set.type as string, volumeId).filter((other) => newestFirst(other, set) < 0).length;
    const behind = set.snapshots.filter(({ volumeId }) => newer(volumeId) < least);
    const waiting = behind.find(({ volumeId }) => !isOrphan(volumeId));
    if (waiting) {
        return all(
            set,
            "leave",
            `left: failed, ${why}; ${waiting.volumeId} has fewer than ${least} newer ${set.type} restore point${least === 1 ? "" : "s"}`,
        );
    }
    const since = behind[0] ? `${behind[0].volumeId} no longer exists` : `newer ${set.type} restore points stand`;
    return all(set, "delete", `deleted: failed, ${why}; ${since}`);
}

function decideRestorePoint(set: BackupSet, { claims, newest, isOrphan }: Claimed, policy: RetentionPolicy): Decision[] {
    const own = claims.get(set) as readonly Claim[];
    const needing = set.snapshots
        .filter((_, i) => own[i]?.reason)
        .map(({ volumeId }) => volumeId)
        .sort(compare)[0];
    return set.snapshots.map((snapshot, i) => {
        const { volumeId } = snapshot;
        const { rank, reason } = own[i] as Claim;
        if (reason) {
            return { snapshot, action: "keep", reason: `kept: ${reason}` };
        }
        if (needing) {
            return { snapshot, action: "keep", reason: `kept with its set: ${needing} still needs it` };
        }
        if (isOrphan(volumeId)) {
            const time = utc(newest.get(volumeId) as number);
            const rest = keepsLastCopies(policy) ? "which stays" : "and deleteLastCopies is set";
            return {
                snapshot,
                action: "delete",
                reason: `deleted: ${volumeId} no longer exists, and has had no restore point since ${time}, ${rest}`,
            };
        }
        const kept = policy.retention[set.type as string] as number;
        return {
            snapshot,
            action: "delete",
            reason: `deleted: ${ordinal(rank as number)} newest ${set.type} restore point, ${kept} ${kept === 1 ? "is" : "are"} kept`,
        };
    });
}

function all(set: BackupSet, action: Decision["action"], reason: string): Decision[] {
    return set.snapshots.map((snapshot) => ({ snapshot, action, reason }));
}
