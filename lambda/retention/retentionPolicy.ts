/** How many restore points of each snapshot type are kept, per volume. Whole numbers from 1. */
export type Retention = Readonly<Record<string, number>>;

/** The part of a policy that decides which snapshots are kept. The plan needs no other part. */
export interface RetentionPolicy {
    /** The value of the tag `VssBackupPolicy`. */
    readonly name: string;
    readonly retention: Retention;
    /** AWS's expression for each type of `retention`. */
    readonly schedules: Readonly<Record<string, string>>;
    /** IANA time zone of the schedules. */
    readonly timezone: string;
    /** Key of the tag with which an operator holds a backup set, in any letter case and with any value. */
    readonly hold: string;
    /** Days after its newest restore point after which the older snapshots of a volume that no longer exists may be deleted; undefined for never. */
    readonly orphanDays?: number;
    /** Hours for which a set that is not marked application-consistent may still become so, and a failed one is left alone. */
    readonly failedSetGraceHours: number;
    /** Count sets that are complete but not application-consistent as restore points. */
    readonly countCrashConsistent: boolean;
    /** Let the newest restore point of a period stand in for a type that has no restore point in it. */
    readonly standIns: boolean;
}

/**
 * Refuses numbers with which the plan would delete needed restore points.
 *
 * @throws RangeError that names the number
 */
export function checkPlanInput({ retention, failedSetGraceHours, orphanDays }: RetentionPolicy, now: number): void {
    const faults = [
        ...(Number.isFinite(now) ? [] : [`now is ${now}; it must be a finite number of milliseconds since 1970`]),
        ...Object.entries(retention)
            .filter(([, count]) => !Number.isInteger(count) || count < 1)
            .map(([type, count]) => `retention.${type} is ${count}; it must be a whole number from 1`),
        ...(failedSetGraceHours >= 0 ? [] : [`failedSetGraceHours is ${failedSetGraceHours}; it must be a number from 0`]),
        ...(orphanDays === undefined || orphanDays >= 1 ? [] : [`orphanDays is ${orphanDays}; it must be a number from 1`]),
    ];
    if (faults.length > 0) {
        throw new RangeError(`Nothing can be planned: ${faults.join("; ")}`);
    }
}
