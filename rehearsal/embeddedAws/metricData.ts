import { type AwsCall, AwsError } from "./call";
import { objectsOf } from "./jsonPages";
import { JSON_1_0 } from "./protocols";
import type { Place, Service } from "./service";

const HOUR = 3_600_000;
/** CloudWatch refuses older and later data. */
const OLDEST = 14 * 24 * HOUR;
const LATEST = 2 * HOUR;

export const METRICS: Service = {
    protocol: JSON_1_0,
    actions: {
        PutMetricData: {
            permission: "cloudwatch:PutMetricData",
            resource: ({ input }) => ({ resource: "*", context: { "cloudwatch:namespace": String(input.Namespace) } }),
            carryOut: putMetricData,
        },
    },
    denied: (refusal) => new AwsError("AccessDenied", refusal, 403),
    unknown: () => new AwsError("InvalidAction", ""),
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
function putMetricData({ input }: AwsCall, { state }: Place): object {
    const namespace = String(input.Namespace ?? "");
    const now = state.now();
    const data = objectsOf(input.MetricData).map(({ MetricName, Value, Timestamp, Dimensions }) => ({
        namespace,
        metric: String(MetricName ?? ""),
        dimensions: Object.fromEntries(objectsOf(Dimensions).map(({ Name, Value: value }) => [String(Name), String(value)])),
        // JSON has seconds.
        time: Timestamp === undefined ? now : Number(Timestamp) * 1000,
        value: Number(Value),
    }));
    const isWrong = data.some(
        ({ metric, value, time }) => metric === "" || !Number.isFinite(value) || time < now - OLDEST || time > now + LATEST,
    );
    if (namespace === "" || /^AWS\//.test(namespace) || data.length === 0 || isWrong) {
        throw new AwsError("InvalidParameterValue", "The value for a parameter is invalid.");
    }
    state.metrics.push(...data);
    return {};
}
