import { grouped, numbering } from "./grouping";
import { numberSets, type SetNumbers } from "./setNumbers";
import { isHeld, isSound, RESTORE_POINT, type SetRules, type SetStatus, setStatus } from "./setStatus";
import type { Snapshot } from "./snapshot";
import { DEVICE_TAG, SET_TAG, TYPE_TAG } from "./tags";

/** The snapshots of one VSS run on one server: kept or deleted whole. */
export interface BackupSet {
    /** The id of the snapshot that is deleted last: same snapshots, same key, whatever order they came in. */
    readonly key: string;
    /** The snapshot type, or undefined where the members do not agree on one. */
    readonly type: string | undefined;
    /** False where the members were only found together by their times, and may be those of several servers. */
    readonly identified: boolean;
    /** When that one started, in milliseconds since 1970. */
    readonly startTime: number;
    /** The boot volume's first, the others by their ids. */
    readonly snapshots: readonly Snapshot[];
    /** Whether all started at the same moment. */
    readonly together: boolean;
    /** How many snapshots are in newer sets. */
    readonly place: number;
    readonly status: SetStatus;
    /** The snapshot on which an operator has put the tag that holds the set. */
    readonly heldBy: Snapshot | undefined;
}

/** A policy's backup sets, and which volume each snapshot is of. */
export interface BackupSets {
    /** The newest first. */
    readonly sets: readonly BackupSet[];
    /** The number of the volume of `set.snapshots[i]`, at `set.place + i`. */
    readonly volumeAt: Int32Array;
    /** By number. */
    readonly volumeIds: readonly string[];
}

/**
 * Groups snapshots into backup sets. Pure; the order of `snapshots` does not matter.
 *
 * The members of a set may lie far apart in the list, and to fetch each of a million from memory again and again takes most of the time.
 * So all that is asked of each is read in one pass, in the order of the list, and noted by its number.
 */
export function backupSets(snapshots: readonly Snapshot[], rules: SetRules, now: number): BackupSets {
    const notes = read(snapshots, rules);
    const { types, marks } = bySet(notes);
    const { members, starts } = grouped(notes.setOf, notes.sets);
    const idOf = (i: number) => (snapshots[i] as Snapshot).id;
    if (!notes.areInOrder) {
        for (let set = 0; set < notes.sets; set++) {
            members.subarray(starts[set], starts[set + 1]).sort((i, j) => compare(idOf(i), idOf(j)));
        }
    }
    const lastOf = new Int32Array(notes.sets).map((_, set) => last(members, starts[set] as number, starts[set + 1] as number, notes));
    const keys = Array.from(lastOf, idOf);
    const times = Float64Array.from(lastOf, (i) => placeInTime(notes.startOf[i] as number));
    const newestFirst = (a: number, b: number) =>
        times[a] === times[b] ? compare(keys[b] as string, keys[a] as string) : (times[b] as number) - (times[a] as number);

    // Numbered anew as they come in the sets, so that the volumes of a server follow each other.
    const volumeIds: string[] = [];
    const numbers = new Int32Array(notes.volumeIds.length).fill(UNKNOWN);
    const volumeAt = new Int32Array(snapshots.length);
    let place = 0;
    const sets = [...lastOf.keys()].sort(newestFirst).map((set): BackupSet => {
        const begin = starts[set] as number;
        const end = starts[set + 1] as number;
        const mark = marks[set] as number;
        const own = new Array<Snapshot>(end - begin);
        const anchor = lastOf[set] as number;
        let together = true;
        let filled = 0;
        for (const boot of [BOOT, 0]) {
            for (let i = begin; i < end; i++) {
                const member = members[i] as number;
                if (((notes.marksOf[member] as number) & BOOT) === boot) {
                    const volume = notes.volumeOf[member] as number;
                    if (numbers[volume] === UNKNOWN) {
                        numbers[volume] = volumeIds.push(notes.volumeIds[volume] as string) - 1;
                    }
                    volumeAt[place + filled] = numbers[volume] as number;
                    own[filled] = snapshots[member] as Snapshot;
                    together &&= notes.startOf[member] === notes.startOf[anchor];
                    filled++;
                }
            }
        }
        place += filled;
        return {
            key: keys[set] as string,
            type: notes.types[types[set] as number],
            identified: set < notes.identified,
            startTime: notes.startOf[anchor] as number,
            snapshots: own,
            together,
            place: place - filled,
            status: mark & UNSOUND ? setStatus(own, rules, now) : RESTORE_POINT,
            heldBy: mark & HELD ? own.find((snapshot) => isHeld(snapshot, rules.hold)) : undefined,
        };
    });
    return { sets, volumeAt, volumeIds };
}

/** Plain comparison of code units: the same order everywhere, unlike a locale's. */
export function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

/** What is asked of each snapshot, by its number in the list. */
interface Notes extends SetNumbers {
    readonly volumeOf: Int32Array;
    readonly volumeIds: readonly string[];
    readonly typeOf: Int32Array;
    readonly types: readonly (string | undefined)[];
    readonly startOf: Float64Array;
    /** `UNSOUND`, `HELD` and `BOOT`, or none. */
    readonly marksOf: Uint8Array;
    /** Whether the list is in the order of the ids. */
    readonly areInOrder: boolean;
}

/** The snapshot keeps its set from being a restore point. */
const UNSOUND = 1;

/** The snapshot bears the tag with which an operator holds its set. */
const HELD = 2;

/** The snapshot is of a boot volume. */
const BOOT = 4;

const BOOT_DEVICE = "/dev/sda1";

/** No type, where the members of a set have several. */
const MIXED = -1;

/** No type or number yet. */
const UNKNOWN = -2;

function read(snapshots: readonly Snapshot[], rules: SetRules): Notes {
    const values = numbering<string | undefined>();
    const volumes = numbering<string>();
    const types = numbering<string | undefined>();
    const tagOf = new Int32Array(snapshots.length);
    const volumeOf = new Int32Array(snapshots.length);
    const typeOf = new Int32Array(snapshots.length);
    const startOf = new Float64Array(snapshots.length);
    const marksOf = new Uint8Array(snapshots.length);
    let areInOrder = true;
    let previous = "";
    snapshots.forEach((snapshot, i) => {
        const { id, volumeId, startTime, tags } = snapshot;
        tagOf[i] = values.numberOf(tags[SET_TAG]);
        volumeOf[i] = volumes.numberOf(volumeId);
        typeOf[i] = types.numberOf(tags[TYPE_TAG]);
        startOf[i] = startTime;
        marksOf[i] =
            (isSound(snapshot, rules) ? 0 : UNSOUND) |
            (isHeld(snapshot, rules.hold) ? HELD : 0) |
            (tags[DEVICE_TAG] === BOOT_DEVICE ? BOOT : 0);
        areInOrder &&= previous < id;
        previous = id;
    });
    const sets = numberSets(tagOf, values.values, typeOf, startOf);
    return { ...sets, volumeOf, volumeIds: volumes.values, typeOf, types: types.values, startOf, marksOf, areInOrder };
}

/** The type and all marks of each set. */
function bySet({ setOf, sets, typeOf, marksOf }: Notes) {
    const types = new Int32Array(sets).fill(UNKNOWN);
    const marks = new Uint8Array(sets);
    setOf.forEach((set, i) => {
        const type = typeOf[i] as number;
        types[set] = types[set] === UNKNOWN || types[set] === type ? type : MIXED;
        marks[set] = (marks[set] as number) | (marksOf[i] as number);
    });
    return { types, marks };
}

/**
 * The member of a set that is deleted last. The set has its place in time from it, so that one of which a part is deleted keeps its place:
 * the unsound one with the last id; where there is none, the earliest, if it can be none of a boot volume, with the last id.
 *
 * @param members of which those from `begin` to `end` are of the set, by their ids
 */
function last(members: Int32Array, begin: number, end: number, { startOf, marksOf }: Notes): number {
    let found = members[begin] as number;
    for (let i = begin + 1; i < end; i++) {
        const member = members[i] as number;
        const mark = marksOf[member] as number;
        const foundMark = marksOf[found] as number;
        const start = startOf[member] as number;
        const foundStart = startOf[found] as number;
        if ((mark | foundMark) & UNSOUND) {
            found = mark & UNSOUND ? member : found;
        } else if (start < foundStart || (start === foundStart && (mark & BOOT) <= (foundMark & BOOT))) {
            found = member;
        }
    }
    return found;
}

/** A set without a time has no place in the order: it is never a restore point, so any fixed one will do. */
function placeInTime(startTime: number): number {
    return Number.isNaN(startTime) ? Number.NEGATIVE_INFINITY : startTime;
}
