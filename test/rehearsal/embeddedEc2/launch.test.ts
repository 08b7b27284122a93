import assert from "node:assert/strict";
import {
    DescribeInstancesCommand,
    DescribeVolumesCommand,
    type EC2Client,
    RunInstancesCommand,
    type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import type { StoredImage } from "../../../rehearsal/embeddedAws/ec2State";
import { codesOf, DATA_SNAPSHOT, diskAccount, NOW, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const IMAGE: StoredImage = {
    id: "ami-1",
    name: "clone",
    description: "",
    state: "available",
    platformDetails: "Windows",
    rootDevice: "/dev/sda1",
    volumes: [
        { device: "/dev/sda1", snapshotId: ROOT_SNAPSHOT, sizeGib: 50, type: "gp3", deleteOnTermination: true },
        { device: "xvdd", snapshotId: DATA_SNAPSHOT, sizeGib: 200, type: "gp3", deleteOnTermination: false },
    ],
    createdAt: NOW,
    tags: new Map(),
};

function accountWithImage() {
    const account = diskAccount();
    account.ec2.images.set(IMAGE.id, { ...IMAGE });
    account.ec2.subnets.set("subnet-b", { id: "subnet-b", vpcId: "vpc-b", zone: "eu-central-1b" });
    const group = { name: "isolated", description: "", vpcId: "vpc-b", tags: new Map(), permitsEgress: false };
    account.ec2.groups.set("sg-b", { ...group, id: "sg-b" });
    return account;
}

async function run(ec2: EC2Client, input: Partial<RunInstancesCommandInput> = {}) {
    const { Instances = [] } = await ec2.send(
        new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1, InstanceType: "t3.large", ...input }),
    );
    return Instances[0] ?? {};
}

describe("A launch in the embedded EC2", () => {
    it("makes a server with the image's volumes, in the zone of its subnet", async () => {
        const account = accountWithImage();
        const tags = (ResourceType: "instance" | "volume") => ({ ResourceType, Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] });
        const { server, volumes } = await withEc2(account, async (ec2) => {
            const { InstanceId = "" } = await run(ec2, {
                SubnetId: "subnet-b",
                SecurityGroupIds: ["sg-b"],
                IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/web" },
                KeyName: "admins",
                PrivateIpAddress: "10.0.1.5",
                BlockDeviceMappings: [
                    { DeviceName: "xvdd", Ebs: { VolumeSize: 300, VolumeType: "io2", Iops: 4000, DeleteOnTermination: true } },
                ],
                TagSpecifications: [tags("instance"), tags("volume")],
            });
            const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
            const Filters = [{ Name: "attachment.instance-id", Values: [InstanceId] }];
            return {
                server: Reservations?.[0]?.Instances?.[0] ?? {},
                volumes: (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes ?? [],
            };
        });
        const Tags = [{ Key: "VssBackupRestore", Value: "r-1" }];
        const { State, Placement, SubnetId, VpcId, SecurityGroups, KeyName, PrivateIpAddress, IamInstanceProfile } = server;
        assert.deepEqual(
            {
                State: State?.Name,
                zone: Placement?.AvailabilityZone,
                SubnetId,
                VpcId,
                SecurityGroups,
                KeyName,
                PrivateIpAddress,
                IamInstanceProfile,
            },
            {
                State: "running",
                zone: "eu-central-1b",
                SubnetId: "subnet-b",
                VpcId: "vpc-b",
                SecurityGroups: [{ GroupId: "sg-b", GroupName: "isolated" }],
                KeyName: "admins",
                PrivateIpAddress: "10.0.1.5",
                IamInstanceProfile: { Arn: "arn:aws:iam::123456789012:instance-profile/web", Id: "AIPA" },
            },
        );
        assert.deepEqual([server.InstanceType, server.Platform, server.ImageId, server.Tags], ["t3.large", "windows", "ami-1", Tags]);
        assert.deepEqual(
            volumes.map((one) => [one.SnapshotId, one.Size, one.VolumeType, one.Iops, one.AvailabilityZone, one.State, one.Tags]),
            [
                [ROOT_SNAPSHOT, 50, "gp3", 3000, "eu-central-1b", "in-use", Tags],
                [DATA_SNAPSHOT, 300, "io2", 4000, "eu-central-1b", "in-use", Tags],
            ],
        );
        assert.deepEqual(
            server.BlockDeviceMappings?.map(({ DeviceName, Ebs }) => [DeviceName, Ebs?.VolumeId, Ebs?.DeleteOnTermination]),
            [
                ["/dev/sda1", volumes[0]?.VolumeId, true],
                ["xvdd", volumes[1]?.VolumeId, true],
            ],
        );
        assert.deepEqual(
            volumes.map(({ VolumeId = "" }) => account.store.volumes.get(VolumeId)?.disk?.files),
            [{ "C:\\boot.txt": "then" }, { "D:\\orders.txt": "then" }],
        );
    });

    it("leaves out and adds volumes as its mappings say", async () => {
        const account = accountWithImage();
        const mappings = await withEc2(account, async (ec2) => {
            const { InstanceId = "" } = await run(ec2, {
                BlockDeviceMappings: [
                    { DeviceName: "xvdd", NoDevice: "" },
                    { DeviceName: "xvde", Ebs: { SnapshotId: DATA_SNAPSHOT, VolumeSize: 200 } },
                ],
            });
            return account.servers.find(({ id }) => id === InstanceId)?.volumes.map(({ device }) => device);
        });
        assert.deepEqual(mappings, ["/dev/sda1", "xvde"]);
    });

    it("makes one server for one client token, and takes settings of a network interface", async () => {
        const account = accountWithImage();
        const NetworkInterfaces = [{ DeviceIndex: 0, SubnetId: "subnet-b", Groups: ["sg-b"] }];
        const { ids, mismatch } = await withEc2(account, async (ec2) => ({
            ids: [
                (await run(ec2, { ClientToken: "a", NetworkInterfaces })).InstanceId,
                (await run(ec2, { ClientToken: "a", NetworkInterfaces })).InstanceId,
            ],
            mismatch: await codesOf(() => run(ec2, { ClientToken: "a" })),
        }));
        assert.deepEqual([ids[0] === ids[1], mismatch], [true, ["IdempotentParameterMismatch"]]);
        assert.deepEqual(
            account.servers.map(({ id, launch }) => [id, launch?.subnetId, launch?.securityGroups]),
            [
                [SERVER, undefined, undefined],
                [ids[0], "subnet-b", ["sg-b"]],
            ],
        );
    });

    it("is refused with the errors of EC2, and then leaves nothing behind", async () => {
        const account = accountWithImage();
        account.ec2.images.set("ami-2", { ...IMAGE, id: "ami-2", state: "pending" });
        account.ec2.images.set("ami-3", {
            ...IMAGE,
            id: "ami-3",
            volumes: IMAGE.volumes.map((one) => ({ ...one, snapshotId: "snap-gone" })),
        });
        const refusals = await withEc2(account, async (ec2) => [
            await refusalOf(run(ec2, { ImageId: "ami-none" })),
            await refusalOf(run(ec2, { ImageId: "ami-2" })),
            await refusalOf(run(ec2, { ImageId: "ami-3" })),
            await refusalOf(run(ec2, { SubnetId: "subnet-none" })),
            await refusalOf(run(ec2, { SecurityGroupIds: ["sg-none"] })),
            await refusalOf(run(ec2, { SecurityGroupIds: ["sg-b"] })),
            await refusalOf(run(ec2, { DryRun: true })),
        ]);
        assert.deepEqual(refusals, [
            ["InvalidAMIID.NotFound", "The image id '[ami-none]' does not exist"],
            ["InvalidAMIID.Unavailable", "The image '[ami-2]' is not available"],
            ["InvalidSnapshot.NotFound", "The snapshot 'snap-gone' does not exist."],
            ["InvalidSubnetID.NotFound", "The subnet ID 'subnet-none' does not exist"],
            ["InvalidGroup.NotFound", "The security group 'sg-none' does not exist"],
            ["InvalidGroup.NotFound", "The security group 'sg-b' does not exist in VPC 'vpc-0123456789abcdef0'"],
            ["DryRunOperation", "Request would have succeeded, but DryRun flag is set."],
        ]);
        assert.deepEqual([account.servers.length, [...account.store.volumes].length], [1, 2]);
    });
});
