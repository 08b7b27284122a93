/** The facts about one EBS snapshot that the plan needs. */
export interface Snapshot {
    /** `snap-…` */
    readonly id: string;
    /** `vol-…`. The volume may no longer exist. */
    readonly volumeId: string;
    /** Milliseconds since 1970; `NaN` if EC2 gave no valid time. */
    readonly startTime: number;
    /** EC2's state: `pending`, `completed`, `error`, and others that EC2 may add. */
    readonly state: string;
    readonly tags: Readonly<Record<string, string>>;
}

/** A snapshot, with the size of its volume. */
export interface SizedSnapshot extends Snapshot {
    readonly sizeGib: number;
}

/** Compares by code units: the same order everywhere, unlike a locale's. */
export function compareIds(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
