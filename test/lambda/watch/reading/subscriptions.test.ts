import assert from "node:assert/strict";
import { answering, readRegion, TARGETS } from "../../../support/watchedRegion";

describe("Listing subscriptions", () => {
    it("tells which are confirmed", async () => {
        const subscriptions = [
            { protocol: "email", endpoint: "ops@example.org", isConfirmed: true },
            { protocol: "email", endpoint: "night@example.org", isConfirmed: false },
            { protocol: "https", endpoint: "https://example.org/hook", isConfirmed: true },
        ];
        const { signals } = await readRegion({ topics: new Map([[TARGETS.topicArn, subscriptions]]) });
        assert.deepEqual(signals.subscriptions, { value: subscriptions });
    });

    it("takes a deleted subscription, and one without fields, for not confirmed", async () => {
        const member = [{ Protocol: "email", Endpoint: "a@example.org", SubscriptionArn: "Deleted" }, { Owner: "123456789012" }];
        const ListSubscriptionsByTopicResult = { Subscriptions: { member } };
        const intercept = answering("ListSubscriptionsByTopic", { ListSubscriptionsByTopicResponse: { ListSubscriptionsByTopicResult } });
        assert.deepEqual((await readRegion({}, { intercept })).signals.subscriptions, {
            value: [
                { protocol: "email", endpoint: "a@example.org", isConfirmed: false },
                { protocol: "", endpoint: "", isConfirmed: false },
            ],
        });
    });
});
