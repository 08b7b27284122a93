import { grouped, NONE, type Numbered, numbered } from "./grouping";
import { numberSets, placeInTime, type SetNumbers } from "./setNumbers";
import { holder, isSound, RESTORE_POINT, type SetRules, type SetStatus, setStatus } from "./setStatus";
import type { Snapshot } from "./snapshot";
import { DEVICE_TAG, SET_TAG, TYPE_TAG } from "./tags";

/** The snapshots of one VSS run on one server: kept or deleted whole. */
export interface BackupSet {
    /** The snapshot type, or undefined where the members do not agree on one. */
    readonly type: string | undefined;
    /** False where the members were only found together by their times, and may be those of several servers. */
    readonly identified: boolean;
    /** When the snapshot that is deleted last started, in milliseconds since 1970. */
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
    const isHeld = holder(rules.hold);
    const notes = read(snapshots, rules, isHeld);
    const { types, marks } = bySet(notes);
    const { members, starts } = grouped(notes.setOf, notes.sets);
    const byId = notes.areInOrder
        ? (i: number, j: number) => i - j
        : (i: number, j: number) => compare((snapshots[i] as Snapshot).id, (snapshots[j] as Snapshot).id);
    if (!notes.areInOrder) {
        starts.forEach((start, set) => {
            members.subarray(start, starts[set + 1]).sort(byId);
        });
    }
    const lastOf = new Int32Array(notes.sets).map((_, set) => last(members, starts[set] as number, starts[set + 1] as number, notes));
    const times = Float64Array.from(lastOf, (i) => placeInTime(notes.startOf[i] as number));
    const newestFirst = (a: number, b: number) =>
        times[a] === times[b] ? byId(lastOf[b] as number, lastOf[a] as number) : (times[b] as number) - (times[a] as number);

    // Numbered anew as they come in the sets, so that the volumes of a server follow each other.
    const volumeIds: string[] = [];
    const numbers = new Int32Array(notes.volume.values.length).fill(UNKNOWN);
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
                    const volume = notes.volume.numbers[member] as number;
                    if (numbers[volume] === UNKNOWN) {
                        numbers[volume] = volumeIds.push(notes.volume.values[volume] as string) - 1;
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
            type: notes.type.values[types[set] as number],
            identified: set < notes.identified,
            startTime: notes.startOf[anchor] as number,
            snapshots: own,
            together,
            place: place - filled,
            status: mark & UNSOUND ? setStatus(own, rules, now) : RESTORE_POINT,
            heldBy: mark & HELD ? own.find(isHeld) : undefined,
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
    readonly volume: Numbered<string>;
    readonly type: Numbered<string>;
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

/** No type or number yet. */
const UNKNOWN = -2;

function read(snapshots: readonly Snapshot[], rules: SetRules, isHeld: (snapshot: Snapshot) => boolean): Notes {
    const volumeIds: string[] = [];
    const types: (string | undefined)[] = [];
    const setTags: (string | undefined)[] = [];
    const startOf = new Float64Array(snapshots.length);
    const marksOf = new Uint8Array(snapshots.length);
    let areInOrder = true;
    let previous = "";
    snapshots.forEach((snapshot, i) => {
        const { id, volumeId, startTime, tags } = snapshot;
        volumeIds.push(volumeId);
        types.push(tags[TYPE_TAG]);
        setTags.push(tags[SET_TAG]);
        startOf[i] = startTime;
        marksOf[i] =
            (isSound(snapshot, rules) ? 0 : UNSOUND) | (isHeld(snapshot) ? HELD : 0) | (tags[DEVICE_TAG] === BOOT_DEVICE ? BOOT : 0);
        areInOrder &&= previous < id;
        previous = id;
    });
    const type = numbered(types);
    const sets = numberSets(numbered(setTags), type.numbers, startOf);
    return { ...sets, volume: numbered(volumeIds), type, startOf, marksOf, areInOrder };
}

/** The type and all marks of each set. */
function bySet({ setOf, sets, type: { numbers }, marksOf }: Notes) {
    const types = new Int32Array(sets).fill(UNKNOWN);
    const marks = new Uint8Array(sets);
    setOf.forEach((set, i) => {
        const type = numbers[i] as number;
        types[set] = types[set] === UNKNOWN || types[set] === type ? type : NONE;
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
