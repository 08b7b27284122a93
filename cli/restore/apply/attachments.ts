import { Failure } from "../../failure";
import { isSameDevice } from "../plan/devices";
import type { CloudVolume } from "./cloud";
import { presentInstance } from "./power";
import { MINUTE, type Run, sendOnce, waitFor } from "./run";

const LIMIT_MS = 10 * MINUTE;

/** A place on a server. */
export interface Place {
    readonly serverId: string;
    readonly device: string;
}

/** Finds a volume. @throws Failure if it is gone */
export async function presentVolume({ cloud }: Run, id: string): Promise<CloudVolume> {
    const volume = await cloud.findVolume(id);
    if (volume === undefined || ["deleting", "deleted"].includes(volume.state)) {
        throw new Failure(`The volume ${id} no longer exists.`, "Make a new plan: vss-backup restore plan");
    }
    return volume;
}

/**
 * Attaches a volume unless it is there, and waits.
 *
 * @throws Failure if it is somewhere else
 */
export async function ensureAttached(run: Run, volumeId: string, place: Place, deleteOnTermination: boolean): Promise<void> {
    const { serverId, device } = place;
    let isAsked = false;
    await waitFor(
        run,
        {
            event: `${volumeId} is attached to ${serverId} at ${device}`,
            limitMs: LIMIT_MS,
            cure: `Look at it: aws ec2 describe-volumes --volume-ids ${volumeId}`,
        },
        async () => {
            const { state, attachments } = await presentVolume(run, volumeId);
            const [attachment] = attachments;
            if (attachment === undefined) {
                if (state === "available" && !isAsked) {
                    await sendOnce(
                        () => run.cloud.attachVolume(volumeId, serverId, device),
                        async () => (await attachmentsOf(run, volumeId)).length > 0,
                    );
                    isAsked = true;
                }
                return undefined;
            }
            if (attachment.serverId !== serverId || !isSameDevice(attachment.device, device)) {
                throw elsewhere(volumeId, attachment);
            }
            return attachment.state === "attached" || undefined;
        },
    );
    const { disks } = await presentInstance(run, serverId);
    const disk = disks.find((one) => one.volumeId === volumeId);
    if (disk && disk.deleteOnTermination !== deleteOnTermination) {
        await run.cloud.setDeleteOnTermination(serverId, disk.device, deleteOnTermination);
    }
}

/**
 * Detaches a volume unless it is free, and waits. It never uses force, which can destroy the data on the volume.
 *
 * @throws Failure if it is at another server
 */
export async function ensureDetached(run: Run, volumeId: string, serverId: string): Promise<void> {
    let isAsked = false;
    await waitFor(
        run,
        {
            event: `${volumeId} is detached from ${serverId}`,
            limitMs: LIMIT_MS,
            cure: `Take the disk offline in Windows, or stop the server. Then run the command again.`,
        },
        async () => {
            const { attachments } = await presentVolume(run, volumeId);
            const [attachment] = attachments;
            if (attachment === undefined) {
                return true;
            }
            if (attachment.serverId !== serverId) {
                throw elsewhere(volumeId, attachment);
            }
            if (!isAsked && attachment.state === "attached") {
                await sendOnce(
                    () => run.cloud.detachVolume(volumeId, serverId),
                    async () => (await attachmentsOf(run, volumeId)).every(({ state }) => state !== "attached"),
                );
                isAsked = true;
            }
            return undefined;
        },
    );
}

async function attachmentsOf(run: Run, volumeId: string): Promise<CloudVolume["attachments"]> {
    return (await presentVolume(run, volumeId)).attachments;
}

function elsewhere(volumeId: string, { serverId, device }: Place): Failure {
    return new Failure(
        `The volume ${volumeId} is attached to ${serverId} at ${device}.`,
        "Somebody else attached it there. Detach it, and run the command again.",
    );
}
