import type { SnapshotStore } from "./embeddedAws/snapshotStore";
import { isGood, type MadeSet } from "./invariants";
import type { TypedRun } from "./openWindows";

/** A backup set, and the server on which it was made. */
export type LedgerEntry = MadeSet & { readonly server: string };

/** The backup sets as the runs made them. The cleaner has to find the same sets by their tags. */
export class Ledger {
    private entries: LedgerEntry[] = [];

    /** The sets that still have a snapshot. */
    public get sets(): readonly LedgerEntry[] {
        return this.entries;
    }

    /** Adds the set that a run has made, if it has made one. */
    public record({ type, server, time, snapshots }: TypedRun): void {
        if (snapshots.length > 0) {
            const members = snapshots.map(({ id, volumeId }) => ({ id, volumeId }));
            this.entries.push({ type, server: server.id, startTime: time, members });
        }
    }

    /** Removes the sets that have no snapshot any more. */
    public removeDeleted(store: SnapshotStore): void {
        this.entries = this.entries.filter(({ members }) => members.some(({ id }) => store.get(id)));
    }

    /** Finds the sets that could be restored now. */
    public restorePoints(store: SnapshotStore, countCrashConsistent = false): LedgerEntry[] {
        return this.entries.filter(({ members }) => members.every(({ id }) => isGood(store.get(id), countCrashConsistent)));
    }
}
