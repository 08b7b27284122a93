import type { SetStatus } from "../../../lambda/retention/setStatus";

/** All that a plan is made from, besides the request. Times are milliseconds since 1970. */
export interface World {
    readonly policy: PolicyFacts;
    readonly set: PointFacts;
    /** The server that the set is a backup of; undefined if it no longer exists. */
    readonly server?: LiveServer;
    /** The same server, as the watch recorded it; undefined without a record. */
    readonly recorded?: RecordedFacts;
    /** The server that takes the volumes of the mode `attach`; undefined for other modes. */
    readonly target?: LiveServer;
    /** The image that the user names, or else that of the recorded server. Only for a server that no longer exists. */
    readonly image?: ImageFacts;
    /** The subnet that the user names. */
    readonly subnet?: SubnetFacts;
    /** The volumes of the set and of the servers that still exist, and those that earlier restores replaced. */
    readonly volumes: readonly VolumeFacts[];
    /** Restores that are not finished. */
    readonly unfinished: readonly UnfinishedRestore[];
}

export interface PolicyFacts {
    readonly name: string;
    /** Key of the tag with which an operator holds a backup set. */
    readonly hold: string;
    /** Key of the tag with which the policy selects its servers. */
    readonly serverTagKey: string;
}

/** A backup set to restore from. */
export interface PointFacts {
    readonly type?: string;
    readonly startTime: number;
    /** False if the snapshots were grouped by their times alone. They may be those of several servers. */
    readonly identified: boolean;
    readonly status: SetStatus;
    readonly snapshots: readonly SnapshotFacts[];
}

export interface SnapshotFacts {
    readonly id: string;
    /** The volume may no longer exist. A copy of a snapshot has the id of a volume that never existed. */
    readonly volumeId: string;
    readonly state: string;
    readonly sizeGib: number;
    /** `standard` or `archive`. */
    readonly tier: string;
    /** The tag `Device`; undefined without it. */
    readonly device?: string;
    /** Whether the agent marked it as application-consistent. */
    readonly isConsistent: boolean;
}

/** How a volume is made. A snapshot has none of it, so it comes from the volume or from the record. */
export interface VolumeSettings {
    /** Such as `gp3`. */
    readonly type: string;
    readonly iops?: number;
    /** MiB/s. */
    readonly throughput?: number;
    readonly sizeGib: number;
    readonly encrypted: boolean;
    /** ARN; undefined for an unencrypted volume. */
    readonly kmsKeyId?: string;
    readonly tags: Readonly<Record<string, string>>;
}

export interface VolumeFacts extends VolumeSettings {
    readonly id: string;
    readonly zone: string;
    readonly attachments: readonly { readonly serverId: string; readonly device: string }[];
}

export interface Disk {
    /** Such as `/dev/sda1` or `xvdd`. */
    readonly device: string;
    readonly volumeId: string;
    readonly deleteOnTermination: boolean;
}

/** A server, live or recorded. */
export interface ServerFacts {
    readonly id: string;
    /** The value of its tag `Name`; empty without one. */
    readonly name: string;
    readonly instanceType: string;
    readonly zone: string;
    readonly subnetId: string;
    readonly securityGroupIds: readonly string[];
    readonly instanceProfileArn?: string;
    readonly keyName?: string;
    readonly imageId: string;
    readonly rootDevice: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly disks: readonly Disk[];
}

export interface LiveServer extends ServerFacts {
    /** EC2's state, such as `running`. */
    readonly state: string;
    readonly isSpot: boolean;
    /** Whether it has a public IPv4 address that it loses when it stops. */
    readonly hasTemporaryAddress: boolean;
    /** Whether Systems Manager reaches it. */
    readonly isManaged: boolean;
}

export interface RecordedFacts extends ServerFacts {
    readonly recordedAt: number;
    /** Disks of the server before those of `disks`. */
    readonly formerDisks: readonly Disk[];
    /** What did not fit into the record, such as `tags of volumes`. */
    readonly leftOut: readonly string[];
    /** The settings of all these disks, by the ids of the volumes. */
    readonly volumes: Readonly<Record<string, VolumeSettings>>;
}

export interface ImageFacts {
    readonly id: string;
    readonly state: string;
    readonly isWindows: boolean;
    readonly rootDevice: string;
}

export interface SubnetFacts {
    readonly id: string;
    readonly zone: string;
}

export interface UnfinishedRestore {
    readonly id: string;
    /** The servers that it works on. */
    readonly servers: readonly string[];
    readonly snapshots: readonly string[];
}
