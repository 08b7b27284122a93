import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    CreateReplaceRootVolumeTaskCommand,
    type CreateReplaceRootVolumeTaskCommandInput,
    DescribeInstancesCommand,
    DescribeReplaceRootVolumeTasksCommand,
    DescribeVolumesCommand,
    type EC2Client,
    StartInstancesCommand,
} from "@aws-sdk/client-ec2";
import type { RootOutcome } from "../../../rehearsal/embeddedAws/ec2State";
import { codesOf, DATA_SNAPSHOT, diskAccount, NOW, ROOT, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

async function replace(ec2: EC2Client, input: Partial<CreateReplaceRootVolumeTaskCommandInput> = {}) {
    const command = new CreateReplaceRootVolumeTaskCommand({ InstanceId: SERVER, SnapshotId: ROOT_SNAPSHOT, ...input });
    return (await ec2.send(command)).ReplaceRootVolumeTask ?? {};
}

async function tasks(ec2: EC2Client) {
    return (await ec2.send(new DescribeReplaceRootVolumeTasksCommand({}))).ReplaceRootVolumeTasks ?? [];
}

/** Reads the state of the only task so many times. */
async function statesOf(ec2: EC2Client, reads: number): Promise<(string | undefined)[]> {
    const states: (string | undefined)[] = [];
    for (let i = 0; i < reads; i++) {
        states.push(...(await tasks(ec2)).map(({ TaskState }) => TaskState));
    }
    return states;
}

/** Plays a replacement to an end, and looks at the server and its volumes. */
async function play(rootOutcome: RootOutcome, input: Partial<CreateReplaceRootVolumeTaskCommandInput> = {}) {
    const account = diskAccount({ rootOutcome });
    const seen = await withEc2(account, async (ec2) => {
        await replace(ec2, input);
        const states = await statesOf(ec2, 4);
        const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
        return { states, volumes: Volumes.map(({ VolumeId, State }) => [VolumeId, State]) };
    });
    const { state = "running", volumes, formerRoots } = account.server;
    const roots = volumes.filter(({ device }) => device === "/dev/sda1").map(({ id }) => id);
    return { ...seen, state, roots, formerRoots, files: account.store.volumes.get(roots[0] ?? "")?.disk?.files };
}

const NEW = "vol-0ec20000000000002";
const DATA_IN_USE = ["vol-0000000000000000d", "in-use"];

describe("Replacements of boot volumes in the embedded EC2", () => {
    it("are described as EC2 describes them", async () => {
        const TagSpecifications = [
            { ResourceType: "replace-root-volume-task" as const, Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] },
        ];
        const { early, late } = await withEc2(diskAccount({ reads: { replaceRoot: 1 } }), async (ec2) => ({
            early: await replace(ec2, { TagSpecifications }),
            late: [await statesOf(ec2, 4), await tasks(ec2)],
        }));
        const task = {
            ReplaceRootVolumeTaskId: "replacevol-0ec20000000000001",
            InstanceId: SERVER,
            StartTime: new Date(NOW).toISOString(),
            SnapshotId: ROOT_SNAPSHOT,
            DeleteReplacedRootVolume: false,
            Tags: [{ Key: "VssBackupRestore", Value: "r-1" }],
        };
        assert.deepEqual(early, { ...task, TaskState: "pending" });
        assert.deepEqual(late, [
            ["pending", "in-progress", "in-progress", "succeeded"],
            [{ ...task, TaskState: "succeeded", CompleteTime: new Date(NOW).toISOString() }],
        ]);
    });

    it("put a volume of the snapshot into the place of the boot volume, and keep the old one", async () => {
        assert.deepEqual(await play("succeeded"), {
            states: ["in-progress", "succeeded", "succeeded", "succeeded"],
            volumes: [[ROOT, "available"], DATA_IN_USE, [NEW, "in-use"]],
            state: "running",
            roots: [NEW],
            formerRoots: [ROOT],
            files: { "C:\\boot.txt": "then" },
        });
    });

    it("delete the old boot volume if the call says so", async () => {
        const { volumes } = await play("succeeded", { DeleteReplacedRootVolume: true });
        assert.deepEqual(volumes, [DATA_IN_USE, [NEW, "in-use"]]);
    });

    it("leave the old boot volume attached if they fail", async () => {
        assert.deepEqual(await play("failed"), {
            states: ["in-progress", "failing", "failed", "failed"],
            volumes: [[ROOT, "in-use"], DATA_IN_USE, [NEW, "available"]],
            state: "running",
            roots: [ROOT],
            formerRoots: undefined,
            files: { "C:\\boot.txt": "now" },
        });
    });

    it("leave the server without a boot volume if they fail detached", async () => {
        assert.deepEqual(await play("failed-detached"), {
            states: ["in-progress", "failing-detached", "failed-detached", "failed-detached"],
            volumes: [[ROOT, "available"], DATA_IN_USE, [NEW, "available"]],
            state: "stopped",
            roots: [],
            formerRoots: [ROOT],
            files: undefined,
        });
    });

    it("can be saved after they failed detached", async () => {
        const account = diskAccount({ rootOutcome: "failed-detached" });
        const state = await withEc2(account, async (ec2) => {
            await replace(ec2);
            await statesOf(ec2, 3);
            const without = await codesOf(() => ec2.send(new StartInstancesCommand({ InstanceIds: [SERVER] })));
            await ec2.send(new AttachVolumeCommand({ InstanceId: SERVER, VolumeId: ROOT, Device: "/dev/sda1" }));
            await ec2.send(new StartInstancesCommand({ InstanceIds: [SERVER] }));
            const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
            return [without, Reservations?.[0]?.Instances?.[0]?.State?.Name];
        });
        assert.deepEqual(state, [["InvalidParameterValue"], "running"]);
    });

    it("keep the address, the settings of the boot volume, and its deletion on termination", async () => {
        const account = diskAccount();
        account.store.volumes.add(ROOT, { zone: "eu-central-1a", sizeGib: 80, type: "io2", iops: 6000, tags: new Map([["Name", "c"]]) });
        account.server.volumes = account.server.volumes.map((one) => (one.id === ROOT ? { ...one, deleteOnTermination: false } : one));
        const instance = async (ec2: EC2Client) => {
            const { Reservations } = await ec2.send(new DescribeInstancesCommand({}));
            const { PrivateIpAddress, NetworkInterfaces, BlockDeviceMappings } = Reservations?.[0]?.Instances?.[0] ?? {};
            return { PrivateIpAddress, NetworkInterfaces, deletes: BlockDeviceMappings?.map(({ Ebs }) => Ebs?.DeleteOnTermination) };
        };
        const { before, after, volume } = await withEc2(account, async (ec2) => {
            const first = await instance(ec2);
            await replace(ec2);
            await statesOf(ec2, 2);
            const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [NEW] }));
            return { before: first, after: await instance(ec2), volume: Volumes?.[0] };
        });
        assert.deepEqual(after, before);
        assert.deepEqual([volume?.Size, volume?.VolumeType, volume?.Iops, volume?.Tags], [80, "io2", 6000, []]);
    });

    it("take snapshots of former boot volumes, images and existing volumes, too", async () => {
        const former = diskAccount();
        former.server.formerRoots = ["vol-old"];
        former.store.add({ volumeId: "vol-old", startTime: NOW, state: "completed", description: "", tags: new Map() }, "snap-old");
        const volumes = [{ device: "/dev/sda1", snapshotId: ROOT_SNAPSHOT, sizeGib: 50, type: "gp3", deleteOnTermination: true }];
        const image = {
            name: "clone",
            description: "",
            platformDetails: "Windows",
            rootDevice: "/dev/sda1",
            createdAt: NOW,
            tags: new Map(),
        };
        former.ec2.images.set("ami-1", { ...image, id: "ami-1", state: "available", volumes });
        former.store.volumes.add("vol-ready", { zone: "eu-central-1a" });
        const roots = await withEc2(former, async (ec2) => {
            const seen: (string | undefined)[] = [];
            for (const source of [{ SnapshotId: "snap-old" }, { ImageId: "ami-1" }, { VolumeId: "vol-ready" }]) {
                await ec2.send(new CreateReplaceRootVolumeTaskCommand({ InstanceId: SERVER, ...source }));
                await statesOf(ec2, 2);
                const root = former.server.volumes.find(({ device }) => device === "/dev/sda1");
                seen.push(former.store.volumes.get(root?.id ?? "")?.snapshotId ?? root?.id);
            }
            return seen;
        });
        assert.deepEqual(roots, ["snap-old", ROOT_SNAPSHOT, "vol-ready"]);
    });

    it("are made once for one client token", async () => {
        const account = diskAccount();
        const { ids, mismatch } = await withEc2(account, async (ec2) => ({
            ids: [
                (await replace(ec2, { ClientToken: "a" })).ReplaceRootVolumeTaskId,
                (await replace(ec2, { ClientToken: "a" })).ReplaceRootVolumeTaskId,
            ],
            mismatch: await codesOf(() => replace(ec2, { ClientToken: "a", DeleteReplacedRootVolume: true })),
        }));
        assert.deepEqual([ids[0] === ids[1], mismatch, account.ec2.rootTasks.size], [true, ["IdempotentParameterMismatch"], 1]);
    });

    it("are refused if EC2 can't replace the volume", async () => {
        const account = diskAccount();
        const { server, store, servers } = account;
        const member = new Map([["aws:autoscaling:groupName", "web"]]);
        servers.push({ ...server, id: "i-stopped", state: "stopped" }, { ...server, id: "i-member", tags: member });
        store.volumes.add("vol-far", { zone: "eu-central-1b" });
        store.add({ volumeId: "vol-ffffffff", startTime: NOW, state: "completed", description: "a copy", tags: new Map() }, "snap-copy");
        store.add({ volumeId: ROOT, startTime: NOW, state: "pending", description: "", tags: new Map() }, "snap-young");
        const refusals = await withEc2(account, async (ec2) => {
            const none = { SnapshotId: undefined };
            const given = [
                await refusalOf(replace(ec2, { InstanceId: "i-stopped" })),
                await refusalOf(replace(ec2, { InstanceId: "i-member" })),
                await refusalOf(replace(ec2, { SnapshotId: DATA_SNAPSHOT })),
                await refusalOf(replace(ec2, { SnapshotId: "snap-copy" })),
                await refusalOf(replace(ec2, { SnapshotId: "snap-young" })),
                await refusalOf(replace(ec2, { ...none, VolumeId: "vol-far" })),
                await refusalOf(replace(ec2, { ...none, VolumeId: ROOT })),
                await refusalOf(replace(ec2, { VolumeId: "vol-far" })),
                await refusalOf(replace(ec2, { DryRun: true })),
            ];
            await replace(ec2);
            return [...given, await refusalOf(replace(ec2))];
        });
        const notOfRoot = (id: string) => `The snapshot '${id}' was not created from a root volume of instance '${SERVER}'.`;
        assert.deepEqual(refusals, [
            ["IncorrectInstanceState", "The instance 'i-stopped' is not in the 'running' state."],
            ["UnsupportedOperation", "The instance 'i-member' is a member of an Auto Scaling group."],
            ["InvalidParameterValue", notOfRoot(DATA_SNAPSHOT)],
            ["InvalidParameterValue", notOfRoot("snap-copy")],
            ["IncorrectState", "Snapshot is in invalid state - pending"],
            ["InvalidVolume.ZoneMismatch", `The volume 'vol-far' is not in the same availability zone as instance '${SERVER}'`],
            ["IncorrectState", `${ROOT} is not 'available'.`],
            ["InvalidParameterCombination", "Specify only one of SnapshotId, ImageId and VolumeId."],
            ["DryRunOperation", "Request would have succeeded, but DryRun flag is set."],
            ["OperationNotPermitted", `The instance '${SERVER}' has a root volume replacement task that is in progress.`],
        ]);
    });
});
