import assert from "node:assert/strict";
import {
    DeleteSnapshotCommand,
    DescribeKeyPairsCommand,
    DescribeSnapshotsCommand,
    DescribeVolumesCommand,
    type EC2ServiceException,
    paginateDescribeVolumes,
} from "@aws-sdk/client-ec2";
import { startAws } from "../../../rehearsal/embeddedAws/aws";
import type { IamRequest } from "../../../rehearsal/embeddedAws/iam";
import { SnapshotStore, type StoredSnapshot } from "../../../rehearsal/embeddedAws/snapshotStore";
import { makeClient } from "../../support/cleaning";
import { storeNamedSnapshots, withEc2 } from "./account";

describe("Calls of the embedded EC2", () => {
    it("deletes a snapshot", async () => {
        const store = storeNamedSnapshots("a", "b");
        await withEc2(store, (client) => client.send(new DeleteSnapshotCommand({ SnapshotId: "snap-00000000000000001" })));
        assert.deepEqual(
            store.all().map(({ id }) => id),
            ["snap-00000000000000002"],
        );
    });

    it("refuses to delete snapshots that are missing, malformed or in use", async () => {
        const store = storeNamedSnapshots("a");
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
        const described = withEc2(storeNamedSnapshots(), (client) => client.send(new DescribeKeyPairsCommand({})));
        await assert.rejects(described, {
            name: "InvalidAction",
            message: "The action DescribeKeyPairs is not valid for this web service.",
        });
    });

    it("refuses the calls that IAM refuses, but any caller learns that a snapshot is missing", async () => {
        const asked: IamRequest[] = [];
        const refusal = async (request: IamRequest) => {
            asked.push(request);
            return "User: me is not authorized";
        };
        const store = storeNamedSnapshots("a");
        const ec2 = await startAws({ store }, { iam: { refusal, accessKey: () => "" } });
        const client = makeClient(ec2.endpoint);
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
        const store = storeNamedSnapshots("a");
        const [status, code, calls] = await withEc2(store, async (_, { endpoint, calls }) => {
            const body = new URLSearchParams({ Action: "DeleteSnapshot", SnapshotId: "snap-00000000000000001" });
            const response = await fetch(endpoint, { method: "POST", body, headers: { connection: "close" } });
            return [response.status, /<Code>(.*)<\/Code>/.exec(await response.text())?.[1], calls.length];
        });
        assert.deepEqual([status, code, calls, store.all().length], [401, "AuthFailure", 0, 1]);
    });
});
