import {
    DescribeImagesCommand,
    type EC2Client,
    type Filter,
    type Image,
    type Instance,
    paginateDescribeInstances,
    paginateDescribeSnapshots,
    paginateDescribeVolumes,
    type Snapshot,
    type Volume,
} from "@aws-sdk/client-ec2";
import { idOf, readPages } from "../../lambda/aws/pages";
import type { Disk } from "./plan/world";

/** Lists the instances that a filter finds, in all states. A missing one is no error. */
export function describeInstances(ec2: EC2Client, Filters: Filter[], abortSignal: AbortSignal): Promise<Instance[]> {
    return readPages({
        service: "EC2",
        open: () => paginateDescribeInstances({ client: ec2, pageSize: 1000 }, { Filters }, { abortSignal }),
        listOf: ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
        read: (instance) => [idOf("EC2", "an instance", instance.InstanceId), instance] as const,
    });
}

/** Lists the volumes that a filter finds. A missing one is no error. */
export function describeVolumes(ec2: EC2Client, Filters: Filter[], abortSignal: AbortSignal): Promise<Volume[]> {
    return readPages({
        service: "EC2",
        open: () => paginateDescribeVolumes({ client: ec2, pageSize: 500 }, { Filters }, { abortSignal }),
        listOf: ({ Volumes }) => Volumes,
        read: (volume) => [idOf("EC2", "a volume", volume.VolumeId), volume] as const,
    });
}

/** Lists the snapshots of the account that a filter finds. A missing one is no error. */
export function describeSnapshots(ec2: EC2Client, Filters: Filter[], abortSignal: AbortSignal): Promise<Snapshot[]> {
    return readPages({
        service: "EC2",
        open: () => paginateDescribeSnapshots({ client: ec2, pageSize: 1000 }, { OwnerIds: ["self"], Filters }, { abortSignal }),
        listOf: ({ Snapshots }) => Snapshots,
        read: (snapshot) => [idOf("EC2", "a snapshot", snapshot.SnapshotId), snapshot] as const,
    });
}

/** Lists the images that a filter finds, by default those of all owners. A missing one is no error. EC2 gives all of them at once. */
export async function describeImages(ec2: EC2Client, Filters: Filter[], abortSignal: AbortSignal, Owners?: string[]): Promise<Image[]> {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ...(Owners && { Owners }), Filters }), { abortSignal });
    return Images;
}

/** The disks of an instance, in the order of EC2. */
export function disksOf({ BlockDeviceMappings = [] }: Instance): Disk[] {
    return BlockDeviceMappings.flatMap(({ DeviceName = "", Ebs }) =>
        Ebs?.VolumeId ? [{ device: DeviceName, volumeId: Ebs.VolumeId, deleteOnTermination: Ebs.DeleteOnTermination ?? false }] : [],
    );
}
