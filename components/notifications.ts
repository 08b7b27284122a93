import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { refuseOtherPlacement } from "./placement";
import type { PolicyContext } from "./policyContext";
import { policyDocument } from "./policyDocument";
import type { ResolvedPolicy } from "./resolvePolicy";
import { serviceRole } from "./serviceRole";

export interface Notifications {
    readonly topicArn: pulumi.Output<string>;
    /** The role that SSM assumes to publish to the topic. */
    readonly role: aws.iam.Role;
}

/**
 * Creates the topic, its subscriptions, and the role that SSM assumes to publish. The policy of an existing topic stays as it is.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-sns-notifications.html
 */
export function notifications(context: PolicyContext, { topicArn, notificationEmails }: ResolvedPolicy): Notifications {
    const { name, parent } = context;
    const topic = topicArn === undefined ? newTopic(context) : refuseOtherPlacement(context, "topicArn", topicArn);
    for (const { name: label, value: endpoint } of notificationEmails) {
        new aws.sns.TopicSubscription(`${name}-email-${label}`, { topic, protocol: "email", endpoint }, { parent });
    }
    const { role } = serviceRole(context, {
        suffix: "notify",
        service: "ssm.amazonaws.com",
        description: `SSM publishes the results of runs of VssBackupPolicy ${name}`,
        statements: [{ Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topic }],
    });
    return { topicArn: topic, role };
}

function newTopic({ name, parent, placement, tags }: PolicyContext): pulumi.Output<string> {
    const topic = new aws.sns.Topic(`${name}-topic`, { displayName: `VSS backups ${name}`, tags }, { parent });
    const policy = policyDocument([
        {
            Sid: "RefusePlainHttp",
            Effect: "Deny",
            Principal: "*",
            Action: ["sns:Publish", "sns:Subscribe"],
            Resource: topic.arn,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        // This policy replaces the default policy of SNS. So it must allow alarms and events to publish, which users may send to this topic.
        {
            Sid: "PublishAlarms",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": placement.accountId } },
        },
        // Pages of AWS disagree whether EventBridge sends the account to SNS.
        {
            Sid: "PublishEvents",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEqualsIfExists: { "aws:SourceAccount": placement.accountId } },
        },
    ]);
    new aws.sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy }, { parent });
    return topic.arn;
}
