import type * as pulumi from "@pulumi/pulumi";

/** An event of a server's VSS run that SSM can notify about. */
export const NotificationEvent = {
    All: "All",
    InProgress: "InProgress",
    Success: "Success",
    TimedOut: "TimedOut",
    Cancelled: "Cancelled",
    Failed: "Failed",
} as const;
export type NotificationEvent = (typeof NotificationEvent)[keyof typeof NotificationEvent];

/** An SSM document of AWS that takes VSS snapshots. */
export const VssDocument = {
    CreateVssSnapshot: "AWSEC2-CreateVssSnapshot",
    VssInstallAndSnapshot: "AWSEC2-VssInstallAndSnapshot",
} as const;
export type VssDocument = (typeof VssDocument)[keyof typeof VssDocument];

/** When the watch sends its report. */
export const ReportMode = {
    Daily: "daily",
    Problems: "problems",
    Never: "never",
} as const;
export type ReportMode = (typeof ReportMode)[keyof typeof ReportMode];

/** The tag of the EC2 instances to back up. */
export interface ServerTag {
    /** The tag's key. Default: `VssBackup`. */
    key?: string;
    /** The tag's value. Default: the policy's name. */
    value?: pulumi.Input<string>;
}

/**
 * The arguments of a policy. Each has a default. The keys of the stack's config have the same names.
 *
 * An argument is plain if the component must know it while it registers resources. All others are `pulumi.Input` and may come from another
 * resource.
 */
export interface VssBackupPolicyArgs {
    /**
     * How many restore points to keep, per snapshot type and volume: whole numbers from 1. An entry changes only its type.
     * Default: `{ Day: 5, Week: 3, Month: 2 }`.
     * @example { Day: 7, Year: 3 }
     */
    retention?: Record<string, number>;
    /**
     * When to take each snapshot type: a `cron(…)` or `rate(…)` expression of SSM. An entry changes only its type; `never` drops
     * a type together with its retention. Each time opens a maintenance window of one hour. The windows of two types must not overlap.
     * Default: `{ Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" }`.
     * @example { Month: "never", Year: "cron(0 6 2 1 ? *)" }
     */
    schedules?: Record<string, string>;
    /**
     * The IANA time zone of all schedules.
     * Default: `UTC`.
     * @example "Europe/Vienna"
     */
    timezone?: string;
    /**
     * The tag of the EC2 instances to back up.
     * Default: `{ key: "VssBackup", value: <the policy's name> }`.
     * @example { key: "Role", value: "sql" }
     */
    serverTag?: ServerTag;
    /**
     * Existing IAM roles of the servers, by name or ARN, under names of your choice. The names become part of resource names. The
     * component attaches the policies that a server needs, and never detaches a managed policy again. In JavaScript and in stack config,
     * a list of role names works too.
     * Default: none; the component makes a role and an instance profile.
     * @example { sql: sqlRole.name, web: "web-servers" }
     */
    serverRoles?: Record<string, pulumi.Input<string>>;
    /**
     * E-mail addresses to subscribe to the topic, under names of your choice. The names become part of resource names. AWS asks each
     * address to confirm. In JavaScript and in stack config, a list of addresses works too.
     * Default: none.
     * @example { admins: "windows-admins@example.com" }
     */
    notificationEmails?: Record<string, pulumi.Input<string>>;
    /**
     * The events of a server's VSS run that send a notification.
     * Default: `["TimedOut", "Cancelled", "Failed"]`.
     * @example ["All"]
     */
    notificationEvents?: pulumi.Input<pulumi.Input<NotificationEvent>[]>;
    /**
     * The ARN of an existing standard SNS topic, in the policy's region and account. Its topic policy stays as it is.
     * Default: the component makes a topic.
     * @example "arn:aws:sns:eu-central-1:123456789012:operations"
     */
    topicArn?: pulumi.Input<string>;
    /**
     * Leave the boot volume out of the snapshots.
     * Default: `false`.
     * @example true
     */
    excludeBootVolume?: pulumi.Input<boolean>;
    /**
     * Take VSS copy-only backups. They do not break the differential backups that SQL Server takes itself.
     * Default: `false`.
     * @example true
     */
    copyOnly?: pulumi.Input<boolean>;
    /**
     * Exclude the VSS writers of applications. The snapshots are then consistent for file systems, but not for applications.
     * Default: `false`.
     * @example true
     */
    noWriters?: pulumi.Input<boolean>;
    /**
     * Save the metadata of the VSS writers on the server, in each run. AWS's runbook needs it to restore single SQL Server databases. It
     * needs AwsVssComponents 2.4.0 or later, and does not go together with `noWriters`.
     * Default: `false`.
     * @example true
     */
    saveVssMetadata?: pulumi.Input<boolean>;
    /**
     * The SSM document that takes the snapshots. `AWSEC2-VssInstallAndSnapshot` installs the VSS package before each run.
     * Default: `AWSEC2-CreateVssSnapshot`.
     * @example "AWSEC2-VssInstallAndSnapshot"
     */
    document?: VssDocument;
    /**
     * The version of AwsVssComponents to install, 2.3.1 or later.
     * Default: `latest`.
     * @example "2.5.1"
     */
    componentsVersion?: pulumi.Input<string>;
    /**
     * When the cleaner runs: a `cron(…)` or `rate(…)` expression of EventBridge Scheduler, in `timezone`.
     * Default: `cron(0 7 * * ? *)`.
     * @example "rate(12 hours)"
     */
    cleanerSchedule?: string;
    /**
     * The key of a tag that an operator puts on a snapshot to hold it. The cleaner keeps the whole backup set while the tag is there. The
     * tag can have any value. The set does not count in retention.
     * Default: `VssBackupHold`.
     * @example "LegalHold"
     */
    hold?: string;
    /**
     * Days without a restore point after which the cleaner may delete the snapshots of a volume that no longer exists: 1 to 36,500. The
     * newest restore point and everything newer stay.
     * Default: never; the cleaner keeps and reports them.
     * @example 90
     */
    orphanDays?: number;
    /**
     * Hours for which the cleaner keeps a failed or unfinished backup set: 1 to 8,760.
     * Default: `24`.
     * @example 48
     */
    failedSetGraceHours?: number;
    /**
     * How many snapshots one run of the cleaner may delete: 1 to 100,000. The next run continues with the oldest.
     * Default: `1000`.
     * @example 4000
     */
    maxDeletionsPerRun?: number;
    /**
     * Count backup sets that are complete but not application-consistent as restore points.
     * Default: `false`.
     * @example true
     */
    countCrashConsistent?: boolean;
    /**
     * Keep the newest restore point of any type for a week, month or year in which the type has no restore point.
     * Default: `true`.
     * @example false
     */
    standIns?: boolean;
    /**
     * Let the cleaner plan and report without deleting.
     * Default: `false`.
     * @example true
     */
    reportOnly?: boolean;
    /**
     * Watch the backups: a second Lambda function, which changes no backup and no server, finds missing backups and reports them. Without
     * it, there is no report, no metric, no alarm, and no record of servers for a restore.
     * Default: `true`.
     * @example false
     */
    watch?: boolean;
    /**
     * Hours between two runs of the watch: 1 to 24.
     * Default: `1`.
     * @example 6
     */
    watchEveryHours?: number;
    /**
     * When the watch sends its report to the topic: `daily`, only if there are `problems`, or `never`.
     * Default: `daily`.
     * @example "problems"
     */
    report?: ReportMode;
    /**
     * The time of the report: hours and minutes of the day, in `timezone`.
     * Default: `08:00`.
     * @example "06:30"
     */
    reportAt?: string;
    /**
     * Hours after the end of a backup window in which a missing restore point is not overdue yet: 1 to 24.
     * Default: `2`.
     * @example 6
     */
    overdueGraceHours?: number;
    /**
     * The key of a tag that excludes a server from the watch. The tag's value is the reason, which the report shows. Backups go on.
     * Default: `VssBackupExclude`.
     * @example "NotWatched"
     */
    excludeTag?: string;
    /**
     * Count a stopped server as a problem.
     * Default: `false`.
     * @example true
     */
    alarmStopped?: boolean;
    /**
     * Days after which the watch counts a server without a restore test as a problem: 1 to 3,650.
     * Default: none; the report only notes servers whose last test is older than 90 days.
     * @example 60
     */
    restoreTestDays?: number;
    /**
     * The ARN of an SNS topic that Amazon Q Developer in chat applications reads, in the policy's region and account. The watch sends its
     * report to it in the form that chat needs. Give another topic than the one for mail.
     * Default: none.
     * @example "arn:aws:sns:eu-central-1:123456789012:chat"
     */
    chatTopicArn?: pulumi.Input<string>;
    /**
     * Make CloudWatch alarms that notify the topic.
     * Default: `true`.
     * @example false
     */
    alarms?: boolean;
    /**
     * Make a CloudWatch dashboard.
     * Default: `false`.
     * @example true
     */
    dashboard?: boolean;
    /**
     * Tags for every AWS resource that the component makes, and for the snapshots.
     * Default: none.
     * @example { CostCenter: "4711" }
     */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
