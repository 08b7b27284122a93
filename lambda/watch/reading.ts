import { setMaxListeners } from "node:events";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { attempt } from "../aws/attempt";
import { RETRY_UNREADABLE } from "../aws/readableAnswers";
import { listSnapshots } from "../cleaner/listing";
import type { Memory } from "./memory";
import { listInvocations } from "./reading/invocations";
import { findMemory, listCleanerRuns } from "./reading/logs";
import { listNodes } from "./reading/nodes";
import { listPackages } from "./reading/packages";
import { listRestoreTests } from "./reading/restoreTests";
import { listServers } from "./reading/servers";
import { listSubscriptions } from "./reading/subscriptions";
import { listExecutions, listWindows } from "./reading/windows";
import type { Signal, Signals } from "./signals";
import type { WatchSettings, WatchTargets } from "./watchSettings";

/** The clients of one container. */
export interface WatchClients {
    readonly ec2: EC2Client;
    readonly ssm: SSMClient;
    readonly sns: SNSClient;
    readonly logs: CloudWatchLogsClient;
}

/** All that a run looks at: the account as it is now, and the memory of the run before. */
export interface Reading {
    readonly signals: Signals;
    /** The value is undefined in the first run. */
    readonly memory: Signal<Memory | undefined>;
}

/**
 * Reads each listing once, in pages, all at the same time. A listing that can't be completed gives a sentence and never an empty list. Retries
 * are the SDK's.
 *
 * @param now milliseconds since 1970
 * @param abortSignal ends the listings that are not complete
 */
export async function readSignals(
    clients: WatchClients,
    settings: WatchSettings,
    targets: WatchTargets,
    now: number,
    abortSignal: AbortSignal,
): Promise<Reading> {
    const { ec2, ssm, sns, logs } = clients;
    retryUnreadable(clients);
    // Each request listens to the signal. Node would take more than ten for a leak, and write a warning to the log.
    setMaxListeners(0, abortSignal);
    const read = <T>(action: string, listing: Promise<T>) => attempt(action, listing, abortSignal);
    const listedNodes = read("ssm:DescribeInstanceInformation", listNodes(ssm, targets, abortSignal));
    const [servers, nodes, snapshots, invocations, windows, executions, packages, cleanerRuns, subscriptions, restoreTests, memory] =
        await Promise.all([
            read("ec2:DescribeInstances", listServers(ec2, abortSignal)),
            listedNodes,
            read("ec2:DescribeSnapshots", listSnapshots(ec2, settings.name, abortSignal)),
            read("ssm:ListCommandInvocations", listInvocations(ssm, settings, targets, now, abortSignal)),
            read("ssm:DescribeMaintenanceWindows", listWindows(ssm, targets, abortSignal)),
            read("ssm:DescribeMaintenanceWindowExecutions", listExecutions(ssm, settings, targets, now, abortSignal)),
            read("ssm:DescribeAssociationExecutions", listPackages(ssm, targets, now, listedNodes, abortSignal)),
            read("logs:FilterLogEvents", listCleanerRuns(logs, settings, targets, now, abortSignal)),
            read("sns:ListSubscriptionsByTopic", listSubscriptions(sns, targets, abortSignal)),
            read("ssm:GetParametersByPath", listRestoreTests(ssm, settings, abortSignal)),
            read("logs:FilterLogEvents", findMemory(logs, settings, targets, now, abortSignal)),
        ]);
    return {
        signals: { servers, nodes, snapshots, invocations, windows, executions, packages, cleanerRuns, subscriptions, restoreTests },
        memory,
    };
}

function retryUnreadable({ ec2, ssm, sns, logs }: WatchClients): void {
    ec2.middlewareStack.add(...RETRY_UNREADABLE);
    ssm.middlewareStack.add(...RETRY_UNREADABLE);
    sns.middlewareStack.add(...RETRY_UNREADABLE);
    logs.middlewareStack.add(...RETRY_UNREADABLE);
}
