import { type AwsCall, AwsError } from "./call";
import { attachmentOf, changeAttachment, findServer, findVolume, judge, launchOf } from "./ec2Resources";
import { responseOf } from "./pages";
import type { Action, Judged, Place } from "./service";
import { isBootVolume, type Server, type Volume } from "./ssm";
import { describeAttachment, stateOf, volumeZone } from "./volumeListing";
import { collides } from "./windowsDisks";

export const ATTACHMENT_ACTIONS: Readonly<Record<string, Action>> = {
    AttachVolume: { resource: attachedThings, carryOut: attachVolume },
    DetachVolume: { resource: detachedThings, carryOut: detachVolume },
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/WindowsGuide/device_naming.html */
const DEVICE = /^(\/dev\/)?(sd[a-z]([1-9]|1[0-5])?|xvd[a-z]{1,2})$/;

function attachedThings({ parameters }: AwsCall, place: Place): Judged[] {
    const volume = findVolume(place, parameters.get("VolumeId") ?? "");
    const server = findServer(place, parameters.get("InstanceId") ?? "");
    return [judge(place, "instance", server), judge(place, "volume", volume)];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html */
function attachVolume({ parameters }: AwsCall, place: Place): object {
    const server = findServer(place, parameters.get("InstanceId") ?? "");
    const device = parameters.get("Device") ?? "";
    const volumeId = parameters.get("VolumeId") ?? "";
    refuseAttachment(server, volumeId, device, place);
    const volume = attach(server, { id: volumeId, device, deleteOnTermination: false }, place);
    return responseOf("AttachVolume", describeAttachment({ server, volume }));
}

/** @throws AwsError if EC2 can't attach the volume */
function refuseAttachment(server: Server, volumeId: string, device: string, place: Place): void {
    const { state = "running" } = server;
    const volume = findVolume(place, volumeId);
    if (!["running", "stopped"].includes(state)) {
        throw new AwsError("IncorrectState", `Instance '${server.id}' is not 'running'.`);
    }
    if (volumeZone(volume, place) !== launchOf(server, place).zone) {
        const message = `The volume '${volumeId}' is not in the same availability zone as instance '${server.id}'`;
        throw new AwsError("InvalidVolume.ZoneMismatch", message);
    }
    if (attachmentOf(place, volumeId)) {
        throw new AwsError("VolumeInUse", `${volumeId} is already attached to an instance`);
    }
    if (stateOf(volume, place) !== "available") {
        throw new AwsError("IncorrectState", `${volumeId} is not 'available'.`);
    }
    if (!DEVICE.test(device)) {
        const message = `Value (${device}) for parameter device is invalid. ${device} is not a valid EBS device name.`;
        throw new AwsError("InvalidParameterValue", message);
    }
    if (server.volumes.some((other) => pointOf(other.device) === pointOf(device))) {
        const message = `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`;
        throw new AwsError("InvalidParameterValue", message);
    }
    if (server.volumes.length >= place.state.ec2.behaviour.mostVolumes) {
        throw new AwsError("AttachmentLimitExceeded", `The attachment limit of instance '${server.id}' has been exceeded.`);
    }
}

/** Attaches a volume. A running Windows brings its disk online, unless the signature of the disk is that of another one. */
export function attach(server: Server, volume: Omit<Volume, "mounted" | "attachedAt" | "attachment">, place: Place): Volume {
    const { ec2, now } = place.state;
    const { state = "running" } = server;
    const mounted = state !== "running" || !collides(server, volume.id, place.state.store.volumes);
    const attached: Volume = { ...volume, attachedAt: now(), mounted, attachment: "attaching" };
    server.volumes = [...server.volumes, attached];
    ec2.later("attachVolume", () =>
        changeAttachment(server, volume.id, (one) => (one.attachment === "attaching" ? { ...one, attachment: "attached" } : one)),
    );
    return attached;
}

/** EC2 knows `/dev/sdf` and `xvdf` as one attachment point. */
function pointOf(device: string): string {
    return device.replace(/^\/dev\//, "").replace(/^sd/, "xvd");
}

function detachedThings({ parameters }: AwsCall, place: Place): Judged[] {
    const volume = findVolume(place, parameters.get("VolumeId") ?? "");
    const id = parameters.get("InstanceId") ?? attachmentOf(place, volume.id)?.server.id;
    return [...(id === undefined ? [] : [judge(place, "instance", findServer(place, id))]), judge(place, "volume", volume)];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html */
function detachVolume({ parameters }: AwsCall, place: Place): object {
    const { id } = findVolume(place, parameters.get("VolumeId") ?? "");
    const isForced = parameters.get("Force") === "true";
    const attached = attachmentOf(place, id);
    if (!attached) {
        throw new AwsError("IncorrectState", `Volume '${id}' is in the 'available' state.`);
    }
    const { server, volume } = attached;
    const { state = "running" } = server;
    const [instance, device] = [parameters.get("InstanceId") ?? server.id, parameters.get("Device") ?? volume.device];
    if (instance !== server.id || device !== volume.device) {
        throw new AwsError(
            "InvalidAttachment.NotFound",
            `The volume '${id}' is not attached to instance '${instance}' as device '${device}'.`,
        );
    }
    if (isBootVolume(volume) && state !== "stopped") {
        throw new AwsError("OperationNotPermitted", `Unable to detach root volume '${id}' from instance '${server.id}'`);
    }
    if (!isForced && ["busy", "detaching"].includes(volume.attachment ?? "attached")) {
        throw new AwsError("IncorrectState", `Volume '${id}' is in the 'detaching' state.`);
    }
    // Windows does not release a disk that it uses.
    if (!isForced && volume.mounted && state !== "stopped") {
        changeAttachment(server, id, (one) => ({ ...one, attachment: "busy" }));
    } else {
        release(server, id, place);
    }
    return responseOf("DetachVolume", describeAttachment({ server, volume: { ...volume, attachment: "detaching" } }));
}

/** Detaches a volume that Windows does not use. */
export function release(server: Server, volumeId: string, { state: { ec2 } }: Place): void {
    changeAttachment(server, volumeId, (volume) => ({ ...volume, attachment: "detaching" }));
    ec2.later("detachVolume", () => {
        changeAttachment(server, volumeId, (volume) => {
            if (isBootVolume(volume)) {
                server.formerRoots = [...(server.formerRoots ?? []), volumeId];
            }
            return undefined;
        });
    });
}
