import { type BackupSet, backupSets, compare, graceEnd } from "./backupSets";
import type { Snapshot } from "./snapshot";
import { POLICY_TAG } from "./tags";

/** How many restore points of each snapshot type are kept, per volume. Whole numbers from 1. */
export type Retention = Readonly<Record<string, number>>;

/**
 * What happens to one snapshot.
 *
 * - `keep`: a restore point that retention needs, or its set does.
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
    /** The sets to delete, oldest first, each whole. */
    readonly deletions: readonly (readonly Decision[])[];
}

/**
 * Decides which snapshots of a policy are kept and which are deleted, and says why.
 *
 * The newest N restore points of each type and volume are kept, and a set is kept as long as one of its volumes needs it. Nothing else
 * ever counts: a set that is pending or failed pushes no restore point out. Pure: the same input gives the same plan, in whatever order
 * the snapshots come; `now` (milliseconds since 1970) only tells how long a set has been unfinished or failed.
 */
export function planCleaning(
    snapshots: readonly Snapshot[],
    policy: { readonly name: string; readonly retention: Retention },
    now: number,
): Plan {
    const own = snapshots.filter((snapshot) => snapshot.tags[POLICY_TAG] === policy.name);
    const sets = backupSets(own, now).sort(newestFirst);
    const counts = new Map<string, number>();
    const plans = sets.map((set) => decide(set, policy.retention, counts, now)).reverse();
    return { decisions: plans.flat(), deletions: plans.filter((decisions) => decisions[0]?.action === "delete") };
}

function newestFirst(a: BackupSet, b: BackupSet): number {
    // A set without a time has no place in the order: it is never a restore point, so any fixed one will do.
    const [timeOfA, timeOfB] = [a, b].map((set) => (Number.isNaN(set.startTime) ? Number.NEGATIVE_INFINITY : set.startTime)) as [
        number,
        number,
    ];
    return timeOfA === timeOfB ? compare(b.key, a.key) : timeOfB - timeOfA;
}

/** `counts`: restore points seen so far per type and volume, that is, the newer ones; a restore point adds itself. */
function decide(set: BackupSet, retention: Retention, counts: Map<string, number>, now: number): Decision[] {
    const { type } = set;
    if (type === undefined) {
        return all(set, "leave", "left: its set has no single SnapshotType");
    }
    if (!Object.hasOwn(retention, type)) {
        return all(set, "leave", `left: ${type} is no snapshot type of this policy any more`);
    }
    const kept = retention[type] as number;
    const newer = (snapshot: Snapshot) => counts.get(`${type} ${snapshot.volumeId}`) ?? 0;
    switch (set.status.kind) {
        case "pending":
            return all(set, "leave", `left: not finished, ${set.status.why}`);
        case "failed":
            return decideFailed(set, set.status.why, set.identified ? 1 : kept, newer, now);
        case "restorePoint": {
            const ranks = new Map(set.snapshots.map((snapshot) => [snapshot.volumeId, newer(snapshot) + 1]));
            for (const [volumeId, rank] of ranks) {
                counts.set(`${type} ${volumeId}`, rank);
            }
            const needed = [...ranks]
                .filter(([, rank]) => rank <= kept)
                .map(([volumeId]) => volumeId)
                .sort(compare)[0];
            return set.snapshots.map((snapshot) => {
                const rank = ranks.get(snapshot.volumeId) as number;
                if (rank <= kept) {
                    return { snapshot, action: "keep", reason: `kept: ${type} ${rank} of ${kept}` };
                }
                if (needed) {
                    return { snapshot, action: "keep", reason: `kept with its set: ${needed} still needs it` };
                }
                return {
                    snapshot,
                    action: "delete",
                    reason: `deleted: ${ordinal(rank)} newest ${type} restore point, ${kept} ${kept === 1 ? "is" : "are"} kept`,
                };
            });
        }
    }
}

/**
 * A failed set goes once its grace is over and newer restore points of its type stand for each of its volumes: one, or, where the set may
 * hold a good one of another server (it was only found together by time), as many as are kept.
 */
function decideFailed(set: BackupSet, why: string, standing: number, newer: (snapshot: Snapshot) => number, now: number): Decision[] {
    const end = graceEnd(set.snapshots);
    if (!(now >= end)) {
        return all(set, "leave", `left: failed, ${why}; stays at least until ${utc(end)}`);
    }
    const waiting = set.snapshots.find((snapshot) => newer(snapshot) < standing);
    if (waiting) {
        return all(
            set,
            "leave",
            `left: failed, ${why}; ${waiting.volumeId} has fewer than ${standing} newer ${set.type} restore point${standing === 1 ? "" : "s"}`,
        );
    }
    return all(set, "delete", `deleted: failed, ${why}; newer ${set.type} restore points stand`);
}

function all(set: BackupSet, action: Decision["action"], reason: string): Decision[] {
    return set.snapshots.map((snapshot) => ({ snapshot, action, reason }));
}

const plurals = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

function ordinal(n: number): string {
    return `${n}${SUFFIXES[plurals.select(n)] ?? "th"}`;
}

function utc(time: number): string {
    return Number.isNaN(time) ? "its time is known" : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
