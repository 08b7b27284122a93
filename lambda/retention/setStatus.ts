import type { RetentionPolicy } from "./retentionPolicy";
import type { Snapshot } from "./snapshot";
import { CONSISTENT_TAG, DEVICE_TAG } from "./tags";

const HOUR = 3_600_000;
const BOOT_DEVICE = "/dev/sda1";

/** Whether a set is a restore point, can still become one, or can't. `why` ends a sentence: "its snapshots …". */
export type SetStatus =
    | { readonly kind: "restorePoint" }
    | { readonly kind: "pending"; readonly why: string }
    | { readonly kind: "failed"; readonly why: string };

/** The part of a policy that says when a set is a restore point, and when it is held. */
export type SetRules = Pick<RetentionPolicy, "failedSetGraceHours" | "countCrashConsistent" | "hold">;

/** Judges the snapshots of a set. The order of the checks counts: a set that can still change is pending, and is never deleted. */
export function setStatus(snapshots: readonly Snapshot[], rules: SetRules, now: number): SetStatus {
    const timeless = snapshots.find(({ startTime }) => Number.isNaN(startTime));
    if (timeless) {
        return { kind: "pending", why: `${timeless.id} has no start time` };
    }
    // First, since no snapshot may be deleted while EC2 still works on it, even if others of the set have failed.
    const unfinished = snapshots.find(({ state }) => state !== "completed" && state !== "error");
    if (unfinished) {
        return { kind: "pending", why: `${unfinished.id} is in state ${unfinished.state}` };
    }
    const broken = snapshots.find(({ state }) => state === "error");
    if (broken) {
        return { kind: "failed", why: `${broken.id} is in state error` };
    }
    if (rules.countCrashConsistent) {
        return { kind: "restorePoint" };
    }
    const inconsistent = snapshots.find((snapshot) => isConsistent(snapshot) === false);
    if (inconsistent) {
        return { kind: "failed", why: `${inconsistent.id} is not application-consistent` };
    }
    const unmarked = snapshots.find((snapshot) => isConsistent(snapshot) === undefined);
    if (!unmarked) {
        return { kind: "restorePoint" };
    }
    // The agent writes the tag after the snapshots have started, so a young set may still get it.
    return now < graceEnd(snapshots, rules)
        ? { kind: "pending", why: `${unmarked.id} is not yet marked application-consistent` }
        : { kind: "failed", why: `${unmarked.id} was never marked application-consistent` };
}

/** When `failedSetGraceHours` is over, in milliseconds since 1970. It counts from the youngest, because the agent marks the set after that. */
export function graceEnd(snapshots: readonly Snapshot[], { failedSetGraceHours }: SetRules): number {
    const youngest = snapshots.reduce((latest, { startTime }) => Math.max(latest, startTime), Number.NEGATIVE_INFINITY);
    return youngest + failedSetGraceHours * HOUR;
}

/** The tag with which an operator holds a set. */
export interface Hold {
    readonly snapshotId: string;
    /** As it is on the snapshot: EC2 removes a tag only by its exact key. */
    readonly key: string;
}

/** Finds the tag that holds a set. Its key counts in any letter case, since a person wrote it. */
export function findHold(snapshots: readonly Snapshot[], hold: string): Hold | undefined {
    const wanted = hold.toLowerCase();
    for (const { id, tags } of snapshots) {
        const key = Object.keys(tags).find((present) => present.toLowerCase() === wanted);
        if (key !== undefined) {
            return { snapshotId: id, key };
        }
    }
    return undefined;
}

export function isBoot({ tags }: Snapshot): boolean {
    return tags[DEVICE_TAG] === BOOT_DEVICE;
}

/** Whether a snapshot can be part of a restore point. */
export function isSound(snapshot: Snapshot, { countCrashConsistent }: SetRules): boolean {
    return snapshot.state === "completed" && !Number.isNaN(snapshot.startTime) && (countCrashConsistent || isConsistent(snapshot) === true);
}

/** Whether the agent marked a snapshot as application-consistent; undefined without its tag. */
function isConsistent({ tags }: Snapshot): boolean | undefined {
    const value = tags[CONSISTENT_TAG];
    return value === undefined ? undefined : value.trim().toLowerCase() === "true";
}
