import {
    DeleteSnapshotCommand,
    DeleteVolumeCommand,
    DeregisterImageCommand,
    type EC2Client,
    type Filter,
    type Image,
    type Instance,
    type Snapshot,
    TerminateInstancesCommand,
    type Volume,
} from "@aws-sdk/client-ec2";
import type { Session } from "../session";
import { describeImages, describeInstances, describeSnapshots, describeVolumes } from "./listings";

/** What a restore can make. */
export type Kind = "instance" | "image" | "snapshot" | "volume";

/** The things of the account that some tags find. */
export interface Tagged {
    readonly instances: readonly Instance[];
    readonly images: readonly Image[];
    readonly snapshots: readonly Snapshot[];
    readonly volumes: readonly Volume[];
}

/** Lists all that a restore can make and that these filters of tags find. */
export async function findTagged({ clients: { ec2 }, abortSignal }: Session, filters: Filter[]): Promise<Tagged> {
    const [instances, images, snapshots, volumes] = await Promise.all([
        describeInstances(ec2, filters, abortSignal),
        describeImages(ec2, filters, abortSignal, ["self"]),
        describeSnapshots(ec2, filters, abortSignal),
        describeVolumes(ec2, filters, abortSignal),
    ]);
    return { instances, images, snapshots, volumes };
}

const REQUESTS: Readonly<Record<Kind, (ec2: EC2Client, id: string) => Promise<unknown>>> = {
    instance: (ec2, id) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })),
    image: (ec2, id) => ec2.send(new DeregisterImageCommand({ ImageId: id })),
    snapshot: (ec2, id) => ec2.send(new DeleteSnapshotCommand({ SnapshotId: id })),
    volume: (ec2, id) => ec2.send(new DeleteVolumeCommand({ VolumeId: id })),
};

/** Deletes a thing, which may be gone already. */
export async function deleteThing(
    { clients: { ec2 } }: Session,
    { kind, id }: { readonly kind: Kind; readonly id: string },
): Promise<void> {
    await REQUESTS[kind](ec2, id).catch((error: Error) => {
        if (!/\.NotFound$|InvalidAMIID\.Unavailable/.test(error.name)) {
            throw error;
        }
    });
}
