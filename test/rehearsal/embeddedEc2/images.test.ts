import assert from "node:assert/strict";
import {
    CreateImageCommand,
    DeleteSnapshotCommand,
    DeregisterImageCommand,
    DescribeImagesCommand,
    DescribeSnapshotsCommand,
    type EC2Client,
    RegisterImageCommand,
    type RegisterImageCommandInput,
} from "@aws-sdk/client-ec2";
import { codesOf, DATA, DATA_SNAPSHOT, diskAccount, NOW, ROOT, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const CREATE = { InstanceId: SERVER, Name: "clone", NoReboot: true };
const REGISTER: RegisterImageCommandInput = {
    Name: "from-root",
    Architecture: "x86_64",
    VirtualizationType: "hvm",
    RootDeviceName: "/dev/sda1",
    BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { SnapshotId: ROOT_SNAPSHOT, VolumeType: "gp3" } }],
};

async function describeImage(ec2: EC2Client, id: string | undefined) {
    return (await ec2.send(new DescribeImagesCommand({ ImageIds: [id ?? ""] }))).Images?.[0] ?? {};
}

describe("Images of the embedded EC2", () => {
    it("are made of a server, with a snapshot of each volume as it is now", async () => {
        const account = diskAccount({ reads: { createImage: 1 } });
        const Tags = [{ Key: "VssBackupRestore", Value: "r-1" }];
        const TagSpecifications = (["image", "snapshot"] as const).map((ResourceType) => ({ ResourceType, Tags }));
        const { early, image, Snapshots } = await withEc2(account, async (ec2) => {
            const { ImageId } = await ec2.send(new CreateImageCommand({ ...CREATE, TagSpecifications }));
            const before = await describeImage(ec2, ImageId);
            const Filters = [{ Name: "tag-key", Values: ["VssBackupRestore"] }];
            return {
                early: before.State,
                image: await describeImage(ec2, ImageId),
                Snapshots: (await ec2.send(new DescribeSnapshotsCommand({ Filters }))).Snapshots ?? [],
            };
        });
        const [root, data] = Snapshots.map(({ SnapshotId = "" }) => SnapshotId);
        assert.deepEqual(
            [early, image],
            [
                "pending",
                {
                    ImageId: "ami-0ec20000000000001",
                    State: "available",
                    OwnerId: "123456789012",
                    Name: "clone",
                    Description: "",
                    Architecture: "x86_64",
                    ImageType: "machine",
                    Platform: "windows",
                    PlatformDetails: "Windows",
                    RootDeviceName: "/dev/sda1",
                    RootDeviceType: "ebs",
                    VirtualizationType: "hvm",
                    CreationDate: new Date(NOW).toISOString(),
                    BlockDeviceMappings: [
                        {
                            DeviceName: "/dev/sda1",
                            Ebs: { SnapshotId: root, VolumeSize: 50, VolumeType: "gp3", DeleteOnTermination: true },
                        },
                        {
                            DeviceName: "xvdd",
                            Ebs: { SnapshotId: data, VolumeSize: 200, VolumeType: "io2", DeleteOnTermination: false },
                        },
                    ],
                    Tags,
                },
            ],
        );
        assert.deepEqual(
            Snapshots.map(({ VolumeId, State, Encrypted, SnapshotId = "" }) => [
                VolumeId,
                State,
                Encrypted,
                account.store.get(SnapshotId)?.disk?.files,
            ]),
            [
                [ROOT, "completed", false, { "C:\\boot.txt": "now" }],
                [DATA, "completed", true, { "D:\\orders.txt": "now" }],
            ],
        );
        assert.equal(account.server.launchedAt, undefined);
    });

    it("restart a running server, unless the call says otherwise", async () => {
        const account = diskAccount();
        await withEc2(account, (ec2) => ec2.send(new CreateImageCommand({ ...CREATE, NoReboot: false })));
        assert.equal(account.server.launchedAt, NOW);
    });

    it("leave out the volumes that the call leaves out", async () => {
        const account = diskAccount();
        const BlockDeviceMappings = [{ DeviceName: "xvdd", NoDevice: "" }];
        await withEc2(account, (ec2) => ec2.send(new CreateImageCommand({ ...CREATE, BlockDeviceMappings })));
        assert.deepEqual(
            [...account.ec2.images.values()].map(({ volumes }) => volumes.map(({ device }) => device)),
            [["/dev/sda1"]],
        );
    });

    it("are registered from snapshots, with the platform that EC2 finds", async () => {
        const account = diskAccount();
        const platforms = await withEc2(account, async (ec2) => {
            const found: (string | undefined)[][] = [];
            for (const platform of [undefined, "Linux/UNIX", ""]) {
                account.ec2.behaviour.registeredPlatform = platform;
                const { ImageId } = await ec2.send(new RegisterImageCommand({ ...REGISTER, Name: `image ${platform}` }));
                const { State, Platform, PlatformDetails } = await describeImage(ec2, ImageId);
                found.push([State, Platform, PlatformDetails]);
            }
            return found;
        });
        assert.deepEqual(platforms, [
            ["available", "windows", "Windows"],
            ["available", undefined, "Linux/UNIX"],
            ["available", undefined, ""],
        ]);
    });

    it("keep their snapshots from deletion, until they are deregistered", async () => {
        const account = diskAccount();
        const remove = (ec2: EC2Client) => ec2.send(new DeleteSnapshotCommand({ SnapshotId: ROOT_SNAPSHOT }));
        const refused = await withEc2(account, async (ec2) => {
            const { ImageId } = await ec2.send(new RegisterImageCommand(REGISTER));
            const refusal = await refusalOf(remove(ec2));
            await ec2.send(new DeregisterImageCommand({ ImageId }));
            await remove(ec2);
            return refusal;
        });
        assert.deepEqual(refused, ["InvalidSnapshot.InUse", `The snapshot ${ROOT_SNAPSHOT} is currently in use by ami-0ec20000000000001`]);
        assert.deepEqual([account.store.get(ROOT_SNAPSHOT), account.ec2.images.size], [undefined, 0]);
    });

    it("are refused with the errors of EC2", async () => {
        const account = diskAccount();
        const gone = { ...account.server, id: "i-gone", state: "terminated" };
        account.servers.push(gone);
        const dataOnly = [{ DeviceName: "xvdd", Ebs: { SnapshotId: DATA_SNAPSHOT } }];
        const codes = await withEc2(account, async (ec2) => {
            await ec2.send(new RegisterImageCommand(REGISTER));
            return codesOf(
                () => ec2.send(new RegisterImageCommand(REGISTER)),
                () => ec2.send(new RegisterImageCommand({ ...REGISTER, Name: "other", BlockDeviceMappings: dataOnly })),
                () => ec2.send(new CreateImageCommand({ ...CREATE, Name: "from-root" })),
                () => ec2.send(new CreateImageCommand({ ...CREATE, InstanceId: "i-gone" })),
                () => ec2.send(new CreateImageCommand({ ...CREATE, InstanceId: "i-none" })),
                () => ec2.send(new DeregisterImageCommand({ ImageId: "ami-none" })),
                () => ec2.send(new CreateImageCommand({ ...CREATE, DryRun: true })),
            );
        });
        assert.deepEqual(codes, [
            "InvalidAMIName.Duplicate",
            "InvalidBlockDeviceMapping",
            "InvalidAMIName.Duplicate",
            "IncorrectState",
            "InvalidInstanceID.NotFound",
            "InvalidAMIID.NotFound",
            "DryRunOperation",
        ]);
        assert.equal(account.ec2.images.size, 1);
    });

    it("match filters by owner, name, state and tag", async () => {
        const account = diskAccount();
        const image = {
            description: "",
            platformDetails: "Windows",
            rootDevice: "/dev/sda1",
            volumes: [],
            createdAt: NOW,
            tags: new Map(),
        };
        account.ec2.images.set("ami-1", { ...image, id: "ami-1", name: "ours", state: "available", tags: new Map([["Name", "x"]]) });
        account.ec2.images.set("ami-2", {
            ...image,
            id: "ami-2",
            name: "Windows_Server-2022",
            state: "available",
            ownerId: "801119661308",
        });
        account.ec2.images.set("ami-3", { ...image, id: "ami-3", name: "young", state: "pending" });
        const found = await withEc2(account, async (ec2) => {
            const ids: (string | undefined)[][] = [];
            for (const input of [
                { Owners: ["self"] },
                { Owners: ["801119661308"] },
                ...Object.entries({ name: "Windows_Server-*", state: "pending", "tag:Name": "x", "image-id": "ami-3" }).map(
                    ([Name, value]) => ({
                        Filters: [{ Name, Values: [value] }],
                    }),
                ),
            ]) {
                const { Images = [] } = await ec2.send(new DescribeImagesCommand(input));
                ids.push(Images.map(({ ImageId }) => ImageId));
            }
            return ids;
        });
        assert.deepEqual(found, [["ami-1", "ami-3"], ["ami-2"], ["ami-2"], ["ami-3"], ["ami-1"], ["ami-3"]]);
    });
});
