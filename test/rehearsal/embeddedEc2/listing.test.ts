import assert from "node:assert/strict";
import { DescribeSnapshotsCommand, type DescribeSnapshotsCommandInput, paginateDescribeSnapshots } from "@aws-sdk/client-ec2";
import { SnapshotStore, type StoredSnapshot } from "../../../rehearsal/embeddedAws/snapshotStore";
import { START, storeWithIds, withEc2 } from "./account";

/** Lists snapshots, and returns the values of their tag `Name`. */
function found(store: SnapshotStore, input: DescribeSnapshotsCommandInput): Promise<(string | undefined)[]> {
    return withEc2(store, async (client) => {
        const { Snapshots } = await client.send(new DescribeSnapshotsCommand(input));
        return (Snapshots ?? []).map(({ Tags }) => Tags?.[0]?.Value);
    });
}

function byName(...Values: string[]): DescribeSnapshotsCommandInput {
    return { Filters: [{ Name: "tag:Name", Values }] };
}

describe("Listings of the embedded EC2", () => {
    it("describes snapshots as EC2 does", async () => {
        const store = new SnapshotStore();
        const tags = new Map([
            ["Name", "<a & b>"],
            ["Empty", ""],
        ]);
        store.add({ volumeId: "vol-1", startTime: START, state: "pending", description: "of the night", tags });
        const { Snapshots, NextToken } = await withEc2(store, (client) => client.send(new DescribeSnapshotsCommand({})));
        assert.deepEqual(
            { Snapshots, NextToken },
            {
                Snapshots: [
                    {
                        SnapshotId: "snap-00000000000000001",
                        VolumeId: "vol-1",
                        State: "pending",
                        StartTime: new Date(START),
                        Progress: "0%",
                        OwnerId: "123456789012",
                        VolumeSize: 100,
                        Description: "of the night",
                        Encrypted: false,
                        StorageTier: "standard",
                        Tags: [
                            { Key: "Name", Value: "<a & b>" },
                            { Key: "Empty", Value: "" },
                        ],
                    },
                ],
                NextToken: undefined,
            },
        );
    });

    it("returns an empty list of an empty account", async () => {
        assert.deepEqual(await found(new SnapshotStore(), {}), []);
    });

    it("takes * and ? in filters for wildcards, unless a backslash stands before them", async () => {
        const store = storeWithIds("prod", "prod-2", "PROD", "p*", "p?od", "p\\*", "a.b", "axb");
        assert.deepEqual(
            [
                await found(store, byName("prod")),
                await found(store, byName("prod*")),
                await found(store, byName("p?od")),
                await found(store, byName("p\\?od")),
                await found(store, byName("p\\*")),
                await found(store, byName("p\\\\\\*")),
                await found(store, byName("a.b")),
                await found(store, byName("*")),
            ],
            [
                ["prod"],
                ["prod", "prod-2"],
                ["prod", "p?od"],
                ["p?od"],
                ["p*"],
                ["p\\*"],
                ["a.b"],
                ["prod", "prod-2", "PROD", "p*", "p?od", "p\\*", "a.b", "axb"],
            ],
        );
    });

    it("returns the snapshots that match any value of each filter", async () => {
        const store = storeWithIds("a", "b", "c");
        (store.get("snap-00000000000000002") as StoredSnapshot).state = "error";
        const filters = (...Filters: { Name: string; Values: string[] }[]) => found(store, { Filters });
        assert.deepEqual(
            [
                await found(store, byName("a", "b")),
                await filters({ Name: "tag:Name", Values: ["a", "b"] }, { Name: "status", Values: ["completed"] }),
                await filters({ Name: "snapshot-id", Values: ["snap-00000000000000003"] }),
                await filters({ Name: "volume-id", Values: ["vol-2"] }),
                await filters({ Name: "tag-key", Values: ["Name"] }),
                await filters({ Name: "tag:Other", Values: ["*"] }),
            ],
            [["a", "b"], ["a"], ["c"], [], ["a", "b", "c"], []],
        );
    });

    it("distinguishes the account's own snapshots from those of others", async () => {
        const store = storeWithIds("a");
        assert.deepEqual(
            [
                await found(store, { OwnerIds: ["self"] }),
                await found(store, { OwnerIds: ["amazon", "123456789012"] }),
                await found(store, { OwnerIds: ["amazon"] }),
            ],
            [["a"], ["a"], []],
        );
    });

    it("returns pages in the order of ids, all but the last with a token", async () => {
        const names = Array.from({ length: 12 }, (_, i) => `${i + 1}`);
        const pages = await withEc2(storeWithIds(...names), async (client) => {
            const sizes: [number | undefined, boolean][] = [];
            for await (const { Snapshots, NextToken } of paginateDescribeSnapshots({ client, pageSize: 6 }, {})) {
                sizes.push([Snapshots?.length, NextToken !== undefined]);
            }
            return sizes;
        });
        assert.deepEqual(pages, [
            [6, true],
            [6, false],
        ]);
    });

    it("continues after the last snapshot of a page, although it was deleted meanwhile", async () => {
        const store = storeWithIds(...Array.from({ length: 8 }, (_, i) => `${i + 1}`));
        const { NextToken = "" } = await withEc2(store, (client) => client.send(new DescribeSnapshotsCommand({ MaxResults: 5 })));
        store.delete("snap-00000000000000005");
        store.delete("snap-00000000000000006");
        assert.deepEqual(await found(store, { MaxResults: 5, NextToken }), ["7", "8"]);
    });

    it("returns all snapshots without a page size, and at most a thousand with one", async () => {
        const store = storeWithIds(...Array.from({ length: 1_001 }, () => "a"));
        assert.deepEqual([(await found(store, {})).length, (await found(store, { MaxResults: 5_000 })).length], [1_001, 1_000]);
    });

    for (const [what, input, error] of [
        [
            "pages of fewer than five snapshots",
            { MaxResults: 4 },
            {
                name: "InvalidParameterValue",
                message: "Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than 5.",
            },
        ],
        ["an unknown token", { NextToken: "next" }, { name: "InvalidNextToken", message: "The token next is invalid." }],
        [
            "an unknown filter",
            { Filters: [{ Name: "colour", Values: ["red"] }] },
            { name: "InvalidParameterValue", message: "The filter 'colour' is invalid" },
        ],
    ] satisfies [string, DescribeSnapshotsCommandInput, object][]) {
        it(`refuses ${what}`, async () => {
            await assert.rejects(found(storeWithIds("a"), input), error);
        });
    }
});
