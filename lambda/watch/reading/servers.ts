import { type EC2Client, type Instance, type InstanceBlockDeviceMapping, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import { idOf, readPages } from "../../aws/pages";
import type { AttachedVolume, Server } from "../signals";

/** EC2's states before an instance is terminated. */
export const STATES = ["pending", "running", "stopping", "stopped"];

/** The time in EC2's reason for a stop, as in `User initiated (2026-11-20 10:00:00 GMT)`. */
const STOP_TIME = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:GMT|UTC)\)/;

/**
 * Lists the instances of the region in pages of 1,000, the most that EC2 gives. Instances without the server tag are among them: one may
 * have lost the tag.
 *
 * @throws EC2's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
export function listServers(ec2: EC2Client, abortSignal: AbortSignal): Promise<Server[]> {
    return readPages({
        service: "EC2",
        open: () =>
            paginateDescribeInstances(
                { client: ec2, pageSize: 1000 },
                { Filters: [{ Name: "instance-state-name", Values: STATES }] },
                { abortSignal },
            ),
        listOf: ({ Reservations }) => Reservations?.flatMap(({ Instances = [] }) => Instances),
        read: (instance) => {
            const id = idOf("EC2", "an instance", instance.InstanceId);
            return [id, serverOf(id, instance)];
        },
    });
}

function serverOf(id: string, instance: Instance): Server {
    const { State, StateTransitionReason = "", BlockDeviceMappings = [], Tags = [] } = instance;
    const tags = Object.fromEntries(Tags.flatMap(({ Key, Value = "" }) => (Key ? [[Key, Value] as const] : [])));
    const state = State?.Name ?? "unknown";
    const stoppedAt = state.startsWith("stop") ? stopTimeIn(StateTransitionReason) : undefined;
    return {
        id,
        name: tags.Name ?? "",
        state,
        ...(stoppedAt !== undefined && { stoppedAt }),
        launchedAt: timeOf(instance.LaunchTime),
        isWindows: instance.Platform?.toLowerCase() === "windows" || instance.PlatformDetails?.includes("Windows") === true,
        instanceType: instance.InstanceType ?? "",
        hasProfile: instance.IamInstanceProfile !== undefined,
        volumes: volumesOf(BlockDeviceMappings, instance.RootDeviceName),
        tags,
    };
}

function volumesOf(mappings: readonly InstanceBlockDeviceMapping[], rootDevice: string | undefined): AttachedVolume[] {
    return mappings.flatMap(({ DeviceName = "", Ebs }) =>
        Ebs?.VolumeId
            ? [{ id: Ebs.VolumeId, device: DeviceName, attachedAt: timeOf(Ebs.AttachTime), isRoot: DeviceName === rootDevice }]
            : [],
    );
}

function stopTimeIn(reason: string): number | undefined {
    const [, day, time] = STOP_TIME.exec(reason) ?? [];
    return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

/** A missing time is one long ago, so that it excuses nothing. */
function timeOf(date: Date | undefined): number {
    return date?.getTime() ?? 0;
}
