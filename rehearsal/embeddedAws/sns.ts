import { type AwsCall, AwsError, pageTokenOf } from "./call";
import { countBefore } from "./jsonPages";
import { makeToken } from "./pages";
import { QUERY } from "./protocols";
import type { Place, Service } from "./service";
import type { StoredSubscription } from "./state";

const XMLNS = "http://sns.amazonaws.com/doc/2010-03-31/";

/** The most subscriptions that SNS puts into a page. */
const MOST = 100;

/** A subject must have fewer characters. */
const SUBJECT_LENGTH = 100;

const MESSAGE_BYTES = 256 * 1024;

const topic = ({ parameters }: AwsCall) => ({ resource: parameters.get("TopicArn") ?? "", context: {} });

export const SNS: Service = {
    protocol: QUERY,
    actions: {
        Publish: { resource: topic, carryOut: publish },
        ListSubscriptionsByTopic: { resource: topic, carryOut: listSubscriptionsByTopic },
    },
    denied: (refusal) => new AwsError("AuthorizationError", refusal, 403),
    unknown: (action) => new AwsError("InvalidAction", `The action ${action} is not valid for this web service.`),
};

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function publish({ parameters }: AwsCall, { state }: Place): object {
    const topicArn = parameters.get("TopicArn") ?? "";
    subscriptionsOf(topicArn, state.topics);
    const [subject, message, structure] = [parameters.get("Subject"), parameters.get("Message") ?? "", parameters.get("MessageStructure")];
    if (subject !== null && (subject === "" || subject.length >= SUBJECT_LENGTH || /\p{Cc}/u.test(subject))) {
        throw new AwsError("InvalidParameter", "Invalid parameter: Subject");
    }
    if (message === "" || Buffer.byteLength(message) > MESSAGE_BYTES) {
        throw new AwsError("InvalidParameter", message === "" ? "Invalid parameter: Empty message" : "Invalid parameter: Message too long");
    }
    if (structure === "json" && !hasDefault(message)) {
        throw new AwsError("InvalidParameter", "Invalid parameter: Message Structure - No default entry in JSON message body");
    }
    state.messages.push({
        time: state.now(),
        topicArn,
        ...(subject !== null && { subject }),
        message,
        ...(structure !== null && { structure }),
    });
    const MessageId = `00000000-0000-4000-8000-${String(state.messages.length).padStart(12, "0")}`;
    return response("Publish", { MessageId });
}

function hasDefault(message: string): boolean {
    try {
        return typeof (JSON.parse(message) as { default?: unknown }).default === "string";
    } catch {
        return false;
    }
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html */
function listSubscriptionsByTopic(call: AwsCall, { state, accountId, pageSize }: Place): object {
    const topicArn = call.parameters.get("TopicArn") ?? "";
    const all = subscriptionsOf(topicArn, state.topics);
    const begin = countBefore(pageTokenOf(call), "InvalidParameter");
    const end = begin + Math.min(MOST, pageSize);
    return response("ListSubscriptionsByTopic", {
        Subscriptions: {
            member: all.slice(begin, end).map(({ protocol, endpoint, isConfirmed }, i) => ({
                TopicArn: topicArn,
                Protocol: protocol,
                SubscriptionArn: isConfirmed
                    ? `${topicArn}:00000000-0000-4000-8000-${String(begin + i).padStart(12, "0")}`
                    : "PendingConfirmation",
                Owner: accountId,
                Endpoint: endpoint,
            })),
        },
        ...(end < all.length && { NextToken: makeToken(String(end)) }),
    });
}

/** @throws AwsError if the topic does not exist */
function subscriptionsOf(topicArn: string, topics: Place["state"]["topics"]): readonly StoredSubscription[] {
    const subscriptions = topics.get(topicArn);
    if (!subscriptions) {
        throw new AwsError("NotFound", "Topic does not exist", 404);
    }
    return subscriptions;
}

function response(action: string, result: object): object {
    return {
        [`${action}Response`]: { "@_xmlns": XMLNS, [`${action}Result`]: result, ResponseMetadata: { RequestId: "rehearsal" } },
    };
}
