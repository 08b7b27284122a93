import type { SnapshotStore } from "./embeddedAws/snapshotStore";
import type { Server } from "./embeddedAws/ssm";
import { defaultDisk } from "./embeddedAws/volumeStore";

/** The file that the programs of each server write on each volume, minute by minute. */
export const FILE = "journal.txt";

/** What is in the file of a volume at a time. No other volume has it, and no other minute. */
export function contentsAt(volumeId: string, time: number): string {
    return `${volumeId} ${new Date(time).toISOString().slice(0, 16)}`;
}

/** Writes the files of a server as they are at a time. */
export function writeContents({ volumes }: Server, store: SnapshotStore, time: number): void {
    for (const { id } of volumes) {
        const volume = store.volumes.get(id) ?? store.volumes.add(id);
        volume.disk = { ...(volume.disk ?? defaultDisk(id)), files: { [FILE]: contentsAt(id, time) } };
    }
}
