import type { Snapshot as Ec2Snapshot, Instance, Tag, Volume } from "@aws-sdk/client-ec2";
import type { RecordedServer, RecordedVolume } from "../../../lambda/recordedServer";
import { CONSISTENT_TAG, DEVICE_TAG } from "../../../lambda/retention/tags";
import { disksOf } from "../listings";
import type { Disk, LiveServer, RecordedFacts, SnapshotFacts, VolumeFacts, VolumeSettings } from "../plan/world";

/** Reads an instance of EC2. */
export function liveServer(instance: Instance, isManaged: boolean): LiveServer {
    const { State, SecurityGroups = [], IamInstanceProfile, KeyName, NetworkInterfaces = [] } = instance;
    const tags = tagsOf(instance.Tags);
    return {
        id: instance.InstanceId ?? "",
        name: tags.Name ?? "",
        instanceType: instance.InstanceType ?? "",
        zone: instance.Placement?.AvailabilityZone ?? "",
        subnetId: instance.SubnetId ?? "",
        securityGroupIds: SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
        ...(IamInstanceProfile?.Arn && { instanceProfileArn: IamInstanceProfile.Arn }),
        ...(KeyName && { keyName: KeyName }),
        imageId: instance.ImageId ?? "",
        rootDevice: instance.RootDeviceName ?? "",
        tags,
        disks: disksOf(instance).toSorted((a, b) => (a.device < b.device ? -1 : 1)),
        state: State?.Name ?? "unknown",
        isSpot: instance.InstanceLifecycle === "spot",
        // Amazon owns an address that is no Elastic IP address.
        hasTemporaryAddress: NetworkInterfaces.some(({ Association }) => Association?.PublicIp && Association.IpOwnerId === "amazon"),
        isManaged,
    };
}

/** Reads what the watch recorded. */
export function recordedFacts(record: RecordedServer, recordedAt: number): RecordedFacts {
    const { id, instanceType, zone, subnet = "", securityGroups, profileArn, keyName, imageId, rootDevice, tags } = record;
    const all = [...record.formerVolumes, ...record.volumes];
    return {
        id,
        name: tags.Name ?? "",
        instanceType,
        zone,
        subnetId: subnet,
        securityGroupIds: securityGroups,
        ...(profileArn !== undefined && { instanceProfileArn: profileArn }),
        ...(keyName !== undefined && { keyName }),
        imageId,
        rootDevice,
        tags,
        disks: record.volumes.map(diskOf),
        recordedAt,
        formerDisks: record.formerVolumes.map(diskOf),
        leftOut: record.leftOut ?? [],
        volumes: Object.fromEntries(all.map((volume) => [volume.id, settingsOf(volume)])),
    };
}

function diskOf({ device, id, deleteOnTermination }: RecordedVolume): Disk {
    return { device, volumeId: id, deleteOnTermination };
}

function settingsOf({ type, iops, throughput, sizeGib, encrypted, kmsKey, tags }: RecordedVolume): VolumeSettings {
    return {
        type,
        ...(iops !== undefined && { iops }),
        ...(throughput !== undefined && { throughput }),
        sizeGib,
        encrypted,
        ...(kmsKey !== undefined && { kmsKeyId: kmsKey }),
        tags,
    };
}

/** Reads a volume of EC2. */
export function volumeFacts(volume: Volume): VolumeFacts {
    const { VolumeId = "", AvailabilityZone = "", VolumeType, Iops, Throughput, Size, Encrypted, KmsKeyId, Attachments = [] } = volume;
    return {
        id: VolumeId,
        zone: AvailabilityZone,
        type: VolumeType ?? "",
        ...(Iops !== undefined && { iops: Iops }),
        ...(Throughput !== undefined && { throughput: Throughput }),
        sizeGib: Size ?? 0,
        encrypted: Encrypted ?? false,
        ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
        tags: tagsOf(volume.Tags),
        attachments: Attachments.filter(({ State }) => State !== "detached").map(({ InstanceId = "", Device = "" }) => ({
            serverId: InstanceId,
            device: Device,
        })),
    };
}

/** Reads a snapshot of EC2. */
export function snapshotFacts(snapshot: Ec2Snapshot): SnapshotFacts {
    const tags = tagsOf(snapshot.Tags);
    const device = tags[DEVICE_TAG];
    return {
        id: snapshot.SnapshotId ?? "",
        volumeId: snapshot.VolumeId ?? "",
        state: snapshot.State ?? "unknown",
        sizeGib: snapshot.VolumeSize ?? 0,
        tier: snapshot.StorageTier ?? "standard",
        ...(device && { device }),
        isConsistent: tags[CONSISTENT_TAG]?.trim().toLowerCase() === "true",
    };
}

function tagsOf(tags: readonly Tag[] = []): Record<string, string> {
    return Object.fromEntries(tags.flatMap(({ Key, Value = "" }) => (Key ? [[Key, Value] as const] : [])));
}
