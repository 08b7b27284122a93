import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { type RestoreTest, testName } from "../../../lambda/restoreTest";
import { DIMENSION, NAMESPACE } from "../../../lambda/watch/metrics";
import { listRestoreTests } from "../../../lambda/watch/reading/restoreTests";
import { iso } from "../../output/times";
import type { Session } from "../../session";
import type { Cloud } from "../apply/cloud";
import type { RestorePlan } from "../plan/steps";

/** On the snapshots of a set: the day and the result of its last test, such as `2027-03-05 passed`. */
const TESTED_TAG = "VssBackupTested";

/** 1 for a test that passed, and 0 for one that failed. */
const METRIC = "RestoreTest";

/** Writes the result of a test to where the watch, the user and an alarm find it. */
export async function recordResult(
    { clients, policy }: Session,
    cloud: Cloud,
    { request, steps }: RestorePlan,
    { time, result }: { readonly time: number; readonly result: RestoreTest["result"] },
): Promise<void> {
    const { name } = policy.settings;
    const test: RestoreTest = { version: 1, time: iso(time), result, restore: request.id };
    await clients.ssm.send(
        new PutParameterCommand({ Name: testName(name, request.serverId), Value: JSON.stringify(test), Type: "String", Overwrite: true }),
    );
    const snapshots = steps.flatMap((step) => (step.kind === "hold" ? step.snapshots : []));
    await cloud.addTags(snapshots, { [TESTED_TAG]: `${iso(time).slice(0, 10)} ${result}` });
    const Dimensions = [{ Name: DIMENSION, Value: name }];
    const MetricData = [{ MetricName: METRIC, Dimensions, Timestamp: new Date(time), Value: result === "passed" ? 1 : 0 }];
    await clients.metrics.send(new PutMetricDataCommand({ Namespace: NAMESPACE, MetricData }));
}

/** Reads when each server was last tested, in milliseconds since 1970, by the servers' ids. */
export async function lastTests({ clients, policy, abortSignal }: Session): Promise<Map<string, number>> {
    const tests = await listRestoreTests(clients.ssm, policy.settings, abortSignal);
    return new Map(tests.map(({ serverId, time }) => [serverId, time]));
}
