import type { CleanerSettings } from "../../lambda/cleaner/cleaner";
import type { Snapshot } from "../../lambda/retention/snapshot";

/** The values of one backup set that matter to a test. Other values have defaults. */
export interface SetSketch {
    readonly type?: string;
    /** A day such as `2027-01-31`, or a time such as `2027-01-31T05:00`, in UTC. */
    readonly at: string;
    readonly volumes?: readonly string[];
    /** Value of `AppConsistent` on every snapshot; null leaves the tag out. */
    readonly consistent?: string | null;
    readonly state?: string;
    readonly policy?: string;
    /** Number of the set; null for snapshots without `AwsVssConfig`. */
    readonly guid?: number | null;
}

/** A set's snapshots. Their ids contain type, day and volume: `snap-day-0131-c`. */
export function backUp({
    type = "Day",
    at,
    volumes = ["c", "d"],
    consistent = "true",
    state = "completed",
    policy = "prod",
    guid,
}: SetSketch): Snapshot[] {
    const startTime = Date.parse(`${at.length === 10 ? `${at}T01:00` : at}Z`);
    const config = guid === undefined ? startTime / 60_000 : guid;
    return volumes.map((volume) => ({
        id: `snap-${type.toLowerCase()}-${at.slice(5, 10).replace("-", "")}-${volume}`,
        volumeId: `vol-${volume}`,
        startTime,
        state,
        tags: {
            VssBackupPolicy: policy,
            SnapshotType: type,
            ...(consistent !== null && { AppConsistent: consistent }),
            ...(config !== null && {
                AwsVssConfig: `AwsVssComponents 2.5.1 {${config.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000}`,
            }),
        },
    }));
}

/** Zones that start daylight saving at different times, by half an hour, or never. */
export const ZONES = ["UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"] as const;

/** Zones that change their clocks at midnight. */
export const MIDNIGHT_ZONES = ["Africa/Cairo", "America/Havana"] as const;

export const NOW = Date.parse("2027-02-01T07:00:00Z");

/** A policy that keeps one Day restore point, without stand-ins. A test overrides the settings that matter to it. */
export const POLICY: CleanerSettings = {
    name: "prod",
    retention: { Day: 1 },
    schedules: { Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" },
    timezone: "UTC",
    hold: "VssBackupHold",
    failedSetGraceHours: 24,
    maxDeletionsPerRun: 1000,
    countCrashConsistent: false,
    standIns: false,
    reportOnly: false,
};
