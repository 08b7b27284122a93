import type { Finding } from "./finding";

/** A topic that gets reports: the policy's own, or the one of the chat. */
export type Channel = "topic" | "chat";

/** The value of an option, and since when the policy has it. */
export interface Since {
    readonly value: string;
    readonly since: number;
}

/** Since when the options of the policy have their values. */
export type OptionTimes = Readonly<Record<"timezone" | "cleanerSchedule" | "excludeBootVolume", Since>>;

/** What one run of the watch leaves in its log for the next run. Times are milliseconds since 1970. */
export interface Memory {
    readonly time: number;
    /** When the first run was. */
    readonly since: number;
    /** When each server was first seen with the tag, by id. */
    readonly firstSeen: Readonly<Record<string, number>>;
    /** When the servers were last read; undefined if they never were. */
    readonly serversAt?: number;
    /** Since when options of the policy have their values, by name. */
    readonly options: Readonly<Record<string, Since>>;
    /** Since when each snapshot type has its schedule. */
    readonly schedules: Readonly<Record<string, { readonly schedule: string; readonly since: number }>>;
    /** Due runs that a server need not make up for, because it was stopped: by server and type, as `i-…|Day`. */
    readonly excused: Readonly<Record<string, readonly number[]>>;
    readonly findings: readonly Finding[];
    /** The findings of the last report that the topic got, and the problems since. */
    readonly reported: readonly Finding[];
    /** Whether a report is still to be sent to the topic, since SNS did not take it. */
    readonly reportDue: boolean;
    /** When the last report was due; undefined if none was. */
    readonly reportedAt?: number;
    /** The same for the chat topic; undefined if they are those of `reported`. */
    readonly chatReported?: readonly Finding[];
    /** Whether a report is still to be sent to the chat topic; undefined if not. */
    readonly chatDue?: true;
}
