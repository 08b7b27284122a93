import type { EC2Client, EC2ClientConfig } from "@aws-sdk/client-ec2";
import { deleteSets, type Outcome } from "./deletion";
import { listSnapshots } from "./listing";
import { type Plan, planCleaning, type Retention } from "./plan";
import { type Report, report } from "./report";

/** What a policy tells its cleaner; captured in the closure. */
export interface CleanerSettings {
    /** Name of the policy: the value of the tag `VssBackupPolicy`. */
    readonly policy: string;
    readonly retention: Retention;
    /** Plan and report, but delete nothing. */
    readonly reportOnly: boolean;
}

/** Lambda's own. */
export interface CleanerContext {
    getRemainingTimeInMillis?(): number;
}

/** For the one client of a container. `adaptive` waits as EC2's token bucket asks for, so that few calls are refused. */
export const clientConfig = {
    retryMode: "adaptive",
    maxAttempts: 8,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
} satisfies EC2ClientConfig;

/** No deletion begins in the last 45 s, and none is waited for in the last 15 s: the report must be out before Lambda ends the run. */
const LAST_START_MS = 45_000;
const LAST_ANSWER_MS = 15_000;

/** Where there is no Lambda around, its longest time-out. */
const LAMBDA_LIMIT_MS = 900_000;

/**
 * One run of the cleaner: list, plan, delete, report.
 *
 * @param event `time`: when the run was due, ISO 8601, as EventBridge puts it into events
 * @throws before anything is deleted, if the event has no time or the listing can't be completed
 */
export async function clean(
    ec2: EC2Client,
    settings: CleanerSettings,
    event: { readonly time?: unknown },
    context?: CleanerContext,
): Promise<Report> {
    const now = timeOf(event);
    const remaining = context?.getRemainingTimeInMillis?.() ?? LAMBDA_LIMIT_MS;
    const abortSignal = AbortSignal.timeout(Math.max(0, remaining - LAST_ANSWER_MS));
    const endsAt = performance.now() + remaining - LAST_START_MS;

    const snapshots = await listSnapshots(ec2, settings.policy, abortSignal);
    const plan = planCleaning(snapshots, { name: settings.policy, retention: settings.retention }, now);
    const outcomes = settings.reportOnly ? untouched(plan) : await deleteSets(ec2, plan.deletions, endsAt, abortSignal);

    const result = report({ policy: settings.policy, time: now, reportOnly: settings.reportOnly }, plan.decisions, outcomes);
    // Not console.log, which puts its own words before the line.
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return result;
}

function untouched(plan: Plan): Outcome[] {
    return plan.deletions.flat().map(({ snapshot, reason }) => ({ snapshot, result: "remaining", reason: `report only, else ${reason}` }));
}

function timeOf(event: { readonly time?: unknown } | undefined): number {
    const time = typeof event?.time === "string" ? Date.parse(event.time) : Number.NaN;
    if (Number.isNaN(time)) {
        throw new Error(
            `The event has no "time" that can be read: ${JSON.stringify(event)?.slice(0, 200)}. To run the cleaner by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
        );
    }
    return time;
}
