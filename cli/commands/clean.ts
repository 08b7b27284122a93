import { InvokeCommand } from "@aws-sdk/client-lambda";
import { listSnapshots } from "../../lambda/cleaner/listing";
import type { Line, Report } from "../../lambda/cleaner/report";
import { counted } from "../../lambda/retention/wording";
import { plain } from "../../lambda/watch/plainText";
import { type ActingOptions, confirm } from "../confirmation";
import { EXIT, type ExitCode } from "../exitCodes";
import { Failure, failureOf } from "../failure";
import { interrupted, Unsent } from "../interruption";
import { commandLines } from "../output/findings";
import { lines, wrapLine, writeTable } from "../output/table";
import { clock, inZone, iso } from "../output/times";
import type { Outcome, Session } from "../session";
import { type Choice, withChoice } from "../userCommands";

interface CleanOptions extends ActingOptions {
    /** Delete. Without it, the cleaner only reports. */
    readonly apply: boolean;
}

/** Starts the deployed cleaner, and shows its report. */
export async function clean(session: Session, options: CleanOptions): Promise<Outcome> {
    const dryRun = await startCleaner(session, true);
    const planned = dryRun.Counts.Remaining;
    if (!options.apply || planned === 0) {
        return outcome(session, dryRun, options.apply);
    }
    const { name, reportOnly } = session.policy.settings;
    if (reportOnly) {
        throw new Failure(
            `Policy ${name} has reportOnly, so its cleaner deletes nothing.`,
            "Deploy the policy without reportOnly.",
            EXIT.refused,
        );
    }
    const sentences = [`Delete ${planned} of ${dryRun.Counts.Listed} snapshots of policy ${name}. To see them: vss-backup clean`];
    await confirm(session, { sentences, word: name }, options);
    try {
        return outcome(session, await startCleaner(session, false), true);
    } catch (error) {
        if (error instanceof FailedRun) {
            return await outcomeOfFailedRun(session, dryRun, error);
        }
        throw error;
    }
}

/** The error of a run that failed. It may have deleted snapshots, and its response does not say which. */
class FailedRun extends Failure {}

/**
 * Starts the cleaner once, and returns its report.
 *
 * @throws Failure if the run fails
 */
async function startCleaner({ policy, clients, abortSignal }: Session, reportOnly: boolean): Promise<Report> {
    const event = { time: new Date(Date.now()).toISOString(), ...(reportOnly && { reportOnly }) };
    const look = `To see its reports: aws logs tail ${policy.targets.cleanerLogGroup} --since 1h`;
    const request = new InvokeCommand({ FunctionName: policy.cleanerFunction, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await clients.lambda.send(request, { abortSignal }).catch((error: unknown) => {
        throw reportOnly ? error : explained(error, look);
    });
    const answer = parse(Payload);
    if (FunctionError !== undefined) {
        throw new FailedRun(`The cleaner's run failed: ${plain(String(answer.errorMessage ?? FunctionError))}`, look);
    }
    if (!isReport(answer) || (reportOnly && !answer.ReportOnly)) {
        throw new Failure(`The function ${policy.cleanerFunction} gave no report that this version of vss-backup can read.`, look);
    }
    return answer;
}

/** Says after Ctrl-C whether the cleaner deletes something. */
function explained(error: unknown, look: string): Failure {
    if (error instanceof Unsent) {
        return interrupted(error, "The cleaner was not started, so nothing was deleted.", look);
    }
    const failure = failureOf(error);
    return failure.exitCode === EXIT.interrupted
        ? new Failure("The command was interrupted. If the cleaner has started, it goes on until its run ends.", look, EXIT.interrupted)
        : failure;
}

/**
 * Shows which snapshots a failed run deleted: those that EC2 no longer lists.
 *
 * @throws Failure if it deleted none, or if nobody can list them
 */
async function outcomeOfFailedRun(
    { policy, clients, abortSignal, screen, choice }: Session,
    dryRun: Report,
    failure: FailedRun,
): Promise<Outcome> {
    const { name, timezone } = policy.settings;
    const listed = await listSnapshots(clients.ec2, name, abortSignal).catch((error: unknown) => {
        const { message } = failureOf(error);
        throw new Failure(
            `${failure.message} It may have deleted snapshots, and nobody could list the others: ${message}`,
            failure.cure,
            EXIT.error,
        );
    });
    const left = new Set(listed.map(({ id }) => id));
    const planned = dryRun.RemainingSnapshots.map(({ SnapshotId, Reason }) => ({
        SnapshotId,
        Reason: Reason.replace(/^report only, else /, ""),
    }));
    const deleted = planned.filter(({ SnapshotId }) => !left.has(SnapshotId));
    const remaining = planned
        .filter(({ SnapshotId }) => left.has(SnapshotId))
        .map(({ SnapshotId }) => ({ SnapshotId, Reason: "not deleted: the run failed" }));
    if (deleted.length === 0) {
        throw failure;
    }
    const cure = withChoice(failure.cure ?? "", choice);
    return {
        exitCode: EXIT.partly,
        result: {
            time: dryRun.Time,
            reportOnly: false,
            status: "FAILED",
            counts: { listed: dryRun.Counts.Listed, deleted: deleted.length, remaining: remaining.length },
            deleted: deleted.map(entryOf),
            remaining: remaining.map(entryOf),
            failed: [],
            skipped: [],
            linesLeftOut: dryRun.Counts.Remaining - planned.length,
            failure: { message: failure.message, cure },
        },
        text: [
            lines([
                ...wrapLine(failure.message, screen.columns),
                ...wrapLine(
                    `It deleted ${deleted.length} of ${counted(planned.length, "snapshot")}. EC2 still lists the others.`,
                    screen.columns,
                ),
                "",
            ]),
            writeTable(
                ["Snapshot", "Result"],
                [...deleted, ...remaining].map(({ SnapshotId, Reason }) => [SnapshotId, inZone(plain(Reason), timezone)]),
                screen.columns,
            ),
            lines(["", ...commandLines(cure, screen.columns)]),
        ].join(""),
    };
}

function parse(payload: Uint8Array | undefined): Readonly<Record<string, unknown>> {
    try {
        return (JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown> | null) ?? {};
    } catch {
        return {};
    }
}

/** The deployed cleaner has made it, so its parts are right if these are. */
function isReport(answer: object): answer is Report {
    return "Counts" in answer && "Status" in answer && "ReportOnly" in answer;
}

function outcome({ policy, screen, choice }: Session, report: Report, isApplied: boolean): Outcome {
    const exitCode: ExitCode = isApplied && report.Status !== "OK" ? EXIT.partly : EXIT.done;
    const { Counts, DeletedSnapshots, DeletedReasons, RemainingSnapshots, FailedSnapshots, SkippedSnapshots } = report;
    const reasons = new Map(DeletedReasons.map(({ SnapshotId, Reason }) => [SnapshotId, Reason]));
    return {
        exitCode,
        result: {
            time: iso(Date.parse(report.Time)),
            reportOnly: report.ReportOnly,
            status: report.Status,
            counts: Object.fromEntries(Object.entries(Counts).map(([name, count]) => [name[0]?.toLowerCase() + name.slice(1), count])),
            deleted: DeletedSnapshots.map((snapshot) => ({ snapshot, reason: reasons.get(snapshot) ?? "deleted" })),
            remaining: RemainingSnapshots.map(entryOf),
            failed: FailedSnapshots.map(entryOf),
            skipped: SkippedSnapshots.map(entryOf),
            linesLeftOut: report.LinesLeftOut,
        },
        text: textOf(report, policy.settings, { isApplied, columns: screen.columns, choice }),
    };
}

function entryOf({ SnapshotId, Reason }: Line): { readonly snapshot: string; readonly reason: string } {
    return { snapshot: SnapshotId, reason: Reason };
}

function textOf(
    report: Report,
    { timezone, reportOnly }: Session["policy"]["settings"],
    { isApplied, columns, choice }: { readonly isApplied: boolean; readonly columns: number; readonly choice: Choice },
): string {
    const { Counts, ReportOnly } = report;
    const time = clock(Date.parse(report.Time), timezone);
    const next = reportOnly
        ? "The policy has reportOnly. To delete them, deploy the policy without it, and then run: vss-backup clean --apply"
        : "To delete them: vss-backup clean --apply";
    const counts = ReportOnly
        ? `It would delete ${Counts.Remaining} of ${Counts.Listed} snapshots, and keep ${Counts.Kept}.`
        : `It deleted ${Counts.Deleted} of ${Counts.Listed} snapshots, and kept ${Counts.Kept}.`;
    const rows = [...report.DeletedReasons, ...report.FailedSnapshots, ...report.RemainingSnapshots, ...report.SkippedSnapshots].map(
        ({ SnapshotId, Reason }) => [SnapshotId, inZone(plain(Reason), timezone)],
    );
    return [
        lines([
            ...wrapLine(`${ReportOnly ? "Dry run" : "Run"} of the cleaner of policy ${report.Policy} at ${time}`, columns),
            ...wrapLine(counts, columns),
        ]),
        ...(rows.length === 0 ? [] : ["\n", writeTable(["Snapshot", "Result"], rows, columns)]),
        ...(report.LinesLeftOut > 0 ? [lines(["", `${report.LinesLeftOut} more lines do not fit into the cleaner's report.`])] : []),
        ...(ReportOnly && !isApplied && Counts.Remaining > 0 ? [lines(["", ...commandLines(withChoice(next, choice), columns)])] : []),
    ].join("");
}
