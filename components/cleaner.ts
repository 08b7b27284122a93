import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { CleanerContext, CleanerSettings } from "../lambda/cleaner/cleaner";
import { POLICY_TAG } from "../lambda/retention/tags";
import { cleanerArchive } from "./cleanerArchive";
import type { PolicyContext } from "./policyContext";
import type { ResolvedPolicy } from "./resolvePolicy";
import { serviceRole } from "./serviceRole";

/** Lambda's longest; the cleaner ends by itself before that. */
const TIMEOUT_S = 900;

/** Enough for the 100,000 snapshots that EC2 allows in a region. */
const MEMORY_MB = 1024;

const LOG_DAYS = 90;
const DEAD_LETTER_DAYS = 14;

/** The Lambda that deletes the snapshots that the policy no longer needs: its code, written inline as a closure, and its resources. */
export function cleaner(context: PolicyContext, { cleaner: settings, cleanerSchedule }: ResolvedPolicy): aws.lambda.Function {
    const { name, parent, tags } = context;
    // Both files come from the archive. They are required inside, by names that mean the same in this repository and in a project that
    // has the package in node_modules: a module that the closure captured would become a path into that project.
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
            // One of this name per account and region: a second policy of the same name, which would take the first one's snapshots for
            // its own, can't be deployed.
            name: `vss-backup-${name}-cleaner`,
            description: `Deletes the snapshots that VssBackupPolicy ${name} no longer needs`,
            runtime: "nodejs24.x",
            architectures: ["arm64"],
            handler: "index.handler",
            code: pulumi.output(closure).apply(({ text }) => cleanerArchive(text)),
            role: role.arn,
            timeout: TIMEOUT_S,
            memorySize: MEMORY_MB,
            reservedConcurrentExecutions: oneAtATime(parent),
            loggingConfig: { logFormat: "Text", logGroup: logs.name },
            tags,
        },
        { parent },
    );
    startOnSchedule(context, lambda, cleanerSchedule, settings.timezone);
    return lambda;
}

function cleanerRole(context: PolicyContext, { name, hold, orphanDays }: CleanerSettings, logs: aws.cloudwatch.LogGroup): aws.iam.Role {
    const { placement } = context;
    // A snapshot that is held while a run is under way stays, too. IAM compares the tag's key in any letter case.
    const notHeld = { Null: { [`aws:ResourceTag/${hold}`]: "true" } };
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
            // IAM knows no narrower resource for this action.
            { Sid: "ListSnapshots", Effect: "Allow", Action: "ec2:DescribeSnapshots", Resource: "*" },
            {
                Sid: "DeleteOwnSnapshots",
                Effect: "Allow",
                Action: "ec2:DeleteSnapshot",
                Resource: pulumi.interpolate`arn:${placement.partition}:ec2:${placement.region}::snapshot/*`,
                Condition: { StringEquals: { [`aws:ResourceTag/${POLICY_TAG}`]: name }, ...notHeld },
            },
            ...(orphanDays === undefined
                ? []
                : [{ Sid: "FindLostVolumes", Effect: "Allow" as const, Action: "ec2:DescribeVolumes", Resource: "*" }]),
        ],
    });
    return role;
}

/**
 * The concurrency to reserve: one, so that no two runs are under way at a time. Lambda refuses to reserve any where that leaves fewer
 * than 100 for the account's other functions, and new accounts have 10 in all; there, none is reserved. That is safe too, since two runs
 * plan the same deletions and take a snapshot that is gone for deleted, and the schedule starts one only.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
function oneAtATime(parent: pulumi.Resource): pulumi.Output<number> {
    const UNRESERVED_LEAST = 100;
    // Quota L-B99A9384: Lambda's concurrent executions. It can't be asked for in an account whose administrators do not allow it.
    const quota = aws.servicequotas.getServiceQuota({ serviceCode: "lambda", quotaCode: "L-B99A9384" }, { parent }).then(
        ({ value }) => value,
        () => 0,
    );
    return pulumi.output(quota).apply((concurrency) => (concurrency <= UNRESERVED_LEAST ? -1 : 1));
}

function startOnSchedule(context: PolicyContext, lambda: aws.lambda.Function, expression: string, timezone: string): void {
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
                // Scheduler writes the time at which the run was due in its place.
                input: JSON.stringify({ time: "<aws.scheduler.scheduled-time>" }),
                retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
                deadLetterConfig: { arn: deadLetters.arn },
            },
        },
        { parent, dependsOn: [rolePolicy] },
    );
}
