import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CleanerContext, CleanerSettings } from "../lambda/cleaner/cleaner";
import { POLICY_TAG } from "../lambda/retention/tags";
import { lambdaArchive } from "./lambdaArchive";
import type { PolicyContext } from "./policyContext";
import type { ResolvedPolicy } from "./resolvePolicy";
import { serviceRole } from "./serviceRole";

/** Lambda's maximum. The cleaner stops itself earlier. */
const TIMEOUT_S = 900;

/** Enough for the 100,000 snapshots that EC2 allows in a region. */
const MEMORY_MB = 1024;

const LOG_DAYS = 90;
const DEAD_LETTER_DAYS = 14;

export interface Cleaner {
    readonly lambda: aws.lambda.Function;
    readonly logs: aws.cloudwatch.LogGroup;
    /** Starts that EventBridge Scheduler could not deliver. */
    readonly deadLetters: aws.sqs.Queue;
}

/**
 * Creates the Lambda function that deletes snapshots that the policy no longer needs. Its code is an inline closure.
 *
 * @param concurrency its reserved concurrency
 */
export function cleaner(
    context: PolicyContext,
    { cleaner: settings, cleanerSchedule }: ResolvedPolicy,
    concurrency: pulumi.Output<number>,
): Cleaner {
    const { name, parent, tags } = context;
    // The closure loads both files from the archive. If it captured the modules, Pulumi would write paths of the user's project into its
    // text.
    const closure = pulumi.runtime.serializeFunction(
        () => {
            const { EC2Client } = require("@aws-sdk/client-ec2") as typeof import("@aws-sdk/client-ec2");
            const { clean, clientConfig } = require("./cleaner.js") as typeof import("../lambda/cleaner/cleaner");
            const ec2 = new EC2Client(clientConfig);
            return async (event: { time?: unknown }, lambdaContext: CleanerContext) => clean(ec2, settings, event, lambdaContext);
        },
        { exportName: "handler", isFactoryFunction: true },
    );

    const logs = new aws.cloudwatch.LogGroup(
        `${name}-cleaner-logs`,
        { name: `/vss-backup/${name}/cleaner`, retentionInDays: LOG_DAYS, tags },
        { parent },
    );
    const role = cleanerRole(context, settings, logs);
    const lambda = new aws.lambda.Function(
        `${name}-cleaner`,
        {
            // Function names are unique per account and region. So a second policy with the same name, which would delete the first
            // policy's snapshots, can't be deployed.
            name: `vss-backup-${name}-cleaner`,
            description: `Deletes the snapshots that VssBackupPolicy ${name} no longer needs`,
            runtime: "nodejs24.x",
            architectures: ["arm64"],
            handler: "index.handler",
            code: pulumi.output(closure).apply(({ text }) => lambdaArchive("cleaner", text)),
            role: role.arn,
            timeout: TIMEOUT_S,
            memorySize: MEMORY_MB,
            reservedConcurrentExecutions: concurrency,
            loggingConfig: { logFormat: "Text", logGroup: logs.name },
            tags,
        },
        { parent },
    );
    const deadLetters = startOnSchedule(context, lambda, cleanerSchedule, settings.timezone);
    return { lambda, logs, deadLetters };
}

function cleanerRole(context: PolicyContext, { name, hold, orphanDays }: CleanerSettings, logs: aws.cloudwatch.LogGroup): aws.iam.Role {
    const { placement } = context;
    // IAM also protects a snapshot that gets the tag during a run. IAM ignores the letter case of the key.
    const withoutHoldTag = { Null: { [`aws:ResourceTag/${hold}`]: "true" } };
    const { role } = serviceRole(context, {
        suffix: "cleaner",
        service: "lambda.amazonaws.com",
        description: `Cleaner of VssBackupPolicy ${name}`,
        statements: [
            {
                Sid: "WriteLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: pulumi.interpolate`${logs.arn}:*`,
            },
            // IAM has no narrower resource for this action.
            { Sid: "ListSnapshots", Effect: "Allow", Action: "ec2:DescribeSnapshots", Resource: "*" },
            {
                Sid: "DeleteOwnSnapshots",
                Effect: "Allow",
                Action: "ec2:DeleteSnapshot",
                Resource: pulumi.interpolate`arn:${placement.partition}:ec2:${placement.region}::snapshot/*`,
                Condition: { StringEquals: { [`aws:ResourceTag/${POLICY_TAG}`]: name }, ...withoutHoldTag },
            },
            ...(orphanDays === undefined
                ? []
                : [{ Sid: "FindLostVolumes", Effect: "Allow" as const, Action: "ec2:DescribeVolumes", Resource: "*" }]),
        ],
    });
    return role;
}

/** Starts the cleaner on its schedule. Returns the queue of starts that could not be delivered. */
function startOnSchedule(context: PolicyContext, lambda: aws.lambda.Function, expression: string, timezone: string): aws.sqs.Queue {
    const { name, parent, tags } = context;
    const deadLetters = new aws.sqs.Queue(
        `${name}-cleaner-dead-letters`,
        { messageRetentionSeconds: DEAD_LETTER_DAYS * 86_400, sqsManagedSseEnabled: true, tags },
        { parent },
    );
    const { role, rolePolicy } = serviceRole(context, {
        suffix: "schedule",
        service: "scheduler.amazonaws.com",
        description: `Starts the cleaner of VssBackupPolicy ${name}`,
        statements: [
            { Sid: "StartCleaner", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: lambda.arn },
            { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetters.arn },
        ],
    });
    new aws.scheduler.Schedule(
        `${name}-cleaner-schedule`,
        {
            name: `vss-backup-${name}-cleaner`,
            description: `Starts the cleaner of VssBackupPolicy ${name}`,
            scheduleExpression: expression,
            scheduleExpressionTimezone: timezone,
            flexibleTimeWindow: { mode: "OFF" },
            target: {
                arn: lambda.arn,
                roleArn: role.arn,
                // Scheduler replaces this with the time at which the run was due.
                input: JSON.stringify({ time: "<aws.scheduler.scheduled-time>" }),
                retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
                deadLetterConfig: { arn: deadLetters.arn },
            },
        },
        { parent, dependsOn: [rolePolicy] },
    );
    return deadLetters;
}
