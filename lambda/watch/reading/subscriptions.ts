import { paginateListSubscriptionsByTopic, type SNSClient } from "@aws-sdk/client-sns";
import { readPages } from "../../aws/pages";
import type { Subscription } from "../signals";
import type { WatchTargets } from "../watchSettings";

/** What SNS writes instead of an ARN for a while after somebody deleted a subscription. */
const DELETED = "Deleted";

/**
 * Lists the subscriptions of the topic, in pages of 100. SNS has no other size. Deleted ones are left out: a new one can have the same
 * address.
 *
 * @throws SNS's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export function listSubscriptions(sns: SNSClient, { topicArn }: WatchTargets, abortSignal: AbortSignal): Promise<Subscription[]> {
    return readPages({
        service: "SNS",
        open: () => paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topicArn }, { abortSignal }),
        listOf: ({ Subscriptions }) => Subscriptions?.filter(({ SubscriptionArn }) => SubscriptionArn !== DELETED),
        read: ({ Protocol = "", Endpoint = "", SubscriptionArn }) => [
            `${Protocol} ${Endpoint}`,
            // Instead of an ARN, SNS writes PendingConfirmation.
            { protocol: Protocol, endpoint: Endpoint, isConfirmed: SubscriptionArn?.startsWith("arn:") === true },
        ],
    });
}
