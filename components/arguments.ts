import type * as pulumi from "@pulumi/pulumi";
import type { CleanerSettings } from "../lambda/cleaner";
import type { Hold } from "../lambda/retentionPolicy";
import type { VssDocument } from "./ssmDocuments";

/** An SSM event that can notify. */
export type NotificationEvent = "All" | "InProgress" | "Success" | "TimedOut" | "Cancelled" | "Failed";

/**
 * What a user may say about a policy. Every argument has a default; the same names are the keys of the stack's config.
 *
 * What the component must know while it builds is plain; all else may come from another resource (`pulumi.Input`).
 */
export interface VssBackupPolicyArgs {
    /**
     * Restore points kept per snapshot type: whole numbers from 1. Merged over the default; `null` drops a type.
     * @default { Day: 5, Week: 3, Month: 2 }
     * @example { Day: 7, Month: null }
     */
    retention?: Readonly<Record<string, number | null>>;
    /**
     * When each snapshot type is taken: a `cron(…)` or `rate(…)` expression of SSM. Merged over the default; `null` drops a type.
     * Each opens a maintenance window of one hour, and two types may never keep a server busy at once.
     * @default { Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" }
     * @example { Hour: "cron(0 8-20 ? * MON-FRI *)" }
     */
    schedules?: Readonly<Record<string, string | null>>;
    /**
     * IANA time zone of all schedules.
     * @default "UTC"
     * @example "Europe/Vienna"
     */
    timezone?: string;
    /**
     * Tag of the EC2 instances to back up.
     * @default { key: "VssBackup", value: the policy's name }
     */
    serverTag?: { readonly key?: string; readonly value?: pulumi.Input<string> };
    /**
     * Existing IAM roles of the servers, by name or ARN. The policies that a server needs are attached to them; without any, a role and
     * an instance profile are made.
     * @default none
     */
    serverRoles?: readonly pulumi.Input<string>[];
    /**
     * E-mail addresses subscribed to the topic. AWS asks each to confirm.
     * @default none
     */
    notificationEmails?: readonly pulumi.Input<string>[];
    /**
     * What of a server's VSS run is told to the topic.
     * @default ["Success", "TimedOut", "Cancelled", "Failed"]
     */
    notificationEvents?: pulumi.Input<readonly pulumi.Input<NotificationEvent>[]>;
    /**
     * ARN of an existing standard SNS topic to use instead of a new one.
     * @default a new topic
     */
    topicArn?: pulumi.Input<string>;
    /**
     * Leave the boot volume out of the snapshots.
     * @default false
     */
    excludeBootVolume?: pulumi.Input<boolean>;
    /**
     * Take VSS copy-only backups, which leave the differential chain of SQL Server's own backups alone.
     * @default false
     */
    copyOnly?: pulumi.Input<boolean>;
    /**
     * Exclude the VSS writers of applications: only file systems are consistent then.
     * @default false
     */
    noWriters?: pulumi.Input<boolean>;
    /**
     * SSM document that takes the snapshots; the second installs the VSS package first.
     * @default "AWSEC2-CreateVssSnapshot"
     */
    document?: VssDocument;
    /**
     * Version of AwsVssComponents to install, 2.3.1 or later.
     * @default "latest"
     */
    componentsVersion?: pulumi.Input<string>;
    /**
     * When the cleaner runs: a `cron(…)` or `rate(…)` expression of EventBridge Scheduler.
     * @default "cron(0 7 * * ? *)"
     */
    cleanerSchedule?: string;
    /**
     * A tag that an operator puts on any snapshot: its whole backup set is kept until the tag is gone, and does not count. A key alone
     * holds with whatever value.
     * @default "VssBackupHold"
     * @example { key: "Legal", value: "hold" }
     */
    hold?: string | { readonly key: string; readonly value?: string };
    /**
     * Days after its newest restore point after which the snapshots of a volume that no longer exists may go, all but that restore
     * point. `0` deletes that too, and needs `deleteLastCopies`.
     * @default never: kept, and reported as stale
     */
    orphanDays?: number;
    /**
     * Says in words what `orphanDays: 0` does: of a volume that no longer exists, nothing is kept.
     * @default false
     */
    deleteLastCopies?: boolean;
    /**
     * Hours for which a failed or unfinished backup set is left alone.
     * @default 24
     */
    failedSetGraceHours?: number;
    /**
     * How many snapshots one run of the cleaner may delete; what is left comes next time, the oldest first.
     * @default 1000
     */
    maxDeletionsPerRun?: number;
    /**
     * Count backup sets that are complete but not application-consistent as restore points.
     * @default false
     */
    countCrashConsistent?: boolean;
    /**
     * Where a type's run made no restore point, let the newest of any type in its hour, day, week, month or year stand in for it.
     * @default true
     */
    standIns?: boolean;
    /**
     * Let the cleaner plan and report, but delete nothing.
     * @default false
     */
    reportOnly?: boolean;
    /**
     * Tags for every AWS resource that the policy makes, its snapshots included.
     * @default none
     */
    tags?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
}

/** The defaults of all arguments that have one of their own. */
export const DEFAULTS = {
    retention: { Day: 5, Week: 3, Month: 2 },
    schedules: { Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" },
    timezone: "UTC",
    serverTagKey: "VssBackup",
    notificationEvents: ["Success", "TimedOut", "Cancelled", "Failed"],
    document: "AWSEC2-CreateVssSnapshot",
    componentsVersion: "latest",
    cleanerSchedule: "cron(0 7 * * ? *)",
    hold: "VssBackupHold",
    deleteLastCopies: false,
    failedSetGraceHours: 24,
    maxDeletionsPerRun: 1000,
    countCrashConsistent: false,
    standIns: true,
    reportOnly: false,
} as const;

/** One snapshot type of a policy, with all that belongs to it. */
export interface SnapshotType {
    /** The value of the tag `SnapshotType`. */
    readonly name: string;
    /** The name as it stands in the names of resources: small letters, digits, dashes. */
    readonly slug: string;
    readonly schedule: string;
    readonly retention: number;
}

/** A user's map over the default one: each entry changes itself alone, `null` takes it away, and `undefined` says nothing. */
export function merge<T>(defaults: Readonly<Record<string, T>>, given: Readonly<Record<string, T | null>> = {}): Record<string, T> {
    const said = Object.entries(given).filter(([, value]) => value !== undefined);
    const merged = Object.entries({ ...defaults, ...Object.fromEntries(said) });
    return Object.fromEntries(merged.filter((entry): entry is [string, T] => entry[1] !== null));
}

/** The types of checked arguments, in the order of their schedules. */
export function snapshotTypes({ retention, schedules }: Pick<VssBackupPolicyArgs, "retention" | "schedules">): SnapshotType[] {
    const kept = merge<number>(DEFAULTS.retention, retention);
    return Object.entries(merge<string>(DEFAULTS.schedules, schedules)).map(([name, schedule]) => ({
        name,
        slug: slug(name),
        schedule,
        retention: kept[name] as number,
    }));
}

/** What checked arguments tell the cleaner. */
export function cleanerSettings(name: string, args: VssBackupPolicyArgs): CleanerSettings {
    const flag = (key: "deleteLastCopies" | "countCrashConsistent" | "standIns" | "reportOnly") => args[key] ?? DEFAULTS[key];
    const types = snapshotTypes(args);
    return {
        name,
        retention: Object.fromEntries(types.map((type) => [type.name, type.retention])),
        schedules: Object.fromEntries(types.map((type) => [type.name, type.schedule])),
        timezone: args.timezone ?? DEFAULTS.timezone,
        hold: holdOf(args.hold),
        ...(args.orphanDays !== undefined && { orphanDays: args.orphanDays }),
        deleteLastCopies: flag("deleteLastCopies"),
        failedSetGraceHours: args.failedSetGraceHours ?? DEFAULTS.failedSetGraceHours,
        maxDeletionsPerRun: args.maxDeletionsPerRun ?? DEFAULTS.maxDeletionsPerRun,
        countCrashConsistent: flag("countCrashConsistent"),
        standIns: flag("standIns"),
        reportOnly: flag("reportOnly"),
    };
}

export function holdOf(hold: VssBackupPolicyArgs["hold"] = DEFAULTS.hold): Hold {
    return typeof hold === "string" ? { key: hold } : hold;
}

export function slug(type: string): string {
    return type
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}
