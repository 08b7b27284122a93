import { setTimeout as pause } from "node:timers/promises";
import { DescribeReplaceRootVolumeTasksCommand, type EC2Client, type Tag } from "@aws-sdk/client-ec2";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import type { Session } from "../../session";
import { describeImages, describeInstances, describeSnapshots, describeVolumes, disksOf } from "../listings";
import { RESTORE_TAG, STEP_TAG } from "../plan/tags";
import { awsChanges } from "./awsChanges";
import type { Clock, Cloud, CloudInstance, CloudVolume, Maker } from "./cloud";
import { takeFreshBackup } from "./freshBackup";
import { showDisks, takeOffline } from "./windowsDisks";

/** The clock of the session, or of this machine. */
export function makeClock({ abortSignal, clock }: Session): Clock {
    return (
        clock ?? {
            now: () => Date.now(),
            pause: async (ms) => {
                await pause(ms, undefined, { signal: abortSignal });
            },
        }
    );
}

/** What a restore needs of AWS, with the SDK. */
export function makeCloud(session: Session, clock = makeClock(session)): Cloud {
    const { ec2, ssm } = session.clients;
    const { abortSignal } = session;
    return {
        ...awsChanges(ec2),
        findInstance: async (id) => (await findInstances(ec2, [{ Name: "instance-id", Values: [id] }], abortSignal))[0],
        findVolume: async (id) => (await findVolumes(ec2, [{ Name: "volume-id", Values: [id] }], abortSignal))[0],
        findImageState: (id) => findImageState(ec2, id, abortSignal),
        findMade: (kind, maker) => FINDERS[kind](ec2, maker, abortSignal),
        findRootTask: async (serverId, maker) => {
            const request = new DescribeReplaceRootVolumeTasksCommand({ Filters: [{ Name: "instance-id", Values: [serverId] }] });
            const { ReplaceRootVolumeTasks = [] } = await ec2.send(request, { abortSignal });
            const task = ReplaceRootVolumeTasks.find(({ Tags }) => isOf(Tags, maker));
            return task && { id: task.ReplaceRootVolumeTaskId ?? "", state: task.TaskState ?? "" };
        },
        snapshotTagKeys: async (ids) => {
            const snapshots = await describeSnapshots(ec2, [{ Name: "snapshot-id", Values: [...ids] }], abortSignal);
            return new Map(
                snapshots.map(({ SnapshotId = "", Tags = [] }) => [SnapshotId, Tags.flatMap(({ Key }) => (Key ? [Key] : []))] as const),
            );
        },
        backUp: (serverId, since) => takeFreshBackup(session, serverId, since),
        isReachable: async (serverId) => {
            const request = new DescribeInstanceInformationCommand({ Filters: [{ Key: "InstanceIds", Values: [serverId] }] });
            const { InstanceInformationList = [] } = await ssm.send(request, { abortSignal });
            return InstanceInformationList.some(({ PingStatus }) => PingStatus === "Online");
        },
        showDisks: (serverId) => showDisks(ssm, clock, serverId),
        takeOffline: (serverId, volumeId) => takeOffline(ssm, clock, serverId, volumeId),
    };
}

interface Filter {
    readonly Name: string;
    readonly Values: string[];
}

function madeBy({ restore, step }: Maker): Filter[] {
    return [
        { Name: `tag:${RESTORE_TAG}`, Values: [restore] },
        { Name: `tag:${STEP_TAG}`, Values: [step] },
    ];
}

function isOf(tags: readonly Tag[] = [], { restore, step }: Maker): boolean {
    const tagOf = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    return tagOf(RESTORE_TAG) === restore && tagOf(STEP_TAG) === step;
}

const FINDERS = {
    volume: async (ec2: EC2Client, maker: Maker, abortSignal: AbortSignal) => {
        const volumes = await findVolumes(ec2, madeBy(maker), abortSignal);
        return volumes.find(({ state }) => !["deleting", "deleted"].includes(state))?.id;
    },
    instance: async (ec2: EC2Client, maker: Maker, abortSignal: AbortSignal) => {
        const instances = await findInstances(ec2, madeBy(maker), abortSignal);
        return instances.find(({ state }) => !["shutting-down", "terminated"].includes(state))?.id;
    },
    image: async (ec2: EC2Client, maker: Maker, abortSignal: AbortSignal) => {
        const [image] = await describeImages(ec2, madeBy(maker), abortSignal, ["self"]);
        return image?.ImageId;
    },
} as const;

async function findInstances(ec2: EC2Client, filters: Filter[], abortSignal: AbortSignal): Promise<CloudInstance[]> {
    const instances = await describeInstances(ec2, filters, abortSignal);
    return instances.map((instance) => ({
        id: instance.InstanceId ?? "",
        state: instance.State?.Name ?? "unknown",
        rootDevice: instance.RootDeviceName ?? "",
        disks: disksOf(instance),
    }));
}

async function findVolumes(ec2: EC2Client, filters: Filter[], abortSignal: AbortSignal): Promise<CloudVolume[]> {
    const volumes = await describeVolumes(ec2, filters, abortSignal);
    return volumes.map(({ VolumeId = "", State = "unknown", Attachments = [] }) => ({
        id: VolumeId,
        state: State,
        attachments: Attachments.filter(({ State: state }) => state !== "detached").map(
            ({ InstanceId = "", Device = "", State: state }) => ({
                serverId: InstanceId,
                device: Device,
                state: state ?? "",
            }),
        ),
    }));
}

async function findImageState(ec2: EC2Client, id: string, abortSignal: AbortSignal): Promise<string | undefined> {
    const [image] = await describeImages(ec2, [{ Name: "image-id", Values: [id] }], abortSignal);
    return image?.State;
}
