/** What is on a disk. It never changes in place: replace it in its volume to write a file. */
export interface Disk {
    /** The number by which Windows recognizes the disk; empty if the disk is raw. */
    readonly signature: string;
    /** Its drive letters, such as `D`. If left out, they come from the device. */
    readonly letters?: readonly string[];
    /** The text of each file, by its path. */
    readonly files: Readonly<Record<string, string>>;
    /** The operating system for which EC2 bills, if the disk boots: `Windows` by default. */
    readonly platformDetails?: string;
}

/** A disk that nobody has initialized. */
export const RAW_DISK: Disk = { signature: "", letters: [], files: {} };

/** An EBS volume. Servers have the attachments. Times are milliseconds since 1970. */
export interface StoredVolume {
    readonly id: string;
    /** `a` of the region if left out. */
    readonly zone?: string;
    /** 100 GiB if left out. */
    readonly sizeGib?: number;
    /** `gp3` if left out. */
    readonly type?: string;
    readonly iops?: number;
    /** MiB/s. */
    readonly throughput?: number;
    readonly encrypted?: boolean;
    readonly kmsKeyId?: string;
    /** The snapshot from which it was made. */
    readonly snapshotId?: string;
    /** The paid rate of its initialization, in MiB/s. */
    readonly initializationRate?: number;
    /** The share of the snapshot that the volume has copied, in percent; 100 if left out. */
    initialized?: number;
    /** In 2020 if left out. */
    readonly createdAt?: number;
    readonly tags: Map<string, string>;
    /** `creating`, `deleting` or `error`. Otherwise, the attachments decide. */
    state?: string | undefined;
    /** If left out, a disk without files, whose signature comes from the volume's id. */
    disk?: Disk;
}

/** The volumes that exist, by their ids. Iterating it returns the ids. */
export class VolumeStore {
    private readonly volumes = new Map<string, StoredVolume>();

    public add(id: string, given: Partial<Omit<StoredVolume, "id">> = {}): StoredVolume {
        const stored = { tags: new Map<string, string>(), ...given, id };
        this.volumes.set(id, stored);
        return stored;
    }

    public get(id: string): StoredVolume | undefined {
        return this.volumes.get(id);
    }

    public has(id: string): boolean {
        return this.volumes.has(id);
    }

    public delete(id: string): void {
        this.volumes.delete(id);
    }

    /** Copies all volumes. A change of the copy leaves this store as it is. */
    public copy(): VolumeStore {
        const copy = new VolumeStore();
        for (const { id, ...volume } of this.volumes.values()) {
            copy.add(id, { ...volume, tags: new Map(volume.tags) });
        }
        return copy;
    }

    public [Symbol.iterator](): IterableIterator<string> {
        return this.volumes.keys();
    }
}

/** The disk of a volume, or of a snapshot of this volume, if nobody has set it. */
export function defaultDisk(volumeId: string): Disk {
    return { signature: volumeId.slice(-8).toUpperCase(), files: {} };
}
