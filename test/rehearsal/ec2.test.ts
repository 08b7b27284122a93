import assert from "node:assert/strict";
import {
    DeleteSnapshotCommand,
    DescribeInstancesCommand,
    DescribeSnapshotsCommand,
    type DescribeSnapshotsCommandInput,
    DescribeVolumesCommand,
    type EC2Client,
    type EC2ServiceException,
    paginateDescribeSnapshots,
    paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { type EmbeddedEc2, startEc2 } from "../../rehearsal/embeddedAws/ec2";
import type { IamRequest } from "../../rehearsal/embeddedAws/iam";
import { SnapshotStore, type StoredSnapshot } from "../../rehearsal/embeddedAws/snapshotStore";
import { clientOf } from "../support/cleaning";

const START = Date.parse("2027-01-31T01:00:00Z");

/** Makes snapshots with the tag `Name` of these values, and the ids `snap-00000000000000001` and so on. */
function named(...names: string[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const name of names) {
        store.add({ volumeId: "vol-1", startTime: START, state: "completed", description: "", tags: new Map([["Name", name]]) });
    }
    return store;
}

async function withEc2<T>(store: SnapshotStore, use: (client: EC2Client, ec2: EmbeddedEc2) => Promise<T>): Promise<T> {
    const ec2 = await startEc2(store);
    const client = clientOf(ec2.endpoint);
    try {
        return await use(client, ec2);
    } finally {
        client.destroy();
        await ec2.close();
    }
}

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

describe("The embedded EC2", () => {
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
        const store = named("prod", "prod-2", "PROD", "p*", "p?od", "p\\*", "a.b", "axb");
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
        const store = named("a", "b", "c");
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
        const store = named("a");
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
        const pages = await withEc2(named(...names), async (client) => {
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
        const store = named(...Array.from({ length: 8 }, (_, i) => `${i + 1}`));
        const { NextToken = "" } = await withEc2(store, (client) => client.send(new DescribeSnapshotsCommand({ MaxResults: 5 })));
        store.delete("snap-00000000000000005");
        store.delete("snap-00000000000000006");
        assert.deepEqual(await found(store, { MaxResults: 5, NextToken }), ["7", "8"]);
    });

    it("returns all snapshots without a page size, and at most a thousand with one", async () => {
        const store = named(...Array.from({ length: 1_001 }, () => "a"));
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
            await assert.rejects(found(named("a"), input), error);
        });
    }

    it("deletes a snapshot", async () => {
        const store = named("a", "b");
        await withEc2(store, (client) => client.send(new DeleteSnapshotCommand({ SnapshotId: "snap-00000000000000001" })));
        assert.deepEqual(
            store.all().map(({ id }) => id),
            ["snap-00000000000000002"],
        );
    });

    it("refuses to delete snapshots that are missing, malformed or in use", async () => {
        const store = named("a");
        const message = "The snapshot snap-00000000000000001 is currently in use by ami-1";
        (store.get("snap-00000000000000001") as StoredSnapshot).heldBy = { code: "InvalidSnapshot.InUse", message };
        const errors = await withEc2(store, async (client) => {
            const refusals: [string, string][] = [];
            for (const SnapshotId of ["snap-00000000000000009", "snapshot", "snap-00000000000000001"]) {
                await client
                    .send(new DeleteSnapshotCommand({ SnapshotId }))
                    .catch(({ name, message }: Error) => refusals.push([name, message]));
            }
            return refusals;
        });
        assert.deepEqual(errors, [
            ["InvalidSnapshot.NotFound", "The snapshot 'snap-00000000000000009' does not exist."],
            ["InvalidSnapshotID.Malformed", "The snapshot ID 'snapshot' is not valid."],
            ["InvalidSnapshot.InUse", message],
        ]);
        assert.equal(store.all().length, 1);
    });

    it("describes existing volumes in pages, and ignores others in a filter", async () => {
        const store = new SnapshotStore();
        for (let i = 1; i <= 12; i++) {
            store.volumes.add(`vol-${String(i).padStart(2, "0")}`);
        }
        const { pages, some } = await withEc2(store, async (client) => {
            const sizes: [number | undefined, boolean][] = [];
            for await (const { Volumes, NextToken } of paginateDescribeVolumes({ client, pageSize: 6 }, {})) {
                sizes.push([Volumes?.length, NextToken !== undefined]);
            }
            const Filters = [{ Name: "volume-id", Values: ["vol-03", "vol-12", "vol-13"] }];
            return { pages: sizes, some: await client.send(new DescribeVolumesCommand({ Filters })) };
        });
        assert.deepEqual(
            { pages, ids: some.Volumes?.map(({ VolumeId }) => VolumeId) },
            {
                pages: [
                    [6, true],
                    [6, false],
                ],
                ids: ["vol-03", "vol-12"],
            },
        );
    });

    it("refuses unknown actions", async () => {
        const described = withEc2(named(), (client) => client.send(new DescribeInstancesCommand({})));
        await assert.rejects(described, {
            name: "InvalidAction",
            message: "The action DescribeInstances is not valid for this web service.",
        });
    });

    it("refuses calls as IAM says, but tells any caller that a snapshot is missing", async () => {
        const asked: IamRequest[] = [];
        const refusal = async (request: IamRequest) => {
            asked.push(request);
            return "User: me is not authorized";
        };
        const store = named("a");
        const ec2 = await startEc2(store, { iam: { refusal, accessKey: () => "" } });
        const client = clientOf(ec2.endpoint);
        const refused = {
            name: "UnauthorizedOperation",
            message: "You are not authorized to perform this operation. User: me is not authorized",
        };
        await assert.rejects(
            client.send(new DeleteSnapshotCommand({ SnapshotId: "snap-00000000000000001" })),
            (error: EC2ServiceException) => {
                const { name, message, $metadata } = error;
                assert.deepEqual({ name, message, status: $metadata.httpStatusCode }, { ...refused, status: 403 });
                return true;
            },
        );
        await assert.rejects(client.send(new DescribeSnapshotsCommand({})), refused);
        await assert.rejects(client.send(new DeleteSnapshotCommand({ SnapshotId: "snap-00000000000000002" })), {
            name: "InvalidSnapshot.NotFound",
        });
        client.destroy();
        await ec2.close();
        assert.deepEqual(asked, [
            {
                principal: "AKIATEST",
                action: "ec2:DeleteSnapshot",
                resource: "arn:aws:ec2:eu-central-1::snapshot/snap-00000000000000001",
                context: { "aws:ResourceTag/Name": "a" },
            },
            { principal: "AKIATEST", action: "ec2:DescribeSnapshots", resource: "*", context: {} },
        ]);
        assert.equal(store.all().length, 1);
    });

    it("refuses an unsigned call, and does nothing", async () => {
        const store = named("a");
        const [status, code, calls] = await withEc2(store, async (_, { endpoint, calls }) => {
            const body = new URLSearchParams({ Action: "DeleteSnapshot", SnapshotId: "snap-00000000000000001" });
            const response = await fetch(endpoint, { method: "POST", body, headers: { connection: "close" } });
            return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1], calls.length];
        });
        assert.deepEqual([status, code, calls, store.all().length], [401, "AuthFailure", 0, 1]);
    });
});
