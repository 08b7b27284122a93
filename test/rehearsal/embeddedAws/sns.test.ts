import assert from "node:assert/strict";
import { ListSubscriptionsByTopicCommand, ListTopicsCommand, PublishCommand, paginateListSubscriptionsByTopic } from "@aws-sdk/client-sns";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import type { StoredMessage } from "../../../rehearsal/embeddedAws/state";
import { withAws } from "../../support/awsClients";

const TOPIC = "arn:aws:sns:eu-central-1:123456789012:prod-topic";
const topics = new Map([[TOPIC, []]]);
const NOW = Date.parse("2027-02-01T08:00:00Z");

describe("The embedded SNS", () => {
    it("keeps what is published, with its time", async () => {
        const messages: StoredMessage[] = [];
        const ids = await withAws({ topics, messages, now: () => NOW }, async ({ sns }) => {
            const plain = await sns.send(new PublishCommand({ TopicArn: TOPIC, Subject: "[prod] OK", Message: "Grüße\n" }));
            const json = await sns.send(new PublishCommand({ TopicArn: TOPIC, Message: '{"default":"a"}', MessageStructure: "json" }));
            return [plain.MessageId, json.MessageId];
        });
        assert.deepEqual(ids, ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]);
        assert.deepEqual(messages, [
            { time: NOW, topicArn: TOPIC, subject: "[prod] OK", message: "Grüße\n" },
            { time: NOW, topicArn: TOPIC, message: '{"default":"a"}', structure: "json" },
        ]);
    });

    for (const [what, input, message] of [
        ["a subject of 100 characters", { Subject: "x".repeat(100) }, "Invalid parameter: Subject"],
        ["a subject of two lines", { Subject: "a\nb" }, "Invalid parameter: Subject"],
        ["an empty subject", { Subject: "" }, "Invalid parameter: Subject"],
        ["an empty message", { Message: "" }, "Invalid parameter: Empty message"],
        ["a message over 256 KiB", { Message: "x".repeat(256 * 1024 + 1) }, "Invalid parameter: Message too long"],
        [
            "JSON without a default",
            { Message: "{}", MessageStructure: "json" },
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ],
        [
            "a message that is not JSON, but should be",
            { Message: "a", MessageStructure: "json" },
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ],
    ] as const) {
        it(`refuses ${what}`, async () => {
            const messages: StoredMessage[] = [];
            const published = withAws({ topics, messages }, ({ sns }) =>
                sns.send(new PublishCommand({ TopicArn: TOPIC, Message: "a", ...input })),
            );
            await assert.rejects(published, { name: "InvalidParameterException", message });
            assert.deepEqual(messages, []);
        });
    }

    it("accepts a subject of 99 characters and a message of 256 KiB", async () => {
        const messages: StoredMessage[] = [];
        await withAws({ topics, messages }, ({ sns }) =>
            sns.send(new PublishCommand({ TopicArn: TOPIC, Subject: "x".repeat(99), Message: "x".repeat(256 * 1024) })),
        );
        assert.equal(messages.length, 1);
    });

    it("lists subscriptions in pages, and whether they are confirmed", async () => {
        const subscriptions = Array.from({ length: 101 }, (_, i) => ({
            protocol: "email",
            endpoint: `${i}@example.org`,
            isConfirmed: i < 100,
        }));
        const pages = await withAws({ topics: new Map([[TOPIC, subscriptions]]) }, async ({ sns }) => {
            const listed: { size: number; last: unknown }[] = [];
            for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: TOPIC })) {
                listed.push({ size: Subscriptions.length, last: Subscriptions.at(-1) });
            }
            return listed;
        });
        const subscription = { TopicArn: TOPIC, Protocol: "email", Owner: "123456789012" };
        assert.deepEqual(pages, [
            {
                size: 100,
                last: { ...subscription, Endpoint: "99@example.org", SubscriptionArn: `${TOPIC}:00000000-0000-4000-8000-000000000099` },
            },
            { size: 1, last: { ...subscription, Endpoint: "100@example.org", SubscriptionArn: "PendingConfirmation" } },
        ]);
    });

    it("lists no subscriptions of a topic without any, and knows no other topic", async () => {
        await withAws({ topics }, async ({ sns }) => {
            const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC }));
            assert.deepEqual(Subscriptions, []);
            const missing = { name: "NotFoundException", message: "Topic does not exist" };
            await assert.rejects(sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: `${TOPIC}-2` })), missing);
            await assert.rejects(sns.send(new PublishCommand({ TopicArn: `${TOPIC}-2`, Message: "a" })), missing);
        });
    });

    it("refuses an unknown token", async () => {
        const listed = withAws({ topics }, ({ sns }) =>
            sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC, NextToken: "next" })),
        );
        await assert.rejects(listed, { name: "InvalidParameterException" });
    });

    it("refuses calls as IAM says, by topic, and unknown actions", async () => {
        const asked: IamRequest[] = [];
        const refusal = async (request: IamRequest) => {
            asked.push(request);
            return request.action === "sns:Publish" ? "User: me is not authorized" : undefined;
        };
        await withAws(
            { topics },
            async ({ sns }) => {
                await assert.rejects(sns.send(new PublishCommand({ TopicArn: TOPIC, Message: "a" })), {
                    name: "AuthorizationErrorException",
                    message: "User: me is not authorized",
                });
                await assert.rejects(sns.send(new ListTopicsCommand({})), { name: "InvalidAction" });
            },
            { iam: { refusal, accessKey: () => "" } },
        );
        assert.deepEqual(asked, [
            { principal: "AKIATEST", action: "sns:Publish", resource: TOPIC, context: {} },
            { principal: "AKIATEST", action: "sns:ListTopics", resource: "*", context: {} },
        ]);
    });
});
