import { z } from "zod";
import type { Datum } from "./cloudWatch";

const HOUR = 3_600_000;
/** CloudWatch refuses older and later data. */
const OLDEST = 14 * 24 * HOUR;
const LATEST = 2 * HOUR;

const metadata = z.object({
    _aws: z.object({
        Timestamp: z.int(),
        CloudWatchMetrics: z.array(
            z.object({
                Namespace: z.string().min(1).max(1024),
                Dimensions: z.array(z.array(z.string()).max(30)).min(1),
                Metrics: z.array(z.object({ Name: z.string().min(1).max(1024), Unit: z.string().optional() })).max(100),
            }),
        ),
    }),
});

/**
 * Reads the metrics of one line of a log, as CloudWatch Logs does: the embedded metric format. Lines without `_aws` have none.
 *
 * @param written when the line was written, in milliseconds since 1970
 * @throws Error if the line has `_aws` and breaks the format: CloudWatch would drop its metrics without a word
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function dataOf(line: string, written: number): Datum[] {
    const document = readObject(line);
    if (!document || !("_aws" in document)) {
        return [];
    }
    const { success, data, error } = metadata.safeParse(document);
    if (!success) {
        throw new Error(`This line is not in the embedded metric format: ${z.prettifyError(error)}: ${line.slice(0, 200)}`);
    }
    const { Timestamp: time, CloudWatchMetrics: directives } = data._aws;
    if (time < written - OLDEST || time > written + LATEST) {
        throw new Error(
            `CloudWatch refuses metrics of ${new Date(time).toISOString()} that were written ${new Date(written).toISOString()}`,
        );
    }
    return directives.flatMap(({ Namespace: namespace, Dimensions, Metrics }) =>
        Dimensions.flatMap((keys) => {
            const dimensions = Object.fromEntries(keys.map((key) => [key, member(document, key, z.string().min(1).max(1024))]));
            return Metrics.flatMap(({ Name }) =>
                [member(document, Name, z.union([z.number(), z.array(z.number()).max(100)]))]
                    .flat()
                    .map((value): Datum => ({ namespace, metric: Name, dimensions, time, arrival: written, value })),
            );
        }),
    );
}

/** Reads the member of a line that its metadata names. */
function member<T>(document: Readonly<Record<string, unknown>>, key: string, schema: z.ZodType<T>): T {
    const { success, data, error } = schema.safeParse(document[key]);
    if (!success) {
        throw new Error(`A line in the embedded metric format has no valid ${key}: ${z.prettifyError(error)}`);
    }
    return data;
}

function readObject(line: string): Record<string, unknown> | undefined {
    try {
        const value: unknown = JSON.parse(line);
        return z.record(z.string(), z.unknown()).safeParse(value).data;
    } catch {
        return undefined;
    }
}
