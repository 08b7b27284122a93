import type { Hold, RetentionPolicy } from "./retentionPolicy";
import type { Snapshot } from "./snapshot";
import { CONSISTENT_TAG, SET_TAG, TYPE_TAG } from "./tags";

const HOUR = 3_600_000;

/**
 * Snapshots without a set id belong together when they follow each other this closely. One VSS run makes all of its snapshots in one
 * CreateSnapshots call, so this never cuts a set; it can only join the sets of several servers, which keeps more than needed.
 */
const NEARBY_MS = 10 * 60_000;

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** Why a set is not a restore point (yet), or that it is one. `why` ends a sentence: "its snapshots …". */
export type SetStatus =
    | { readonly kind: "restorePoint" }
    | { readonly kind: "pending"; readonly why: string }
    | { readonly kind: "failed"; readonly why: string };

/** The snapshots of one VSS run on one server: kept or deleted whole. */
export interface BackupSet {
    /** Same snapshots, same key, whatever order they came in. */
    readonly key: string;
    /** The snapshot type, or undefined where the members do not agree on one. */
    readonly type: string | undefined;
    /** False where the members were only found together by their times, and may be those of several servers. */
    readonly identified: boolean;
    /** Earliest start of a member, in milliseconds since 1970. */
    readonly startTime: number;
    readonly snapshots: readonly Snapshot[];
    readonly status: SetStatus;
    /** The snapshot on which an operator has put the tag that holds the set. */
    readonly heldBy: Snapshot | undefined;
}

/** What a policy says of when a set is a restore point, and when it is held. */
export type SetRules = Pick<RetentionPolicy, "failedSetGraceHours" | "countCrashConsistent" | "hold">;

/** Groups snapshots into backup sets. Pure; the order of `snapshots` does not matter. */
export function backupSets(snapshots: readonly Snapshot[], rules: SetRules, now: number): BackupSet[] {
    const values = new Map<string, Snapshot[]>();
    const identified = new Map<string, Snapshot[]>();
    const loose = new Map<string, Snapshot[]>();
    for (const snapshot of snapshots) {
        const value = snapshot.tags[SET_TAG];
        if (value?.trim()) {
            append(values, value, snapshot);
        } else if (Number.isNaN(snapshot.startTime)) {
            append(identified, snapshot.id, snapshot);
        } else {
            append(loose, snapshot.tags[TYPE_TAG] ?? "", snapshot);
        }
    }
    for (const [value, members] of values) {
        const key = GUID.exec(value)?.[0].toLowerCase() ?? value.trim();
        const others = identified.get(key);
        identified.set(key, others ? [...others, ...members] : members);
    }
    return [
        ...[...identified.values()].map((members) => backupSet(members, true, rules, now)),
        ...[...loose.values()].flatMap(runsByTime).map((members) => backupSet(members, false, rules, now)),
    ];
}

function append(groups: Map<string, Snapshot[]>, key: string, snapshot: Snapshot): void {
    const group = groups.get(key);
    if (group) {
        group.push(snapshot);
    } else {
        groups.set(key, [snapshot]);
    }
}

function runsByTime(snapshots: readonly Snapshot[]): Snapshot[][] {
    const runs: Snapshot[][] = [];
    let previous = Number.NaN;
    for (const snapshot of [...snapshots].sort(byStart)) {
        const run = runs.at(-1);
        if (run && snapshot.startTime - previous <= NEARBY_MS) {
            run.push(snapshot);
        } else {
            runs.push([snapshot]);
        }
        previous = snapshot.startTime;
    }
    return runs;
}

function byStart(a: Snapshot, b: Snapshot): number {
    return a.startTime - b.startTime || compare(a.id, b.id);
}

/** Plain comparison of code units: the same order everywhere, unlike a locale's. */
export function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of sets in time; of those that started at the same moment, any fixed one. */
export function newestFirst(a: BackupSet, b: BackupSet): number {
    const [timeOfA, timeOfB] = [placeInTime(a), placeInTime(b)];
    return timeOfA === timeOfB ? compare(b.key, a.key) : timeOfB - timeOfA;
}

/** A set without a time has no place in the order: it is never a restore point, so any fixed one will do. */
function placeInTime({ startTime }: BackupSet): number {
    return Number.isNaN(startTime) ? Number.NEGATIVE_INFINITY : startTime;
}

function backupSet(members: readonly Snapshot[], identified: boolean, rules: SetRules, now: number): BackupSet {
    const snapshots = inOrder(members) ? members : [...members].sort((a, b) => compare(a.id, b.id));
    const type = snapshots[0]?.tags[TYPE_TAG];
    return {
        key: snapshots[0]?.id ?? "",
        type: snapshots.every((snapshot) => snapshot.tags[TYPE_TAG] === type) ? type : undefined,
        identified,
        startTime: snapshots.reduce((earliest, snapshot) => Math.min(earliest, snapshot.startTime), Number.POSITIVE_INFINITY),
        snapshots,
        status: setStatus(snapshots, rules, now),
        heldBy: snapshots.find((snapshot) => isHeld(snapshot, rules.hold)),
    };
}

/** Whether they come by their ids already: sorting a million costs more than looking. */
function inOrder(members: readonly Snapshot[]): boolean {
    return members.every(({ id }, i) => i === 0 || (members[i - 1] as Snapshot).id < id);
}

/** The key of the tag that holds counts in any letter case: it was written by hand. */
function isHeld({ tags }: Snapshot, { key, value }: Hold): boolean {
    for (const name in tags) {
        // The length first: lower-casing all tags of a million snapshots takes its time.
        if (name.length === key.length && name.toLowerCase() === key.toLowerCase() && (value === undefined || tags[name] === value)) {
            return true;
        }
    }
    return false;
}

function setStatus(snapshots: readonly Snapshot[], rules: SetRules, now: number): SetStatus {
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
    if (rules.countCrashConsistent || snapshots.every(isConsistent)) {
        return { kind: "restorePoint" };
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
