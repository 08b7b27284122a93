import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    CreateReplaceRootVolumeTaskCommand,
    CreateVolumeCommand,
    DeleteVolumeCommand,
    DescribeVolumesCommand,
    DetachVolumeCommand,
    type EC2Client,
    StartInstancesCommand,
    StopInstancesCommand,
    type Volume,
} from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { DATA, DATA_SNAPSHOT, type DiskAccount, diskAccount, ROOT, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const VOLUMES = [ROOT, DATA, "vol-0ec20000000000001", "vol-0ec20000000000002"];
const DEVICES = ["/dev/sda1", "xvdd", "/dev/sdd", "xvde"];
const SNAPSHOTS = [ROOT_SNAPSHOT, DATA_SNAPSHOT];

type Call = (ec2: EC2Client) => Promise<object>;

const create = fc.constantFrom(...SNAPSHOTS).map(
    (SnapshotId): Call =>
        (ec2) =>
            ec2.send(new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", SnapshotId })),
);
const attach = fc.tuple(fc.constantFrom(...VOLUMES), fc.constantFrom(...DEVICES)).map(
    ([VolumeId, Device]): Call =>
        (ec2) =>
            ec2.send(new AttachVolumeCommand({ InstanceId: SERVER, VolumeId, Device })),
);
const detach = fc.tuple(fc.constantFrom(...VOLUMES), fc.boolean()).map(
    ([VolumeId, Force]): Call =>
        (ec2) =>
            ec2.send(new DetachVolumeCommand({ VolumeId, Force })),
);
const others = fc.constantFrom<Call[]>(
    (ec2) => ec2.send(new StopInstancesCommand({ InstanceIds: [SERVER] })),
    (ec2) => ec2.send(new StartInstancesCommand({ InstanceIds: [SERVER] })),
    (ec2) => ec2.send(new DescribeVolumesCommand({})),
    (ec2) => ec2.send(new DescribeVolumesCommand({})),
    (ec2) => ec2.send(new CreateReplaceRootVolumeTaskCommand({ InstanceId: SERVER, SnapshotId: ROOT_SNAPSHOT })),
);
const removal = fc.constantFrom(...VOLUMES).map(
    (VolumeId): Call =>
        (ec2) =>
            ec2.send(new DeleteVolumeCommand({ VolumeId })),
);
const delays = fc.record({
    createVolume: fc.nat(1),
    attachVolume: fc.nat(1),
    detachVolume: fc.nat(1),
    stopInstance: fc.nat(1),
    startInstance: fc.nat(1),
    replaceRoot: fc.nat(1),
});
const outcomes = fc.constantFrom("succeeded" as const, "failed" as const, "failed-detached" as const);

/** Plays calls, and checks the account after each. EC2 may refuse any of them. */
async function play(account: DiskAccount, calls: readonly Call[], check: (volumes: readonly Volume[]) => void): Promise<void> {
    await withEc2(account, async (ec2) => {
        for (const call of calls) {
            await refusalOf(call(ec2));
            const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
            check(Volumes);
        }
    });
}

/** Checks a law on random calls, with random delays and outcomes. */
function checkLaw(
    sentence: string,
    kinds: readonly fc.Arbitrary<Call>[],
    check: (account: DiskAccount, volumes: readonly Volume[]) => void,
) {
    it(sentence, async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(fc.oneof(...kinds), { maxLength: 25 }), delays, outcomes, async (calls, reads, rootOutcome) => {
                const account = diskAccount({ reads, rootOutcome });
                await play(account, calls, (volumes) => check(account, volumes));
            }),
            { numRuns: 15 },
        );
    });
}

describe("Whatever the calls, the embedded EC2", () => {
    const harmless = [create, attach, detach, others];

    checkLaw("has a volume at one place, and one volume at a place", harmless, ({ server }) => {
        const points = server.volumes.map(({ device }) => device.replace(/^\/dev\/sd/, "xvd"));
        const ids = server.volumes.map(({ id }) => id);
        assert.deepEqual([new Set(points).size, new Set(ids).size], [points.length, ids.length]);
    });

    checkLaw("says of a volume that it is in use if and only if it is attached", harmless, ({ server }, volumes) => {
        const attached = volumes.filter(({ Attachments = [] }) => Attachments.length > 0).map(({ VolumeId }) => VolumeId);
        const inUse = volumes.filter(({ State }) => State === "in-use").map(({ VolumeId }) => VolumeId);
        assert.deepEqual(inUse, attached);
        assert.deepEqual(attached.toSorted(), server.volumes.map(({ id }) => id).toSorted());
    });

    checkLaw("loses no volume and no file, unless a call deletes a volume", harmless, ({ store }, volumes) => {
        const files = [ROOT, DATA].map((id) => store.volumes.get(id)?.disk?.files);
        assert.deepEqual(files, [{ "C:\\boot.txt": "now" }, { "D:\\orders.txt": "now" }]);
        const made = volumes.filter(({ SnapshotId }) => SnapshotId).map(({ VolumeId = "" }) => store.volumes.get(VolumeId)?.disk);
        const then = [store.get(ROOT_SNAPSHOT)?.disk, store.get(DATA_SNAPSHOT)?.disk];
        assert.ok(made.every((disk) => then.includes(disk)));
    });

    checkLaw("never deletes a volume that a server uses, nor a snapshot", [...harmless, removal], ({ server, store }, volumes) => {
        const ids = volumes.map(({ VolumeId }) => VolumeId);
        assert.deepEqual(
            server.volumes.filter(({ id }) => !ids.includes(id)),
            [],
        );
        assert.deepEqual(
            store.all().map(({ id }) => id),
            SNAPSHOTS,
        );
    });

    checkLaw("has a boot volume at each server that runs", harmless, ({ server }) => {
        const { state = "running" } = server;
        assert.ok(state !== "running" || server.volumes.some(({ device }) => device === "/dev/sda1"));
    });
});
