import type { Finding } from "./finding";

/** What one run tells the next one through its log. Times are milliseconds since 1970. */
export interface Memory {
    readonly time: number;
    /** When each server was seen for the first time, by id. */
    readonly firstSeen: Readonly<Record<string, number>>;
    /** Since when each snapshot type has its schedule. */
    readonly schedules: Readonly<Record<string, { readonly schedule: string; readonly since: number }>>;
    /** When the first run was. */
    readonly since: number;
    readonly findings: readonly Finding[];
    /** The findings of the last report that was sent. */
    readonly reported: readonly Finding[];
}

/** The newest restore point of a type, over all servers. */
export interface TypeHealth {
    readonly type: string;
    /** Undefined if there is none. */
    readonly newest?: number;
    /** How many watched servers have a restore point of the type. */
    readonly servers: number;
    /** When its window opens next; undefined if only AWS knows. */
    readonly nextWindow?: number;
}

export interface Health {
    readonly time: number;
    /** Problems first, each in the order of `KINDS`, then by server. */
    readonly findings: readonly Finding[];
    /** Findings of the last report that are over. */
    readonly recovered: readonly Finding[];
    readonly types: readonly TypeHealth[];
    readonly servers: {
        /** Watched servers: those with the server tag, without the excluded ones. */
        readonly total: number;
        /** Watched servers without a problem. */
        readonly ok: number;
        readonly excluded: readonly { readonly id: string; readonly name: string; readonly reason: string }[];
    };
    readonly restorePoints: number;
    /** Hours since the newest restore point of the server for which it is the oldest; undefined if no server has one. */
    readonly oldestNewestHours?: number;
    /** The last run of the cleaner in its log. */
    readonly cleaner?: import("./signals").CleanerRun;
    /** For the next run. `reported` is that of the run before; a run that sends a report replaces it. */
    readonly memory: Memory;
}
