import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Cleaner } from "./cleaner";
import type { PolicyContext } from "./policyContext";
import type { ResolvedWatch } from "./resolveWatch";

/** The namespace of the watch's metrics. Each has the one dimension `Policy`, since each combination of dimensions costs a metric. */
export const NAMESPACE = "VssBackup";

const MINUTE_S = 60;
const HOUR_S = 3600;

/** Servers get their tag, their package and their confirmed addresses in the first day. The alarms are silent until then. */
const FIRST_DAY = { warmUpPeriodDurationInMinutes: 1440, onlyStartEvaluatingAfterWarmUpPeriodEnds: true };

/** Runs in a row that may be missing before the alarm on the heartbeat. At 24 hours a run, this is below CloudWatch's limit of 7 days. */
const MISSING_RUNS = 3;

/**
 * How much longer than the time between two runs a period is. So each window of CloudWatch has a run, even if it is late. A window without one
 * would make CloudWatch look at an earlier window, in which an older run can count again.
 */
const LATE_S = 15 * MINUTE_S;

/** Makes an alarm. Its description has one sentence about the cause, and the next step. */
type MakeAlarm = (suffix: string, args: aws.cloudwatch.MetricAlarmArgs) => aws.cloudwatch.MetricAlarm;

/** Above 0, the alarm speaks. Without new data it keeps its state: a metric with pauses says nothing new. */
const ABOVE_ZERO = { comparisonOperator: "GreaterThanThreshold", threshold: 0, evaluationPeriods: 1, treatMissingData: "ignore" } as const;

/**
 * Creates the alarms. Each notifies the topic when it goes off, and when it is over.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function alarms(
    context: PolicyContext,
    resolved: ResolvedWatch,
    topicArn: pulumi.Output<string>,
    cleaner: Cleaner,
): aws.cloudwatch.MetricAlarm[] {
    const { name, parent, tags } = context;
    const alarm: MakeAlarm = (suffix, args) =>
        new aws.cloudwatch.MetricAlarm(
            `${name}-${suffix}-alarm`,
            { name: `vss-backup-${name}-${suffix}`, ...args, alarmActions: [topicArn], okActions: [topicArn], tags },
            { parent },
        );
    return [...watchAlarms(alarm, name, resolved), ...cleanerAlarms(alarm, name, cleaner)];
}

function watchAlarms(alarm: MakeAlarm, name: string, { everyHours }: ResolvedWatch): aws.cloudwatch.MetricAlarm[] {
    const read = `Next: read the newest report, in your mail or in the log group /vss-backup/${name}/watch. It names servers and cures.`;
    const ofWatch = (metricName: string) => ({ namespace: NAMESPACE, metricName, dimensions: { Policy: name } });
    return [
        alarm("overdue", {
            alarmDescription: `A server of VssBackupPolicy ${name} has no restore point of a backup that was due. ${read}`,
            ...ofWatch("OverdueServers"),
            statistic: "Maximum",
            period: everyHours * HOUR_S + LATE_S,
            ...ABOVE_ZERO,
            warmUpConfiguration: FIRST_DAY,
        }),
        alarm("problems", {
            alarmDescription: `The watch of VssBackupPolicy ${name} found a problem with its backups. ${read}`,
            ...ofWatch("Problems"),
            statistic: "Maximum",
            period: everyHours * HOUR_S + LATE_S,
            ...ABOVE_ZERO,
            warmUpConfiguration: FIRST_DAY,
        }),
        alarm("heartbeat", {
            alarmDescription: `The watch of VssBackupPolicy ${name} did not run for ${MISSING_RUNS * everyHours} hours, so nobody would notice a missing backup. Next: open the function vss-backup-${name}-watch, and read its errors in the log group /vss-backup/${name}/watch.`,
            ...ofWatch("Heartbeat"),
            statistic: "Sum",
            period: everyHours * HOUR_S,
            comparisonOperator: "LessThanThreshold",
            threshold: 1,
            evaluationPeriods: MISSING_RUNS,
            datapointsToAlarm: MISSING_RUNS,
            treatMissingData: "breaching",
            // After two periods at least one run is over. CloudWatch takes 2,880 minutes at most.
            warmUpConfiguration: { warmUpPeriodDurationInMinutes: 2 * everyHours * MINUTE_S },
        }),
    ];
}

function cleanerAlarms(alarm: MakeAlarm, name: string, { lambda, deadLetters }: Cleaner): aws.cloudwatch.MetricAlarm[] {
    return [
        alarm("cleaner-errors", {
            alarmDescription: `A run of the cleaner of VssBackupPolicy ${name} failed. Next: read the errors of its last report in the log group /vss-backup/${name}/cleaner.`,
            namespace: "AWS/Lambda",
            metricName: "Errors",
            dimensions: { FunctionName: lambda.name },
            statistic: "Sum",
            // Lambda writes the number at the end of a run, which can take 15 minutes, with the time of its start.
            period: HOUR_S,
            ...ABOVE_ZERO,
        }),
        alarm("dead-letters", {
            alarmDescription: `EventBridge Scheduler could not start the cleaner of VssBackupPolicy ${name}. Next: read the attribute ERROR_MESSAGE of a message in the queue of dead letters, cure the cause, and purge the queue.`,
            namespace: "AWS/SQS",
            metricName: "ApproximateNumberOfMessagesVisible",
            dimensions: { QueueName: deadLetters.name },
            statistic: "Maximum",
            period: 5 * MINUTE_S,
            ...ABOVE_ZERO,
        }),
    ];
}
