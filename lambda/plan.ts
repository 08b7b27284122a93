import { type BackupSet, backupSets, compare, graceEnd, newestFirst, type SetStatus } from "./backupSets";
import { type Claimed, type Claims, claimRestorePoints, keepsLastCopies } from "./claims";
import { deletionOrder } from "./deletionOrder";
import type { Hold, RetentionPolicy } from "./retentionPolicy";
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
    const holding = new Map(sets.map((set) => [set, holdOf(set, policy.hold)]));
    const judged = sets.filter((set) => strange(set, policy) === undefined);
    const restorePoints = judged.filter(({ status }) => status.kind === "restorePoint");
    const newest = newestByVolume(restorePoints);
    const counting = restorePoints.filter((set) => !holding.get(set) && set.startTime <= now);
    const claimed = claimRestorePoints(counting, newest, policy, now, lostVolumes);

    const decide = (set: BackupSet): Decision[] => {
        const held = holding.get(set);
        if (held) {
            return all(set, "keep", `kept: held by the tag ${policy.hold.key} on ${held.id}`);
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
                return decideRestorePoint(set, newest, claimed, policy);
        }
    };
    const plans = sets.map(decide).reverse();
    return {
        decisions: plans.flat(),
        deletions: plans.filter((decisions) => decisions[0]?.action === "delete").map((set) => deletionOrder(set, policy)),
        staleVolumes: staleVolumes(judged, newest, policy, now, lostVolumes),
        oldVolumes: [...new Set(judged.flatMap((set) => set.snapshots.map(({ volumeId }) => volumeId)))].filter(claimed.isOld),
    };
}

/** The snapshot on which an operator has put the tag that holds its set. Its key counts in any letter case: it was written by hand. */
function holdOf({ snapshots }: BackupSet, { key, value }: Hold): Snapshot | undefined {
    const wanted = key.toLowerCase();
    return snapshots.find(({ tags }) =>
        Object.keys(tags).some((name) => name.toLowerCase() === wanted && (value === undefined || tags[name] === value)),
    );
}

/** When the newest restore point of each volume was taken, held or not, and also where that is after the time of the run. */
function newestByVolume(newestFirst: readonly BackupSet[]): Map<string, number> {
    const newest = new Map<string, number>();
    for (const { snapshots, startTime } of newestFirst) {
        for (const { volumeId } of snapshots) {
            if (!newest.has(volumeId)) {
                newest.set(volumeId, startTime);
            }
        }
    }
    return newest;
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

function decideRestorePoint(
    set: BackupSet,
    newest: ReadonlyMap<string, number>,
    { claims, isOrphan }: Claimed,
    policy: RetentionPolicy,
): Decision[] {
    const own = claims.get(set) as Claims;
    const needing = [...own]
        .filter(([, { reasons }]) => reasons.length > 0)
        .map(([volumeId]) => volumeId)
        .sort(compare)[0];
    return set.snapshots.map((snapshot) => {
        const { volumeId } = snapshot;
        const { rank, reasons = [] } = own.get(volumeId) ?? {};
        if (reasons.length > 0) {
            return { snapshot, action: "keep", reason: `kept: ${reasons.join("; ")}` };
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
