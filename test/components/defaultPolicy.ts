import type { VssBackupPolicyArgs } from "../../components";
import { ACCOUNT_ID } from "../../rehearsal/program";
import { deployPolicy, inputsOf } from "../support/policies";
import { TARGETS, WATCH_BY_DEFAULT, WATCH_TYPES } from "./defaultWatch";
import { LOG_GROUPS, policy, ROLE, THIS_ACCOUNT, THIS_ACCOUNT_IF_SENT, TOPIC, trust } from "./expected";

const QUEUE = `arn:aws:sqs:eu-central-1:${ACCOUNT_ID}:prod-cleaner-dead-letters`;
const LAMBDA = `arn:aws:lambda:eu-central-1:${ACCOUNT_ID}:function:vss-backup-prod-cleaner`;

const SERVERS = [{ key: "tag:VssBackup", values: ["prod"] }];

/** The window of one type with its target and task. */
function window(type: string, schedule: string): Record<string, object> {
    const slug = type.toLowerCase();
    const name = `vss-backup-prod-${slug}`;
    const description = `VssBackupPolicy prod: ${slug} snapshots`;
    return {
        [`prod-${slug}-window`]: { name, description, schedule, scheduleTimezone: "UTC", duration: 1, cutoff: 0, tags: {} },
        [`prod-${slug}-target`]: { windowId: `prod-${slug}-window-id`, name, resourceType: "INSTANCE", targets: SERVERS },
        [`prod-${slug}-task`]: {
            windowId: `prod-${slug}-window-id`,
            name,
            description,
            taskType: "RUN_COMMAND",
            taskArn: "AWSEC2-CreateVssSnapshot",
            targets: [{ key: "WindowTargetIds", values: [`prod-${slug}-target-id`] }],
            serviceRoleArn: `${ROLE}/prod-window-role`,
            priority: 1,
            maxConcurrency: "50",
            maxErrors: "100%",
            cutoffBehavior: "CONTINUE_TASK",
            taskInvocationParameters: {
                runCommandParameters: {
                    comment: description,
                    parameters: [
                        { name: "ExcludeBootVolume", values: ["False"] },
                        { name: "CopyOnly", values: ["False"] },
                        { name: "NoWriters", values: ["False"] },
                        { name: "description", values: [description] },
                        { name: "tags", values: [`Key=SnapshotType,Value=${type};Key=VssBackupPolicy,Value=prod`] },
                        { name: "executionTimeout", values: ["800"] },
                    ],
                    timeoutSeconds: 2800,
                    serviceRoleArn: `${ROLE}/prod-notify-role`,
                    notificationConfig: {
                        notificationArn: TOPIC,
                        notificationEvents: ["TimedOut", "Cancelled", "Failed"],
                        notificationType: "Invocation",
                    },
                    cloudwatchConfig: { cloudwatchLogGroupName: "/vss-backup/prod/runs", cloudwatchOutputEnabled: true },
                },
            },
        },
    };
}

/** What the command line reads of a policy without arguments. */
export const SETTINGS = {
    name: "prod",
    retention: { Day: 5, Week: 3, Month: 2 },
    schedules: { Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" },
    timezone: "UTC",
    hold: "VssBackupHold",
    failedSetGraceHours: 24,
    countCrashConsistent: false,
    standIns: true,
    maxDeletionsPerRun: 1000,
    reportOnly: false,
    excludeTag: "VssBackupExclude",
    overdueGraceHours: 2,
    alarmStopped: false,
    report: "daily",
    cleanerSchedule: "cron(0 7 * * ? *)",
    windowCutoff: 0,
};

/** The parameter with other values. Undefined removes a value. */
export function settingsParameter(
    changed: {
        readonly settings?: object;
        readonly targets?: object;
        readonly watchFunction?: undefined;
        readonly watchEveryHours?: number;
        readonly saveVssMetadata?: true;
    } = {},
) {
    const functions = { cleanerFunction: "vss-backup-prod-cleaner", watchFunction: "vss-backup-prod-watch" };
    const { watchFunction, watchEveryHours = 1, ...others } = { ...functions, ...changed };
    return {
        name: "/vss-backup/prod/settings",
        description: "The settings of VssBackupPolicy prod, for vss-backup",
        type: "String",
        tier: "Intelligent-Tiering",
        insecureValue: {
            version: 1,
            ...others,
            settings: { ...SETTINGS, ...changed.settings },
            targets: withoutUndefined({ ...TARGETS, ...changed.targets }),
            ...(watchFunction && { watchFunction, watchEveryHours }),
        },
        tags: {},
    };
}

function withoutUndefined(values: object): object {
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** All inputs that a policy without arguments registers, except the archive. */
export const BY_DEFAULT: Record<string, object> = {
    prod: {},
    "prod-server-role": {
        description: "Servers that VssBackupPolicy prod backs up",
        assumeRolePolicy: trust("ec2.amazonaws.com"),
        tags: {},
    },
    "prod-server-ssm": { role: "prod-server-role", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
    "prod-server-vss": { role: "prod-server-role", policyArn: "arn:aws:iam::aws:policy/AWSEC2VssSnapshotPolicy" },
    "prod-server-logs": {
        role: "prod-server-role",
        policy: policy(
            {
                Sid: "WriteRunLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                Resource: [`${LOG_GROUPS}:/vss-backup/prod/runs`, `${LOG_GROUPS}:/vss-backup/prod/runs:*`],
            },
            { Sid: "FindRunLogs", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: `${LOG_GROUPS}:*` },
        ),
    },
    "prod-server-profile": { role: "prod-server-role", tags: {} },
    "prod-run-logs": { name: "/vss-backup/prod/runs", retentionInDays: 90, tags: {} },
    "prod-vss-package": {
        name: "AWS-ConfigureAWSPackage",
        associationName: "vss-backup-prod-package",
        parameters: { action: "Install", name: "AwsVssComponents" },
        targets: SERVERS,
        scheduleExpression: "cron(0 15 ? * SUN *)",
        maxConcurrency: "100%",
        maxErrors: "100%",
        complianceSeverity: "HIGH",
        tags: {},
    },
    "prod-topic": { displayName: "VSS backups prod", tags: {} },
    "prod-topic-policy": {
        arn: TOPIC,
        policy: policy(
            {
                Sid: "RefusePlainHttp",
                Effect: "Deny",
                Principal: "*",
                Action: ["sns:Publish", "sns:Subscribe"],
                Resource: TOPIC,
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
            {
                Sid: "PublishAlarms",
                Effect: "Allow",
                Principal: { Service: "cloudwatch.amazonaws.com" },
                Action: "sns:Publish",
                Resource: TOPIC,
                Condition: THIS_ACCOUNT,
            },
            {
                Sid: "PublishEvents",
                Effect: "Allow",
                Principal: { Service: "events.amazonaws.com" },
                Action: "sns:Publish",
                Resource: TOPIC,
                Condition: THIS_ACCOUNT_IF_SENT,
            },
        ),
    },
    "prod-notify-role": {
        description: "SSM publishes the results of runs of VssBackupPolicy prod",
        assumeRolePolicy: trust("ssm.amazonaws.com", THIS_ACCOUNT_IF_SENT),
        tags: {},
    },
    "prod-notify-role-policy": {
        role: "prod-notify-role",
        policy: policy({ Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: TOPIC }),
    },
    "prod-window-role": {
        description: "Backup windows of VssBackupPolicy prod",
        assumeRolePolicy: trust("ssm.amazonaws.com", THIS_ACCOUNT_IF_SENT),
        tags: {},
    },
    "prod-window-role-policy": {
        role: "prod-window-role",
        policy: policy(
            {
                Sid: "SendDocument",
                Effect: "Allow",
                Action: "ssm:SendCommand",
                Resource: "arn:aws:ssm:eu-central-1::document/AWSEC2-CreateVssSnapshot",
            },
            {
                Sid: "ToServers",
                Effect: "Allow",
                Action: "ssm:SendCommand",
                Resource: `arn:aws:ec2:eu-central-1:${ACCOUNT_ID}:instance/*`,
                Condition: { StringEquals: { "ssm:resourceTag/VssBackup": "prod" } },
            },
            {
                Sid: "PassNotifyRole",
                Effect: "Allow",
                Action: "iam:PassRole",
                Resource: `${ROLE}/prod-notify-role`,
                Condition: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
            },
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
        ),
    },
    ...window("Day", "cron(0 1 ? * * *)"),
    ...window("Week", "cron(0 3 ? * SUN *)"),
    ...window("Month", "cron(0 5 1 * ? *)"),
    "prod-cleaner": {
        name: "vss-backup-prod-cleaner",
        description: "Deletes the snapshots that VssBackupPolicy prod no longer needs",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        role: `${ROLE}/prod-cleaner-role`,
        timeout: 900,
        memorySize: 1024,
        reservedConcurrentExecutions: 1,
        loggingConfig: { logFormat: "Text", logGroup: "/vss-backup/prod/cleaner" },
        tags: {},
    },
    "prod-cleaner-logs": { name: "/vss-backup/prod/cleaner", retentionInDays: 90, tags: {} },
    "prod-cleaner-role": {
        description: "Cleaner of VssBackupPolicy prod",
        assumeRolePolicy: trust("lambda.amazonaws.com", THIS_ACCOUNT_IF_SENT),
        tags: {},
    },
    "prod-cleaner-role-policy": {
        role: "prod-cleaner-role",
        policy: policy(
            {
                Sid: "WriteLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: `${LOG_GROUPS}:/vss-backup/prod/cleaner:*`,
            },
            { Sid: "ListSnapshots", Effect: "Allow", Action: "ec2:DescribeSnapshots", Resource: "*" },
            {
                Sid: "DeleteOwnSnapshots",
                Effect: "Allow",
                Action: "ec2:DeleteSnapshot",
                Resource: "arn:aws:ec2:eu-central-1::snapshot/*",
                Condition: {
                    StringEquals: { "aws:ResourceTag/VssBackupPolicy": "prod" },
                    Null: { "aws:ResourceTag/VssBackupHold": "true" },
                },
            },
        ),
    },
    "prod-cleaner-dead-letters": { messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true, tags: {} },
    "prod-schedule-role": {
        description: "Starts the cleaner of VssBackupPolicy prod",
        assumeRolePolicy: trust("scheduler.amazonaws.com", THIS_ACCOUNT),
        tags: {},
    },
    "prod-schedule-role-policy": {
        role: "prod-schedule-role",
        policy: policy(
            { Sid: "StartCleaner", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: LAMBDA },
            { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: QUEUE },
        ),
    },
    "prod-cleaner-schedule": {
        name: "vss-backup-prod-cleaner",
        description: "Starts the cleaner of VssBackupPolicy prod",
        scheduleExpression: "cron(0 7 * * ? *)",
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
            arn: LAMBDA,
            roleArn: `${ROLE}/prod-schedule-role`,
            input: '{"time":"<aws.scheduler.scheduled-time>"}',
            retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 5 },
            deadLetterConfig: { arn: QUEUE },
        },
    },
    "prod-settings": settingsParameter(),
    ...WATCH_BY_DEFAULT,
};

/** Types of the resources behind the names above, where the name does not tell it. */
export const TYPES: Record<string, string> = {
    prod: "vss-backup:index:VssBackupPolicy",
    "prod-server-role": "aws:iam/role:Role",
    "prod-server-ssm": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "prod-server-vss": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "prod-server-logs": "aws:iam/rolePolicy:RolePolicy",
    "prod-server-profile": "aws:iam/instanceProfile:InstanceProfile",
    "prod-run-logs": "aws:cloudwatch/logGroup:LogGroup",
    "prod-vss-package": "aws:ssm/association:Association",
    "prod-topic": "aws:sns/topic:Topic",
    "prod-topic-policy": "aws:sns/topicPolicy:TopicPolicy",
    "prod-notify-role": "aws:iam/role:Role",
    "prod-notify-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-window-role": "aws:iam/role:Role",
    "prod-window-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-day-window": "aws:ssm/maintenanceWindow:MaintenanceWindow",
    "prod-day-target": "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
    "prod-day-task": "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    "prod-week-window": "aws:ssm/maintenanceWindow:MaintenanceWindow",
    "prod-week-target": "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
    "prod-week-task": "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    "prod-month-window": "aws:ssm/maintenanceWindow:MaintenanceWindow",
    "prod-month-target": "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
    "prod-month-task": "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
    "prod-cleaner": "aws:lambda/function:Function",
    "prod-cleaner-logs": "aws:cloudwatch/logGroup:LogGroup",
    "prod-cleaner-role": "aws:iam/role:Role",
    "prod-cleaner-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-cleaner-dead-letters": "aws:sqs/queue:Queue",
    "prod-schedule-role": "aws:iam/role:Role",
    "prod-schedule-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-cleaner-schedule": "aws:scheduler/schedule:Schedule",
    "prod-settings": "aws:ssm/parameter:Parameter",
    ...WATCH_TYPES,
};

/** Stands for the inputs of a resource that a policy no longer registers. */
export const REMOVED = "removed";

/** The resources that arguments change, with their new inputs. */
export async function changedBy(args: VssBackupPolicyArgs): Promise<Record<string, unknown>> {
    const inputs = inputsOf(await deployPolicy(args));
    const names = [...new Set([...Object.keys(inputs), ...Object.keys(BY_DEFAULT)])];
    const isSame = (name: string) => JSON.stringify(sortKeys(inputs[name])) === JSON.stringify(sortKeys(BY_DEFAULT[name]));
    return Object.fromEntries(names.filter((name) => !isSame(name)).map((name) => [name, inputs[name] ?? REMOVED]));
}

function sortKeys(value: unknown): unknown {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([a], [b]) => (a < b ? -1 : 1))
                  .map(([key, entry]) => [key, sortKeys(entry)]),
          )
        : Array.isArray(value)
          ? value.map(sortKeys)
          : value;
}
