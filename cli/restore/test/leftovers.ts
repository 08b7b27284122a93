import type { Tag } from "@aws-sdk/client-ec2";
import type { Session } from "../../session";
import { RESTORE_TAG, STEP_TAG } from "../plan/tags";
import { isTest, TEST_PREFIX } from "../plan/testId";
import { findTagged, type Kind } from "../tagged";

/** Something that a restore test made, and that still exists. */
export interface Leftover {
    readonly kind: Kind;
    readonly id: string;
    /** The id of the test. */
    readonly test: string;
    /** EC2's state. */
    readonly state: string;
    /** The server that has the volume; undefined if none has it. */
    readonly serverId?: string;
}

/**
 * Finds what tests made: things with the id of a test in one tag, and the id of its step in another one. EC2 sets both when it makes the thing.
 *
 * @param test the id of a test; by default, of all tests
 */
export async function findLeftovers(session: Session, test = `${TEST_PREFIX}*`): Promise<Leftover[]> {
    const { instances, images, snapshots, volumes } = await findTagged(session, [
        { Name: `tag:${RESTORE_TAG}`, Values: [test] },
        { Name: "tag-key", Values: [STEP_TAG] },
    ]);
    const found = [
        ...instances.map((one) => leftover("instance", one.InstanceId, one.State?.Name, one.Tags)),
        ...images.map((one) => leftover("image", one.ImageId, one.State, one.Tags)),
        ...snapshots.map((one) => leftover("snapshot", one.SnapshotId, one.State, one.Tags)),
        ...volumes.map((one) => {
            const serverId = one.Attachments?.find(({ State }) => State !== "detached")?.InstanceId;
            return { ...leftover("volume", one.VolumeId, one.State, one.Tags), ...(serverId !== undefined && { serverId }) };
        }),
    ];
    // EC2 must not be trusted with a pattern alone.
    return found.filter((one) => isTest(one.test) && one.state !== "terminated");
}

function leftover(kind: Leftover["kind"], id = "", state = "unknown", tags: readonly Tag[] = []): Leftover {
    return { kind, id, state, test: tags.find(({ Key }) => Key === RESTORE_TAG)?.Value ?? "" };
}
