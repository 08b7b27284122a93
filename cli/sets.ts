import type { BackupSet } from "../lambda/retention/backupSets";
import type { Decision } from "../lambda/retention/plan";
import { plain } from "../lambda/watch/plainText";
import type { Server } from "../lambda/watch/signals";
import type { Backups } from "./account";
import { clock, iso } from "./output/times";

/** The servers of a backup set in the JSON documents; all is left out if no server has a volume of the set. */
interface ListedServers {
    /** The only server. */
    readonly server?: string;
    readonly name?: string;
    /** In place of the only one, if the set has several. */
    readonly servers?: readonly { readonly id: string; readonly name: string }[];
}

/** Describes the servers of a set for a program. */
export function listedServers([first, ...others]: readonly Server[]): ListedServers {
    if (first === undefined) {
        return {};
    }
    return others.length === 0
        ? { server: first.id, name: first.name }
        : { servers: [first, ...others].map(({ id, name }) => ({ id, name })) };
}

/** A backup set in the JSON documents. */
export interface ListedSet extends ListedServers {
    /** Left out if its snapshots have no single type. */
    readonly type?: string;
    /** Left out if EC2 gives no time. */
    readonly time?: string;
    readonly volumes: readonly ListedSnapshot[];
}

interface ListedSnapshot {
    readonly volume: string;
    readonly snapshot: string;
    readonly sizeGib: number;
    readonly reason: string;
}

/** Describes a set for a program. */
export function listedSet(set: BackupSet, decisions: readonly Decision[], backups: Backups): ListedSet {
    return {
        ...listedServers(backups.serversOf(set)),
        ...(set.type !== undefined && { type: set.type }),
        ...(!Number.isNaN(set.startTime) && { time: iso(set.startTime) }),
        volumes: decisions.map(({ snapshot: { id, volumeId }, reason }) => ({
            volume: volumeId,
            snapshot: id,
            sizeGib: backups.sizeOf(id),
            reason,
        })),
    };
}

/** The titles of `setCells`. */
export const SET_TITLES = ["Time", "Type", "Server", "Volumes"];

/** Describes a set for a person, as the cells of a table. */
export function setCells(set: BackupSet, backups: Backups, timezone: string): string[] {
    const size = set.snapshots.reduce((sum, { id }) => sum + backups.sizeOf(id), 0);
    return [
        Number.isNaN(set.startTime) ? "unknown" : clock(set.startTime, timezone),
        plain(set.type ?? "none"),
        backups.labelOf(set),
        `${set.snapshots.length}, ${size} GiB`,
    ];
}
