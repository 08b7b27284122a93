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

    const listing = async (...member: object[]) => {
        const ListSubscriptionsByTopicResult = { Subscriptions: { member } };
        const intercept = answering("ListSubscriptionsByTopic", { ListSubscriptionsByTopicResponse: { ListSubscriptionsByTopicResult } });
        return (await readRegion({}, { intercept })).signals.subscriptions;
    };

    it("takes a subscription without fields for not confirmed", async () => {
        assert.deepEqual(await listing({ Protocol: "email", Endpoint: "a@example.org" }, { Owner: "123456789012" }), {
            value: [
                { protocol: "email", endpoint: "a@example.org", isConfirmed: false },
                { protocol: "", endpoint: "", isConfirmed: false },
            ],
        });
    });

    it("leaves out deleted ones, also before and after a new one of the same address", async () => {
        const address = { Protocol: "email", Endpoint: "a@example.org" };
        const deleted = { ...address, SubscriptionArn: "Deleted" };
        const confirmed = { ...address, SubscriptionArn: `${TARGETS.topicArn}:0` };
        const value = [{ protocol: "email", endpoint: "a@example.org", isConfirmed: true }];
        assert.deepEqual(
            [await listing(deleted, confirmed), await listing(confirmed, deleted), await listing(deleted)],
            [{ value }, { value }, { value: [] }],
        );
    });
});
