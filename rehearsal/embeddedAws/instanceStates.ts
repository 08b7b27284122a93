import { release } from "./attachments";
import { type AwsCall, AwsError, readList, readObjects } from "./call";
import { changeAttachment, findServer, findVolume, judge, rootOf } from "./ec2Resources";
import { describeState } from "./instances";
import { responseOf } from "./pages";
import type { Action, Judged, Place } from "./service";
import { isBootVolume, type Server } from "./ssm";
import { boots, bringOnline } from "./windowsDisks";

export const INSTANCE_ACTIONS: Readonly<Record<string, Action>> = {
    StartInstances: { resource: changedServers, carryOut: (call, place) => changeStates(call, place, refuseStart, start) },
    StopInstances: { resource: changedServers, carryOut: (call, place) => changeStates(call, place, refuseStop, stop) },
    TerminateInstances: { resource: changedServers, carryOut: (call, place) => changeStates(call, place, refuseTermination, terminate) },
    ModifyInstanceAttribute: {
        resource: modifiedThings,
        carryOut: modifyInstanceAttribute,
    },
};

function changedServers({ parameters }: AwsCall, place: Place): Judged[] {
    return readList(parameters, "InstanceId").map((id) => judge(place, "instance", findServer(place, id)));
}

/** Changes the states of all servers, or of none if EC2 refuses one. */
function changeStates(
    { action, parameters }: AwsCall,
    place: Place,
    refuse: (server: Server) => void,
    change: (server: Server, place: Place) => void,
): object {
    const servers = readList(parameters, "InstanceId").map((id) => findServer(place, id));
    servers.forEach(refuse);
    const item = servers.map((server) => {
        const { state: previous = "running" } = server;
        change(server, place);
        const { state: current = "running" } = server;
        return { instanceId: server.id, currentState: describeState(current), previousState: describeState(previous) };
    });
    return responseOf(action, { instancesSet: { item } });
}

function refuseStart(server: Server): void {
    const { id, state = "running" } = server;
    if (!["stopped", "pending", "running"].includes(state)) {
        throw new AwsError("IncorrectInstanceState", `The instance '${id}' is not in a state from which it can be started.`);
    }
    if (!rootOf(server)) {
        const message = `Invalid value '${id}' for instanceId. Instance does not have a volume attached at root (/dev/sda1)`;
        throw new AwsError("InvalidParameterValue", message);
    }
}

/** Starts a stopped server. */
function start(server: Server, place: Place): void {
    if (server.state !== "stopped") {
        return;
    }
    server.state = "pending";
    place.state.ec2.later("startInstance", () => startPending(server, place));
}

/** Boots a pending server, unless somebody has terminated it meanwhile. */
export function startPending(server: Server, place: Place): void {
    if (server.state === "pending") {
        boot(server, place);
    }
}

/** Lets Windows start from the boot volume, if it can. EC2's checks come later. */
export function boot(server: Server, { state: { ec2, store, now } }: Place): void {
    const root = rootOf(server);
    const isWell = root !== undefined && boots(root.id, store.volumes);
    server.state = "running";
    server.launchedAt = now();
    server.checks = "initializing";
    if (isWell) {
        bringOnline(server, store.volumes);
    }
    // An agent that never reported stays so.
    if (server.agent !== "none") {
        server.agent = isWell ? "Online" : "ConnectionLost";
    }
    ec2.later("checkInstance", () => {
        server.checks = isWell ? "ok" : "impaired";
    });
}

function refuseStop({ id, state = "running" }: Server): void {
    if (!["running", "stopping", "stopped"].includes(state)) {
        throw new AwsError("IncorrectInstanceState", `This instance '${id}' is not in a state from which it can be stopped.`);
    }
}

/** Stops a running server. Then Windows releases the volumes that wait for it. */
function stop(server: Server, place: Place): void {
    const { state: before = "running" } = server;
    if (before !== "running") {
        return;
    }
    server.state = "stopping";
    place.state.ec2.later("stopInstance", () => {
        if (server.state !== "stopping") {
            return;
        }
        server.state = "stopped";
        server.stoppedAt = place.state.now();
        for (const { id, attachment } of server.volumes) {
            if (attachment === "busy") {
                release(server, id, place);
            }
        }
    });
}

function refuseTermination({ id, isProtected = false }: Server): void {
    if (isProtected) {
        const message = `The instance '${id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`;
        throw new AwsError("OperationNotPermitted", message);
    }
}

/** Terminates a server. EC2 deletes its volumes, or keeps them, as each attachment says. */
function terminate(server: Server, place: Place): void {
    if (["shutting-down", "terminated"].includes(server.state ?? "running")) {
        return;
    }
    server.state = "shutting-down";
    place.state.ec2.later("terminateInstance", () => {
        server.state = "terminated";
        for (const volume of server.volumes) {
            const { id } = findVolume(place, volume.id);
            if (volume.deleteOnTermination ?? isBootVolume(volume)) {
                place.state.store.volumes.delete(id);
            }
        }
        server.volumes = [];
    });
}

/** IAM judges the server, and each of its volumes whose attachment changes. */
function modifiedThings({ parameters }: AwsCall, place: Place): Judged[] {
    const server = findServer(place, parameters.get("InstanceId") ?? "");
    const devices = readObjects(parameters, "BlockDeviceMapping").map((mapping) => mapping.get("DeviceName"));
    const volumes = server.volumes.filter(({ device }) => devices.includes(device));
    return [judge(place, "instance", server), ...volumes.map(({ id }) => judge(place, "volume", findVolume(place, id)))];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html */
function modifyInstanceAttribute({ parameters }: AwsCall, place: Place): object {
    const server = findServer(place, parameters.get("InstanceId") ?? "");
    const changed = readObjects(parameters, "BlockDeviceMapping").map((mapping) => {
        const device = mapping.get("DeviceName") ?? "";
        const volume = server.volumes.find((one) => one.device === device);
        if (!volume) {
            throw new AwsError("InvalidInstanceAttributeValue", `No device is currently mapped at ${device}`);
        }
        return { id: volume.id, deleteOnTermination: mapping.get("Ebs.DeleteOnTermination") === "true" };
    });
    for (const { id, deleteOnTermination } of changed) {
        changeAttachment(server, id, (volume) => ({ ...volume, deleteOnTermination }));
    }
    const protection = parameters.get("DisableApiTermination.Value");
    if (protection !== null) {
        server.isProtected = protection === "true";
    }
    return responseOf("ModifyInstanceAttribute");
}
