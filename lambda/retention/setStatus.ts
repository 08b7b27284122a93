import type { Hold, RetentionPolicy } from "./retentionPolicy";
import type { Snapshot } from "./snapshot";
import { CONSISTENT_TAG } from "./tags";

const HOUR = 3_600_000;

/** Why a set is not a restore point (yet), or that it is one. `why` ends a sentence: "its snapshots …". */
export type SetStatus =
    | { readonly kind: "restorePoint" }
    | { readonly kind: "pending"; readonly why: string }
    | { readonly kind: "failed"; readonly why: string };

export const RESTORE_POINT: SetStatus = { kind: "restorePoint" };

/** What a policy says of when a set is a restore point, and when it is held. */
export type SetRules = Pick<RetentionPolicy, "failedSetGraceHours" | "countCrashConsistent" | "hold">;

/** Tells whether a snapshot is held. The key of the tag counts in any letter case: it was written by hand. */
export function holder({ key, value }: Hold): (snapshot: Snapshot) => boolean {
    const wanted = key.toLowerCase();
    return ({ tags }) => {
        for (const name in tags) {
            // The length first: lower-casing all tags of a million snapshots takes its time.
            if (name.length === key.length && name.toLowerCase() === wanted && (value === undefined || tags[name] === value)) {
                return true;
            }
        }
        return false;
    };
}

/**
 * What a set is.
 *
 * @param snapshots of which at least one is not sound
 */
export function setStatus(snapshots: readonly Snapshot[], rules: SetRules, now: number): SetStatus {
    const timeless = snapshots.find((snapshot) => Number.isNaN(snapshot.startTime));
    if (timeless) {
        return { kind: "pending", why: `${timeless.id} has no start time` };
    }
    // First, so that nothing is deleted while EC2 is still at it, whatever has become of the other members.
    const unfinished = snapshots.find(({ state }) => state !== "completed" && state !== "error");
    if (unfinished) {
        return { kind: "pending", why: `${unfinished.id} is in state ${unfinished.state}` };
    }
    const broken = snapshots.find(({ state }) => state === "error");
    if (broken) {
        return { kind: "failed", why: `${broken.id} is in state error` };
    }
    const inconsistent = snapshots.find((snapshot) => isConsistent(snapshot) === false);
    if (inconsistent) {
        return { kind: "failed", why: `${inconsistent.id} is not application-consistent` };
    }
    const unmarked = snapshots.find((snapshot) => isConsistent(snapshot) === undefined) as Snapshot;
    // The agent writes the tag after the snapshots have started, so a young set may still get it.
    return now < graceEnd(snapshots, rules)
        ? { kind: "pending", why: `${unmarked.id} is not yet marked application-consistent` }
        : { kind: "failed", why: `${unmarked.id} was never marked application-consistent` };
}

/** Whether nothing about a snapshot keeps its set from being a restore point. */
export function isSound(snapshot: Snapshot, rules: SetRules): boolean {
    return snapshot.state === "completed" && !Number.isNaN(snapshot.startTime) && !showsFailure(snapshot, rules);
}

/** Whether a snapshot that EC2 has finished would by itself keep its set from being a restore point. */
export function showsFailure(snapshot: Snapshot, rules: SetRules): boolean {
    return snapshot.state === "error" || (!rules.countCrashConsistent && isConsistent(snapshot) !== true);
}

/** When the youngest snapshot's grace is over, in milliseconds since 1970. */
export function graceEnd(snapshots: readonly Snapshot[], { failedSetGraceHours }: SetRules): number {
    const youngest = snapshots.reduce((latest, { startTime }) => Math.max(latest, startTime), Number.NEGATIVE_INFINITY);
    return youngest + failedSetGraceHours * HOUR;
}

/** True or false as the agent wrote it, undefined where it has not written anything. */
function isConsistent(snapshot: Snapshot): boolean | undefined {
    const value = snapshot.tags[CONSISTENT_TAG];
    return value === undefined ? undefined : value.trim().toLowerCase() === "true";
}
