/** Items by number: equal ones have the same, from 0 on, in the order in which they come. */
export interface Numbered<T> {
    /** For each item the number of its value in `values`, or `NONE`. */
    readonly numbers: Int32Array;
    readonly values: readonly T[];
}

/** The number of `undefined`. */
export const NONE = -1;

/** A loop that does nothing else: a processor then looks up several items at once. */
export function numbered<T>(items: readonly (T | undefined)[]): Numbered<T> {
    const known = new Map<T | undefined, number>([[undefined, NONE]]);
    const values: T[] = [];
    const numbers = new Int32Array(items.length);
    for (let i = 0; i < items.length; i++) {
        const item = items[i];
        let number = known.get(item);
        if (number === undefined) {
            number = values.push(item as T) - 1;
            known.set(item, number);
        }
        numbers[i] = number;
    }
    return { numbers, values };
}

/** Members put together by group, each group's in the order in which they came. */
export interface Groups {
    /** Those of group `g` lie from `starts[g]` up to `starts[g + 1]`. */
    readonly members: Int32Array;
    readonly starts: Int32Array;
}

/**
 * Sorts members by group, by counting.
 *
 * @param groupOf the group of each member, below `groups`
 */
export function grouped(groupOf: Int32Array, groups: number): Groups {
    const starts = new Int32Array(groups + 1);
    for (let i = 0; i < groupOf.length; i++) {
        add(starts, (groupOf[i] as number) + 1, 1);
    }
    for (let group = 0; group < groups; group++) {
        add(starts, group + 1, starts[group] as number);
    }
    const next = starts.slice();
    const members = new Int32Array(groupOf.length);
    for (let i = 0; i < groupOf.length; i++) {
        members[add(next, groupOf[i] as number, 1)] = i;
    }
    return { members, starts };
}

/** Returns what was there. */
function add(to: Int32Array, i: number, number: number): number {
    const before = to[i] as number;
    to[i] = before + number;
    return before;
}
