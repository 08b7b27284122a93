import type { EC2Client, EC2ClientConfig } from "@aws-sdk/client-ec2";
import { attempt } from "../aws/attempt";
import { timeOf } from "../aws/eventTime";
import { RETRY_UNREADABLE } from "../aws/readableAnswers";
import { type Plan, planCleaning } from "../retention/plan";
import type { RetentionPolicy } from "../retention/retentionPolicy";
import { deleteSets, type Outcome } from "./deletion";
import { findLostVolumes, listSnapshots } from "./listing";
import { DELETION_PACE, type Pace } from "./rateLimiter";
import { logLines, type Report, report } from "./report";

/** The part of a policy that its cleaner needs; captured in the closure. */
export interface CleanerSettings extends RetentionPolicy {
    /** How many snapshots one run may delete. */
    readonly maxDeletionsPerRun: number;
    /** Plan and report, but delete nothing. */
    readonly reportOnly: boolean;
}

/** What a run needs from its event. */
export interface CleanerEvent {
    readonly time?: unknown;
    readonly reportOnly?: unknown;
}

/** The part of Lambda's context that a run uses. */
export interface CleanerContext {
    getRemainingTimeInMillis?(): number;
}

/** The error of a run that could not do all that it should have done. */
export class CleaningFailed extends Error {
    public override readonly name = "CleaningFailed";

    /** Private: Lambda writes all enumerable fields of an error into one line of the log. */
    readonly #report: Report;

    public constructor(report: Report) {
        super(`${report.Errors.join("; ")}. The report in the log says what was done.`);
        this.#report = report;
    }

    /** The report of the run. The log has it, too. */
    public get report(): Report {
        return this.#report;
    }
}

/** Configures the one client of a container. `adaptive` waits as EC2's token bucket demands. So EC2 refuses few requests. */
export const clientConfig = {
    retryMode: "adaptive",
    maxAttempts: 8,
    // The second time-out is for the first byte of a response, the third for each byte after it.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000, throwOnRequestTimeout: true },
} satisfies EC2ClientConfig;

/** In the last 45 s, a run starts no set. In the last 15 s, it waits for no response, since it must still write the report. */
const LAST_START_MS = 45_000;
const LAST_ANSWER_MS = 15_000;

/** Lambda's longest time-out, for a run outside Lambda. */
const LAMBDA_LIMIT_MS = 900_000;

/**
 * Runs the cleaner once: it lists, plans, deletes and reports.
 *
 * @param event `time`: when the run was due, ISO 8601, as EventBridge puts it into events. `reportOnly`: true for a run that deletes nothing
 * @param pace of the deletions
 * @throws Error before anything is deleted, if the event has no time or another `reportOnly`, or if no plan can be made
 * @throws RangeError before anything is deleted, if a number of `settings` is invalid
 * @throws CleaningFailed after the report is logged. Either a listing broke off, or EC2 refused deletions of snapshots that nothing holds.
 * Without the listing of snapshots, nothing is deleted.
 */
export async function clean(
    ec2: EC2Client,
    settings: CleanerSettings,
    event: CleanerEvent,
    context?: CleanerContext,
    pace: Pace = DELETION_PACE,
): Promise<Report> {
    const now = timeOf(event, "cleaner");
    const reportOnly = isReportOnly(event) || settings.reportOnly;
    ec2.middlewareStack.add(...RETRY_UNREADABLE);
    const remaining = context?.getRemainingTimeInMillis?.() ?? LAMBDA_LIMIT_MS;
    const abortSignal = AbortSignal.timeout(Math.max(0, remaining - LAST_ANSWER_MS));
    const endsAt = performance.now() + remaining - LAST_START_MS;

    const { plan, errors } = await listAndPlan(ec2, settings, now, abortSignal);
    const outcomes = reportOnly
        ? reportOnlyOutcomes(plan)
        : await deleteSets(ec2, plan.deletions, { most: settings.maxDeletionsPerRun, pace, endsAt, abortSignal });

    const result = report({ policy: settings.name, time: now, reportOnly }, plan, outcomes, errors);
    // console.log would write Lambda's prefix before the line.
    process.stdout.write(
        logLines(result)
            .map((line) => `${line}\n`)
            .join(""),
    );
    if (result.Errors.length > 0) {
        throw new CleaningFailed(result);
    }
    return result;
}

/**
 * Whether the event asks for a run that deletes nothing. An event can't make a run delete what the settings forbid.
 *
 * @throws Error if the event has another value, since its sender expects something that the run would not do
 */
function isReportOnly({ reportOnly }: CleanerEvent): boolean {
    if (reportOnly !== undefined && reportOnly !== true) {
        const value = JSON.stringify(reportOnly).slice(0, 200);
        throw new Error(`The event's "reportOnly" is ${value}. Send true for a run that deletes nothing, or leave it out.`);
    }
    return reportOnly === true;
}

/**
 * Makes the plan, and returns an error for each incomplete list. Without a complete list of snapshots, the plan is empty. Without a
 * complete list of volumes, each volume counts as existing.
 *
 * @throws the error of `planCleaning`: then nothing is deleted
 */
async function listAndPlan(
    ec2: EC2Client,
    settings: CleanerSettings,
    now: number,
    abortSignal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly errors: readonly string[] }> {
    const snapshots = await attempt("the listing of snapshots", listSnapshots(ec2, settings.name, abortSignal), abortSignal);
    if ("unread" in snapshots) {
        return { plan: planCleaning([], settings, now), errors: [`${snapshots.unread}; nothing was deleted`] };
    }
    const plan = planCleaning(snapshots.value, settings, now);
    if (plan.orphanCandidates.length === 0) {
        return { plan, errors: [] };
    }
    const lost = await attempt("the listing of volumes", findLostVolumes(ec2, plan.orphanCandidates, abortSignal), abortSignal);
    if ("unread" in lost) {
        return { plan, errors: [lost.unread] };
    }
    return { plan: planCleaning(snapshots.value, settings, now, lost.value), errors: [] };
}

function reportOnlyOutcomes(plan: Plan): Outcome[] {
    return plan.deletions.flat().map(({ snapshot, reason }) => ({ snapshot, result: "remaining", reason: `report only, else ${reason}` }));
}
