import type { Instance } from "@aws-sdk/client-ec2";
import type { BackupSet } from "../../../lambda/retention/backupSets";
import { isRestorePoint } from "../../../lambda/watch/serverSets";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import type { Session } from "../../session";
import { describeVolumes } from "../listings";
import { allDisks } from "../plan/disks";
import { REPLACED_SERVER_TAG } from "../plan/tags";
import { liveServer } from "./facts";
import type { Sources } from "./sources";

/** Finds the server that a user means, by its id or name. It may no longer exist. */
export function chooseServer({ instances, records }: Sources, wanted: string): string {
    const live = instances.filter((instance) => instance.InstanceId === wanted || nameOf(instance) === wanted);
    const recorded = records.filter(({ id, name }) => id === wanted || name === wanted);
    const ids = [...new Set(live.length > 0 ? live.map(({ InstanceId = "" }) => InstanceId) : recorded.map(({ id }) => id))];
    const [only, ...others] = ids;
    if (only === undefined && /^i-[0-9a-f]{8,}$/.test(wanted)) {
        return wanted;
    }
    if (only === undefined) {
        throw new Failure(
            `There is no server ${wanted}, and the watch has recorded none.`,
            "Give the id or the value of the tag Name of an EC2 instance. vss-backup status lists the servers.",
        );
    }
    if (others.length > 0) {
        throw new Failure(`Several servers have the name ${wanted}: ${ids.join(", ")}.`, "Give the id of one.", EXIT.usage);
    }
    return only;
}

function nameOf({ Tags = [] }: Instance): string | undefined {
    return Tags.find(({ Key }) => Key === "Name")?.Value;
}

/** Finds the set of a snapshot; or the newest restore point of a server. */
export async function chooseSet(session: Session, sources: Sources, serverId: string, from: string | undefined): Promise<BackupSet> {
    if (from !== undefined) {
        return setOf(session, sources, from);
    }
    const { instances, records, sets } = sources;
    const instance = instances.find(({ InstanceId }) => InstanceId === serverId);
    const disks = allDisks(
        instance && liveServer(instance, false),
        records.find(({ id }) => id === serverId),
    );
    const replaced = await describeVolumes(
        session.clients.ec2,
        [{ Name: `tag:${REPLACED_SERVER_TAG}`, Values: [serverId] }],
        session.abortSignal,
    );
    const ids = new Set([...disks.map(({ volumeId }) => volumeId), ...replaced.map(({ VolumeId }) => VolumeId)]);
    const newest = sets.find((set) => isRestorePoint(set) && set.snapshots.some(({ volumeId }) => ids.has(volumeId)));
    if (newest === undefined) {
        throw new Failure(
            `Policy ${session.policy.settings.name} has no restore point of ${serverId}.`,
            "Choose a set with --from. vss-backup points lists them.",
        );
    }
    return newest;
}

/** Finds the set of a snapshot. */
export function setOf({ policy }: Session, { sets }: Sources, snapshotId: string): BackupSet {
    const set = sets.find(({ snapshots }) => snapshots.some(({ id }) => id === snapshotId));
    if (set === undefined) {
        throw new Failure(
            `Policy ${policy.settings.name} has no snapshot ${snapshotId}.`,
            "Check --from. vss-backup points --json lists the snapshots.",
        );
    }
    return set;
}
