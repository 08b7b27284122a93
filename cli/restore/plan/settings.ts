import { isSameDevice } from "./devices";
import type { ServerFacts, SnapshotFacts, VolumeSettings, World } from "./world";

/** The settings of a new volume, and where they come from. */
export interface FoundSettings {
    readonly settings: VolumeSettings;
    readonly origin: "volume" | "record" | "default";
}

/**
 * Finds how the volume of a snapshot was made: as the disk that is at its device now; or its volume, if that exists; or as it was recorded.
 * The new volume is never smaller than the old one.
 */
export function settingsOf(world: World, snapshot: SnapshotFacts, device: string): FoundSettings {
    const { server, recorded, volumes } = world;
    const ids = [volumeAt(server, device), snapshot.volumeId];
    const live = ids.flatMap((id) => volumes.find((volume) => volume.id === id) ?? [])[0];
    if (live) {
        return { settings: grown(plainSettings(live), snapshot), origin: "volume" };
    }
    const known = [snapshot.volumeId, volumeAt(recorded, device)].flatMap((id) => (id && recorded?.volumes[id]) || [])[0];
    if (known) {
        return { settings: grown(plainSettings(known), snapshot), origin: "record" };
    }
    return { settings: { type: "gp3", sizeGib: snapshot.sizeGib, encrypted: false, tags: {} }, origin: "default" };
}

/** The id of the volume that a server has at a device. */
export function volumeAt(server: ServerFacts | undefined, device: string): string | undefined {
    return server?.disks.find((disk) => isSameDevice(disk.device, device))?.volumeId;
}

function grown(settings: VolumeSettings, { sizeGib }: SnapshotFacts): VolumeSettings {
    return { ...settings, sizeGib: Math.max(settings.sizeGib, sizeGib) };
}

/** Leaves out what EC2 reports of a volume but does not accept for a new one of its type. */
function plainSettings({ type, iops, throughput, sizeGib, encrypted, kmsKeyId, tags }: VolumeSettings): VolumeSettings {
    return {
        type,
        ...(iops !== undefined && ["gp3", "io1", "io2"].includes(type) && { iops }),
        ...(throughput !== undefined && type === "gp3" && { throughput }),
        sizeGib,
        encrypted,
        ...(encrypted && kmsKeyId !== undefined && { kmsKeyId }),
        tags,
    };
}
