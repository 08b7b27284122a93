import { type AwsCall, AwsError, readObjects } from "./call";
import { createdTags, judgeCreation } from "./createdTags";
import { findImage, findServer, findSnapshot, findVolume, judge, launchOf } from "./ec2Resources";
import type { ImageVolume, StoredImage } from "./ec2State";
import { responseOf } from "./pages";
import type { Action, Judged, Place } from "./service";
import { isBootVolume, type Server, type Volume } from "./ssm";
import { diskOf } from "./volumes";

export const IMAGE_ACTIONS: Readonly<Record<string, Action>> = {
    CreateImage: { resource: createdImage, carryOut: createImage },
    RegisterImage: { resource: registeredImage, carryOut: registerImage },
    DeregisterImage: { resource: deregisteredImage, carryOut: deregisterImage },
};

function createdImage(call: AwsCall, place: Place): Judged[] {
    const server = findServer(place, call.parameters.get("InstanceId") ?? "");
    return [judge(place, "instance", server), ...judgeCreation(call, place, "image"), ...judgeCreation(call, place, "snapshot")];
}

/**
 * Makes an image of a server, with a snapshot of each volume. Without `NoReboot`, EC2 starts a running server again.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
function createImage(call: AwsCall, place: Place): object {
    const { store, ec2, now } = place.state;
    const server = findServer(place, call.parameters.get("InstanceId") ?? "");
    const { state = "running" } = server;
    if (!["running", "stopped"].includes(state)) {
        throw new AwsError("IncorrectState", `The instance '${server.id}' is not in a state from which an image can be created.`);
    }
    refuseName(call, place);
    const id = ec2.makeId("ami");
    const snapshots = includedVolumes(server, call).map((volume) => {
        const description = `Created by CreateImage(${server.id}) for ${id}`;
        const tags = createdTags(call, "snapshot");
        return { volume, snapshot: store.add({ volumeId: volume.id, startTime: now(), state: "pending", description, tags }) };
    });
    if (state === "running" && call.parameters.get("NoReboot") !== "true") {
        server.launchedAt = now();
    }
    const image = addImage(call, place, {
        id,
        state: "pending",
        platformDetails: launchOf(server, place).platformDetails,
        volumes: snapshots.map(({ volume, snapshot }) => ({
            device: volume.device,
            snapshotId: snapshot.id,
            sizeGib: snapshot.sizeGib ?? 100,
            type: findVolume(place, volume.id).type ?? "gp3",
            deleteOnTermination: volume.deleteOnTermination ?? isBootVolume(volume),
        })),
    });
    ec2.later("createImage", () => {
        for (const { snapshot } of snapshots) {
            snapshot.state = "completed";
        }
        image.state = "available";
    });
    return responseOf("CreateImage", { imageId: id });
}

/** Leaves out the volumes that the call leaves out. */
function includedVolumes({ volumes }: Server, { parameters }: AwsCall): readonly Volume[] {
    const without = readObjects(parameters, "BlockDeviceMapping").filter((mapping) => mapping.has("NoDevice"));
    return volumes.filter(({ device }) => !without.some((mapping) => mapping.get("DeviceName") === device));
}

function registeredImage(call: AwsCall, place: Place): Judged[] {
    const snapshots = readObjects(call.parameters, "BlockDeviceMapping").flatMap((mapping) => mapping.get("Ebs.SnapshotId") ?? []);
    return [...judgeCreation(call, place, "image"), ...snapshots.map((id) => judge(place, "snapshot", findSnapshot(place, id)))];
}

/**
 * Makes an image of snapshots. EC2 derives its platform from the snapshot of the boot volume.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
function registerImage(call: AwsCall, place: Place): object {
    const { ec2 } = place.state;
    refuseName(call, place);
    const mappings = readObjects(call.parameters, "BlockDeviceMapping");
    const rootDevice = call.parameters.get("RootDeviceName") ?? "/dev/sda1";
    const rootId = mappings.find((mapping) => mapping.get("DeviceName") === rootDevice)?.get("Ebs.SnapshotId");
    if (!rootId) {
        throw new AwsError("InvalidBlockDeviceMapping", `The image has no snapshot for its root device ${rootDevice}`);
    }
    const volumes = mappings.map((mapping): ImageVolume => {
        const snapshotId = mapping.get("Ebs.SnapshotId");
        const size = snapshotId === null ? 1 : (findSnapshot(place, snapshotId).sizeGib ?? 100);
        return {
            device: mapping.get("DeviceName") ?? "",
            ...(snapshotId !== null && { snapshotId }),
            sizeGib: Number(mapping.get("Ebs.VolumeSize") ?? size),
            type: mapping.get("Ebs.VolumeType") ?? "gp2",
            deleteOnTermination: mapping.get("Ebs.DeleteOnTermination") !== "false",
        };
    });
    const { platformDetails = "Windows" } = diskOf(findSnapshot(place, rootId));
    const platform = ec2.behaviour.registeredPlatform ?? platformDetails;
    const { id } = addImage(call, place, { id: ec2.makeId("ami"), state: "available", platformDetails: platform, volumes });
    return responseOf("RegisterImage", { imageId: id });
}

/** Adds an image. EC2 does not delete its snapshots as long as it exists. */
function addImage(
    call: AwsCall,
    { state: { store, ec2, now } }: Place,
    given: Pick<StoredImage, "id" | "state" | "platformDetails" | "volumes">,
): StoredImage {
    const image: StoredImage = {
        ...given,
        name: call.parameters.get("Name") ?? "",
        description: call.parameters.get("Description") ?? "",
        rootDevice: call.parameters.get("RootDeviceName") ?? "/dev/sda1",
        createdAt: now(),
        tags: createdTags(call, "image"),
    };
    ec2.images.set(image.id, image);
    for (const { snapshotId = "" } of image.volumes) {
        const snapshot = store.get(snapshotId);
        if (snapshot) {
            const message = `The snapshot ${snapshotId} is currently in use by ${image.id}`;
            snapshot.heldBy = { code: "InvalidSnapshot.InUse", message };
        }
    }
    return image;
}

function refuseName({ parameters }: AwsCall, { state: { ec2 } }: Place): void {
    const name = parameters.get("Name");
    const other = [...ec2.images.values()].find((image) => image.name === name);
    if (other) {
        throw new AwsError("InvalidAMIName.Duplicate", `AMI name ${name} is already in use by AMI ${other.id}`);
    }
}

function deregisteredImage({ parameters }: AwsCall, place: Place): Judged {
    return judge(place, "image", findImage(place, parameters.get("ImageId") ?? ""));
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html */
function deregisterImage({ parameters }: AwsCall, place: Place): object {
    const { ec2, store } = place.state;
    const image = findImage(place, parameters.get("ImageId") ?? "");
    ec2.images.delete(image.id);
    for (const { snapshotId = "" } of image.volumes) {
        const snapshot = store.get(snapshotId);
        if (snapshot?.heldBy?.message.endsWith(image.id)) {
            delete snapshot.heldBy;
        }
    }
    return responseOf("DeregisterImage");
}
