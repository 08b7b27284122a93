import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "./alarms";
import type { Cleaner } from "./cleaner";
import type { PolicyContext } from "./policyContext";
import type { ResolvedWatch } from "./resolveWatch";

/** The width of a dashboard, in the units of CloudWatch. */
const WIDTH = 24;
const HEIGHT = 6;

interface Widget {
    readonly type: "alarm" | "metric" | "log";
    readonly width: number;
    readonly height: number;
    readonly properties: object;
}

/**
 * Creates a dashboard: the states of the alarms, the metrics of the watch, the errors of the cleaner, and the newest reports.
 *
 * @param alarms none if the policy makes no alarms
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboard(
    { name, parent, placement }: PolicyContext,
    { everyHours }: ResolvedWatch,
    alarms: readonly aws.cloudwatch.MetricAlarm[],
    { lambda }: Cleaner,
): void {
    const dashboardBody = pulumi
        .all([placement.region, lambda.name, pulumi.all(alarms.map(({ arn }) => arn))])
        .apply(([region, cleanerName, alarmArns]) => {
            const states: Widget = { type: "alarm", width: WIDTH, height: 3, properties: { title: "Alarms", alarms: alarmArns } };
            const widgets = [
                ...(alarmArns.length > 0 ? [states] : []),
                ...metricWidgets(name, region, everyHours * 3600, cleanerName),
                newestReports(name, region),
            ];
            return JSON.stringify({ widgets });
        });
    // An account has one list of dashboards for all of its regions.
    const dashboardName = pulumi.interpolate`vss-backup-${name}-${placement.region}`;
    new aws.cloudwatch.Dashboard(`${name}-dashboard`, { dashboardName, dashboardBody }, { parent });
}

function metricWidgets(name: string, region: string, period: number, cleanerName: string): Widget[] {
    const widget = (title: string, width: number, view: "singleValue" | "timeSeries", metrics: readonly (readonly string[])[]): Widget => ({
        type: "metric",
        width,
        height: HEIGHT,
        properties: { title, region, view, stat: "Maximum", period, metrics },
    });
    const ofWatch = (...metricNames: string[]) => metricNames.map((metricName) => [NAMESPACE, metricName, "Policy", name]);
    return [
        widget("Now", WIDTH, "singleValue", ofWatch("Servers", "OverdueServers", "UncoveredVolumes", "Problems", "OldestNewestHours")),
        widget("Problems", WIDTH / 2, "timeSeries", ofWatch("Problems", "OverdueServers", "UncoveredVolumes")),
        widget("Hours since the oldest newest restore point", WIDTH / 2, "timeSeries", ofWatch("OldestNewestHours")),
        widget("Restore points and snapshots", WIDTH / 2, "timeSeries", ofWatch("RestorePoints", "SnapshotsKept", "SnapshotsDeleted")),
        widget("Runs of the watch, and errors of the cleaner", WIDTH / 2, "timeSeries", [
            ...ofWatch("Heartbeat"),
            ["AWS/Lambda", "Errors", "FunctionName", cleanerName],
        ]),
    ];
}

/** Each run of the watch logs its report in one line. */
function newestReports(name: string, region: string): Widget {
    const query = [
        `SOURCE '/vss-backup/${name}/watch'`,
        "filter ispresent(WatchReport)",
        "sort @timestamp desc",
        "limit 20",
        "display Time, Subject, Findings.0.Sentence, Findings.0.Cure, @message",
    ].join(" | ");
    return { type: "log", width: WIDTH, height: 2 * HEIGHT, properties: { title: "Newest reports", region, view: "table", query } };
}
