import type { Outcome } from "./deletion";
import type { Decision, Plan } from "./plan";

/** A snapshot and one sentence about it. */
export interface Line {
    readonly SnapshotId: string;
    readonly Reason: string;
}

/** What one run of the cleaner returns, and logs as one JSON line. */
export interface Report {
    readonly Policy: string;
    /** ISO 8601, UTC: the time of the event. */
    readonly Time: string;
    readonly ReportOnly: boolean;
    /** `OK`; `PARTIAL` where something remains for the next run, or is left of a set that is partly gone; `FAILED` where there are errors. */
    readonly Status: "OK" | "PARTIAL" | "FAILED";
    /** What the run could not do, a sentence each; with any, it ends with an error. */
    readonly Errors: readonly string[];
    /** Always complete, whatever the lists below leave out. */
    readonly Counts: Readonly<Record<"Listed" | "Deleted" | "Kept" | "Skipped" | "Failed" | "Remaining" | "StaleVolumes", number>>;
    /** Ids of what is gone. */
    readonly DeletedSnapshots: readonly string[];
    /** Could not be deleted; `Reason` holds EC2's code and sentence. */
    readonly FailedSnapshots: readonly Line[];
    /** Planned, and left for the next run (or, with `ReportOnly`, for a run that may delete). */
    readonly RemainingSnapshots: readonly Line[];
    /** No restore points, or held by something: left alone. */
    readonly SkippedSnapshots: readonly Line[];
    /** Why each of `DeletedSnapshots` went. */
    readonly DeletedReasons: readonly Line[];
    /** Needed by retention. */
    readonly KeptSnapshots: readonly Line[];
    /** Volumes that were backed up once and no longer are: their server or they are gone, or their backups fail. */
    readonly StaleVolumes: readonly { readonly VolumeId: string; readonly Reason: string }[];
    /** How many lines the lists leave out, so that the report fits into one event of the log. */
    readonly LinesLeftOut: number;
}

/**
 * A log event of CloudWatch holds 256 KiB, 26 bytes of them its own; Lambda would cut a longer line in pieces.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const MOST_BYTES = 250_000;

/** @param errors what went wrong before the deletions */
export function report(
    run: { readonly policy: string; readonly time: number; readonly reportOnly: boolean },
    { decisions, staleVolumes }: Plan,
    outcomes: readonly Outcome[],
    errors: readonly string[],
): Report {
    const by = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result);
    const is = (action: Decision["action"]) => decisions.filter((decision) => decision.action === action);
    const deleted = by("deleted");
    const failed = by("failed");
    const lists = {
        FailedSnapshots: failed,
        RemainingSnapshots: by("remaining"),
        SkippedSnapshots: [...by("skipped"), ...is("leave")],
        DeletedReasons: deleted,
        KeptSnapshots: is("keep"),
    };
    const DeletedSnapshots = deleted.map(({ snapshot }) => snapshot.id);
    const Errors = [...errors, ...(failed[0] ? [`${failed.length} of ${outcomes.length} deletions ${failed[0].reason}`] : [])];
    const lines = linesOf(MOST_BYTES - Buffer.byteLength(JSON.stringify([Errors, DeletedSnapshots])));
    const snapshotLines = (entries: readonly (Outcome | Decision)[]) =>
        lines.fitting(entries, ({ snapshot, reason }): Line => ({ SnapshotId: snapshot.id, Reason: reason }));
    return {
        Policy: run.policy,
        Time: new Date(run.time).toISOString(),
        ReportOnly: run.reportOnly,
        Status: Errors.length > 0 ? "FAILED" : isPartial(outcomes, run.reportOnly) ? "PARTIAL" : "OK",
        Errors,
        Counts: {
            Listed: decisions.length,
            Deleted: deleted.length,
            Kept: lists.KeptSnapshots.length,
            Skipped: lists.SkippedSnapshots.length,
            Failed: lists.FailedSnapshots.length,
            Remaining: lists.RemainingSnapshots.length,
            StaleVolumes: staleVolumes.length,
        },
        DeletedSnapshots,
        FailedSnapshots: snapshotLines(lists.FailedSnapshots),
        RemainingSnapshots: snapshotLines(lists.RemainingSnapshots),
        StaleVolumes: lines.fitting(staleVolumes, ({ volumeId, reason }) => ({ VolumeId: volumeId, Reason: reason })),
        SkippedSnapshots: snapshotLines(lists.SkippedSnapshots),
        DeletedReasons: snapshotLines(lists.DeletedReasons),
        KeptSnapshots: snapshotLines(lists.KeptSnapshots),
        LinesLeftOut: lines.leftOut(),
    };
}

/** Makes lines until `room` bytes are full, and counts those that it leaves out. */
function linesOf(room: number): { fitting<T, L>(entries: readonly T[], line: (entry: T) => L): L[]; leftOut(): number } {
    let left = room;
    let count = 0;
    return {
        leftOut: () => count,
        fitting(entries, line) {
            const made = entries.map(line);
            const fitting = made.filter((one) => {
                left -= Buffer.byteLength(JSON.stringify(one)) + 1;
                return left >= 0;
            });
            count += made.length - fitting.length;
            return fitting;
        },
    };
}

function isPartial(outcomes: readonly Outcome[], reportOnly: boolean): boolean {
    return outcomes.some(({ result, split }) => split || (result === "remaining" && !reportOnly));
}
