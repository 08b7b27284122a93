import { type Counts, countsOf } from "./counts";
import type { Health } from "./health";
import type { WatchSettings } from "./watchSettings";

export const NAMESPACE = "VssBackup";

/** The one dimension. Each combination of dimensions costs as much as a metric of its own. */
export const DIMENSION = "Policy";

/** Metrics and their units. CloudWatch has no unit for hours. */
const UNITS: Readonly<Record<keyof Counts | "Heartbeat", "Count" | "None">> = {
    Servers: "Count",
    OverdueServers: "Count",
    UncoveredVolumes: "Count",
    Problems: "Count",
    RestorePoints: "Count",
    OldestNewestHours: "None",
    SnapshotsKept: "Count",
    SnapshotsDeleted: "Count",
    Heartbeat: "Count",
};

/**
 * Writes the metrics of a run as one line of the log, in CloudWatch's embedded metric format. A metric whose value is unknown is left out.
 * `Heartbeat` is always 1.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(health: Health, { name }: Pick<WatchSettings, "name">): string {
    const values = Object.entries({ ...countsOf(health), Heartbeat: 1 }).filter(([, value]) => value !== undefined);
    return JSON.stringify({
        _aws: {
            Timestamp: health.time,
            CloudWatchMetrics: [
                {
                    Namespace: NAMESPACE,
                    Dimensions: [[DIMENSION]],
                    Metrics: Object.entries(UNITS)
                        .filter(([metric]) => values.some(([known]) => known === metric))
                        .map(([Name, Unit]) => ({ Name, Unit })),
                },
            ],
        },
        [DIMENSION]: name,
        ...Object.fromEntries(values),
    });
}
