import type { AwsCall } from "./call";
import { findServer, iso, launchOf, tagSetOf } from "./ec2Resources";
import { choose, listingOf, pageOf, tagValues } from "./pages";
import type { Place } from "./service";
import { isBootVolume, type Server, type Volume } from "./ssm";

const STATE_CODES: Readonly<Record<string, number>> = {
    pending: 0,
    running: 16,
    "shutting-down": 32,
    terminated: 48,
    stopping: 64,
    stopped: 80,
};

const YEAR_2020 = Date.UTC(2020, 0, 1);

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export function describeInstances(call: AwsCall, place: Place): object {
    const { page, nextToken } = pageOfServers(place.state.servers, call, place);
    const described = page.map((server) => ({
        reservationId: server.id.replace(/^i-/, "r-"),
        ownerId: place.accountId,
        instancesSet: { item: describeInstance(server, place) },
    }));
    return listingOf("DescribeInstances", "reservationSet", described, nextToken);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
export function describeInstanceStatus(call: AwsCall, place: Place): object {
    const all = call.parameters.get("IncludeAllInstances") === "true";
    const servers = place.state.servers.filter(({ state = "running" }) => all || state === "running");
    const { page, nextToken } = pageOfServers(servers, call, place);
    const described = page.map((server) => {
        const { id, state = "running", checks = "ok" } = server;
        const status = state === "running" ? checks : "not-applicable";
        const passed = { ok: "passed", initializing: "initializing", impaired: "failed", "not-applicable": "insufficient-data" }[status];
        const details = { item: [{ name: "reachability", status: passed }] };
        return {
            instanceId: id,
            availabilityZone: launchOf(server, place).zone,
            instanceState: describeState(state),
            // EC2's machine is well, whatever Windows does.
            systemStatus:
                status === "impaired"
                    ? { status: "ok", details: { item: [{ name: "reachability", status: "passed" }] } }
                    : { status, details },
            instanceStatus: { status, details },
        };
    });
    return listingOf("DescribeInstanceStatus", "instanceStatusSet", described, nextToken);
}

function pageOfServers(servers: readonly Server[], call: AwsCall, place: Place) {
    const all = choose(servers, call, "InstanceId", (id) => findServer(place, id)).filter((server) => servers.includes(server));
    return pageOf({ all, idOf: ({ id }) => id, valuesOf: serverValues }, call, place.pageSize);
}

/** Makes EC2's form of a server's state. */
export function describeState(name: string): object {
    return { code: STATE_CODES[name], name };
}

/** Describes a server as DescribeInstances and RunInstances do. */
export function describeInstance(server: Server, place: Place): object {
    const { id, tags, volumes, state = "running", stoppedAt, platform = "Windows", instanceType = "m7i.large", hasProfile = true } = server;
    const { zone, imageId, keyName, profileArn, platformDetails } = launchOf(server, place);
    const madeAt = server.madeAt ?? YEAR_2020;
    return {
        instanceId: id,
        imageId,
        instanceState: describeState(state),
        reason: stoppedAt === undefined ? "" : `User initiated (${iso(stoppedAt).slice(0, 19).replace("T", " ")} GMT)`,
        ...(keyName !== undefined && { keyName }),
        instanceType,
        launchTime: iso(server.launchedAt ?? madeAt),
        placement: { availabilityZone: zone, groupName: "", tenancy: "default" },
        ...(platform === "Windows" && { platform: "windows" }),
        platformDetails,
        rootDeviceName: "/dev/sda1",
        rootDeviceType: "ebs",
        blockDeviceMapping: { item: volumes.map((volume) => describeMapping(volume, madeAt)) },
        ...describeNetwork(server, place),
        ...(hasProfile && { iamInstanceProfile: { arn: profileArn, id: "AIPA" } }),
        tagSet: tagSetOf(tags),
    };
}

function describeNetwork(server: Server, place: Place): object {
    const { subnetId, vpcId, securityGroups, privateIp } = launchOf(server, place);
    const groupSet = {
        item: securityGroups.map((groupId) => ({ groupId, groupName: place.state.ec2.groups.get(groupId)?.name ?? groupId })),
    };
    const attachment = { deviceIndex: 0, status: "attached", attachTime: iso(server.madeAt ?? YEAR_2020), deleteOnTermination: true };
    const networkInterfaceId = server.id.replace(/^i-/, "eni-");
    return {
        subnetId,
        vpcId,
        privateIpAddress: privateIp,
        groupSet,
        networkInterfaceSet: { item: [{ networkInterfaceId, subnetId, vpcId, privateIpAddress: privateIp, groupSet, attachment }] },
    };
}

function describeMapping(volume: Volume, madeAt: number): object {
    const { id: volumeId, device, attachedAt = madeAt, attachment: status = "attached" } = volume;
    const { deleteOnTermination = isBootVolume(volume) } = volume;
    // EC2 shows a busy volume as one that is detaching.
    return {
        deviceName: device,
        ebs: { volumeId, status: status === "busy" ? "detaching" : status, attachTime: iso(attachedAt), deleteOnTermination },
    };
}

function serverValues({ id, tags, state = "running" }: Server, filter: string): string[] {
    switch (filter) {
        case "instance-id":
            return [id];
        case "instance-state-name":
            return [state];
        default:
            return tagValues(tags, filter);
    }
}
