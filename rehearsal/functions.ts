import type { Account } from "./account";
import type { DeployedSchedule } from "./deployed";
import type { Datum } from "./embeddedAws/cloudWatch";
import { dataOf } from "./embeddedAws/embeddedMetrics";
import { type EmbeddedLambda, startLambda } from "./embeddedAws/lambda";
import { findFiringTimes } from "./firingTimes";
import { logRefusal, startRefusal } from "./refusals";

const HOUR = 3_600_000;

/** From the time of a metric until CloudWatch has it: a run must end first, and its log must arrive. */
const METRIC_DELAY = 2 * 60_000;

/** How long the deployment's log groups keep their events. */
const LOG_TIME = 90 * 24 * HOUR;

/** What became of one start of a function. */
export type Outcome =
    | { readonly kind: "returned"; readonly result: unknown }
    /** The function ended with an error. */
    | { readonly kind: "failed"; readonly error: string }
    /** Nobody started it: IAM refused, or somebody stopped the schedule. */
    | { readonly kind: "not started" };

/** The functions of a deployment, each in a process of its own. */
export interface PlayedFunctions {
    /** Sentences about calls that IAM refused, with their times. */
    readonly refusals: readonly string[];
    /** Starts the function of a schedule, as EventBridge Scheduler does. Writes its log and its metrics. */
    start(schedule: DeployedSchedule, time: number): Promise<Outcome>;
    /** Repeats the metrics of the function's last run, without running it. */
    repeat(schedule: DeployedSchedule, time: number): void;
    close(): Promise<void>;
}

/**
 * Loads the functions that these schedules start.
 *
 * @param endpoint of the embedded AWS
 * @param title of the functions, for sentences
 */
export async function loadFunctions(
    account: Account,
    endpoint: string,
    schedules: readonly DeployedSchedule[],
    title: string,
): Promise<PlayedFunctions> {
    const lambdas = new Map<string, EmbeddedLambda>();
    const refusals: string[] = [];
    const close = async () => {
        await Promise.all([...lambdas.values()].map((lambda) => lambda.close()));
    };
    try {
        for (const { started, function: inputs } of schedules.filter(isFirstOfItsFunction)) {
            const environment = { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: account.iam.accessKey(started.role) };
            const { region } = account.deployment;
            lambdas.set(started.arn, await startLambda({ function: inputs, region, environment, skipPauses: true }));
        }
    } catch (error) {
        await close();
        throw error;
    }
    const lastMetrics = new Map<string, readonly Datum[]>();
    return {
        refusals,
        close,
        async start(schedule, time) {
            const count = account.metrics.length;
            const outcome = await start({ account, lambdas, refusals, title }, schedule, time);
            if (outcome.kind !== "returned") {
                account.lastUnusual.time = time;
            }
            lastMetrics.set(schedule.started.arn, account.metrics.slice(count));
            return outcome;
        },
        repeat({ started }, time) {
            const repeated = lastMetrics.get(started.arn) ?? [];
            account.metrics.push(...repeated.map((datum) => ({ ...datum, time, arrival: time + METRIC_DELAY })));
        },
    };
}

function isFirstOfItsFunction({ started }: DeployedSchedule, i: number, schedules: readonly DeployedSchedule[]): boolean {
    return schedules.findIndex((other) => other.started.arn === started.arn) === i;
}

interface Loaded {
    readonly account: Account;
    /** By the ARN of the function. */
    readonly lambdas: ReadonlyMap<string, EmbeddedLambda>;
    readonly refusals: string[];
    readonly title: string;
}

async function start({ account, lambdas, refusals, title }: Loaded, schedule: DeployedSchedule, time: number): Promise<Outcome> {
    const { iam, mistakes, timeline } = account;
    const due = formatTime(time);
    if (mistakes.stoppedSchedules.has(schedule.arn)) {
        return { kind: "not started" };
    }
    const refused = await startRefusal(iam, schedule);
    if (refused) {
        if (!isByMistake(account, schedule)) {
            refusals.push(`${due}: the ${title} was not started: ${refused}`);
        }
        // Scheduler retries for an hour.
        timeline.at(time + HOUR, () => addDeadLetter(account, schedule.deadLetters));
        return { kind: "not started" };
    }
    const outcome = mistakes.brokenFunctions.has(schedule.started.arn)
        ? { kind: "failed" as const, error: "Runtime.ImportModuleError: Error: Cannot find module 'index'", lines: [] }
        : await invoke(lambdas.get(schedule.started.arn), schedule, due);
    const unlogged = await logRefusal(iam, schedule);
    refusals.push(...(unlogged ? [`${due}: the ${title}'s log was not written: ${unlogged}`] : []));
    const error = "error" in outcome ? [`${outcome.error}\n`] : [];
    writeLog(account, schedule, time, unlogged ? [] : [...outcome.lines, ...error]);
    putErrors(account, schedule, time, error.length);
    return outcome;
}

function isByMistake({ mistakes }: Account, { role }: DeployedSchedule): boolean {
    return [...mistakes.takenPermissions].some((permission) => permission.role === role);
}

async function invoke(
    lambda: EmbeddedLambda | undefined,
    { input }: DeployedSchedule,
    due: string,
): Promise<Outcome & { readonly lines: readonly string[] }> {
    const event: unknown = JSON.parse(input.replace("<aws.scheduler.scheduled-time>", due));
    try {
        const result = await lambda?.invoke(event);
        return { kind: "returned", result, lines: lambda?.lines ?? [] };
    } catch (error) {
        return { kind: "failed", error: (error as Error).message, lines: lambda?.lines ?? [] };
    }
}

/** Writes lines of a function to its log group. CloudWatch finds metrics in them. */
function writeLog(account: Account, { started }: DeployedSchedule, time: number, lines: readonly string[]): void {
    const events = account.aws.logGroups.get(started.logGroupName) ?? [];
    const kept = events.findIndex((event) => event.time >= time - LOG_TIME);
    events.splice(0, kept === -1 ? events.length : kept);
    for (const message of lines) {
        events.push({ time, message });
        account.metrics.push(...dataOf(message, time + METRIC_DELAY));
    }
}

/** Lambda counts the errors of each run. @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function putErrors({ metrics }: Account, { started }: DeployedSchedule, time: number, value: number): void {
    const dimensions = { FunctionName: started.name };
    metrics.push({ namespace: "AWS/Lambda", metric: "Errors", dimensions, time, arrival: time + METRIC_DELAY, value });
}

/** Adds a message to a queue of dead letters. SQS counts them as long as there are any. */
function addDeadLetter(account: Account, queue: string | undefined): void {
    if (queue === undefined) {
        return;
    }
    const before = account.deadLetters.get(queue) ?? 0;
    account.deadLetters.set(queue, before + 1);
    if (before === 0) {
        countDeadLetters(account, queue);
    }
}

/** Puts the number of messages into the metrics of SQS, hour by hour, until the queue is empty. */
function countDeadLetters(account: Account, queue: string): void {
    const { timeline, metrics, deadLetters } = account;
    const value = deadLetters.get(queue) ?? 0;
    const dimensions = { QueueName: queue };
    metrics.push({ namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible", dimensions, time: timeline.now, value });
    if (value > 0) {
        timeline.at(timeline.now + HOUR, () => countDeadLetters(account, queue));
    }
}

/**
 * Finds the times at which EventBridge Scheduler starts a target. It skips times that daylight saving skips. A rate begins at once.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function* findStartTimes({ expression, timezone }: DeployedSchedule, { start, end }: Account): Generator<number> {
    if (expression.startsWith("rate")) {
        yield start;
    }
    yield* findFiringTimes(expression, timezone, start, end, "skipped");
}

/** Writes a time as EventBridge Scheduler does. */
export function formatTime(time: number): string {
    return new Date(time).toISOString().replace(".000Z", "Z");
}
