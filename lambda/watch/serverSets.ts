import { type BackupSet, backupSets } from "../retention/backupSets";
import type { Snapshot } from "../retention/snapshot";
import { POLICY_TAG } from "../retention/tags";
import type { Server } from "./signals";
import type { WatchSettings } from "./watchSettings";

/** The backup sets of a policy, newest first, as a whole and by server. Sets that begin after the present time are left out. */
export interface ServerSets {
    readonly all: readonly BackupSet[];
    /**
     * The sets with a snapshot of a volume that is attached to the server now. If volumes of a set were attached after it began, it belongs
     * to the servers whose volume was attached before, if there are any.
     */
    of(server: Server): readonly BackupSet[];
}

export function serverSets(snapshots: readonly Snapshot[], servers: readonly Server[], settings: WatchSettings, now: number): ServerSets {
    const ofPolicy = snapshots.filter(({ tags }) => tags[POLICY_TAG] === settings.name);
    const all = backupSets(ofPolicy, settings, now).filter(({ startTime }) => startTime <= now);
    const ownersOf = setOwners(servers);
    const byServer = new Map<string, BackupSet[]>();
    for (const set of all) {
        for (const owner of ownersOf(set)) {
            const ofOwner = byServer.get(owner) ?? [];
            ofOwner.push(set);
            byServer.set(owner, ofOwner);
        }
    }
    return { all, of: ({ id }) => byServer.get(id) ?? [] };
}

/** Makes a function that finds the ids of the servers to which a set belongs. */
export function setOwners(servers: readonly Server[]): (set: BackupSet) => ReadonlySet<string> {
    const attachments = new Map(
        servers.flatMap(({ id, volumes }) => volumes.map((volume) => [volume.id, { server: id, ...volume }] as const)),
    );
    return ({ snapshots, startTime }) => {
        const attached = snapshots.flatMap(({ volumeId }) => attachments.get(volumeId) ?? []);
        const then = attached.filter(({ attachedAt }) => attachedAt <= startTime);
        return new Set((then.length > 0 ? then : attached).map(({ server }) => server));
    };
}

/** When the newest restore point of a type began; undefined if there is none. The sets are those of one server, newest first. */
export function newestTime(sets: readonly BackupSet[], type: string | undefined): number | undefined {
    return sets.find((set) => set.type === type && isRestorePoint(set))?.startTime;
}

export function isRestorePoint({ status }: BackupSet): boolean {
    return status.kind === "restorePoint";
}
