import assert from "node:assert/strict";
import { DescribeSnapshotsCommand, type DescribeSnapshotsCommandInput, paginateDescribeSnapshots } from "@aws-sdk/client-ec2";
import { SnapshotStore, type StoredSnapshot } from "../../../rehearsal/embeddedAws/snapshotStore";
import { START, storeNamedSnapshots, withEc2 } from "./account";

/** Lists snapshots, and returns the values of their tag `Name`. */
function listNames(store: SnapshotStore, input: DescribeSnapshotsCommandInput): Promise<(string | undefined)[]> {
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
        assert.deepEqual(await listNames(new SnapshotStore(), {}), []);
    });

    it("reads * and ? in filters as wildcards, unless a backslash stands before them", async () => {
        const store = storeNamedSnapshots("prod", "prod-2", "PROD", "p*", "p?od", "p\\*", "a.b", "axb");
        assert.deepEqual(
            [
                await listNames(store, byName("prod")),
                await listNames(store, byName("prod*")),
                await listNames(store, byName("p?od")),
                await listNames(store, byName("p\\?od")),
                await listNames(store, byName("p\\*")),
                await listNames(store, byName("p\\\\\\*")),
                await listNames(store, byName("a.b")),
                await listNames(store, byName("*")),
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
        const store = storeNamedSnapshots("a", "b", "c");
        (store.get("snap-00000000000000002") as StoredSnapshot).state = "error";
        const filters = (...Filters: { Name: string; Values: string[] }[]) => listNames(store, { Filters });
        assert.deepEqual(
            [
                await listNames(store, byName("a", "b")),
                await filters({ Name: "tag:Name", Values: ["a", "b"] }, { Name: "status", Values: ["completed"] }),
                await filters({ Name: "snapshot-id", Values: ["snap-00000000000000003"] }),
                await filters({ Name: "volume-id", Values: ["vol-2"] }),
                await filters({ Name: "tag-key", Values: ["Name"] }),
                await filters({ Name: "tag:Other", Values: ["*"] }),
            ],
            [["a", "b"], ["a"], ["c"], [], ["a", "b", "c"], []],
        );
    });

    it("distinguishes the snapshots of the account from other snapshots", async () => {
        const store = storeNamedSnapshots("a");
        assert.deepEqual(
            [
                await listNames(store, { OwnerIds: ["self"] }),
                await listNames(store, { OwnerIds: ["amazon", "123456789012"] }),
                await listNames(store, { OwnerIds: ["amazon"] }),
            ],
            [["a"], ["a"], []],
        );
    });

    it("returns pages in the order of ids, all but the last with a token", async () => {
        const names = Array.from({ length: 12 }, (_, i) => `${i + 1}`);
        const pages = await withEc2(storeNamedSnapshots(...names), async (client) => {
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
        const store = storeNamedSnapshots(...Array.from({ length: 8 }, (_, i) => `${i + 1}`));
        const { NextToken = "" } = await withEc2(store, (client) => client.send(new DescribeSnapshotsCommand({ MaxResults: 5 })));
        store.delete("snap-00000000000000005");
        store.delete("snap-00000000000000006");
        assert.deepEqual(await listNames(store, { MaxResults: 5, NextToken }), ["7", "8"]);
    });

    it("returns all snapshots without a page size, and at most a thousand with one", async () => {
        const store = storeNamedSnapshots(...Array.from({ length: 1_001 }, () => "a"));
        assert.deepEqual([(await listNames(store, {})).length, (await listNames(store, { MaxResults: 5_000 })).length], [1_001, 1_000]);
    });

    for (const [fault, input, error] of [
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
        it(`refuses ${fault}`, async () => {
            await assert.rejects(listNames(storeNamedSnapshots("a"), input), error);
        });
    }
});
