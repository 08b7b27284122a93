import { type Disk, VolumeStore } from "./volumeStore";

/** A snapshot in the embedded EC2. */
export interface StoredSnapshot {
    readonly id: string;
    readonly volumeId: string;
    /** Milliseconds since 1970. */
    readonly startTime: number;
    state: string;
    readonly description: string;
    readonly tags: Map<string, string>;
    /** Of the volume; 100 if left out. */
    readonly sizeGib?: number;
    readonly encrypted?: boolean;
    readonly kmsKeyId?: string;
    /** What was on the volume when the snapshot began. */
    readonly disk?: Disk;
    /** The error with which EC2 refuses to delete the snapshot, if something uses it. */
    heldBy?: { readonly code: string; readonly message: string };
}

/** The volumes and the snapshots of an account. It has the snapshots in the order in which `add` received them. */
export class SnapshotStore {
    private readonly snapshots = new Map<string, StoredSnapshot>();

    public constructor(public readonly volumes = new VolumeStore()) {}

    public add(snapshot: Omit<StoredSnapshot, "id">, id = `snap-${(this.nextNumber++).toString(16).padStart(17, "0")}`): StoredSnapshot {
        const stored = { ...this.inherited(snapshot.volumeId), ...snapshot, id };
        this.snapshots.set(id, stored);
        return stored;
    }

    public get(id: string): StoredSnapshot | undefined {
        return this.snapshots.get(id);
    }

    public delete(id: string): void {
        this.snapshots.delete(id);
    }

    public all(): StoredSnapshot[] {
        return [...this.snapshots.values()];
    }

    /** Copies all volumes and snapshots. A change of the copy leaves this store as it is. */
    public copy(): SnapshotStore {
        const copy = new SnapshotStore(this.volumes.copy());
        copy.nextNumber = this.nextNumber;
        for (const snapshot of this.snapshots.values()) {
            copy.snapshots.set(snapshot.id, { ...snapshot, tags: new Map(snapshot.tags) });
        }
        return copy;
    }

    /** Finds what a snapshot takes over from its volume, as the volume is now. */
    private inherited(volumeId: string): Pick<StoredSnapshot, "sizeGib" | "encrypted" | "kmsKeyId" | "disk"> {
        const { sizeGib, encrypted, kmsKeyId, disk } = this.volumes.get(volumeId) ?? {};
        return {
            ...(sizeGib !== undefined && { sizeGib }),
            ...(encrypted !== undefined && { encrypted }),
            ...(kmsKeyId !== undefined && { kmsKeyId }),
            ...(disk && { disk }),
        };
    }

    private nextNumber = 1;
}
