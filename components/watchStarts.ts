import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupWindows } from "./backupWindows";
import type { PolicyContext } from "./policyContext";
import type { ResolvedWatch } from "./resolveWatch";
import { serviceRole } from "./serviceRole";

/** A run that is missing is no loss: the next one finds the same. The alarm on the heartbeat notices if all are missing. */
const FEW_RETRIES = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 2 };

/**
 * Starts the watch on its two schedules: every few hours, and at the time of the report.
 *
 * @param needed resources without which the first run would fail
 */
export function startOnSchedules(
    context: PolicyContext,
    timezone: string,
    { everyHours, reportSchedule }: ResolvedWatch,
    lambda: aws.lambda.Function,
    needed: readonly pulumi.Resource[],
): void {
    const { name, parent } = context;
    const { role, rolePolicy } = serviceRole(context, {
        suffix: "watch-schedule",
        service: "scheduler.amazonaws.com",
        description: `Starts the watch of VssBackupPolicy ${name}`,
        statements: [{ Sid: "StartWatch", Effect: "Allow", Action: "lambda:InvokeFunction", Resource: lambda.arn }],
    });
    const schedule = (suffix: string, scheduleExpression: string, description: string, event: object) =>
        new aws.scheduler.Schedule(
            `${name}-${suffix}-schedule`,
            {
                name: `vss-backup-${name}-${suffix}`,
                description,
                scheduleExpression,
                scheduleExpressionTimezone: timezone,
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: lambda.arn,
                    roleArn: role.arn,
                    // Scheduler replaces this with the time at which the run was due.
                    input: JSON.stringify({ time: "<aws.scheduler.scheduled-time>", ...event }),
                    retryPolicy: FEW_RETRIES,
                },
            },
            { parent, dependsOn: [rolePolicy, ...needed] },
        );
    schedule("watch", `rate(${everyHours} hour${everyHours === 1 ? "" : "s"})`, `Starts the watch of VssBackupPolicy ${name}`, {});
    if (reportSchedule !== undefined) {
        schedule("report", reportSchedule, `Starts the report of VssBackupPolicy ${name}`, { report: true });
    }
}

/**
 * Starts the watch early if somebody disables a window or changes the server tag of an instance. Nothing depends on these events, since
 * AWS delivers them with best effort.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/monitor-tag-changes.html
 */
export function startOnEvents(
    { name, parent, tags }: PolicyContext,
    serverTagKey: string,
    windows: BackupWindows,
    lambda: aws.lambda.Function,
): void {
    const eventPattern = pulumi.output(windows.windowIds).apply((ids) =>
        JSON.stringify({
            source: ["aws.ssm", "aws.tag"],
            "detail-type": ["Maintenance Window State-change Notification", "Tag Change on Resource"],
            detail: {
                $or: [
                    { "window-id": Object.values(ids) },
                    { service: ["ec2"], "resource-type": ["instance"], "changed-tag-keys": [serverTagKey] },
                ],
            },
        }),
    );
    const description = `Starts the watch of VssBackupPolicy ${name} when a window or a server tag changes`;
    const rule = new aws.cloudwatch.EventRule(
        `${name}-watch-rule`,
        { name: `vss-backup-${name}-watch`, description, eventPattern, tags },
        { parent },
    );
    const permission = new aws.lambda.Permission(
        `${name}-watch-rule-permission`,
        { action: "lambda:InvokeFunction", function: lambda.name, principal: "events.amazonaws.com", sourceArn: rule.arn },
        { parent },
    );
    new aws.cloudwatch.EventTarget(
        `${name}-watch-rule-target`,
        { rule: rule.name, arn: lambda.arn, retryPolicy: FEW_RETRIES },
        { parent, dependsOn: [permission] },
    );
}
