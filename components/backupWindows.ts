import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { WINDOW_HOURS } from "../lambda/retention/schedules";
import { POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import { runComment } from "../lambda/watch/runComment";
import type { VssDocument } from "./arguments";
import type { Notifications } from "./notifications";
import type { PolicyContext } from "./policyContext";
import type { ResolvedPolicy, ResolvedServerTag } from "./resolvePolicy";
import { type SendCommandRequest, sendCommandForPowerShell, sendCommandForSh } from "./sendCommand";
import { serviceRole } from "./serviceRole";
import { formatSnapshotTags } from "./snapshotTags";
import type { SnapshotType } from "./snapshotTypes";
import { EXECUTION_TIMEOUT_S, INSTALL_TIMEOUT_S } from "./ssmDocuments";
import { BUSY_SECONDS, CUTOFF_HOURS } from "./windowOverlap";

/** Servers that run VSS at the same time, per window. CreateSnapshots has a burst of 100 calls per account and region. */
const MAX_CONCURRENCY = "50";

/** The other servers still get their backup when some fail. */
const MAX_ERRORS = "100%";

/** The delivery timeout. A server that got its command later would still be busy after the window. */
function startWithinSeconds(document: VssDocument): number {
    return BUSY_SECONDS - INSTALL_TIMEOUT_S[document] - EXECUTION_TIMEOUT_S;
}

export interface BackupWindows {
    readonly windowIds: Record<string, pulumi.Output<string>>;
    /** By snapshot type, the command for a POSIX shell that takes a backup now. */
    readonly backUpNow: Record<string, pulumi.Output<string>>;
    /** By snapshot type, the command for PowerShell that takes a backup now. */
    readonly backUpNowPowerShell: Record<string, pulumi.Output<string>>;
}

/** The targets of SSM: all instances with the tag. */
export function serverTargets({ key, value }: ResolvedServerTag): { key: string; values: pulumi.Output<string>[] }[] {
    return [{ key: `tag:${key}`, values: [value] }];
}

/** One maintenance window per snapshot type, in which the servers run the VSS document. */
export function backupWindows(
    context: PolicyContext,
    policy: ResolvedPolicy,
    notifications: Notifications,
    runLogs: aws.cloudwatch.LogGroup,
): BackupWindows {
    const role = windowRole(context, policy, notifications);
    const byType = <T>(make: (type: SnapshotType) => T) => Object.fromEntries(policy.types.map((type) => [type.name, make(type)]));
    const requests = byType((type) => sendCommandRequest(context, type, policy, runLogs));
    return {
        windowIds: byType((type) => backupWindow(context, type, policy, notifications, runLogs, role).id),
        backUpNow: byType(({ name }) => (requests[name] as pulumi.Output<SendCommandRequest>).apply(sendCommandForSh)),
        backUpNowPowerShell: byType(({ name }) => (requests[name] as pulumi.Output<SendCommandRequest>).apply(sendCommandForPowerShell)),
    };
}

function backupWindow(
    context: PolicyContext,
    type: SnapshotType,
    policy: ResolvedPolicy,
    notifications: Notifications,
    runLogs: aws.cloudwatch.LogGroup,
    role: aws.iam.Role,
): aws.ssm.MaintenanceWindow {
    const { name, parent, tags } = context;
    const description = runComment(name, type.name);
    const window = new aws.ssm.MaintenanceWindow(
        `${name}-${type.slug}-window`,
        {
            name: `vss-backup-${name}-${type.slug}`,
            description,
            schedule: type.schedule,
            scheduleTimezone: policy.timezone,
            duration: WINDOW_HOURS,
            cutoff: CUTOFF_HOURS,
            tags,
        },
        { parent },
    );
    const target = new aws.ssm.MaintenanceWindowTarget(
        `${name}-${type.slug}-target`,
        {
            windowId: window.id,
            name: `vss-backup-${name}-${type.slug}`,
            resourceType: "INSTANCE",
            targets: serverTargets(policy.serverTag),
        },
        { parent },
    );
    new aws.ssm.MaintenanceWindowTask(
        `${name}-${type.slug}-task`,
        {
            windowId: window.id,
            name: `vss-backup-${name}-${type.slug}`,
            description,
            taskType: "RUN_COMMAND",
            taskArn: policy.document,
            targets: [{ key: "WindowTargetIds", values: [target.id] }],
            serviceRoleArn: role.arn,
            priority: 1,
            maxConcurrency: MAX_CONCURRENCY,
            maxErrors: MAX_ERRORS,
            // A VSS run that has started may finish; cancelling it would leave half a set.
            cutoffBehavior: "CONTINUE_TASK",
            taskInvocationParameters: {
                runCommandParameters: {
                    comment: description,
                    parameters: documentParameters(context, type, policy).apply((parameters) =>
                        Object.entries(parameters).map(([key, value]) => ({ name: key, values: [value] })),
                    ),
                    timeoutSeconds: startWithinSeconds(policy.document),
                    serviceRoleArn: notifications.role.arn,
                    notificationConfig: {
                        notificationArn: notifications.topicArn,
                        notificationEvents: policy.notificationEvents,
                        // SSM reports a command as successful even if some invocations failed.
                        notificationType: "Invocation",
                    },
                    cloudwatchConfig: { cloudwatchLogGroupName: runLogs.name, cloudwatchOutputEnabled: true },
                },
            },
        },
        { parent },
    );
    return window;
}

/** The document's parameters. The user's tags can't replace the policy's tags, since the argument check refuses their keys. */
function documentParameters(
    { name, tags }: PolicyContext,
    type: SnapshotType,
    policy: ResolvedPolicy,
): pulumi.Output<Record<string, string>> {
    const { document, excludeBootVolume, copyOnly, noWriters, saveVssMetadata, componentsVersion } = policy;
    return pulumi.all([tags, excludeBootVolume, copyOnly, noWriters, saveVssMetadata, componentsVersion]).apply(
        ([userTags, isBootExcluded, isCopyOnly, hasNoWriters, isMetadataSaved, version]): Record<string, string> => ({
            ExcludeBootVolume: isBootExcluded ? "True" : "False",
            CopyOnly: isCopyOnly ? "True" : "False",
            NoWriters: hasNoWriters ? "True" : "False",
            // Left out by default, so that policies that do without it keep their tasks.
            ...(isMetadataSaved && { SaveVssMetadata: "True" }),
            description: runComment(name, type.name),
            tags: formatSnapshotTags({ [TYPE_TAG]: type.name, [POLICY_TAG]: name, ...userTags }),
            executionTimeout: String(EXECUTION_TIMEOUT_S),
            ...(document === "AWSEC2-VssInstallAndSnapshot" && version !== "latest" && { VssVersion: version }),
        }),
    );
}

/** The role of all windows. It may send the document to the servers and pass the notification role. */
function windowRole(context: PolicyContext, { document, serverTag }: ResolvedPolicy, notifications: Notifications): aws.iam.Role {
    const { partition, region, accountId } = context.placement;
    const { role } = serviceRole(context, {
        suffix: "window",
        service: "ssm.amazonaws.com",
        description: `Backup windows of VssBackupPolicy ${context.name}`,
        statements: [
            {
                Sid: "SendDocument",
                Effect: "Allow",
                Action: "ssm:SendCommand",
                Resource: pulumi.interpolate`arn:${partition}:ssm:${region}::document/${document}`,
            },
            {
                Sid: "ToServers",
                Effect: "Allow",
                Action: "ssm:SendCommand",
                Resource: pulumi.interpolate`arn:${partition}:ec2:${region}:${accountId}:instance/*`,
                Condition: { StringEquals: { [`ssm:resourceTag/${serverTag.key}`]: serverTag.value } },
            },
            {
                Sid: "PassNotifyRole",
                Effect: "Allow",
                Action: "iam:PassRole",
                Resource: notifications.role.arn,
                Condition: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
            },
            // These actions read no secrets. AWS's policy for such roles allows them for all resources, since most can't be narrowed.
            {
                Sid: "FindServersAndCommands",
                Effect: "Allow",
                Action: [
                    "resource-groups:ListGroupResources",
                    "resource-groups:ListGroups",
                    "ssm:DescribeInstanceInformation",
                    "ssm:GetCommandInvocation",
                    "ssm:ListCommandInvocations",
                    "ssm:ListCommands",
                    "ssm:ListTagsForResource",
                    "tag:GetResources",
                ],
                Resource: "*",
            },
        ],
    });
    return role;
}

/** The request that takes a backup of a type now, like its window. */
function sendCommandRequest(
    context: PolicyContext,
    type: SnapshotType,
    policy: ResolvedPolicy,
    runLogs: aws.cloudwatch.LogGroup,
): pulumi.Output<SendCommandRequest> {
    const parameters = documentParameters(context, type, policy);
    return pulumi
        .all([context.placement.region, policy.serverTag.value, parameters, runLogs.name])
        .apply(([region, value, given, CloudWatchLogGroupName]) => ({
            region,
            request: JSON.stringify({
                DocumentName: policy.document,
                Targets: [{ Key: `tag:${policy.serverTag.key}`, Values: [value] }],
                Parameters: Object.fromEntries(Object.entries(given).map(([key, parameter]) => [key, [parameter]])),
                TimeoutSeconds: startWithinSeconds(policy.document),
                MaxConcurrency: MAX_CONCURRENCY,
                MaxErrors: MAX_ERRORS,
                CloudWatchOutputConfig: { CloudWatchLogGroupName, CloudWatchOutputEnabled: true },
            }),
        }));
}
