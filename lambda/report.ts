import type { Outcome } from "./deletion";
import type { Decision } from "./plan";

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
    /** `OK`, or `PARTIAL` where something failed, remains for the next run, or is left of a set that is partly gone. */
    readonly Status: "OK" | "PARTIAL";
    /** Always complete, whatever the lists below leave out. */
    readonly Counts: Readonly<Record<"Listed" | "Deleted" | "Kept" | "Skipped" | "Failed" | "Remaining", number>>;
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
    /** How many lines the lists leave out, so that the report fits into one event of the log. */
    readonly LinesLeftOut: number;
}

/**
 * A log event of CloudWatch holds 256 KiB, 26 bytes of them its own; Lambda would cut a longer line in pieces.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 */
const MOST_BYTES = 250_000;

export function report(
    run: { readonly policy: string; readonly time: number; readonly reportOnly: boolean },
    decisions: readonly Decision[],
    outcomes: readonly Outcome[],
): Report {
    const by = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result);
    const is = (action: Decision["action"]) => decisions.filter((decision) => decision.action === action);
    const deleted = by("deleted");
    const lists = {
        FailedSnapshots: by("failed"),
        RemainingSnapshots: by("remaining"),
        SkippedSnapshots: [...by("skipped"), ...is("leave")],
        DeletedReasons: deleted,
        KeptSnapshots: is("keep"),
    };
    const DeletedSnapshots = deleted.map(({ snapshot }) => snapshot.id);
    let room = MOST_BYTES - Buffer.byteLength(JSON.stringify(DeletedSnapshots));
    let LinesLeftOut = 0;
    const lines = (entries: readonly { readonly snapshot: { readonly id: string }; readonly reason: string }[]): Line[] => {
        const fitting: Line[] = [];
        for (const { snapshot, reason } of entries) {
            const line = { SnapshotId: snapshot.id, Reason: reason };
            room -= Buffer.byteLength(JSON.stringify(line)) + 1;
            if (room < 0) {
                LinesLeftOut += 1;
            } else {
                fitting.push(line);
            }
        }
        return fitting;
    };
    return {
        Policy: run.policy,
        Time: new Date(run.time).toISOString(),
        ReportOnly: run.reportOnly,
        Status: isPartial(outcomes, run.reportOnly) ? "PARTIAL" : "OK",
        Counts: {
            Listed: decisions.length,
            Deleted: deleted.length,
            Kept: lists.KeptSnapshots.length,
            Skipped: lists.SkippedSnapshots.length,
            Failed: lists.FailedSnapshots.length,
            Remaining: lists.RemainingSnapshots.length,
        },
        DeletedSnapshots,
        FailedSnapshots: lines(lists.FailedSnapshots),
        RemainingSnapshots: lines(lists.RemainingSnapshots),
        SkippedSnapshots: lines(lists.SkippedSnapshots),
        DeletedReasons: lines(lists.DeletedReasons),
        KeptSnapshots: lines(lists.KeptSnapshots),
        LinesLeftOut,
    };
}

function isPartial(outcomes: readonly Outcome[], reportOnly: boolean): boolean {
    return outcomes.some(({ result, split }) => result === "failed" || split || (result === "remaining" && !reportOnly));
}
