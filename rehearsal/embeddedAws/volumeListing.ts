import type { AwsCall } from "./call";
import { type Attachment, attachmentOf, findVolume, iso, launchOf, tagSetOf, zoneOf } from "./ec2Resources";
import { choose, listingOf, pageOf, tagValues, unknownFilter } from "./pages";
import type { Place } from "./service";
import { isBootVolume } from "./ssm";
import type { StoredVolume } from "./volumeStore";

const YEAR_2020 = Date.UTC(2020, 0, 1);

/** What a gp3 volume has if nobody says otherwise. */
const GP3 = { iops: 3000, throughput: 125 };

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
export function describeVolumes(call: AwsCall, place: Place): object {
    const { page, nextToken } = pageOfVolumes(call, place, volumeValues);
    const described = page.map(({ volume, attached }) => describeVolume(volume, place, attached));
    return listingOf("DescribeVolumes", "volumeSet", described, nextToken);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeStatus.html */
export function describeVolumeStatus(call: AwsCall, place: Place): object {
    const { page, nextToken } = pageOfVolumes(call, place, ({ volume }, filter) => {
        if (filter !== "availability-zone") {
            throw unknownFilter(filter);
        }
        return [volumeZone(volume, place)];
    });
    const described = page.map(({ volume }) => describeStatus(volume, place));
    return listingOf("DescribeVolumeStatus", "volumeStatusSet", described, nextToken);
}

interface Listed {
    readonly volume: StoredVolume;
    readonly attached: Attachment | undefined;
}

function pageOfVolumes(call: AwsCall, place: Place, valuesOf: (listed: Listed, filter: string, place: Place) => string[]) {
    const attachments = new Map(
        place.state.servers.flatMap((server) => server.volumes.map((volume) => [volume.id, { server, volume }] as const)),
    );
    const ids = new Set([...place.view.volumes, ...attachments.keys()]);
    const toListed = (id: string): Listed => ({
        volume: place.view.volumes.get(id) ?? findVolume(place, id),
        attached: attachments.get(id),
    });
    const all = choose([...ids].map(toListed), call, "VolumeId", (id) => toListed(findVolume(place, id).id));
    const listing = {
        all,
        idOf: ({ volume }: Listed) => volume.id,
        valuesOf: (one: Listed, filter: string) => valuesOf(one, filter, place),
    };
    return pageOf(listing, call, place.pageSize);
}

function volumeValues({ volume, attached }: Listed, filter: string, place: Place): string[] {
    switch (filter) {
        case "volume-id":
            return [volume.id];
        case "status":
            return [stateOf(volume, place, attached)];
        case "availability-zone":
            return [volumeZone(volume, place, attached)];
        case "snapshot-id":
            return [volume.snapshotId ?? ""];
        case "attachment.instance-id":
            return attached ? [attached.server.id] : [];
        case "attachment.device":
            return attached ? [attached.volume.device] : [];
        default:
            return tagValues(volume.tags, filter);
    }
}

/** The state of a volume as EC2 shows it. */
export function stateOf({ id, state }: StoredVolume, place: Place, attached = attachmentOf(place, id)): string {
    return state ?? (attached ? "in-use" : "available");
}

/** The zone of a volume. A volume that does not name one is where its server is. */
export function volumeZone({ id, zone }: StoredVolume, place: Place, attached = attachmentOf(place, id)): string {
    return zone ?? (attached ? launchOf(attached.server, place).zone : zoneOf(place));
}

/** Describes a volume as DescribeVolumes and CreateVolume do. */
export function describeVolume(volume: StoredVolume, place: Place, attached = attachmentOf(place, volume.id)): object {
    const { id, type = "gp3", sizeGib = 100, tags, encrypted = false, kmsKeyId, initializationRate } = volume;
    const { iops, throughput } = { ...(type === "gp3" && GP3), ...definedOnly(volume) };
    return {
        volumeId: id,
        size: sizeGib,
        snapshotId: volume.snapshotId ?? "",
        availabilityZone: volumeZone(volume, place, attached),
        status: stateOf(volume, place, attached),
        createTime: iso(volume.createdAt ?? attached?.server.madeAt ?? YEAR_2020),
        attachmentSet: { item: attached ? [describeAttachment(attached)] : [] },
        tagSet: tagSetOf(tags),
        volumeType: type,
        ...(iops !== undefined && { iops }),
        ...(throughput !== undefined && { throughput }),
        encrypted,
        ...(kmsKeyId !== undefined && { kmsKeyId }),
        ...(initializationRate !== undefined && { volumeInitializationRate: initializationRate }),
        multiAttachEnabled: false,
    };
}

function definedOnly({ iops, throughput }: StoredVolume): Pick<StoredVolume, "iops" | "throughput"> {
    return { ...(iops !== undefined && { iops }), ...(throughput !== undefined && { throughput }) };
}

/** Describes an attachment as DescribeVolumes, AttachVolume and DetachVolume do. */
export function describeAttachment({ server, volume }: Attachment): object {
    return {
        volumeId: volume.id,
        instanceId: server.id,
        device: volume.device,
        status: volume.attachment ?? "attached",
        attachTime: iso(volume.attachedAt ?? server.madeAt ?? YEAR_2020),
        deleteOnTermination: volume.deleteOnTermination ?? isBootVolume(volume),
    };
}

/** Only volumes made from snapshots have details of their initialization. */
function describeStatus(volume: StoredVolume, place: Place): object {
    const { id, snapshotId, initializationRate, initialized = 100 } = volume;
    const isPaid = initializationRate !== undefined;
    return {
        volumeId: id,
        availabilityZone: volumeZone(volume, place),
        volumeStatus: {
            status: volume.state === "creating" ? "insufficient-data" : "ok",
            details: {
                item: [
                    { name: "io-enabled", status: "passed" },
                    { name: "io-performance", status: "not-applicable" },
                    ...(snapshotId === undefined
                        ? []
                        : [{ name: "initialization-state", status: initialized < 100 ? "initializing" : "completed" }]),
                ],
            },
        },
        ...(snapshotId !== undefined && {
            initializationStatusDetails: {
                initializationType: isPaid ? "provisioned-rate" : "default",
                progress: initialized,
                ...(isPaid && { estimatedTimeToCompleteInSeconds: initialized < 100 ? 60 : 0 }),
            },
        }),
    };
}
