import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { readPages } from "../../aws/pages";
import type { Subscription } from "../signals";
import type { WatchTargets } from "../watchSettings";

/**
 * Lists the subscriptions of the topic, in pages of 100. SNS has no other size.
 *
 * @throws SNS's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export function listSubscriptions(sns: SNSClient, { topicArn }: WatchTargets, abortSignal: AbortSignal): Promise<Subscription[]> {
    return readPages({
        service: "SNS",
        open: () => paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn }, { abortSignal }),
        listOf: ({ Subscriptions }) => Subscriptions,
        read: ({ Protocol = "", Endpoint = "", SubscriptionArn }) => [
            `${Protocol} ${Endpoint}`,
            // Instead of an ARN, SNS writes PendingConfirmation or Deleted.
            { protocol: Protocol, endpoint: Endpoint, isConfirmed: SubscriptionArn?.startsWith("arn:") === true },
        ],
    });
}
