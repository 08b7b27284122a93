import type { Launch } from "../plan/steps";
import type { Disk, VolumeSettings } from "../plan/world";

/** An instance as a step sees it. */
export interface CloudInstance {
    readonly id: string;
    /** EC2's state, such as `running`. */
    readonly state: string;
    readonly rootDevice: string;
    readonly disks: readonly Disk[];
}

export interface CloudVolume {
    readonly id: string;
    /** EC2's state, such as `available` or `in-use`. */
    readonly state: string;
    readonly attachments: readonly {
        readonly serverId: string;
        readonly device: string;
        /** `attaching`, `attached`, `detaching` or `busy`. */
        readonly state: string;
    }[];
}

/** A task that replaces a root volume. */
export interface RootTask {
    readonly id: string;
    /** `pending`, `in-progress`, `succeeded`, `failing`, `failed` or `failed-detached`. */
    readonly state: string;
}

/** A disk as Windows shows it. */
export interface ShownDisk {
    /** `vol` and 17 hexadecimal digits. */
    readonly serial: string;
    readonly number: number;
    readonly isOffline: boolean;
    readonly isReadOnly: boolean;
    /** Empty if nobody has initialised the disk. */
    readonly signature: string;
    readonly letters: readonly string[];
}

/** The step that makes something, and the restore. Both are tags of the thing, and together they are its client token. */
export interface Maker {
    readonly restore: string;
    readonly step: string;
}

/** What a restore needs of AWS. Each function is one request or one listing; it may fail at any time, before or after its effect. */
export interface Cloud {
    findInstance(id: string): Promise<CloudInstance | undefined>;
    findVolume(id: string): Promise<CloudVolume | undefined>;
    /** `pending`, `available`, `failed` or others; undefined if there is none. */
    findImageState(id: string): Promise<string | undefined>;
    /** Finds what a step has made before. */
    findMade(kind: "volume" | "image" | "instance", maker: Maker): Promise<string | undefined>;
    findRootTask(serverId: string, maker: Maker): Promise<RootTask | undefined>;

    createVolume(
        maker: Maker,
        wanted: { readonly snapshot: string; readonly zone: string; readonly settings: VolumeSettings; readonly rate?: number | undefined },
    ): Promise<string>;
    createImage(maker: Maker, serverId: string, without: readonly string[]): Promise<string>;
    runInstance(maker: Maker, imageId: string, launch: Launch): Promise<string>;
    replaceRoot(maker: Maker, serverId: string, volumeId: string): Promise<RootTask>;

    startInstance(id: string): Promise<void>;
    stopInstance(id: string): Promise<void>;
    attachVolume(volumeId: string, serverId: string, device: string): Promise<void>;
    detachVolume(volumeId: string, serverId: string): Promise<void>;
    setDeleteOnTermination(serverId: string, device: string, value: boolean): Promise<void>;

    /** The keys of the tags of snapshots, by id. A snapshot that does not exist is left out. */
    snapshotTagKeys(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
    addTags(ids: readonly string[], tags: Readonly<Record<string, string>>): Promise<void>;
    /** Removes tags only where they have these values. */
    removeTags(ids: readonly string[], tags: Readonly<Record<string, string>>): Promise<void>;

    /** Takes a backup of a server, unless there is a restore point that began at this time or later. */
    backUp(serverId: string, since: number): Promise<void>;
    /** Whether Systems Manager reaches a server. */
    isReachable(serverId: string): Promise<boolean>;
    /** Lists the disks in Windows. */
    showDisks(serverId: string): Promise<readonly ShownDisk[]>;
    /** Takes the disk of a volume offline in Windows, so that EC2 can detach the volume. */
    takeOffline(serverId: string, volumeId: string): Promise<void>;
}

/** The clock of a restore. */
export interface Clock {
    now(): number;
    /** @throws AbortError after Ctrl-C */
    pause(ms: number): Promise<void>;
}
