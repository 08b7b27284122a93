/** The ways to restore. */
export const MODES = ["attach", "volumes", "root", "server"] as const;

export type Mode = (typeof MODES)[number];

/** What the user wants. */
export interface RestoreRequest {
    /** The restore's id, such as `20270305-0700-x7k2`. */
    readonly id: string;
    /** Milliseconds since 1970. */
    readonly madeAt: number;
    readonly mode: Mode;
    /** The id of the server that the set is a backup of. It may no longer exist. */
    readonly serverId: string;
    /** The id of a snapshot of the set. */
    readonly from: string;
    /** The server that takes the volumes of the mode `attach`; by default, the same one. */
    readonly targetId?: string;
    /** Only these disks, by their devices. */
    readonly disks?: readonly string[];
    /** Whether the present state is backed up first. */
    readonly backup: boolean;
    /** Whether the new volumes may be in another zone than the old ones. */
    readonly anotherZone: boolean;
    /** MiB/s at which EC2 loads the new volumes, which costs; undefined if it loads each block when it is first read. */
    readonly initializationRate?: number;
    /** For a server beside: an image in place of the recorded one. */
    readonly imageId?: string;
    readonly subnetId?: string;
    readonly securityGroupIds?: readonly string[];
}
