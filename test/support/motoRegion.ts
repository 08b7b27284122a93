import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import {
    AttachVolumeCommand,
    CopySnapshotCommand,
    CreateSnapshotsCommand,
    CreateTagsCommand,
    CreateVolumeCommand,
    DescribeImagesCommand,
    DescribeSnapshotsCommand,
    EC2Client,
    RegisterImageCommand,
    RunInstancesCommand,
    type Tag,
} from "@aws-sdk/client-ec2";
import { clientConfig } from "../../lambda/cleaner/cleaner";

export type Tags = Readonly<Record<string, string>>;

/** A region of moto, in which nothing of the others is seen, with one server that has the volumes c (it boots from that) and d. */
export interface Region {
    readonly name: string;
    /** The real SDK, configured as in the closure. */
    readonly ec2: EC2Client;
    readonly server: string;
    /** Snapshot of the image that the server was made from: `image's`. */
    readonly imageSnapshot: string;
    /** What tests call snapshots, volumes and the image, by id. */
    readonly names: Map<string, string>;
}

const DEVICES: Tags = { c: "/dev/sda1", d: "xvdd" };

export async function newRegion(endpoint: string, name: string): Promise<Region> {
    const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
    const ec2 = new EC2Client({ ...clientConfig, endpoint, region: name, credentials });
    const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: "windows" }));
    const { Images } = await ec2.send(new DescribeImagesCommand({ ImageIds: [ImageId] }));
    const imageSnapshot = Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? "";
    const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [imageSnapshot] }));
    const { Instances } = await ec2.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }));
    const { InstanceId: server = "", BlockDeviceMappings } = Instances?.[0] ?? {};
    const { VolumeId = "" } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${name}a`, Size: 1 }));
    await ec2.send(new AttachVolumeCommand({ InstanceId: server, VolumeId, Device: "xvdd" }));
    const names = new Map([
        [ImageId, "the image"],
        [imageSnapshot, "image's"],
        [Snapshots?.[0]?.VolumeId ?? "", "the image's"],
        [BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? "", "c"],
        [VolumeId, "d"],
    ]);
    return { name, ec2, server, imageSnapshot, names };
}

export interface VssRun {
    /** Leaves the boot volume out. */
    readonly dataOnly?: boolean;
    /** Values of `AppConsistent` that are not `True`, by volume; null for none. */
    readonly consistent?: Readonly<Record<string, string | null>>;
    /** Snapshot set id. */
    readonly set?: string;
}

/**
 * What the VSS agent does: takes the snapshots of one run, and says only then whether they are consistent. Their names are the run's and
 * the volume's: `Day 1 c`.
 *
 * @returns when they started, in milliseconds since 1970
 */
export async function backUp(
    region: Region,
    name: string,
    tags: Tags,
    { dataOnly = false, consistent = {}, set = randomUUID() }: VssRun = {},
): Promise<number> {
    const { ec2, server, names } = region;
    const { Snapshots = [] } = await ec2.send(
        new CreateSnapshotsCommand({
            InstanceSpecification: { InstanceId: server, ExcludeBootVolume: dataOnly },
            TagSpecifications: [{ ResourceType: "snapshot", Tags: tagList({ ...tags, AwsVssConfig: vssConfig(set) }) }],
        }),
    );
    for (const { SnapshotId = "", VolumeId = "" } of Snapshots) {
        const volume = names.get(VolumeId) ?? VolumeId;
        const { [volume]: value = "True" } = consistent;
        names.set(SnapshotId, `${name} ${volume}`);
        await tag(region, SnapshotId, { Device: DEVICES[volume] ?? "", ...(value !== null && { AppConsistent: value }) });
    }
    return Math.max(...Snapshots.map(({ StartTime }) => Number(StartTime)));
}

export function vssConfig(set: string): string {
    return `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${set}}"}`;
}

export async function tag({ ec2 }: Region, id: string, tags: Tags): Promise<void> {
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) }));
}

/** Copies a snapshot; in moto, unlike in EC2, the copy is one of the same volume. */
export async function copy({ name: SourceRegion, ec2, names }: Region, SourceSnapshotId: string, name: string, tags: Tags): Promise<void> {
    const TagSpecifications = [{ ResourceType: "snapshot" as const, Tags: tagList(tags) }];
    const { SnapshotId = "" } = await ec2.send(new CopySnapshotCommand({ SourceSnapshotId, SourceRegion, TagSpecifications }));
    names.set(SnapshotId, name);
}

function tagList(tags: Tags): Tag[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The names of all snapshots in the region, whoever's they are. */
export async function left(region: Region): Promise<string[]> {
    const { Snapshots = [] } = await region.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
    return Snapshots.map(({ SnapshotId = "" }) => withNames(SnapshotId, region)).sort();
}

/** A text in which names stand for ids. */
export function withNames(text: string, { names }: Region): string {
    return text.replace(/\b(?:snap|vol|ami)-[0-9a-f]+/g, (id) => names.get(id) ?? id);
}

/** moto stamps snapshots with whole seconds of this machine's clock: only those of different seconds have an order. */
export async function nextSecond(): Promise<void> {
    const second = () => Math.floor(Date.now() / 1000);
    const now = second();
    while (second() === now) {
        await pause(5);
    }
}
