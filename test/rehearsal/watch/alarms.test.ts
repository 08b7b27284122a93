import assert from "node:assert/strict";
import { type Account, makeAccount } from "../../../rehearsal/account";
import { playAlarms } from "../../../rehearsal/alarms";
import type { Datum } from "../../../rehearsal/embeddedAws/cloudWatch";
import type { Deployment, Registered } from "../../../rehearsal/program";
import { deployPolicy } from "../../support/policies";

const HOUR = 3_600_000;
const START = Date.UTC(2027, 0, 4);
const TOPIC = "arn:aws:sns:eu-central-1:123456789012:prod-topic";

const ALARM = {
    name: "vss-backup-prod-heartbeat",
    alarmDescription: "The watch did not run.",
    namespace: "VssBackup",
    metricName: "Heartbeat",
    dimensions: { Policy: "prod" },
    period: 3600,
    evaluationPeriods: 2,
    statistic: "Sum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    alarmActions: [TOPIC],
    okActions: [TOPIC],
    tags: {},
};

let deployment: Deployment;

/** An account with this alarm, and with a heartbeat for three hours. */
function account(
    inputs: object = ALARM,
    change: (resources: readonly Registered[]) => Registered[] = (resources) => [...resources],
): Account {
    const alarm = { type: "aws:cloudwatch/metricAlarm:MetricAlarm", name: "alarm", inputs, id: "alarm-id", arn: undefined, provider: "" };
    const others = deployment.resources.filter(({ type }) => type !== alarm.type);
    const made = makeAccount({ ...deployment, resources: change([...others, alarm]) }, { start: START, days: 1, servers: 1, volumes: 1 });
    made.metrics.push(
        ...[0, 1, 2].map((hours): Datum => {
            return { namespace: "VssBackup", metric: "Heartbeat", dimensions: { Policy: "prod" }, time: START + hours * HOUR, value: 1 };
        }),
    );
    return made;
}

describe("The alarms of a rehearsal", () => {
    before(async () => {
        deployment = await deployPolicy();
    });

    it("change with the metrics, and notify the topic", async () => {
        const { changes, messages, refusals } = await playAlarms(account());
        const hours = (time: number) => (time - START) / HOUR;
        assert.deepEqual(
            [changes.shortest, changes.longest].map((ofRange) => ofRange.map(({ time, to }) => [hours(time), to])),
            [
                [
                    [1 / 60, "OK"],
                    [4 + 1 / 60, "ALARM"],
                ],
                [
                    [1 / 60, "OK"],
                    [8 + 1 / 60, "ALARM"],
                ],
            ],
        );
        const message = { alarm: ALARM.name, text: "The watch did not run." };
        assert.deepEqual(messages, [
            { ...message, time: START + HOUR / 60, isAlarm: false, subject: 'OK: "vss-backup-prod-heartbeat"' },
            { ...message, time: START + 8 * HOUR + HOUR / 60, isAlarm: true, subject: 'ALARM: "vss-backup-prod-heartbeat"' },
        ]);
        assert.deepEqual(refusals, []);
    });

    it("send nothing if the topic's policy refuses it, and say so", async () => {
        const { messages, refusals } = await playAlarms(
            account(ALARM, (resources) =>
                resources.map((resource) =>
                    resource.type === "aws:sns/topicPolicy:TopicPolicy"
                        ? { ...resource, inputs: { ...resource.inputs, policy: resource.inputs.policy.replace("cloudwatch.", "events.") } }
                        : resource,
                ),
            ),
        );
        assert.deepEqual([messages, refusals.length], [[], 2]);
        assert.match(
            refusals[0] ?? "",
            /^2027-01-04T00:01:00.000Z: the alarm vss-backup-prod-heartbeat could not notify: .*cloudwatch\.amazonaws\.com is not authorized to perform: sns:Publish/,
        );
    });

    it("may notify a topic that the program does not make", async () => {
        const other = TOPIC.replace("prod-topic", "operations");
        const { messages, refusals } = await playAlarms(account({ ...ALARM, alarmActions: [other], okActions: [] }));
        assert.deepEqual([messages.map(({ isAlarm }) => isAlarm), refusals], [[true], []]);
    });

    it("are refused as CloudWatch refuses them", async () => {
        await assert.rejects(
            playAlarms(account({ ...ALARM, period: 90 })),
            /refuses the alarm vss-backup-prod-heartbeat:\n.*multiple of 60/,
        );
    });
});
