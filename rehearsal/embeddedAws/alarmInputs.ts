import { z } from "zod";

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How an alarm makes one value of those of a period. */
export const STATISTICS = {
    Sum: (values: readonly number[]) => sum(values),
    Average: (values: readonly number[]) => sum(values) / values.length,
    Minimum: (values: readonly number[]) => Math.min(...values),
    Maximum: (values: readonly number[]) => Math.max(...values),
    SampleCount: (values: readonly number[]) => values.length,
};

/** How an alarm compares a value with its threshold. */
export const COMPARISONS = {
    GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
    GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
    LessThanThreshold: (value: number, threshold: number) => value < threshold,
    LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
};

const actions = z.array(z.string()).max(5).default([]);

/** The inputs that CloudWatch accepts. It accepts more keys, but the model knows no others. */
const alarmInputs = z
    .strictObject({
        name: z.string().min(1).max(255),
        alarmDescription: z.string().max(1024).default(""),
        namespace: z.string(),
        metricName: z.string(),
        dimensions: z.record(z.string(), z.string()).default({}),
        /** Seconds. The model does not know the shorter periods of metrics with a high resolution. */
        period: z.int().min(60).multipleOf(60),
        evaluationPeriods: z.int().min(1),
        /** All evaluation periods, if left out. */
        datapointsToAlarm: z.int().min(1).exactOptional(),
        statistic: z.literal(["Sum", "Average", "Minimum", "Maximum", "SampleCount"]),
        comparisonOperator: z.literal([
            "GreaterThanThreshold",
            "GreaterThanOrEqualToThreshold",
            "LessThanThreshold",
            "LessThanOrEqualToThreshold",
        ]),
        threshold: z.number(),
        treatMissingData: z.literal(["missing", "ignore", "breaching", "notBreaching"]).default("missing"),
        actionsEnabled: z.boolean().default(true),
        alarmActions: actions,
        okActions: actions,
        insufficientDataActions: actions,
        warmUpConfiguration: z
            .strictObject({
                warmUpPeriodDurationInMinutes: z.int().min(1).max(2880),
                onlyStartEvaluatingAfterWarmUpPeriodEnds: z.boolean().default(false),
            })
            .exactOptional(),
        tags: z.record(z.string(), z.string()).default({}),
    })
    .refine(({ datapointsToAlarm = 1, evaluationPeriods }) => datapointsToAlarm <= evaluationPeriods, {
        error: "datapointsToAlarm is more than evaluationPeriods",
    })
    .refine(({ period, evaluationPeriods }) => period * evaluationPeriods <= (period < HOUR_S ? DAY_S : 7 * DAY_S), {
        error: "the periods are together longer than 7 days, or than 1 day if each is shorter than an hour",
    });

/** The inputs of an `aws.cloudwatch.MetricAlarm`, with CloudWatch's defaults. */
export type AlarmInputs = z.infer<typeof alarmInputs>;

/**
 * Reads the inputs of an alarm.
 *
 * @throws Error that names the alarm and what CloudWatch would refuse, or the keys that the model does not know
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function readAlarm(inputs: Readonly<Record<string, unknown>>): AlarmInputs {
    const { success, data, error } = alarmInputs.safeParse(inputs);
    if (!success) {
        throw new Error(`The embedded CloudWatch refuses the alarm ${String(inputs.name)}:\n${z.prettifyError(error)}`);
    }
    return data;
}

function sum(values: readonly number[]): number {
    return values.reduce((total, value) => total + value, 0);
}
