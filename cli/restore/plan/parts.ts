import type { ChosenDisk } from "./disks";
import type { Fault } from "./fault";
import type { RestoreRequest } from "./request";
import type { Cost, Ref, Step, StepOf } from "./steps";
import { inheritedTags } from "./tags";
import type { VolumeFacts, World } from "./world";

/** What a mode gives: its steps between holding and releasing the set. With faults, nothing else counts. */
export interface Part {
    readonly faults: readonly Fault[];
    readonly steps: readonly Step[];
    readonly warnings: readonly string[];
    readonly costs: readonly Cost[];
    /** The servers that it works on. */
    readonly servers: readonly string[];
    /** The word with which a person confirms it: the name of the server. */
    readonly word: string;
}

export function refusedPart(faults: readonly Fault[]): Part {
    return { faults, steps: [], warnings: [], costs: [], servers: [], word: "" };
}

/** Makes the step that makes a disk's new volume. */
export function createStep(disk: ChosenDisk, zone: string, { initializationRate }: RestoreRequest): StepOf<"createVolume"> {
    return {
        id: stepId("create", disk.device),
        kind: "createVolume",
        snapshot: disk.snapshot.id,
        device: disk.device,
        zone,
        settings: { ...disk.settings, tags: inheritedTags(disk.settings.tags) },
        ...(initializationRate !== undefined && { rate: initializationRate }),
    };
}

/** The volume that `createStep` makes. */
export function newVolume({ device }: Pick<ChosenDisk, "device">): Ref {
    return { madeBy: stepId("create", device) };
}

/** Makes the id of a step about a device. EC2 takes 64 characters for a restore's id and a step's id. */
export function stepId(verb: string, device: string): string {
    return `${verb}-${device.replace(/^\/dev\//, "").replace(/[^A-Za-z0-9]/g, "-")}`;
}

/** The storage of new volumes, by type. */
export function costOfNew(disks: readonly ChosenDisk[]): Cost[] {
    return costsByType(
        "new",
        disks.map(({ settings }) => settings),
    );
}

/** The storage of old volumes that are kept, by type. */
export function costOfKept({ volumes }: World, ids: readonly string[]): Cost[] {
    return costsByType(
        "kept",
        volumes.filter(({ id }) => ids.includes(id)),
    );
}

function costsByType(reason: Cost["reason"], volumes: readonly Pick<VolumeFacts, "type" | "sizeGib">[]): Cost[] {
    const sums = new Map<string, number>();
    for (const { type, sizeGib } of volumes) {
        sums.set(type, (sums.get(type) ?? 0) + sizeGib);
    }
    return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([storage, gib]) => ({ reason, storage, gib }));
}

/** The most that a fresh backup may store. EC2 stores only the blocks that changed since the last snapshot. */
export function costOfBackup({ volumes }: World, ids: readonly string[], { backup }: RestoreRequest): Cost[] {
    const gib = volumes.filter(({ id }) => ids.includes(id)).reduce((sum, { sizeGib }) => sum + sizeGib, 0);
    return backup ? [{ reason: "fresh backup", storage: "snapshot", gib }] : [];
}
