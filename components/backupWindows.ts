import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { WINDOW_HOURS } from "../lambda/schedules";
import { POLICY_TAG, TYPE_TAG } from "../lambda/tags";
import type { NotificationEvent, SnapshotType } from "./arguments";
import type { Notifications } from "./notifications";
import type { Part } from "./part";
import { serviceRole } from "./serviceRole";
import { formatSnapshotTags } from "./snapshotTags";
import { EXECUTION_TIMEOUT_S, INSTALL_TIMEOUT_S, type VssDocument } from "./ssmDocuments";
import { BUSY_SECONDS, CUTOFF_HOURS } from "./windowOverlap";

/** Servers that run VSS at once, per window: CreateSnapshots has a burst of 100 calls per account and region. */
const MAX_CONCURRENCY = "50";

/** One server that fails must not cost the others their backup. */
const MAX_ERRORS = "100%";

/** The delivery timeout: a server that gets its command later would still be at it when the window has ended, so it gets none. */
function startWithinSeconds(document: VssDocument): number {
    return BUSY_SECONDS - INSTALL_TIMEOUT_S[document] - EXECUTION_TIMEOUT_S;
}

export interface ServerTag {
    readonly key: string;
    readonly value: pulumi.Output<string>;
}

export interface BackupOptions {
    readonly types: readonly SnapshotType[];
    readonly timezone: string;
    readonly serverTag: ServerTag;
    readonly document: VssDocument;
    readonly excludeBootVolume: pulumi.Output<boolean>;
    readonly copyOnly: pulumi.Output<boolean>;
    readonly noWriters: pulumi.Output<boolean>;
    readonly componentsVersion: pulumi.Output<string>;
    readonly notificationEvents: pulumi.Output<NotificationEvent[]>;
}

export interface BackupWindows {
    readonly windowIds: Record<string, pulumi.Output<string>>;
    readonly backUpNow: Record<string, pulumi.Output<string>>;
}

/** SSM's way to name the servers: everything that bears the tag. */
export function serverTargets({ key, value }: ServerTag): { key: string; values: pulumi.Output<string>[] }[] {
    return [{ key: `tag:${key}`, values: [value] }];
}

/** One maintenance window per snapshot type, in which the servers run the VSS document. */
export function backupWindows(
    part: Part,
    options: BackupOptions,
    notifications: Notifications,
    runLogs: aws.cloudwatch.LogGroup,
): BackupWindows {
    const role = windowRole(part, options, notifications);
    const windowIds: BackupWindows["windowIds"] = {};
    const backUpNow: BackupWindows["backUpNow"] = {};
    for (const type of options.types) {
        windowIds[type.name] = backupWindow(part, type, options, notifications, runLogs, role).id;
        backUpNow[type.name] = sendCommandLine(part, type, options, runLogs);
    }
    return { windowIds, backUpNow };
}

function backupWindow(
    part: Part,
    type: SnapshotType,
    options: BackupOptions,
    notifications: Notifications,
    runLogs: aws.cloudwatch.LogGroup,
    role: aws.iam.Role,
): aws.ssm.MaintenanceWindow {
    const { name, parent, tags } = part;
    const description = describe(name, type);
    const window = new aws.ssm.MaintenanceWindow(
        `${name}-${type.slug}-window`,
        {
            name: `vss-backup-${name}-${type.slug}`,
            description,
            schedule: type.schedule,
            scheduleTimezone: options.timezone,
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
            targets: serverTargets(options.serverTag),
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
            taskArn: options.document,
            targets: [{ key: "WindowTargetIds", values: [target.id] }],
            serviceRoleArn: role.arn,
            priority: 1,
            maxConcurrency: MAX_CONCURRENCY,
            maxErrors: MAX_ERRORS,
            // A VSS run that has begun may end; cancelling it would leave half a set.
            cutoffBehavior: "CONTINUE_TASK",
            taskInvocationParameters: {
                runCommandParameters: {
                    comment: description,
                    parameters: documentParameters(part, type, options).apply((parameters) =>
                        Object.entries(parameters).map(([key, value]) => ({ name: key, values: [value] })),
                    ),
                    timeoutSeconds: startWithinSeconds(options.document),
                    serviceRoleArn: notifications.role.arn,
                    notificationConfig: {
                        notificationArn: notifications.topicArn,
                        notificationEvents: options.notificationEvents,
                        // A command counts as successful although some of its invocations failed.
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

/** At most 100 characters with the longest name, the bound of a command's comment; a type may be longer. */
function describe(name: string, type: SnapshotType): string {
    return `VssBackupPolicy ${name}: ${type.slug} snapshots`.slice(0, 100);
}

/** Parameters of the document. The user's tags can't stand in for the policy's own: their keys are refused. */
function documentParameters({ name, tags }: Part, type: SnapshotType, options: BackupOptions): pulumi.Output<Record<string, string>> {
    const { document, excludeBootVolume, copyOnly, noWriters, componentsVersion } = options;
    return pulumi.all([tags, excludeBootVolume, copyOnly, noWriters, componentsVersion]).apply(
        ([own, exclude, copy, without, version]): Record<string, string> => ({
            ExcludeBootVolume: exclude ? "True" : "False",
            CopyOnly: copy ? "True" : "False",
            NoWriters: without ? "True" : "False",
            description: describe(name, type),
            tags: formatSnapshotTags({ [TYPE_TAG]: type.name, [POLICY_TAG]: name, ...own }),
            executionTimeout: String(EXECUTION_TIMEOUT_S),
            ...(document === "AWSEC2-VssInstallAndSnapshot" && version !== "latest" && { VssVersion: version }),
        }),
    );
}

/** The role of all windows: send this document to these servers, and hand the notification role on. */
function windowRole(part: Part, { document, serverTag }: BackupOptions, notifications: Notifications): aws.iam.Role {
    const { partition, region, accountId } = part.placement;
    const { role } = serviceRole(part, {
        suffix: "window",
        service: "ssm.amazonaws.com",
        description: `Backup windows of VssBackupPolicy ${part.name}`,
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
            // Reading what became of the commands has no narrower resource.
            {
                Sid: "FollowCommands",
                Effect: "Allow",
                Action: ["ssm:GetCommandInvocation", "ssm:ListCommandInvocations", "ssm:ListCommands"],
                Resource: "*",
            },
        ],
    });
    return role;
}

/** The line with which an operator takes a backup of a type this minute, for a POSIX shell such as CloudShell. */
function sendCommandLine(part: Part, type: SnapshotType, options: BackupOptions, runLogs: aws.cloudwatch.LogGroup): pulumi.Output<string> {
    const parameters = documentParameters(part, type, options);
    return pulumi
        .all([part.placement.region, options.serverTag.value, parameters, runLogs.name])
        .apply(([region, value, given, logs]) =>
            [
                "aws ssm send-command",
                `--region ${quoted(region)}`,
                `--document-name ${options.document}`,
                `--targets ${quoted(JSON.stringify([{ Key: `tag:${options.serverTag.key}`, Values: [value] }]))}`,
                `--parameters ${quoted(JSON.stringify(Object.fromEntries(Object.entries(given).map(([key, text]) => [key, [text]]))))}`,
                `--timeout-seconds ${startWithinSeconds(options.document)}`,
                `--max-concurrency ${MAX_CONCURRENCY}`,
                `--max-errors ${quoted(MAX_ERRORS)}`,
                `--cloud-watch-output-config ${quoted(JSON.stringify({ CloudWatchLogGroupName: logs, CloudWatchOutputEnabled: true }))}`,
            ].join(" "),
        );
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
}
