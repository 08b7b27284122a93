import type { RetentionPolicy } from "../retention/retentionPolicy";

/** When a report is sent. Metrics are written and alarms are evaluated in any case. */
export type ReportMode = "daily" | "problems" | "never";

/** The part of a policy that its watch needs; captured in the closure. */
export interface WatchSettings extends RetentionPolicy {
    /** Key of the tag with which an operator excludes a server from the watch. The tag's value is the reason. */
    readonly excludeTag: string;
    /** Hours after the end of a window for which a missing restore point is not yet overdue. */
    readonly overdueGraceHours: number;
    /** Whether a stopped server is a problem. */
    readonly alarmStopped: boolean;
    readonly report: ReportMode;
    /** AWS's expression for the cleaner's schedule, in `timezone`. */
    readonly cleanerSchedule: string;
    /** The cleaner reports without deleting. */
    readonly reportOnly: boolean;
    /** Hours before a window's end after which it starts no run. */
    readonly windowCutoff: number;
    /** Days after which each server owes another restore test; undefined if servers that were never tested owe none. */
    readonly restoreTestDays?: number;
}

/** What the watch learns from its environment: values of other resources, which the closure can't capture. */
export interface WatchTargets {
    readonly serverTag: { readonly key: string; readonly value: string };
    readonly excludeBootVolume: boolean;
    /** Id of the window of each snapshot type. */
    readonly windowIds: Readonly<Record<string, string>>;
    readonly associationId: string;
    readonly topicArn: string;
    /** The addresses that the policy subscribes to its topic: the name of each entry, and the digest of its address. */
    readonly emails: Readonly<Record<string, string>>;
    /** A topic that Amazon Q Developer in chat applications reads; undefined if there is none. */
    readonly chatTopicArn?: string;
    readonly cleanerLogGroup: string;
    readonly watchLogGroup: string;
    readonly document: string;
    /** Name of the policy's instance profile; undefined if the user gave roles. */
    readonly instanceProfile?: string;
}
