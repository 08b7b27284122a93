/** How many restore points of each snapshot type are kept, per volume. Whole numbers from 1. */
export type Retention = Readonly<Record<string, number>>;

/** A tag with which an operator holds a backup set; without `value`, any value of it holds. */
export interface Hold {
    readonly key: string;
    readonly value?: string;
}

/** What a policy says about keeping and deleting: all that the plan needs of it. */
export interface RetentionPolicy {
    /** The value of the tag `VssBackupPolicy`. */
    readonly name: string;
    readonly retention: Retention;
    /** AWS's expression for each type of `retention`. */
    readonly schedules: Readonly<Record<string, string>>;
    /** IANA time zone of the schedules. */
    readonly timezone: string;
    readonly hold: Hold;
    /** Days after its newest restore point after which the snapshots of a volume that is gone may go; undefined for never. */
    readonly orphanDays?: number;
    /** With `orphanDays` 0, lets the newest restore point of a volume that is gone go too. */
    readonly deleteLastCopies: boolean;
    /** Hours for which a set that is not marked application-consistent may still become so, and a failed one is left alone. */
    readonly failedSetGraceHours: number;
    /** Take sets that are complete but not application-consistent for restore points. */
    readonly countCrashConsistent: boolean;
    /** Let the newest restore point of a period stand in for a type whose run made none in it. */
    readonly standIns: boolean;
}
