import { NONE, type Numbered, numbered } from "./grouping";

/**
 * Snapshots without a set id belong together when they follow each other this closely. One VSS run makes all of its snapshots in one
 * CreateSnapshots call, so this never cuts a set; it can only join the sets of several servers, which keeps more than needed.
 */
const NEARBY_MS = 10 * 60_000;

/** A GUID but for its first eight digits: to look for the dash is faster. */
const GUID_FROM_DASH = /(?<=[0-9a-f]{8})-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/i;

/** Which snapshots form a set. */
export interface SetNumbers {
    /** For each snapshot the number of its set, from 0 on. */
    readonly setOf: Int32Array;
    /** How many sets were not found by their times: they have the first numbers. */
    readonly identified: number;
    readonly sets: number;
}

/**
 * Numbers the sets: by the ids that the values of their tag hold, and where there is none, by type and time.
 *
 * @param tags the value of each snapshot's tag
 * @param typeOf for each snapshot the number of its type
 * @param startOf for each snapshot its start, in milliseconds since 1970, or `NaN`
 */
export function numberSets(tags: Numbered<string>, typeOf: Int32Array, startOf: Float64Array): SetNumbers {
    const ids = numbered(tags.values.map(setId));
    const loose: number[] = [];
    const setOf = tags.numbers.map((value, i) => {
        const set = ids.numbers[value] ?? NONE;
        if (set === NONE) {
            loose.push(i);
        }
        return set;
    });
    const identified = ids.values.length;
    return { setOf, identified, sets: numberRuns(loose, setOf, typeOf, startOf, identified) };
}

/** Numbers the sets of loose snapshots, from `sets` on, by type and time; returns the number of all sets. */
function numberRuns(loose: number[], setOf: Int32Array, typeOf: Int32Array, startOf: Float64Array, sets: number): number {
    const type = (i: number) => typeOf[i] as number;
    const start = (i: number) => placeInTime(startOf[i] as number);
    let next = sets;
    loose
        .sort((i, j) => type(i) - type(j) || start(i) - start(j))
        .forEach((member, k, all) => {
            const before = all[k - 1] ?? NONE;
            // False where there is none before, or no time.
            const follows = type(before) === type(member) && start(member) - start(before) <= NEARBY_MS;
            setOf[member] = follows ? next - 1 : next++;
        });
    return next;
}

/** A snapshot without a time has no place in the order: its set is never a restore point, so any fixed one will do. */
export function placeInTime(startTime: number): number {
    return Number.isNaN(startTime) ? Number.NEGATIVE_INFINITY : startTime;
}

/** The GUID in a value, in whatever form it is written, or else the value itself; none in a blank one. */
function setId(value: string): string | undefined {
    const dash = value.search(GUID_FROM_DASH);
    return dash < 0 ? value.trim() || undefined : value.slice(dash - 8, dash + 28).toLowerCase();
}
