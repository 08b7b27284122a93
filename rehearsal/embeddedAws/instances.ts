import { type AwsCall, AwsError } from "./call";
import { listingOf, pageOf } from "./pages";
import { arnOf, type Place } from "./service";
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
    const { page, nextToken } = pageOf({ all: place.state.servers, idOf: ({ id }) => id, valuesOf: serverValues }, call, place.pageSize);
    const described = page.map((server) => ({
        reservationId: server.id.replace(/^i-/, "r-"),
        ownerId: place.accountId,
        instancesSet: { item: describe(server, place) },
    }));
    return listingOf("DescribeInstances", "reservationSet", described, nextToken);
}

function describe(server: Server, place: Place): object {
    const { id, tags, volumes, state = "running", stoppedAt, platform = "Windows", instanceType = "m7i.large", hasProfile = true } = server;
    const madeAt = server.madeAt ?? YEAR_2020;
    return {
        instanceId: id,
        instanceState: { code: STATE_CODES[state], name: state },
        reason: stoppedAt === undefined ? "" : `User initiated (${iso(stoppedAt).slice(0, 19).replace("T", " ")} GMT)`,
        instanceType,
        launchTime: iso(server.launchedAt ?? madeAt),
        ...(platform === "Windows" && { platform: "windows" }),
        platformDetails: platform === "Windows" ? "Windows" : "Linux/UNIX",
        rootDeviceName: "/dev/sda1",
        rootDeviceType: "ebs",
        blockDeviceMapping: { item: volumes.map((volume) => describeVolume(volume, madeAt)) },
        networkInterfaceSet: {
            item: [
                {
                    networkInterfaceId: id.replace(/^i-/, "eni-"),
                    attachment: { deviceIndex: 0, status: "attached", attachTime: iso(madeAt), deleteOnTermination: true },
                },
            ],
        },
        ...(hasProfile && { iamInstanceProfile: { arn: arnOf({ ...place, region: "" }, "iam", "instance-profile/web"), id: "AIPA" } }),
        tagSet: { item: [...tags].map(([key, value]) => ({ key, value })) },
    };
}

function describeVolume(volume: Volume, madeAt: number): object {
    const { id: volumeId, device, attachedAt = madeAt } = volume;
    return {
        deviceName: device,
        ebs: { volumeId, status: "attached", attachTime: iso(attachedAt), deleteOnTermination: isBootVolume(volume) },
    };
}

function serverValues({ id, tags, state = "running" }: Server, filter: string): string[] {
    if (filter.startsWith("tag:")) {
        const value = tags.get(filter.slice("tag:".length));
        return value === undefined ? [] : [value];
    }
    switch (filter) {
        case "instance-id":
            return [id];
        case "instance-state-name":
            return [state];
        default:
            throw new AwsError("InvalidParameterValue", `The filter '${filter}' is invalid`);
    }
}

function iso(time: number): string {
    return new Date(time).toISOString();
}
