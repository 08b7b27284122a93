import { type BackupSet, backupSets } from "../retention/backupSets";
import type { Snapshot } from "../retention/snapshot";
import { POLICY_TAG } from "../retention/tags";
import type { Server } from "./signals";
import type { WatchSettings } from "./watchSettings";

/** The backup sets of a policy, newest first, as a whole and by server. Sets that begin after the present time are left out. */
export interface ServerSets {
    readonly all: readonly BackupSet[];
    /** The sets with a snapshot of a volume that is attached to the server now. */
    of(server: Server): readonly BackupSet[];
}

export function serverSets(snapshots: readonly Snapshot[], servers: readonly Server[], settings: WatchSettings, now: number): ServerSets {
    const ofPolicy = snapshots.filter(({ tags }) => tags[POLICY_TAG] === settings.name);
    const all = backupSets(ofPolicy, settings, now).filter(({ startTime }) => startTime <= now);
    const owners = new Map(servers.flatMap(({ id, volumes }) => volumes.map((volume) => [volume.id, id] as const)));
    const byServer = new Map<string | undefined, BackupSet[]>();
    for (const set of all) {
        for (const owner of new Set(set.snapshots.map(({ volumeId }) => owners.get(volumeId)))) {
            const ofOwner = byServer.get(owner) ?? [];
            ofOwner.push(set);
            byServer.set(owner, ofOwner);
        }
    }
    return { all, of: ({ id }) => byServer.get(id) ?? [] };
}

export function isRestorePoint({ status }: BackupSet): boolean {
    return status.kind === "restorePoint";
}
