import type { Finding } from "./finding";
import type { Health } from "./health";
import type { SignalName } from "./signals";

/** The numbers of a health, by the names of their metrics. A number is undefined if a listing that it needs could not be read. */
export interface Counts {
    /** Watched servers. */
    readonly Servers: number | undefined;
    /** Servers that are overdue, or were never backed up. */
    readonly OverdueServers: number | undefined;
    readonly UncoveredVolumes: number | undefined;
    readonly Problems: number;
    readonly RestorePoints: number | undefined;
    /** Hours since the newest restore point of the server for which it is the oldest. */
    readonly OldestNewestHours: number | undefined;
    /** Of the last run of the cleaner. */
    readonly SnapshotsKept: number | undefined;
    /** Of the last run of the cleaner. */
    readonly SnapshotsDeleted: number | undefined;
}

/** Counts servers, findings and restore points of a health. */
export function countsOf(health: Health): Counts {
    const problems = problemsOf(health);
    const overdue = problems.filter(({ kind }) => kind === "overdue" || kind === "never backed up");
    const uncovered = problems.filter(({ kind }) => kind === "volume not covered");
    // A finding of the run before stays if its listings can't be read now. So their number can be right, but nobody knows.
    // Without its own log, the watch does not know which findings it had before.
    const known = areRead(health, "servers", "snapshots", "memory");
    return {
        Servers: health.servers?.watched,
        OverdueServers: known ? new Set(overdue.map(({ server }) => server)).size : undefined,
        UncoveredVolumes: known ? uncovered.length : undefined,
        Problems: problems.length,
        RestorePoints: health.restorePoints,
        OldestNewestHours: health.oldestNewestHours,
        SnapshotsKept: health.cleaner?.kept,
        SnapshotsDeleted: health.cleaner?.deleted,
    };
}

/** The findings that count and alarm. */
export function problemsOf({ findings }: Pick<Health, "findings">): Finding[] {
    return findings.filter(({ severity }) => severity === "problem");
}

/** Whether the run could read all of these listings. */
export function areRead({ findings }: Pick<Health, "findings">, ...signals: readonly (SignalName | "memory")[]): boolean {
    return !findings.some(({ kind, about }) => kind === "unread" && signals.some((signal) => signal === about));
}
