/** Gives one string for all that are equal: of a hundred thousand snapshots, most volumes and tags are those of others, too. */
export function sharing(): (text: string) => string {
    const known = new Map<string, string>();
    return (text) => {
        const same = known.get(text) ?? text;
        known.set(text, same);
        return same;
    };
}

/** What the plan needs to know of one EBS snapshot. */
export interface Snapshot {
    /** `snap-…` */
    readonly id: string;
    /** `vol-…`, which may no longer exist. */
    readonly volumeId: string;
    /** Milliseconds since 1970; `NaN` where EC2 gave no time that can be read. */
    readonly startTime: number;
    /** EC2's state: `pending`, `completed`, `error`, and others that EC2 may add. */
    readonly state: string;
    readonly tags: Readonly<Record<string, string>>;
}
