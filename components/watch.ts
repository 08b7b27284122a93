import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type * as watchModule from "../lambda/watch/watch";
import type { WatchSettings, WatchTargets } from "../lambda/watch/watchSettings";
import type { BackupWindows } from "./backupWindows";
import { lambdaArchive } from "./lambdaArchive";
import type { PolicyContext } from "./policyContext";
import { refuse } from "./refusal";
import type { ResolvedPolicy } from "./resolvePolicy";
import type { ResolvedWatch } from "./resolveWatch";
import { watchRole } from "./watchRole";
import { startOnEvents, startOnSchedules } from "./watchStarts";
import { watchLogGroup } from "./watchTargets";

/** Lambda's maximum. The watch stops itself earlier. */
const TIMEOUT_S = 900;

/** Enough for the 100,000 snapshots that EC2 allows in a region. */
const MEMORY_MB = 1024;

const LOG_DAYS = 90;

/** Bytes that Lambda takes for all variables of a function. */
const MAX_VARIABLES = 4096;
const TARGETS = "WATCH_TARGETS";

type Run = Parameters<typeof watchModule.watch>;

/** The parts of a policy that the watch looks at. */
export interface Watched {
    readonly instanceProfile: aws.iam.InstanceProfile | undefined;
    readonly windows: BackupWindows;
    readonly association: aws.ssm.Association;
    readonly topicArn: pulumi.Output<string>;
    /** Undefined if there is none. */
    readonly chatTopicArn: pulumi.Output<string> | undefined;
    readonly cleanerLogs: aws.cloudwatch.LogGroup;
}

/**
 * Creates the Lambda function that finds missing backups and reports them. It can only read, publish, and record servers in parameters. Its
 * code is an inline closure.
 *
 * @param concurrency its reserved concurrency
 */
export function watch(
    context: PolicyContext,
    policy: ResolvedPolicy,
    resolved: ResolvedWatch,
    watched: Watched,
    targets: pulumi.Output<WatchTargets>,
    concurrency: pulumi.Output<number>,
): aws.lambda.Function {
    const { name, parent, tags } = context;
    const logs = new aws.cloudwatch.LogGroup(
        `${name}-watch-logs`,
        { name: watchLogGroup(name), retentionInDays: LOG_DAYS, tags },
        { parent },
    );
    const { role, rolePolicy } = watchRole(context, { ...watched, logs, isReporting: resolved.reportSchedule !== undefined });
    const lambda = new aws.lambda.Function(
        `${name}-watch`,
        {
            name: `vss-backup-${name}-watch`,
            description: `Finds missing backups of VssBackupPolicy ${name}`,
            runtime: "nodejs24.x",
            architectures: ["arm64"],
            handler: "index.handler",
            code: pulumi.output(closure(policy.watchSettings)).apply(({ text }) => lambdaArchive("watch", text)),
            role: role.arn,
            timeout: TIMEOUT_S,
            memorySize: MEMORY_MB,
            // Tagging many servers starts many runs. One after the other, they leave Systems Manager's request limits to others.
            reservedConcurrentExecutions: concurrency,
            environment: { variables: { [TARGETS]: targetsVariable(name, targets) } },
            loggingConfig: { logFormat: "Text", logGroup: logs.name },
            tags,
        },
        { parent },
    );
    // The first run starts at once.
    startOnSchedules(context, policy.timezone, resolved, lambda, [rolePolicy]);
    startOnEvents(context, policy.serverTag.key, watched.windows, lambda);
    return lambda;
}

/** Writes the code of the handler. It loads all files from the archive, as the closure of the cleaner does. */
function closure(settings: WatchSettings): Promise<pulumi.runtime.SerializedFunction> {
    return pulumi.runtime.serializeFunction(
        () => {
            const { CloudWatchLogsClient } = require("@aws-sdk/client-cloudwatch-logs") as typeof import("@aws-sdk/client-cloudwatch-logs");
            const { EC2Client } = require("@aws-sdk/client-ec2") as typeof import("@aws-sdk/client-ec2");
            const { SNSClient } = require("@aws-sdk/client-sns") as typeof import("@aws-sdk/client-sns");
            const { SSMClient } = require("@aws-sdk/client-ssm") as typeof import("@aws-sdk/client-ssm");
            const { watch: run, watchClientConfig } = require("./watch.js") as typeof watchModule;
            const clients = {
                ec2: new EC2Client(watchClientConfig),
                ssm: new SSMClient(watchClientConfig),
                sns: new SNSClient(watchClientConfig),
                logs: new CloudWatchLogsClient(watchClientConfig),
            };
            const targets = JSON.parse(process.env.WATCH_TARGETS as string) as WatchTargets;
            return async (event: Run[3], lambdaContext: Run[4]) => run(clients, settings, targets, event, lambdaContext);
        },
        { exportName: "handler", isFactoryFunction: true },
    );
}

/** Writes the variable with the values of other resources, which the closure can't capture. */
function targetsVariable(name: string, targets: pulumi.Output<WatchTargets>): pulumi.Output<string> {
    return targets.apply((known) => {
        const text = JSON.stringify(known);
        const bytes = Buffer.byteLength(TARGETS + text);
        const cure = "give the snapshot types shorter names, use fewer types, or set watch to false";
        refuse(
            name,
            bytes > MAX_VARIABLES ? [`the watch needs ${bytes} bytes of variables, and Lambda takes ${MAX_VARIABLES}; ${cure}`] : [],
        );
        return text;
    });
}
