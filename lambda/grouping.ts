/** Values that have numbers, from 0 on, in the order in which they were first asked for. */
export interface Numbering<T> {
    numberOf(value: T): number;
    readonly values: readonly T[];
}

export function numbering<T>(): Numbering<T> {
    const numbers = new Map<T, number>();
    const values: T[] = [];
    return {
        numberOf(value) {
            let number = numbers.get(value);
            if (number === undefined) {
                number = values.push(value) - 1;
                numbers.set(value, number);
            }
            return number;
        },
        values,
    };
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
