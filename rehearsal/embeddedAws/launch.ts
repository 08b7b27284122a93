import { attach } from "./attachments";
import { type AwsCall, AwsError, readList, readObjects } from "./call";
import { createdTags, judgeCreation } from "./createdTags";
import { ec2Arn, findGroup, findImage, findServer, findSnapshot, findSubnet, judge } from "./ec2Resources";
import type { ImageVolume } from "./ec2State";
import { startPending } from "./instanceStates";
import { describeInstance } from "./instances";
import { responseOf } from "./pages";
import { partitionOf } from "./partition";
import type { Action, Judged, Place } from "./service";
import type { Launch, Server } from "./ssm";
import { makeVolume, usableSnapshot } from "./volumes";

export const LAUNCH_ACTIONS: Readonly<Record<string, Action>> = {
    RunInstances: { resource: launchedResources, carryOut: runInstances },
};

/** IAM judges all that a launch uses and makes, and whether the caller may pass the role of the instance profile. */
function launchedResources(call: AwsCall, place: Place): Judged[] {
    const { parameters } = call;
    const { subnetId, securityGroups } = networkOf(parameters);
    const profile = profileOf(parameters);
    const keyName = parameters.get("KeyName");
    const snapshots = readObjects(parameters, "BlockDeviceMapping").flatMap((mapping) => mapping.get("Ebs.SnapshotId") ?? []);
    const roleName = place.state.ec2.profileRoles.get(profile ?? "") ?? profile;
    const role = `arn:${partitionOf(place.region)}:iam::${place.accountId}:role/${roleName}`;
    const passed = { "iam:PassedToService": "ec2.amazonaws.com" };
    return [
        judge(place, "image", findImage(place, parameters.get("ImageId") ?? "")),
        ...judgeCreation(call, place, "instance"),
        ...judgeCreation(call, place, "volume"),
        ...judgeCreation(call, place, "network-interface"),
        ...securityGroups.map((id) => judge(place, "security-group", findGroup(place, id))),
        { resource: ec2Arn(place, "subnet", findSubnet(place, subnetId).id), context: {} },
        ...(keyName === null ? [] : [{ resource: ec2Arn(place, "key-pair", keyName), context: {} }]),
        ...snapshots.map((id) => judge(place, "snapshot", findSnapshot(place, id))),
        ...(profile === undefined ? [] : [{ action: "iam:PassRole", resource: role, context: passed }]),
    ];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
function runInstances(call: AwsCall, place: Place): object {
    const id = place.state.ec2.makeOnce(call, () => launch(call, place).id);
    return responseOf("RunInstances", {
        reservationId: id.replace(/^i-/, "r-"),
        ownerId: place.accountId,
        instancesSet: { item: describeInstance(findServer(place, id), place) },
    });
}

function launch(call: AwsCall, place: Place): Server {
    const { ec2, now, servers } = place.state;
    const { parameters } = call;
    const image = findImage(place, parameters.get("ImageId") ?? "");
    if (image.state !== "available") {
        throw new AwsError("InvalidAMIID.Unavailable", `The image '[${image.id}]' is not available`);
    }
    const volumes = mappedVolumes(image.volumes, parameters);
    // All faults come first, so a refused launch leaves nothing behind.
    for (const { snapshotId } of volumes.filter((volume) => volume.snapshotId !== undefined)) {
        usableSnapshot(place, snapshotId ?? "");
    }
    const id = ec2.makeId("i");
    const server: Server = {
        id,
        tags: createdTags(call, "instance"),
        volumes: [],
        hasVssPackage: false,
        busyUntil: 0,
        state: "pending",
        checks: "initializing",
        madeAt: now(),
        platform: image.platformDetails.startsWith("Windows") ? "Windows" : "Linux",
        instanceType: parameters.get("InstanceType") ?? "m1.small",
        hasProfile: profileOf(parameters) !== undefined,
        isProtected: parameters.get("DisableApiTermination") === "true",
        launch: { ...settingsOf(parameters, place), imageId: image.id, platformDetails: image.platformDetails },
    };
    servers.push(server);
    for (const volume of volumes) {
        addVolume(server, volume, createdTags(call, "volume"), place);
    }
    ec2.later("startInstance", () => startPending(server, place));
    return server;
}

function addVolume(
    server: Server,
    { device, deleteOnTermination, snapshotId, disk, ...settings }: MappedVolume,
    tags: Map<string, string>,
    place: Place,
) {
    const snapshot = snapshotId === undefined ? undefined : findSnapshot(place, snapshotId);
    const { zone = `${place.region}a` } = server.launch ?? {};
    const volume = makeVolume(place, { ...settings, zone, tags: new Map(tags) }, snapshot);
    if (disk) {
        volume.disk = disk;
    }
    attach(server, { id: volume.id, device, deleteOnTermination }, place);
}

interface MappedVolume extends ImageVolume {
    readonly encrypted?: boolean;
    readonly kmsKeyId?: string;
    readonly iops?: number;
    readonly throughput?: number;
}

/** The volumes of an image, with the changes and the further volumes of a launch. */
function mappedVolumes(volumes: readonly ImageVolume[], parameters: URLSearchParams): MappedVolume[] {
    const mappings = readObjects(parameters, "BlockDeviceMapping");
    const mappingOf = (device: string) => mappings.find((mapping) => mapping.get("DeviceName") === device);
    const further = mappings
        .map((mapping) => mapping.get("DeviceName") ?? "")
        .filter((device) => !volumes.some((volume) => volume.device === device))
        .map((device): ImageVolume => ({ device, sizeGib: 1, type: "gp2", deleteOnTermination: true }));
    return [...volumes, ...further].flatMap((volume) => {
        const mapping = mappingOf(volume.device) ?? new URLSearchParams();
        return mapping.has("NoDevice") ? [] : [{ ...volume, ...changesOf(mapping) }];
    });
}

function changesOf(mapping: URLSearchParams): Partial<MappedVolume> {
    const of = (name: string) => mapping.get(`Ebs.${name}`);
    const [snapshotId, size, type, iops, throughput] = [of("SnapshotId"), of("VolumeSize"), of("VolumeType"), of("Iops"), of("Throughput")];
    const [encrypted, kmsKeyId, deletes] = [of("Encrypted"), of("KmsKeyId"), of("DeleteOnTermination")];
    return {
        ...(snapshotId !== null && { snapshotId }),
        ...(size !== null && { sizeGib: Number(size) }),
        ...(type !== null && { type }),
        ...(iops !== null && { iops: Number(iops) }),
        ...(throughput !== null && { throughput: Number(throughput) }),
        ...(encrypted !== null && { encrypted: encrypted === "true" }),
        ...(kmsKeyId !== null && { kmsKeyId }),
        ...(deletes !== null && { deleteOnTermination: deletes === "true" }),
    };
}

function settingsOf(parameters: URLSearchParams, place: Place): Partial<Launch> {
    const { subnetId, securityGroups, privateIp } = networkOf(parameters);
    const { zone, vpcId } = findSubnet(place, subnetId);
    const others = securityGroups.map((id) => findGroup(place, id)).find((group) => group.vpcId !== vpcId);
    if (others) {
        throw new AwsError("InvalidGroup.NotFound", `The security group '${others.id}' does not exist in VPC '${vpcId}'`);
    }
    const [profile, keyName] = [profileOf(parameters), parameters.get("KeyName")];
    const arn = `arn:${partitionOf(place.region)}:iam::${place.accountId}:instance-profile/${profile}`;
    return {
        zone,
        vpcId,
        subnetId,
        ...(securityGroups.length > 0 && { securityGroups }),
        privateIp: privateIp ?? `10.0.0.${20 + place.state.servers.length}`,
        ...(keyName !== null && { keyName }),
        ...(profile !== undefined && { profileArn: arn }),
    };
}

/** A launch names its subnet and its groups itself, or in its first network interface. */
function networkOf(parameters: URLSearchParams) {
    const [card = new URLSearchParams()] = readObjects(parameters, "NetworkInterface");
    const of = (name: string) => parameters.get(name) ?? card.get(name) ?? undefined;
    return {
        subnetId: of("SubnetId") ?? "subnet-0123456789abcdef0",
        securityGroups: [...readList(parameters, "SecurityGroupId"), ...readList(card, "SecurityGroupId")],
        privateIp: of("PrivateIpAddress"),
    };
}

/** The name of the instance profile; undefined if there is none. */
function profileOf(parameters: URLSearchParams): string | undefined {
    return parameters.get("IamInstanceProfile.Name") ?? parameters.get("IamInstanceProfile.Arn")?.split("/").at(-1);
}
