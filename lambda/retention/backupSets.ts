import { anchorOf } from "./deletionOrder";
import { findHold, type Hold, isBoot, type SetRules, type SetStatus, setStatus } from "./setStatus";
import { compareIds, type Snapshot } from "./snapshot";
import { SET_TAG, TYPE_TAG } from "./tags";

/** The snapshots of one VSS run on one server: kept or deleted whole. */
export interface BackupSet {
    /** The snapshot type; undefined if the snapshots do not agree on one. */
    readonly type: string | undefined;
    /** False if the snapshots were grouped by their times alone. They may be those of several servers. */
    readonly identified: boolean;
    /** The snapshot that is deleted last. It gives the set its time. So a half-deleted set keeps its age. */
    readonly anchor: Snapshot;
    /** When the anchor started, in milliseconds since 1970. Of a restore point, that is its earliest snapshot. */
    readonly startTime: number;
    /** The boot volume's first, the others by their ids. */
    readonly snapshots: readonly Snapshot[];
    readonly status: SetStatus;
    /** The tag with which an operator holds the set; undefined if nobody does. */
    readonly heldBy: Hold | undefined;
}

/**
 * Snapshots without a set id belong together if they follow each other this closely. One VSS run makes all of its snapshots in one
 * CreateSnapshots call, so this never cuts a set. It can only join the sets of several servers, which keeps more than needed.
 */
const NEARBY_MS = 10 * 60_000;

const GUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** Groups snapshots into backup sets, newest first. Pure; the order of `snapshots` does not matter. */
export function backupSets(snapshots: readonly Snapshot[], rules: SetRules, now: number): BackupSet[] {
    const byId = groupBy(snapshots, setId);
    const unidentified = byId.get(undefined) ?? [];
    byId.delete(undefined);
    return [
        ...[...byId.values()].map((members) => makeSet(members, { identified: true, rules, now })),
        ...groupByTime(unidentified).map((members) => makeSet(members, { identified: false, rules, now })),
    ].sort(newestFirst);
}

function makeSet(
    members: readonly Snapshot[],
    { identified, rules, now }: { readonly identified: boolean; readonly rules: SetRules; readonly now: number },
): BackupSet {
    const snapshots = members.toSorted((a, b) => Number(isBoot(b)) - Number(isBoot(a)) || compareIds(a.id, b.id));
    const anchor = anchorOf(snapshots, rules);
    return {
        type: commonType(snapshots),
        identified,
        anchor,
        startTime: anchor.startTime,
        snapshots,
        status: setStatus(snapshots, rules, now),
        heldBy: findHold(snapshots, rules.hold),
    };
}

/** Orders sets: the newest first, those without a time last, and those of one moment by the ids of their anchors. */
export function newestFirst(a: BackupSet, b: BackupSet): number {
    const [timeOfA, timeOfB] = [orderedTime(a.anchor), orderedTime(b.anchor)];
    return timeOfA === timeOfB ? compareIds(b.anchor.id, a.anchor.id) : timeOfB - timeOfA;
}

/** A snapshot without a time has no place in the order. Its set is never a restore point, so any fixed place will do. */
function orderedTime({ startTime }: Snapshot): number {
    return Number.isNaN(startTime) ? Number.NEGATIVE_INFINITY : startTime;
}

/** Finds the GUID in the value of the set's tag. Without a GUID, the whole value counts; undefined without a value. */
export function setId({ tags }: Snapshot): string | undefined {
    const value = tags[SET_TAG] ?? "";
    return GUID.exec(value)?.[0].toLowerCase() ?? (value.trim() || undefined);
}

function commonType([first, ...others]: readonly Snapshot[]): string | undefined {
    const type = first?.tags[TYPE_TAG];
    return others.every(({ tags }) => tags[TYPE_TAG] === type) ? type : undefined;
}

/** Groups snapshots of one type that started shortly after each other. One without a time is alone. */
function groupByTime(snapshots: readonly Snapshot[]): Snapshot[][] {
    return [...groupBy(snapshots, ({ tags }) => tags[TYPE_TAG]).values()].flatMap((ofType) => {
        const groups: Snapshot[][] = [];
        let before = Number.NaN;
        for (const snapshot of ofType.toSorted((a, b) => orderedTime(a) - orderedTime(b) || 0)) {
            const group = groups.at(-1);
            if (group && snapshot.startTime - before <= NEARBY_MS) {
                group.push(snapshot);
            } else {
                groups.push([snapshot]);
            }
            before = snapshot.startTime;
        }
        return groups;
    });
}

function groupBy<K>(snapshots: readonly Snapshot[], keyOf: (snapshot: Snapshot) => K): Map<K, Snapshot[]> {
    const groups = new Map<K, Snapshot[]>();
    for (const snapshot of snapshots) {
        const key = keyOf(snapshot);
        const group = groups.get(key);
        if (group) {
            group.push(snapshot);
        } else {
            groups.set(key, [snapshot]);
        }
    }
    return groups;
}
