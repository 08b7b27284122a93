import { ACCOUNT_ID } from "../../rehearsal/program";
import { LOG_GROUPS, policy, ROLE, THIS_ACCOUNT, THIS_ACCOUNT_IF_SENT, TOPIC, trust } from "./expected";

const LAMBDA = `arn:aws:lambda:eu-central-1:${ACCOUNT_ID}:function:vss-backup-prod-watch`;
const SSM = `arn:aws:ssm:eu-central-1:${ACCOUNT_ID}`;
const RETRIES = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 2 };

/** The variable of the watch, as an object. */
export const TARGETS = {
    serverTag: { key: "VssBackup", value: "prod" },
    excludeBootVolume: false,
    windowIds: { Day: "prod-day-window-id", Week: "prod-week-window-id", Month: "prod-month-window-id" },
    associationId: "prod-vss-package-id",
    topicArn: TOPIC,
    emails: {},
    cleanerLogGroup: "/vss-backup/prod/cleaner",
    watchLogGroup: "/vss-backup/prod/watch",
    document: "AWSEC2-CreateVssSnapshot",
    instanceProfile: "prod-server-profile",
};

/** A schedule of the watch. */
function schedule(name: string, description: string, scheduleExpression: string, input: object): object {
    return {
        name: `vss-backup-prod-${name}`,
        description,
        scheduleExpression,
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        target: { arn: LAMBDA, roleArn: `${ROLE}/prod-watch-schedule-role`, input: JSON.stringify(input), retryPolicy: RETRIES },
    };
}

const NEWEST_REPORT = "Next: read the newest report, in your mail or in the log group /vss-backup/prod/watch. It names servers and cures.";

/** An alarm on a metric of the watch that must be 0. Servers have a day to get their tag, package and addresses. */
function aboveZero(suffix: string, sentence: string, metricName: string): object {
    return {
        name: `vss-backup-prod-${suffix}`,
        alarmDescription: `${sentence} ${NEWEST_REPORT}`,
        namespace: "VssBackup",
        metricName,
        dimensions: { Policy: "prod" },
        statistic: "Maximum",
        period: 4500,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "ignore",
        warmUpConfiguration: { warmUpPeriodDurationInMinutes: 1440, onlyStartEvaluatingAfterWarmUpPeriodEnds: true },
        alarmActions: [TOPIC],
        okActions: [TOPIC],
        tags: {},
    };
}

/** The alarms of a policy without arguments. */
const ALARMS: Record<string, object> = {
    "prod-overdue-alarm": aboveZero(
        "overdue",
        "A server of VssBackupPolicy prod has no restore point of a backup that was due.",
        "OverdueServers",
    ),
    "prod-problems-alarm": aboveZero("problems", "The watch of VssBackupPolicy prod found a problem with its backups.", "Problems"),
    "prod-heartbeat-alarm": {
        name: "vss-backup-prod-heartbeat",
        alarmDescription:
            "The watch of VssBackupPolicy prod did not run for 3 hours, so nobody would notice a missing backup. Next: open the function vss-backup-prod-watch, and read its errors in the log group /vss-backup/prod/watch.",
        namespace: "VssBackup",
        metricName: "Heartbeat",
        dimensions: { Policy: "prod" },
        statistic: "Sum",
        period: 3600,
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
        comparisonOperator: "LessThanThreshold",
        threshold: 1,
        treatMissingData: "breaching",
        warmUpConfiguration: { warmUpPeriodDurationInMinutes: 120 },
        alarmActions: [TOPIC],
        okActions: [TOPIC],
        tags: {},
    },
    "prod-cleaner-errors-alarm": {
        name: "vss-backup-prod-cleaner-errors",
        alarmDescription:
            "A run of the cleaner of VssBackupPolicy prod failed. Next: read the errors of its last report in the log group /vss-backup/prod/cleaner.",
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: "vss-backup-prod-cleaner" },
        statistic: "Sum",
        period: 3600,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "ignore",
        alarmActions: [TOPIC],
        okActions: [TOPIC],
        tags: {},
    },
    "prod-dead-letters-alarm": {
        name: "vss-backup-prod-dead-letters",
        alarmDescription:
            "EventBridge Scheduler could not start the cleaner of VssBackupPolicy prod. Next: read the attribute ERROR_MESSAGE of a message in the queue of dead letters, cure the cause, and purge the queue.",
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: "prod-cleaner-dead-letters" },
        statistic: "Maximum",
        period: 300,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "ignore",
        alarmActions: [TOPIC],
        okActions: [TOPIC],
        tags: {},
    },
};

/** All inputs that the watch of a policy without arguments registers, except the archive. */
export const WATCH_BY_DEFAULT: Record<string, object> = {
    "prod-watch": {
        name: "vss-backup-prod-watch",
        description: "Finds missing backups of VssBackupPolicy prod",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        role: `${ROLE}/prod-watch-role`,
        timeout: 900,
        memorySize: 1024,
        reservedConcurrentExecutions: 1,
        environment: { variables: { WATCH_TARGETS: JSON.stringify(TARGETS) } },
        loggingConfig: { logFormat: "Text", logGroup: "/vss-backup/prod/watch" },
        tags: {},
    },
    "prod-watch-logs": { name: "/vss-backup/prod/watch", retentionInDays: 90, tags: {} },
    "prod-watch-role": {
        description: "Watch of VssBackupPolicy prod",
        assumeRolePolicy: trust("lambda.amazonaws.com", THIS_ACCOUNT_IF_SENT),
        tags: {},
    },
    "prod-watch-role-policy": {
        role: "prod-watch-role",
        policy: policy(
            {
                Sid: "ListServersAndBackups",
                Effect: "Allow",
                Action: [
                    "ec2:DescribeInstances",
                    "ec2:DescribeSnapshots",
                    "ec2:DescribeVolumes",
                    "ssm:DescribeInstanceInformation",
                    "ssm:DescribeMaintenanceWindows",
                    "ssm:ListCommandInvocations",
                ],
                Resource: "*",
            },
            {
                Sid: "ReadWindows",
                Effect: "Allow",
                Action: "ssm:DescribeMaintenanceWindowExecutions",
                Resource: ["day", "week", "month"].map((type) => `${SSM}:maintenancewindow/prod-${type}-window-id`),
            },
            {
                Sid: "ReadPackage",
                Effect: "Allow",
                Action: ["ssm:DescribeAssociationExecutions", "ssm:DescribeAssociationExecutionTargets"],
                Resource: `${SSM}:association/prod-vss-package-id`,
            },
            {
                Sid: "ReadRecords",
                Effect: "Allow",
                Action: "ssm:GetParametersByPath",
                Resource: [`${SSM}:parameter/vss-backup-records/prod/servers*`, `${SSM}:parameter/vss-backup-records/prod/restore-tests*`],
            },
            {
                Sid: "WriteRecords",
                Effect: "Allow",
                Action: "ssm:PutParameter",
                Resource: `${SSM}:parameter/vss-backup-records/prod/servers/*`,
            },
            {
                Sid: "ReadLogs",
                Effect: "Allow",
                Action: "logs:FilterLogEvents",
                Resource: [
                    `${LOG_GROUPS}:/vss-backup/prod/cleaner`,
                    `${LOG_GROUPS}:/vss-backup/prod/cleaner:*`,
                    `${LOG_GROUPS}:/vss-backup/prod/watch`,
                    `${LOG_GROUPS}:/vss-backup/prod/watch:*`,
                ],
            },
            {
                Sid: "WriteLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: `${LOG_GROUPS}:/vss-backup/prod/watch:*`,
            },
            { Sid: "ReadSubscriptions", Effect: "Allow", Action: "sns:ListSubscriptionsByTopic", Resource: TOPIC },
            { Sid: "PublishReport", Effect: "Allow", Action: "sns:Publish", Resource: TOPIC },
        ),
    },
    "prod-watch-schedule-role": {
        description: "Starts the watch of VssBackupPolicy prod",
        assumeRolePolicy: trust("scheduler.amazonaws.com", THIS_ACCOUNT),
        tags: {},
    },
    "prod-watch-schedule-role-policy": {
        role: "prod-watch-schedule-role",
        policy: policy({ Sid: "StartWatch", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: LAMBDA }),
    },
    "prod-watch-schedule": schedule("watch", "Starts the watch of VssBackupPolicy prod", "rate(1 hour)", {
        time: "<aws.scheduler.scheduled-time>",
    }),
    "prod-report-schedule": schedule("report", "Starts the report of VssBackupPolicy prod", "cron(0 8 * * ? *)", {
        time: "<aws.scheduler.scheduled-time>",
        report: true,
    }),
    "prod-watch-rule": {
        name: "vss-backup-prod-watch",
        description: "Starts the watch of VssBackupPolicy prod when a window or a server tag changes",
        eventPattern: {
            source: ["aws.ssm", "aws.tag"],
            "detail-type": ["Maintenance Window State-change Notification", "Tag Change on Resource"],
            detail: {
                $or: [
                    { "window-id": ["prod-day-window-id", "prod-week-window-id", "prod-month-window-id"] },
                    { service: ["ec2"], "resource-type": ["instance"], "changed-tag-keys": ["VssBackup"] },
                ],
            },
        },
        tags: {},
    },
    "prod-watch-rule-permission": {
        action: "lambda:InvokeFunction",
        function: "vss-backup-prod-watch",
        principal: "events.amazonaws.com",
        sourceArn: `arn:aws:events:eu-central-1:${ACCOUNT_ID}:rule/vss-backup-prod-watch`,
    },
    "prod-watch-rule-target": { rule: "vss-backup-prod-watch", arn: LAMBDA, retryPolicy: RETRIES },
    ...ALARMS,
};

/** The function with other values in its variable. An undefined value is left out. */
export function withTargets(targets: object): object {
    const variables = { WATCH_TARGETS: JSON.stringify({ ...TARGETS, ...targets }) };
    return { ...WATCH_BY_DEFAULT["prod-watch"], environment: { variables } };
}

/** The alarms' names, in the order of their letters. */
export const ALARM_NAMES = Object.keys(ALARMS).sort();

/** Types of the resources behind the names above, where the name does not tell it. */
export const WATCH_TYPES: Record<string, string> = {
    "prod-watch": "aws:lambda/function:Function",
    "prod-watch-logs": "aws:cloudwatch/logGroup:LogGroup",
    "prod-watch-role": "aws:iam/role:Role",
    "prod-watch-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-watch-schedule-role": "aws:iam/role:Role",
    "prod-watch-schedule-role-policy": "aws:iam/rolePolicy:RolePolicy",
    "prod-watch-schedule": "aws:scheduler/schedule:Schedule",
    "prod-report-schedule": "aws:scheduler/schedule:Schedule",
    "prod-watch-rule": "aws:cloudwatch/eventRule:EventRule",
    "prod-watch-rule-permission": "aws:lambda/permission:Permission",
    "prod-watch-rule-target": "aws:cloudwatch/eventTarget:EventTarget",
    ...Object.fromEntries(ALARM_NAMES.map((name) => [name, "aws:cloudwatch/metricAlarm:MetricAlarm"])),
};
