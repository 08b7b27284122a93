import { isBoot, isSound, type SetRules, type SetStatus } from "./setStatus";
import { compareIds, type Snapshot } from "./snapshot";

/** The part of a backup set that the order depends on. */
interface Members {
    readonly anchor: Snapshot;
    readonly status: SetStatus;
}

/**
 * Chooses the snapshot of a set that is deleted last. The rest of a half-deleted set must not look like a restore point, and must keep its
 * age. So in a failed or pending set, it is a snapshot that shows why the set is no restore point. In a restore point, it is one that
 * started first, if possible not the boot volume's.
 */
export function anchorOf(snapshots: readonly Snapshot[], rules: SetRules): Snapshot {
    const unsound = snapshots.filter((snapshot) => !isSound(snapshot, rules));
    return lastById(unsound.length > 0 ? unsound : earliest(snapshots));
}

function earliest(snapshots: readonly Snapshot[]): readonly Snapshot[] {
    const first = snapshots.reduce((time, { startTime }) => Math.min(time, startTime), Number.POSITIVE_INFINITY);
    const together = snapshots.filter(({ startTime }) => startTime === first);
    const others = together.filter((snapshot) => !isBoot(snapshot));
    return others.length > 0 ? others : together;
}

function lastById(snapshots: readonly Snapshot[]): Snapshot {
    return snapshots.reduce((last, snapshot) => (compareIds(last.id, snapshot.id) < 0 ? snapshot : last));
}

/**
 * Compares the snapshots of a set by the order in which they are deleted. A run can stop after each of them, and then the rest must still
 * be judged as before. So the anchor comes last.
 *
 * - A failed set: first the snapshots that started farthest from the anchor, because sets found by time must not fall apart. Snapshots that
 *   show the failure come last. So the rest never looks like a restore point.
 * - A restore point: the latest first, because the earliest gives the age. Snapshots that started together stay in the order of `snapshots`.
 *   So the boot volume's comes first. If an image holds it, the set stays whole.
 */
export function deletionOrder({ anchor, status }: Members, rules: SetRules): (a: Snapshot, b: Snapshot) => number {
    if (status.kind === "restorePoint") {
        return (a, b) => b.startTime - a.startTime;
    }
    const distance = (snapshot: Snapshot) =>
        isSound(snapshot, rules) ? Math.abs(snapshot.startTime - anchor.startTime) : Number.NEGATIVE_INFINITY;
    return (a, b) => distance(b) - distance(a) || compareIds(a.id, b.id);
}
