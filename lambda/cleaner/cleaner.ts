import type { EC2Client, EC2ClientConfig } from "@aws-sdk/client-ec2";
import { DateTime } from "luxon";
import { type Plan, planCleaning } from "../retention/plan";
import type { RetentionPolicy } from "../retention/retentionPolicy";
import { deleteSets, type Outcome } from "./deletion";
import { listSnapshots, lostVolumes } from "./listing";
import { DELETION_PACE, type Pace } from "./pace";
import { askAgainWhenUnreadable } from "./readableAnswers";
import { logLines, type Report, report } from "./report";

/** What a policy tells its cleaner; captured in the closure. */
export interface CleanerSettings extends RetentionPolicy {
    /** How many snapshots one run may delete. */
    readonly maxDeletionsPerRun: number;
    /** Plan and report, but delete nothing. */
    readonly reportOnly: boolean;
}

/** Lambda's own. */
export interface CleanerContext {
    getRemainingTimeInMillis?(): number;
}

/** A run that could not do all that it should have done. */
export class CleaningFailed extends Error {
    public override readonly name = "CleaningFailed";

    /** Private: Lambda writes all enumerable fields of an error into one line of the log. */
    readonly #report: Report;

    public constructor(report: Report) {
        super(`${report.Errors.join("; ")}. The report in the log says what was done.`);
        this.#report = report;
    }

    /** What was done, and what was not; the log has it too. */
    public get report(): Report {
        return this.#report;
    }
}

/** For the one client of a container. `adaptive` waits as EC2's token bucket asks for, so that few calls are refused. */
export const clientConfig = {
    retryMode: "adaptive",
    maxAttempts: 8,
    // The second time-out is for the first byte of an answer, the third for any that follows.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000, throwOnRequestTimeout: true },
} satisfies EC2ClientConfig;

/** No set is begun in the last 45 s, and no deletion waited for in the last 15 s: the report must be out before Lambda ends the run. */
const LAST_START_MS = 45_000;
const LAST_ANSWER_MS = 15_000;

/** Where there is no Lambda around, its longest time-out. */
const LAMBDA_LIMIT_MS = 900_000;

/**
 * One run of the cleaner: list, plan, delete, report.
 *
 * @param event `time`: when the run was due, ISO 8601, as EventBridge puts it into events
 * @param pace of the deletions
 * @throws before anything is deleted, if the event has no time
 * @throws CleaningFailed after all that could be done safely and after the report was logged, if something could not be done: the listing
 * broke off (nothing is deleted then), or EC2 refused deletions that nothing holds
 */
export async function clean(
    ec2: EC2Client,
    settings: CleanerSettings,
    event: { readonly time?: unknown },
    context?: CleanerContext,
    pace: Pace = DELETION_PACE,
): Promise<Report> {
    const now = timeOf(event);
    askAgainWhenUnreadable(ec2);
    const remaining = context?.getRemainingTimeInMillis?.() ?? LAMBDA_LIMIT_MS;
    const abortSignal = AbortSignal.timeout(Math.max(0, remaining - LAST_ANSWER_MS));
    const endsAt = performance.now() + remaining - LAST_START_MS;

    const { plan, errors } = await listAndPlan(ec2, settings, now, abortSignal);
    const outcomes = settings.reportOnly
        ? untouched(plan)
        : await deleteSets(ec2, plan.deletions, { most: settings.maxDeletionsPerRun, pace, endsAt, abortSignal });

    const result = report({ policy: settings.name, time: now, reportOnly: settings.reportOnly }, plan, outcomes, errors);
    // console.log would put words of its own before the line.
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

/** The plan, and what could not be found out. Without a whole listing the plan is empty; a volume that EC2 tells nothing of exists. */
async function listAndPlan(
    ec2: EC2Client,
    settings: CleanerSettings,
    now: number,
    abortSignal: AbortSignal,
): Promise<{ readonly plan: Plan; readonly errors: readonly string[] }> {
    const told = (what: string, { name, message }: Error) =>
        abortSignal.aborted ? `${what} had not ended when the run had to` : `${what} broke off: ${name}: ${message}`;
    let plan = planCleaning([], settings, now);
    try {
        const snapshots = await listSnapshots(ec2, settings.name, abortSignal);
        plan = planCleaning(snapshots, settings, now);
        if (plan.orphanCandidates.length === 0) {
            return { plan, errors: [] };
        }
        try {
            const lost = await lostVolumes(ec2, plan.orphanCandidates, abortSignal);
            return { plan: planCleaning(snapshots, settings, now, lost), errors: [] };
        } catch (error) {
            return { plan, errors: [told("the listing of volumes", error as Error)] };
        }
    } catch (error) {
        return { plan, errors: [`${told("the listing of snapshots", error as Error)}; nothing was deleted`] };
    }
}

function untouched(plan: Plan): Outcome[] {
    return plan.deletions.flat().map(({ snapshot, reason }) => ({ snapshot, result: "remaining", reason: `report only, else ${reason}` }));
}

/** Luxon takes days alone, and times without a zone for those of the machine. */
const TIME_AND_ZONE = /T.*[Z+-]/;

function timeOf(event: { readonly time?: unknown } | undefined): number {
    const time = typeof event?.time === "string" && TIME_AND_ZONE.test(event.time) ? DateTime.fromISO(event.time).toMillis() : Number.NaN;
    if (Number.isNaN(time)) {
        throw new Error(
            `The event has no "time" that can be read: ${JSON.stringify(event)?.slice(0, 200)}. To run the cleaner by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
        );
    }
    return time;
}
