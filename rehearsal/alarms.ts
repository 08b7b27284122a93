import type { Account } from "./account";
import { alarmsOf } from "./deployed";
import type { AlarmInputs } from "./embeddedAws/alarmInputs";
import { playAlarm, type RangeLength, type StateChange } from "./embeddedAws/cloudWatch";
import { partitionOf } from "./embeddedAws/partition";
import { ACCOUNT_ID, resourcesOf } from "./program";
import type { Message } from "./watching";

/** The changes of all alarms of a deployment. */
export interface PlayedAlarms {
    /** The changes with the shortest evaluation range and with the longest one, since nobody knows its length. */
    readonly changes: Readonly<Record<RangeLength, readonly StateChange[]>>;
    /** The messages with the longest range, which makes them late. */
    readonly messages: readonly AlarmMessage[];
    /** Sentences about messages that the topic's policy refused. */
    readonly refusals: readonly string[];
}

export interface AlarmMessage extends Message {
    readonly alarm: string;
    readonly isAlarm: boolean;
}

/** Plays the alarms of a deployment over the metrics of an account. */
export async function playAlarms(account: Account): Promise<PlayedAlarms> {
    const { start: from, end: until, metrics, deployment } = account;
    const alarms = alarmsOf(deployment);
    const play = (range: RangeLength) =>
        alarms.flatMap((alarm) => playAlarm(alarm, metrics, { from, until, range })).sort((a, b) => a.time - b.time);
    const changes = { shortest: play("shortest"), longest: play("longest") };
    const refusals: string[] = [];
    const messages: AlarmMessage[] = [];
    for (const change of changes.longest) {
        for (const topic of change.actions) {
            const refusal = await findPublishRefusal(account, change.alarm, topic);
            const sentence = `${new Date(change.time).toISOString()}: the alarm ${change.alarm} could not notify: ${refusal}`;
            refusals.push(...(refusal ? [sentence] : []));
            messages.push(...(refusal ? [] : [messageOf(change, alarms)]));
        }
    }
    return { changes, messages, refusals };
}

function messageOf({ alarm, time, to }: StateChange, alarms: readonly AlarmInputs[]): AlarmMessage {
    const text = alarms.find(({ name }) => name === alarm)?.alarmDescription ?? "";
    return { time, alarm, isAlarm: to === "ALARM", subject: `${to}: "${alarm}"`, text };
}

/** Says why a topic's policy refuses the message of an alarm. The policy of a topic that the program does not make is not known. */
async function findPublishRefusal({ deployment, iam }: Account, alarm: string, topic: string): Promise<string | undefined> {
    if (!resourcesOf(deployment, "aws:sns/topic:Topic").some(({ arn }) => arn === topic)) {
        return undefined;
    }
    const { region } = deployment;
    const sourceArn = `arn:${partitionOf(region)}:cloudwatch:${region}:${ACCOUNT_ID}:alarm:${alarm}`;
    const context = { "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": sourceArn };
    return iam.refusal({ principal: "cloudwatch.amazonaws.com", action: "sns:Publish", resource: topic, context });
}
