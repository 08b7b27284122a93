import {
    type EC2Client,
    type Volume as Ec2Volume,
    type Instance,
    paginateDescribeInstances,
    paginateDescribeVolumes,
    type Tag,
} from "@aws-sdk/client-ec2";
import { idOf, readPages } from "../../aws/pages";
import type { RecordedServer, RecordedVolume } from "../../recordedServer";
import { compareIds } from "../../retention/snapshot";
import { STATES } from "../reading/servers";
import type { WatchTargets } from "../watchSettings";

/**
 * Lists the servers of a policy as they are now, in the form of their records. EC2 lists instances in pages of 1,000, and volumes in pages of
 * 500. A server with a volume that the second listing does not have is left out: it changes just now.
 *
 * @throws EC2's error if a listing can't be completed
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
 */
export async function listPresentServers(ec2: EC2Client, { serverTag }: WatchTargets, abortSignal: AbortSignal): Promise<RecordedServer[]> {
    const [instances, volumes] = await Promise.all([
        readPages({
            service: "EC2",
            open: () =>
                paginateDescribeInstances(
                    { client: ec2, pageSize: 1000 },
                    {
                        Filters: [
                            { Name: "instance-state-name", Values: STATES },
                            { Name: `tag:${serverTag.key}`, Values: [serverTag.value] },
                        ],
                    },
                    { abortSignal },
                ),
            listOf: ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
            read: (instance) => [idOf("EC2", "an instance", instance.InstanceId), instance],
        }),
        readPages({
            service: "EC2",
            open: () => paginateDescribeVolumes({ client: ec2, pageSize: 500 }, {}, { abortSignal }),
            listOf: ({ Volumes }) => Volumes,
            read: (volume) => [idOf("EC2", "a volume", volume.VolumeId), volume],
        }),
    ]);
    const byId = new Map(volumes.map((volume) => [volume.VolumeId, volume]));
    return instances.flatMap((instance) => serverOf(instance, byId) ?? []);
}

function serverOf(instance: Instance, volumes: ReadonlyMap<string | undefined, Ec2Volume>): RecordedServer | undefined {
    const { InstanceId = "", BlockDeviceMappings = [], SubnetId, SecurityGroups = [], IamInstanceProfile, KeyName } = instance;
    const attached = BlockDeviceMappings.filter(({ Ebs }) => Ebs?.VolumeId).map(({ DeviceName = "", Ebs }) => {
        const volume = volumes.get(Ebs?.VolumeId);
        return volume && volumeOf(volume, DeviceName, Ebs?.DeleteOnTermination ?? false);
    });
    return attached.includes(undefined)
        ? undefined
        : {
              version: 1,
              id: InstanceId,
              instanceType: instance.InstanceType ?? "",
              zone: instance.Placement?.AvailabilityZone ?? "",
              ...(SubnetId && { subnet: SubnetId }),
              securityGroups: SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
              ...(IamInstanceProfile?.Arn && { profileArn: IamInstanceProfile.Arn }),
              ...(KeyName && { keyName: KeyName }),
              imageId: instance.ImageId ?? "",
              platformDetails: instance.PlatformDetails ?? "",
              rootDevice: instance.RootDeviceName ?? "",
              tags: tagsOf(instance.Tags),
              volumes: (attached as RecordedVolume[]).toSorted((a, b) => compareIds(a.device, b.device)),
              formerVolumes: [],
          };
}

function volumeOf(volume: Ec2Volume, device: string, deleteOnTermination: boolean): RecordedVolume {
    const { VolumeId = "", VolumeType = "", Iops, Throughput, Size = 0, Encrypted = false, KmsKeyId } = volume;
    return {
        id: VolumeId,
        device,
        type: VolumeType,
        ...(Iops !== undefined && { iops: Iops }),
        ...(Throughput !== undefined && { throughput: Throughput }),
        sizeGib: Size,
        encrypted: Encrypted,
        ...(KmsKeyId && { kmsKey: KmsKeyId }),
        deleteOnTermination,
        tags: tagsOf(volume.Tags),
    };
}

/** Nobody but AWS can write tags that begin with `aws:`, so a restore could not write them again. */
function tagsOf(tags: readonly Tag[] = []): Record<string, string> {
    const pairs = tags.flatMap(({ Key, Value = "" }) => (Key && !Key.startsWith("aws:") ? [[Key, Value] as const] : []));
    return Object.fromEntries(pairs.toSorted(([a], [b]) => compareIds(a, b)));
}
