import type { BackupSet } from "../lambda/retention/backupSets";
import type { Decision } from "../lambda/retention/plan";
import { plain } from "../lambda/watch/plainText";
import type { Backups } from "./account";
import { clock, iso } from "./output/times";

/** A backup set in the JSON documents. */
export interface ListedSet {
    /** The server that has one of its volumes; left out if no server has any. */
    readonly server?: string;
    readonly name?: string;
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
    const server = backups.serverOf(set);
    return {
        ...(server && { server: server.id, name: server.name }),
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
