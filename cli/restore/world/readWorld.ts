import { DescribeSubnetsCommand, type Filter } from "@aws-sdk/client-ec2";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import type { Session } from "../../session";
import { isUnfinished } from "../apply/record";
import type { RecordStore } from "../apply/recordStore";
import { describeImages, describeSnapshots, describeVolumes } from "../listings";
import type { RestoreRequest } from "../plan/request";
import { REPLACED_SERVER_TAG } from "../plan/tags";
import type { ImageFacts, LiveServer, SubnetFacts, UnfinishedRestore, VolumeFacts, World } from "../plan/world";
import { setOf } from "./choosing";
import { liveServer, snapshotFacts, volumeFacts } from "./facts";
import type { Sources } from "./sources";

/** EC2 takes up to 200 values in a filter. */
const FILTER_VALUES = 200;

/** Reads all that the plan of a restore depends on. */
export async function readWorld(session: Session, store: RecordStore, sources: Sources, request: RestoreRequest): Promise<World> {
    const { settings, targets } = session.policy;
    const set = setOf(session, sources, request.from);
    const recorded = sources.records.find(({ id }) => id === request.serverId);
    const targetId = request.mode === "attach" ? (request.targetId ?? request.serverId) : undefined;
    const live = await readServers(session, sources, [request.serverId, ...(targetId === undefined ? [] : [targetId])]);
    const server = live.get(request.serverId);
    const target = targetId === undefined ? undefined : live.get(targetId);
    const imageId = request.mode === "server" && server === undefined ? (request.imageId ?? recorded?.imageId) : undefined;
    const volumeIds = [...set.snapshots.map(({ volumeId }) => volumeId), ...[...live.values()].flatMap(volumeIdsOf)];
    const [snapshots, volumes, image, subnet, unfinished] = await Promise.all([
        readSnapshots(
            session,
            set.snapshots.map(({ id }) => id),
        ),
        readVolumes(session, volumeIds, request.serverId),
        imageId === undefined ? undefined : readImage(session, imageId),
        request.subnetId === undefined ? undefined : readSubnet(session, request.subnetId),
        readUnfinished(store, request.id),
    ]);
    return {
        policy: { name: settings.name, hold: settings.hold, serverTagKey: targets.serverTag.key },
        set: {
            ...(set.type !== undefined && { type: set.type }),
            startTime: set.startTime,
            identified: set.identified,
            status: set.status,
            snapshots,
        },
        ...(server && { server }),
        ...(recorded && { recorded }),
        ...(target && { target }),
        ...(image && { image }),
        ...(subnet && { subnet }),
        volumes,
        unfinished,
    };
}

function volumeIdsOf({ disks }: LiveServer): string[] {
    return disks.map(({ volumeId }) => volumeId);
}

async function readServers(
    { clients, abortSignal }: Session,
    { instances }: Sources,
    ids: readonly string[],
): Promise<Map<string, LiveServer>> {
    const wanted = instances.filter(({ InstanceId = "" }) => ids.includes(InstanceId));
    const Values = wanted.flatMap(({ InstanceId }) => InstanceId ?? []);
    if (Values.length === 0) {
        return new Map();
    }
    const { InstanceInformationList = [] } = await clients.ssm.send(
        new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values }] }),
        { abortSignal },
    );
    const online = InstanceInformationList.filter(({ PingStatus }) => PingStatus === "Online").map(({ InstanceId }) => InstanceId);
    return new Map(wanted.map((instance) => [instance.InstanceId ?? "", liveServer(instance, online.includes(instance.InstanceId))]));
}

async function readSnapshots({ clients, abortSignal }: Session, Values: string[]) {
    const found = await describeSnapshots(clients.ec2, [{ Name: "snapshot-id", Values }], abortSignal);
    // In the order of the set.
    return found.map(snapshotFacts).toSorted((a, b) => Values.indexOf(a.id) - Values.indexOf(b.id));
}

/** The volumes with these ids that exist, and those of the server that restores replaced. */
async function readVolumes({ clients, abortSignal }: Session, ids: readonly string[], serverId: string): Promise<VolumeFacts[]> {
    const unique = [...new Set(ids)].filter((id) => id !== "");
    const filters: Filter[][] = [[{ Name: `tag:${REPLACED_SERVER_TAG}`, Values: [serverId] }]];
    for (let i = 0; i < unique.length; i += FILTER_VALUES) {
        filters.push([{ Name: "volume-id", Values: unique.slice(i, i + FILTER_VALUES) }]);
    }
    const found = (await Promise.all(filters.map((filter) => describeVolumes(clients.ec2, filter, abortSignal)))).flat();
    const byId = new Map(found.filter(({ State }) => State !== "deleting").map((volume) => [volume.VolumeId ?? "", volumeFacts(volume)]));
    return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function readImage({ clients, abortSignal }: Session, id: string): Promise<ImageFacts | undefined> {
    const [image] = await describeImages(clients.ec2, [{ Name: "image-id", Values: [id] }], abortSignal);
    return (
        image && {
            id,
            state: image.State ?? "unknown",
            isWindows: image.PlatformDetails?.includes("Windows") === true || image.Platform?.toLowerCase() === "windows",
            rootDevice: image.RootDeviceName ?? "",
        }
    );
}

async function readSubnet({ clients, abortSignal }: Session, id: string): Promise<SubnetFacts | undefined> {
    const request = new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [id] }] });
    const { Subnets: [subnet] = [] } = await clients.ec2.send(request, { abortSignal });
    return subnet && { id, zone: subnet.AvailabilityZone ?? "" };
}

/** Other restores that are not finished. */
async function readUnfinished(store: RecordStore, restore: string): Promise<UnfinishedRestore[]> {
    return (await store.list())
        .filter((record) => isUnfinished(record) && record.plan.request.id !== restore)
        .map(({ plan }) => ({
            id: plan.request.id,
            servers: plan.servers,
            snapshots: plan.steps.flatMap((step) => (step.kind === "hold" ? step.snapshots : [])),
        }));
}
