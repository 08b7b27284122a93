import {
    AttachVolumeCommand,
    CreateImageCommand,
    CreateReplaceRootVolumeTaskCommand,
    CreateTagsCommand,
    CreateVolumeCommand,
    DeleteTagsCommand,
    DetachVolumeCommand,
    type EC2Client,
    ModifyInstanceAttributeCommand,
    type ResourceType,
    RunInstancesCommand,
    type RunInstancesCommandInput,
    StartInstancesCommand,
    StopInstancesCommand,
    type TagSpecification,
    type VolumeType,
} from "@aws-sdk/client-ec2";
import { Failure } from "../../failure";
import type { Launch } from "../plan/steps";
import { RESTORE_TAG, STEP_TAG } from "../plan/tags";
import type { Cloud, Maker } from "./cloud";

type Changes = Pick<
    Cloud,
    | "createVolume"
    | "createImage"
    | "runInstance"
    | "replaceRoot"
    | "startInstance"
    | "stopInstance"
    | "attachVolume"
    | "detachVolume"
    | "setDeleteOnTermination"
    | "addTags"
    | "removeTags"
>;

/** The requests that change something. Ctrl-C aborts none of them, so that their effect is known. */
export function awsChanges(ec2: EC2Client): Changes {
    return {
        createVolume: async (maker, { snapshot, zone, settings, rate }) => {
            const { type, iops, throughput, sizeGib, encrypted, kmsKeyId, tags } = settings;
            const { VolumeId } = await ec2.send(
                new CreateVolumeCommand({
                    ClientToken: tokenOf(maker),
                    SnapshotId: snapshot,
                    AvailabilityZone: zone,
                    VolumeType: type as VolumeType,
                    Size: sizeGib,
                    ...(iops !== undefined && { Iops: iops }),
                    ...(throughput !== undefined && { Throughput: throughput }),
                    ...(encrypted && { Encrypted: true }),
                    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
                    ...(rate !== undefined && { VolumeInitializationRate: rate }),
                    TagSpecifications: tagged(maker, tags, "volume"),
                }),
            );
            return idIn(VolumeId, "CreateVolume");
        },
        createImage: async (maker, serverId, without) => {
            const { ImageId } = await ec2.send(
                new CreateImageCommand({
                    InstanceId: serverId,
                    Name: `vss-backup restore ${maker.restore}`,
                    // The server goes on.
                    NoReboot: true,
                    BlockDeviceMappings: without.map((DeviceName) => ({ DeviceName, NoDevice: "" })),
                    TagSpecifications: tagged(maker, {}, "image", "snapshot"),
                }),
            );
            return idIn(ImageId, "CreateImage");
        },
        runInstance: async (maker, imageId, launch) => {
            const { Instances = [] } = await ec2.send(new RunInstancesCommand(launchInput(maker, imageId, launch)));
            return idIn(Instances[0]?.InstanceId, "RunInstances");
        },
        replaceRoot: async (maker, serverId, VolumeId) => {
            const { ReplaceRootVolumeTask: task } = await ec2.send(
                new CreateReplaceRootVolumeTaskCommand({
                    ClientToken: tokenOf(maker),
                    InstanceId: serverId,
                    // A volume of its own keeps the settings and tags, which a snapshot does not have.
                    VolumeId,
                    DeleteReplacedRootVolume: false,
                    TagSpecifications: tagged(maker, {}, "replace-root-volume-task"),
                }),
            );
            return { id: idIn(task?.ReplaceRootVolumeTaskId, "CreateReplaceRootVolumeTask"), state: task?.TaskState ?? "pending" };
        },
        startInstance: async (id) => {
            await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
        },
        stopInstance: async (id) => {
            await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
        },
        attachVolume: async (VolumeId, InstanceId, Device) => {
            await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }));
        },
        detachVolume: async (VolumeId, InstanceId) => {
            await ec2.send(new DetachVolumeCommand({ VolumeId, InstanceId }));
        },
        setDeleteOnTermination: async (InstanceId, DeviceName, DeleteOnTermination) => {
            const BlockDeviceMappings = [{ DeviceName, Ebs: { DeleteOnTermination } }];
            await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, BlockDeviceMappings }));
        },
        addTags: async (ids, tags) => {
            await ec2.send(new CreateTagsCommand({ Resources: [...ids], Tags: listed(tags) }));
        },
        removeTags: async (ids, tags) => {
            await ec2.send(new DeleteTagsCommand({ Resources: [...ids], Tags: listed(tags) }));
        },
    };
}

function launchInput(maker: Maker, ImageId: string, launch: Launch): RunInstancesCommandInput {
    const { instanceType, subnetId, securityGroupIds, instanceProfileArn, keyName, tags } = launch;
    return {
        ClientToken: tokenOf(maker),
        ImageId,
        InstanceType: instanceType as NonNullable<RunInstancesCommandInput["InstanceType"]>,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnetId,
        SecurityGroupIds: [...securityGroupIds],
        ...(instanceProfileArn !== undefined && { IamInstanceProfile: { Arn: instanceProfileArn } }),
        ...(keyName !== undefined && { KeyName: keyName }),
        TagSpecifications: [...tagged(maker, tags, "instance"), ...tagged(maker, {}, "volume")],
    };
}

/** EC2 makes nothing twice for one token. */
function tokenOf({ restore, step }: Maker): string {
    return `${restore}-${step}`;
}

function tagged({ restore, step }: Maker, tags: Readonly<Record<string, string>>, ...types: readonly ResourceType[]): TagSpecification[] {
    const Tags = listed({ ...tags, [RESTORE_TAG]: restore, [STEP_TAG]: step });
    return types.map((ResourceType) => ({ ResourceType, Tags }));
}

function listed(tags: Readonly<Record<string, string>>) {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function idIn(id: string | undefined, action: string): string {
    if (!id) {
        throw new Failure(`The response to ${action} has no id.`, "Run the command again. It finds what EC2 has made.");
    }
    return id;
}
