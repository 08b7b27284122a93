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

/** A region of moto, isolated from other regions. It has one server with the boot volume c and the volume d. */
export interface Region {
    readonly name: string;
    /** The real SDK, configured as in the closure. */
    readonly ec2: EC2Client;
    readonly server: string;
    /** Snapshot of the server's image. Its name is `image's`. */
    readonly imageSnapshot: string;
    /** The names that tests use for snapshots, volumes and the image, by id. */
    readonly names: Map<string, string>;
}

const DEVICES: Tags = { c: "/dev/sda1", d: "xvdd" };

export async function makeRegion(endpoint: string, name: string): Promise<Region> {
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
    /** Values of `AppConsistent` that differ from `True`, by volume; null leaves the tag out. */
    readonly consistent?: Readonly<Record<string, string | null>>;
    /** Snapshot set id. */
    readonly set?: string;
}

/**
 * Acts as the VSS agent: takes the snapshots of one run, and then tags whether they are consistent. A snapshot's name joins the run's name
 * and the volume's name: `Day 1 c`.
 *
 * @returns when the snapshots started, in milliseconds since 1970
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
            TagSpecifications: [{ ResourceType: "snapshot", Tags: tagList({ ...tags, AwsVssConfig: makeVssConfig(set) }) }],
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

export function makeVssConfig(set: string): string {
    return `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${set}}"}`;
}

export async function tag({ ec2 }: Region, id: string, tags: Tags): Promise<void> {
    await ec2.send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) }));
}

/** Copies a snapshot. In moto, unlike in EC2, the copy has the same volume id. */
export async function copy({ name: SourceRegion, ec2, names }: Region, SourceSnapshotId: string, name: string, tags: Tags): Promise<void> {
    const TagSpecifications = [{ ResourceType: "snapshot" as const, Tags: tagList(tags) }];
    const { SnapshotId = "" } = await ec2.send(new CopySnapshotCommand({ SourceSnapshotId, SourceRegion, TagSpecifications }));
    names.set(SnapshotId, name);
}

function tagList(tags: Tags): Tag[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** The names of all snapshots in the region, of any policy. */
export async function listSnapshotNames(region: Region): Promise<string[]> {
    const { Snapshots = [] } = await region.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
    return Snapshots.map(({ SnapshotId = "" }) => replaceIds(SnapshotId, region)).sort();
}

/** Replaces ids in a text with names. */
export function replaceIds(text: string, { names }: Region): string {
    return text.replace(/\b(?:snap|vol|ami)-[0-9a-f]+/g, (id) => names.get(id) ?? id);
}

/** Waits for the next second: moto gives snapshots whole seconds of this machine's clock, and their order depends on that. */
export async function waitForNextSecond(): Promise<void> {
    const second = () => Math.floor(Date.now() / 1000);
    const now = second();
    while (second() === now) {
        await pause(5);
    }
}
