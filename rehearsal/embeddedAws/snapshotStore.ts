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
    /** The error with which EC2 refuses to delete the snapshot, if something uses it. */
    heldBy?: { readonly code: string; readonly message: string };
}

/** The snapshots of an account, in the order in which `add` received them. */
export class SnapshotStore {
    /** Ids of the volumes that exist. */
    public readonly volumes = new Set<string>();
    private readonly snapshots = new Map<string, StoredSnapshot>();

    public add(snapshot: Omit<StoredSnapshot, "id">, id = `snap-${(this.nextNumber++).toString(16).padStart(17, "0")}`): StoredSnapshot {
        const stored = { ...snapshot, id };
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

    private nextNumber = 1;
}
