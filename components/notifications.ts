import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Part } from "./part";
import { serviceRole } from "./serviceRole";

export interface Notifications {
    readonly topicArn: pulumi.Output<string>;
    /** The role with which SSM publishes to the topic. */
    readonly role: aws.iam.Role;
}

/**
 * Where people hear of runs: the topic, who is subscribed to it, and the role with which SSM publishes.
 *
 * @param topicArn of the user's own topic, which keeps its own policy
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-sns-notifications.html
 */
export function notifications(
    part: Part,
    topicArn: pulumi.Output<string> | undefined,
    emails: readonly pulumi.Input<string>[],
    checkedEmails: readonly pulumi.Output<string>[],
): Notifications {
    const { name, parent } = part;
    const arn = topicArn ?? newTopic(part);
    checkedEmails.forEach((endpoint, i) => {
        // Named by its address, so that taking one away leaves the others confirmed.
        const email = emails[i];
        new aws.sns.TopicSubscription(
            `${name}-email-${typeof email === "string" ? email : i}`,
            { topic: arn, protocol: "email", endpoint },
            { parent },
        );
    });
    const { role } = serviceRole(part, {
        suffix: "notify",
        service: "ssm.amazonaws.com",
        description: `SSM, to tell of the runs of VssBackupPolicy ${name}`,
        statements: [{ Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: arn }],
    });
    return { topicArn: arn, role };
}

function newTopic({ name, parent, tags }: Part): pulumi.Output<string> {
    const topic = new aws.sns.Topic(`${name}-topic`, { displayName: `VSS backups ${name}`, tags }, { parent });
    const policy = pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "RefusePlainHttp",
                Effect: "Deny",
                Principal: "*",
                Action: ["sns:Publish", "sns:Subscribe"],
                Resource: topic.arn,
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    });
    new aws.sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy }, { parent });
    return topic.arn;
}
