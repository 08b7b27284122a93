import type { Instance, Volume } from "@aws-sdk/client-ec2";
import { Failure } from "../../failure";
import type { Session } from "../../session";
import { describeVolumes } from "../listings";
import { REPLACED_BY_TAG, RESTORE_TAG } from "../plan/tags";
import { deleteThing, findTagged, type Kind } from "../tagged";
import type { RestoreRecord } from "./record";

/** Something that a restore made or replaced. */
export interface Remain {
    readonly kind: Kind;
    readonly id: string;
    readonly gib?: number;
    readonly words: string;
    /** Why it must stay; undefined if it may be deleted. */
    readonly stays?: string;
}

/** Finds what a restore made or replaced, by its tags. What is in use stays. The disks of a restored server are no remains. */
export async function findRemains(session: Session, { plan, state }: RestoreRecord): Promise<Remain[]> {
    const { id } = plan.request;
    const [{ instances, images, snapshots, volumes }, replaced] = await Promise.all([
        findTagged(session, [{ Name: `tag:${RESTORE_TAG}`, Values: [id] }]),
        describeVolumes(session.clients.ec2, [{ Name: `tag:${REPLACED_BY_TAG}`, Values: [id] }], session.abortSignal),
    ]);
    const present = instances.filter(({ State }) => !["shutting-down", "terminated"].includes(State?.Name ?? ""));
    // After a restore, the instance is the server, and the new volumes have what was written since, also if they are detached just now.
    const leaving = state === "applied" ? [] : present;
    const isServing = state === "applied" && plan.request.mode !== "attach";
    const old = replaced.filter(({ VolumeId }) => !volumes.some((one) => one.VolumeId === VolumeId));
    return [
        ...present.map(({ InstanceId = "" }): Remain => {
            const stays = leaving.length === 0 ? { stays: "it is the restored server" } : {};
            return { kind: "instance", id: InstanceId, words: "server that the restore made", ...stays };
        }),
        ...images.map(({ ImageId = "" }): Remain => ({ kind: "image", id: ImageId, words: "image that the restore made" })),
        ...snapshots.map(({ SnapshotId = "", VolumeSize = 0 }): Remain => {
            return { kind: "snapshot", id: SnapshotId, gib: VolumeSize, words: "snapshot of the image that the restore made" };
        }),
        ...volumes.filter((one) => !isServing && !goesWith(one, leaving)).map((one) => remainOf(one, id, "volume that the restore made")),
        ...old.map((one) => remainOf(one, id, "old volume, which the restore replaced")),
    ];
}

function remainOf({ VolumeId = "", Size = 0, Attachments = [], Tags = [] }: Volume, restore: string, words: string): Remain {
    const other = Tags.find(({ Key, Value }) => Key === REPLACED_BY_TAG && Value !== restore)?.Value;
    const [attachment] = Attachments;
    return {
        kind: "volume",
        id: VolumeId,
        gib: Size,
        words,
        ...(other !== undefined && { stays: `it is an old volume of the restore ${other}` }),
        ...(attachment && { stays: `it is attached to ${attachment.InstanceId}` }),
    };
}

/** Whether EC2 deletes a volume together with one of these instances. */
function goesWith({ Attachments = [] }: Volume, instances: readonly Instance[]): boolean {
    return Attachments.some(
        ({ InstanceId, DeleteOnTermination }) => DeleteOnTermination && instances.some((instance) => instance.InstanceId === InstanceId),
    );
}

/**
 * Deletes one of these things. It looks at the tags of a volume again first.
 *
 * @throws Failure if it is not of the restore any more
 */
export async function removeRemain(session: Session, restore: string, remain: Remain): Promise<void> {
    if (remain.kind !== "volume" || (await isVolumeOf(session, restore, remain.id))) {
        await deleteThing(session, remain);
    }
}

/** Whether a volume still exists. @throws Failure if it has no tag of the restore any more */
async function isVolumeOf({ clients: { ec2 } }: Session, restore: string, id: string): Promise<boolean> {
    const [volume] = await describeVolumes(ec2, [{ Name: "volume-id", Values: [id] }], AbortSignal.timeout(60_000));
    const isOurs = volume?.Tags?.some(({ Key, Value }) => (Key === RESTORE_TAG || Key === REPLACED_BY_TAG) && Value === restore);
    if (volume && !isOurs) {
        throw new Failure(`The volume ${id} has no tag of the restore ${restore} any more.`, "Run the command again.");
    }
    return volume !== undefined;
}
