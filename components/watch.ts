import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { addressDigest } from "../lambda/watch/addressDigest";
import type * as watchModule from "../lambda/watch/watch";
import type { WatchSettings, WatchTargets } from "../lambda/watch/watchSettings";
import type { BackupWindows } from "./backupWindows";
import { lambdaArchive } from "./lambdaArchive";
import { refuseOtherPlacement } from "./placement";
import type { PolicyContext } from "./policyContext";
import { refuse } from "./refusal";
import type { ResolvedPolicy } from "./resolvePolicy";
import type { ResolvedWatch } from "./resolveWatch";
import { watchRole } from "./watchRole";
import { startOnEvents, startOnSchedules } from "./watchStarts";

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
    readonly cleanerLogs: aws.cloudwatch.LogGroup;
}

/**
 * Creates the Lambda function that finds missing backups and reports them. It can only read and publish. Its code is an inline closure.
 *
 * @param concurrency its reserved concurrency
 */
export function watch(
    context: PolicyContext,
    policy: ResolvedPolicy,
    resolved: ResolvedWatch,
    watched: Watched,
    concurrency: pulumi.Output<number>,
): aws.lambda.Function {
    const { name, parent, tags } = context;
    const logs = new aws.cloudwatch.LogGroup(
        `${name}-watch-logs`,
        { name: `/vss-backup/${name}/watch`, retentionInDays: LOG_DAYS, tags },
        { parent },
    );
    const chatTopicArn = resolved.chatTopicArn && refuseOtherPlacement(context, "chatTopicArn", resolved.chatTopicArn);
    const { role, rolePolicy } = watchRole(context, { ...watched, logs, chatTopicArn, isReporting: resolved.reportSchedule !== undefined });
    const lambda = new aws.lambda.Function(
        `${name}-watch`,
        {
            name: `vss-backup-${name}-watch`,
            description: `Finds missing backups of VssBackupPolicy ${name}`,
            runtime: "nodejs24.x",
            architectures: ["arm64"],
            handler: "index.handler",
            code: pulumi.output(closure(resolved.settings)).apply(({ text }) => lambdaArchive("watch", text)),
            role: role.arn,
            timeout: TIMEOUT_S,
            memorySize: MEMORY_MB,
            // Tagging many servers starts many runs. One after the other, they leave Systems Manager's request limits to others.
            reservedConcurrentExecutions: concurrency,
            environment: { variables: { [TARGETS]: watchTargets(name, policy, watched, { logs, chatTopicArn }) } },
            loggingConfig: { logFormat: "Text", logGroup: logs.name },
            tags,
        },
        { parent },
    );
    // The first run starts at once.
    startOnSchedules(context, resolved, lambda, [rolePolicy]);
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
function watchTargets(
    name: string,
    { serverTag, excludeBootVolume, document, notificationEmails }: ResolvedPolicy,
    { instanceProfile, windows, association, topicArn, cleanerLogs }: Watched,
    { logs, chatTopicArn }: { readonly logs: aws.cloudwatch.LogGroup; readonly chatTopicArn: pulumi.Output<string> | undefined },
): pulumi.Output<string> {
    const values = {
        serverTag: { key: serverTag.key, value: serverTag.value },
        excludeBootVolume,
        windowIds: windows.windowIds,
        associationId: association.id,
        topicArn,
        emails: Object.fromEntries(notificationEmails.map((email) => [email.name, email.value.apply(addressDigest)])),
        cleanerLogGroup: cleanerLogs.name,
        watchLogGroup: logs.name,
        document,
        ...(instanceProfile && { instanceProfile: instanceProfile.name }),
        ...(chatTopicArn && { chatTopicArn }),
    };
    return pulumi.output(values).apply((targets: WatchTargets) => {
        const text = JSON.stringify(targets);
        const bytes = Buffer.byteLength(TARGETS + text);
        const cure = "give the snapshot types shorter names, use fewer types, or set watch to false";
        refuse(
            name,
            bytes > MAX_VARIABLES ? [`the watch needs ${bytes} bytes of variables, and Lambda takes ${MAX_VARIABLES}; ${cure}`] : [],
        );
        return text;
    });
}
