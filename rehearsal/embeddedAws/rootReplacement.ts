import { type AwsCall, AwsError } from "./call";
import { createdTags, judgeCreation } from "./createdTags";
import {
    attachmentOf,
    changeAttachment,
    ec2Arn,
    findImage,
    findServer,
    findSnapshot,
    findVolume,
    iso,
    judge,
    launchOf,
    rootOf,
    tagSetOf,
} from "./ec2Resources";
import type { RootTask } from "./ec2State";
import { boot } from "./instanceStates";
import { choose, listingOf, pageOf, responseOf, tagValues } from "./pages";
import type { Action, Judged, Place } from "./service";
import type { StoredSnapshot } from "./snapshotStore";
import type { Server } from "./ssm";
import { stateOf, volumeZone } from "./volumeListing";
import { makeVolume, removeVolume, usableSnapshot } from "./volumes";

export const ROOT_ACTIONS: Readonly<Record<string, Action>> = {
    CreateReplaceRootVolumeTask: { resource: judgedReplacement, carryOut: createReplaceRootVolumeTask },
};

function judgedReplacement(call: AwsCall, place: Place): Judged[] {
    const { parameters } = call;
    const [snapshotId, imageId, volumeId] = [parameters.get("SnapshotId"), parameters.get("ImageId"), parameters.get("VolumeId")];
    return [
        judge(place, "instance", findServer(place, parameters.get("InstanceId") ?? "")),
        ...judgeCreation(call, place, "replace-root-volume-task"),
        // IAM has no condition key for the tags of the volume, also if it exists.
        ...(volumeId === null
            ? judgeCreation(call, place, "volume")
            : [{ resource: ec2Arn(place, "volume", findVolume(place, volumeId).id), context: {} }]),
        ...(snapshotId === null ? [] : [judge(place, "snapshot", findSnapshot(place, snapshotId))]),
        ...(imageId === null ? [] : [judge(place, "image", findImage(place, imageId))]),
    ];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html */
function createReplaceRootVolumeTask(call: AwsCall, place: Place): object {
    const { ec2 } = place.state;
    const id = ec2.makeOnce(call, () => makeTask(call, place).id);
    return responseOf("CreateReplaceRootVolumeTask", { replaceRootVolumeTask: describeTask(findTask(place, id)) });
}

function makeTask(call: AwsCall, place: Place): RootTask {
    const { ec2, now } = place.state;
    const { parameters } = call;
    const server = findServer(place, parameters.get("InstanceId") ?? "");
    refuseServer(server, place);
    const [snapshotId, imageId] = [parameters.get("SnapshotId"), parameters.get("ImageId")];
    const makeReplacement = sourceOf(server, parameters, place);
    const task: RootTask = {
        id: ec2.makeId("replacevol"),
        serverId: server.id,
        state: "pending",
        startedAt: now(),
        ...(snapshotId !== null && { snapshotId }),
        ...(imageId !== null && { imageId }),
        deletesReplaced: parameters.get("DeleteReplacedRootVolume") === "true",
        tags: createdTags(call, "replace-root-volume-task"),
    };
    ec2.rootTasks.set(task.id, task);
    ec2.later("replaceRoot", () => {
        task.state = "in-progress";
        const volumeId = makeReplacement();
        ec2.later("replaceRoot", () => finish(task, server, volumeId, place));
    });
    return task;
}

/** AWS documents these conditions, but not the codes of the errors. */
function refuseServer(server: Server, { state: { ec2 } }: Place): void {
    const { id, state = "running", tags } = server;
    if (state !== "running") {
        throw new AwsError("IncorrectInstanceState", `The instance '${id}' is not in the 'running' state.`);
    }
    if (tags.has("aws:autoscaling:groupName")) {
        throw new AwsError("UnsupportedOperation", `The instance '${id}' is a member of an Auto Scaling group.`);
    }
    const isRunning = ({ serverId, completedAt }: RootTask) => serverId === id && completedAt === undefined;
    if ([...ec2.rootTasks.values()].some(isRunning)) {
        throw new AwsError("OperationNotPermitted", `The instance '${id}' has a root volume replacement task that is in progress.`);
    }
}

/**
 * Finds out what replaces the boot volume. The function that it returns makes the volume, and returns its id.
 *
 * @throws AwsError if EC2 can't use it
 */
function sourceOf(server: Server, parameters: URLSearchParams, place: Place): () => string {
    const [snapshotId, imageId, volumeId] = [parameters.get("SnapshotId"), parameters.get("ImageId"), parameters.get("VolumeId")];
    if ([snapshotId, imageId, volumeId].filter((source) => source !== null).length > 1) {
        throw new AwsError("InvalidParameterCombination", "Specify only one of SnapshotId, ImageId and VolumeId.");
    }
    if (volumeId !== null) {
        return existingVolume(server, volumeId, place);
    }
    const snapshot = imageId === null ? ownSnapshot(server, snapshotId, place) : imageSnapshot(imageId, place);
    const root = findVolume(place, rootOf(server)?.id ?? "");
    const { id, tags, state, disk, initialized, snapshotId: before, initializationRate, createdAt, ...settings } = root;
    const { zone } = launchOf(server, place);
    const sizeGib = Math.max(root.sizeGib ?? 100, snapshot.sizeGib ?? 100);
    return () => makeVolume(place, { ...settings, zone, sizeGib }, snapshot).id;
}

function existingVolume(server: Server, id: string, place: Place): () => string {
    const volume = findVolume(place, id);
    if (stateOf(volume, place) !== "available" || attachmentOf(place, id)) {
        throw new AwsError("IncorrectState", `${id} is not 'available'.`);
    }
    if (volumeZone(volume, place) !== launchOf(server, place).zone) {
        const message = `The volume '${id}' is not in the same availability zone as instance '${server.id}'`;
        throw new AwsError("InvalidVolume.ZoneMismatch", message);
    }
    return () => id;
}

/** EC2 takes only snapshots that come directly from the present or a former boot volume. Without one, it takes the first snapshot. */
function ownSnapshot(server: Server, snapshotId: string | null, place: Place): StoredSnapshot {
    const root = findVolume(place, rootOf(server)?.id ?? "");
    const snapshot = usableSnapshot(place, snapshotId ?? root.snapshotId ?? "");
    const roots = [root.id, ...(server.formerRoots ?? [])];
    if (snapshotId !== null && !roots.includes(snapshot.volumeId)) {
        const message = `The snapshot '${snapshotId}' was not created from a root volume of instance '${server.id}'.`;
        throw new AwsError("InvalidParameterValue", message);
    }
    return snapshot;
}

function imageSnapshot(imageId: string, place: Place): StoredSnapshot {
    const { volumes, rootDevice, state } = findImage(place, imageId);
    if (state !== "available") {
        throw new AwsError("InvalidAMIID.Unavailable", `The image '[${imageId}]' is not available`);
    }
    return usableSnapshot(place, volumes.find(({ device }) => device === rootDevice)?.snapshotId ?? "");
}

/** Ends a task as `rootOutcome` says. A failure takes one state more. */
function finish(task: RootTask, server: Server, volumeId: string, place: Place): void {
    const { ec2, now } = place.state;
    const outcome = ec2.behaviour.rootOutcome;
    if (outcome === "succeeded") {
        const before = replaceRoot(server, volumeId, place);
        if (task.deletesReplaced && before !== undefined) {
            removeVolume(findVolume(place, before), place);
        }
        boot(server, place);
        task.state = outcome;
        task.completedAt = now();
        return;
    }
    task.state = outcome === "failed" ? "failing" : "failing-detached";
    if (outcome === "failed-detached") {
        replaceRoot(server, undefined, place);
        // AWS does not say in which state the instance is then. It can't run.
        server.state = "stopped";
    }
    ec2.later("replaceRoot", () => {
        task.state = outcome;
        task.completedAt = now();
    });
}

/** Puts a volume into the place of the boot volume, or nothing. Returns the id of the boot volume before. */
function replaceRoot(server: Server, volumeId: string | undefined, { state: { now } }: Place): string | undefined {
    const before = rootOf(server);
    if (before) {
        server.formerRoots = [...(server.formerRoots ?? []), before.id];
        changeAttachment(server, before.id, (volume) =>
            volumeId === undefined ? undefined : { ...volume, id: volumeId, attachedAt: now(), attachment: "attached" },
        );
    }
    return before?.id;
}

function findTask({ state: { ec2 } }: Place, id: string): RootTask {
    const task = ec2.rootTasks.get(id);
    if (!task) {
        throw new AwsError("InvalidReplaceRootVolumeTaskId.NotFound", `The root volume replacement task '${id}' does not exist`);
    }
    return task;
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeReplaceRootVolumeTasks.html */
export function describeReplaceRootVolumeTasks(call: AwsCall, place: Place): object {
    const all = choose([...place.state.ec2.rootTasks.values()], call, "ReplaceRootVolumeTaskId", (id) => findTask(place, id));
    const valuesOf = ({ serverId, tags }: RootTask, filter: string) => (filter === "instance-id" ? [serverId] : tagValues(tags, filter));
    const { page, nextToken } = pageOf({ all, idOf: ({ id }) => id, valuesOf }, call, place.pageSize);
    return listingOf("DescribeReplaceRootVolumeTasks", "replaceRootVolumeTaskSet", page.map(describeTask), nextToken);
}

function describeTask({ id, serverId, state, startedAt, completedAt, snapshotId, imageId, deletesReplaced, tags }: RootTask): object {
    return {
        replaceRootVolumeTaskId: id,
        instanceId: serverId,
        taskState: state,
        startTime: iso(startedAt),
        ...(completedAt !== undefined && { completeTime: iso(completedAt) }),
        ...(snapshotId !== undefined && { snapshotId }),
        ...(imageId !== undefined && { imageId }),
        deleteReplacedRootVolume: deletesReplaced,
        tagSet: tagSetOf(tags),
    };
}
