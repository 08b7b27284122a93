import assert from "node:assert/strict";
import {
    CreateVolumeCommand,
    type CreateVolumeCommandInput,
    DeleteVolumeCommand,
    DescribeVolumeStatusCommand,
    DescribeVolumesCommand,
    type DescribeVolumesCommandInput,
    type EC2Client,
} from "@aws-sdk/client-ec2";
import { codesOf, DATA, DATA_SNAPSHOT, diskAccount, NOW, ROOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const ZONE = { AvailabilityZone: "eu-central-1a" };

async function find(ec2: EC2Client, input: DescribeVolumesCommandInput): Promise<(string | undefined)[]> {
    return ((await ec2.send(new DescribeVolumesCommand(input))).Volumes ?? []).map(({ VolumeId }) => VolumeId);
}

async function create(ec2: EC2Client, input: Partial<CreateVolumeCommandInput> = {}): Promise<string> {
    return (await ec2.send(new CreateVolumeCommand({ ...ZONE, SnapshotId: DATA_SNAPSHOT, ...input }))).VolumeId ?? "";
}

describe("Volumes of the embedded EC2", () => {
    it("are described as EC2 describes them, with the attachments of their servers", async () => {
        const { Volumes } = await withEc2(diskAccount(), (ec2) => ec2.send(new DescribeVolumesCommand({ VolumeIds: [DATA] })));
        assert.deepEqual(Volumes, [
            {
                VolumeId: DATA,
                Size: 200,
                SnapshotId: "",
                AvailabilityZone: "eu-central-1a",
                State: "in-use",
                CreateTime: new Date(NOW - 1000),
                Attachments: [
                    {
                        VolumeId: DATA,
                        InstanceId: SERVER,
                        Device: "xvdd",
                        State: "attached",
                        AttachTime: new Date(NOW - 1000),
                        DeleteOnTermination: false,
                    },
                ],
                Tags: [{ Key: "Name", Value: "orders" }],
                VolumeType: "io2",
                Iops: 4000,
                Encrypted: true,
                KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
                MultiAttachEnabled: false,
            },
        ]);
    });

    it("match filters by tag, state, zone, snapshot and server", async () => {
        const account = diskAccount();
        account.store.volumes.add("vol-free", { zone: "eu-central-1b", snapshotId: "snap-1" });
        const found = await withEc2(account, async (ec2) => {
            const ids: [string, (string | undefined)[]][] = [];
            for (const [Name, value] of [
                ["tag:Name", "orders"],
                ["tag-key", "Name"],
                ["status", "available"],
                ["availability-zone", "eu-central-1b"],
                ["snapshot-id", "snap-1"],
                ["attachment.instance-id", SERVER],
                ["attachment.device", "/dev/sda1"],
                ["volume-id", ROOT],
            ] as const) {
                ids.push([Name, await find(ec2, { Filters: [{ Name, Values: [value] }] })]);
            }
            return ids;
        });
        assert.deepEqual(found, [
            ["tag:Name", [DATA]],
            ["tag-key", [DATA]],
            ["status", ["vol-free"]],
            ["availability-zone", ["vol-free"]],
            ["snapshot-id", ["vol-free"]],
            ["attachment.instance-id", [ROOT, DATA]],
            ["attachment.device", [ROOT]],
            ["volume-id", [ROOT]],
        ]);
    });

    it("are made of a snapshot with its disk, size and key, and are available after the reads that EC2 needs", async () => {
        const account = diskAccount({ reads: { createVolume: 1 } });
        const TagSpecifications = [{ ResourceType: "volume" as const, Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] }];
        const settings = { VolumeType: "gp3", Iops: 5000, Throughput: 250, TagSpecifications } as const;
        const { made, states } = await withEc2(account, async (ec2) => {
            const created = await ec2.send(new CreateVolumeCommand({ ...ZONE, SnapshotId: DATA_SNAPSHOT, ...settings }));
            const seen: (string | undefined)[] = [];
            for (let i = 0; i < 3; i++) {
                const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [created.VolumeId ?? ""] }));
                seen.push(Volumes[0]?.State);
            }
            const { $metadata, ...rest } = created;
            return { made: rest, states: seen };
        });
        assert.deepEqual(
            { made, states, disk: account.store.volumes.get(made.VolumeId ?? "")?.disk },
            {
                made: {
                    VolumeId: "vol-0ec20000000000001",
                    Size: 200,
                    SnapshotId: DATA_SNAPSHOT,
                    AvailabilityZone: "eu-central-1a",
                    State: "creating",
                    CreateTime: new Date(NOW),
                    Attachments: [],
                    Tags: [{ Key: "VssBackupRestore", Value: "r-1" }],
                    VolumeType: "gp3",
                    Iops: 5000,
                    Throughput: 250,
                    Encrypted: true,
                    KmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1",
                    MultiAttachEnabled: false,
                },
                states: ["creating", "available", "available"],
                disk: { signature: "AAAA0002", letters: ["D", "E"], files: { "D:\\orders.txt": "then" } },
            },
        );
    });

    it("are made once for one client token, and a token of another request is refused", async () => {
        const account = diskAccount();
        const { ids, mismatch } = await withEc2(account, async (ec2) => ({
            ids: [
                await create(ec2, { ClientToken: "a" }),
                await create(ec2, { ClientToken: "a" }),
                await create(ec2, { ClientToken: "b" }),
                await create(ec2),
            ],
            mismatch: await refusalOf(create(ec2, { ClientToken: "a", Size: 300 }).then((id) => ({ id }))),
        }));
        assert.deepEqual(
            { ids, mismatch },
            {
                ids: ["vol-0ec20000000000001", "vol-0ec20000000000001", "vol-0ec20000000000002", "vol-0ec20000000000003"],
                mismatch: [
                    "IdempotentParameterMismatch",
                    "The client token you have provided is associated with a resource that uses different parameters.",
                ],
            },
        );
        assert.equal([...account.store.volumes].length, 5);
    });

    it("are refused with the errors of EC2", async () => {
        const account = diskAccount();
        account.store.add({ volumeId: DATA, startTime: NOW, state: "pending", description: "", tags: new Map() }, "snap-0b");
        const send = (ec2: EC2Client, input: Partial<CreateVolumeCommandInput>) => () => create(ec2, input).then((id) => ({ id }));
        const reserved = [{ ResourceType: "volume" as const, Tags: [{ Key: "aws:x", Value: "" }] }];
        const codes = await withEc2(account, (ec2) =>
            codesOf(
                send(ec2, { AvailabilityZone: "us-east-1a" }),
                send(ec2, { SnapshotId: "snap-09" }),
                send(ec2, { SnapshotId: "snap-0b" }),
                send(ec2, { Size: 199 }),
                send(ec2, { SnapshotId: undefined }),
                send(ec2, { VolumeInitializationRate: 99 }),
                send(ec2, { TagSpecifications: reserved }),
                send(ec2, { DryRun: true }),
            ),
        );
        assert.deepEqual(codes, [
            "InvalidZone.NotFound",
            "InvalidSnapshot.NotFound",
            "IncorrectState",
            "InvalidParameterValue",
            "MissingParameter",
            "InvalidParameterValue",
            "InvalidParameterValue",
            "DryRunOperation",
        ]);
        assert.deepEqual([...account.store.volumes], [ROOT, DATA]);
    });

    it("end in an error if EC2 can't use their key", async () => {
        const states = await withEc2(diskAccount({ volumeOutcome: "error" }), async (ec2) => {
            const id = await create(ec2);
            const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [id] }));
            return Volumes.map(({ State }) => State);
        });
        assert.deepEqual(states, ["error"]);
    });

    it("are deleted only if they are not attached, and are gone after the reads that EC2 needs", async () => {
        const account = diskAccount({ reads: { deleteVolume: 1 } });
        account.store.volumes.add("vol-free");
        const remove = (ec2: EC2Client, VolumeId: string) => ec2.send(new DeleteVolumeCommand({ VolumeId }));
        const result = await withEc2(account, async (ec2) => {
            const inUse = await refusalOf(remove(ec2, DATA));
            await remove(ec2, "vol-free");
            const again = await refusalOf(remove(ec2, "vol-free"));
            const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: ["vol-free"] }));
            const left = await find(ec2, {});
            return { inUse, again, shown: Volumes[0]?.State, left, missing: await refusalOf(remove(ec2, "vol-free")) };
        });
        assert.deepEqual(result, {
            inUse: ["VolumeInUse", `Volume ${DATA} is currently attached to ${SERVER}`],
            again: ["IncorrectState", "The volume 'vol-free' is not 'available'."],
            shown: "deleting",
            left: [ROOT, DATA],
            missing: ["InvalidVolume.NotFound", "The volume 'vol-free' does not exist."],
        });
    });

    it("show the progress of their initialization, which a paid rate estimates", async () => {
        const status = await withEc2(diskAccount({ reads: { initializeVolume: 1 } }), async (ec2) => {
            const ids = [await create(ec2), await create(ec2, { VolumeInitializationRate: 300 }), ROOT];
            const read = async () => {
                const { VolumeStatuses = [] } = await ec2.send(new DescribeVolumeStatusCommand({ VolumeIds: ids }));
                return VolumeStatuses.map(({ InitializationStatusDetails, VolumeStatus }) => [
                    InitializationStatusDetails,
                    VolumeStatus?.Details?.map(({ Status }) => Status).join(" "),
                ]);
            };
            return [await read(), await read(), await read()];
        });
        const [usual, paid] = [{ InitializationType: "default" }, { InitializationType: "provisioned-rate" }];
        const early = [
            [undefined, "passed not-applicable"],
            [{ ...usual, Progress: 0 }, "passed not-applicable initializing"],
            [{ ...paid, Progress: 0, EstimatedTimeToCompleteInSeconds: 60 }, "passed not-applicable initializing"],
        ];
        const whole = [
            [undefined, "passed not-applicable"],
            [{ ...usual, Progress: 100 }, "passed not-applicable completed"],
            [{ ...paid, Progress: 100, EstimatedTimeToCompleteInSeconds: 0 }, "passed not-applicable completed"],
        ];
        assert.deepEqual(status, [early, early, whole]);
    });
});
