import type { Server, Volume } from "./ssm";
import { type Disk, defaultDisk, type VolumeStore } from "./volumeStore";

/** A disk as Windows shows it, which `Get-Disk` knows by the serial of its volume. */
export interface WindowsDisk {
    /** The id of the volume without its hyphen. */
    readonly serial: string;
    readonly number: number;
    readonly isOffline: boolean;
    readonly isReadOnly: boolean;
    /** Empty if the disk is raw. */
    readonly signature: string;
    /** None while the disk is offline. */
    readonly letters: readonly string[];
}

/** Lists the disks of a server, as Windows numbers them. */
export function disksOf({ volumes }: Server, store: VolumeStore): WindowsDisk[] {
    return volumes
        .filter(({ attachment = "attached" }) => attachment !== "attaching")
        .map((volume, number) => {
            const disk = diskOn(volume.id, store);
            return {
                serial: volume.id.replace("-", ""),
                number,
                isOffline: !volume.mounted,
                isReadOnly: !volume.mounted,
                signature: disk.signature,
                letters: volume.mounted ? (disk.letters ?? [letterOf(volume)]) : [],
            };
        });
}

/** Lists the file systems on disks that are online and not raw: one for each drive letter. */
export function fileSystemsOf(server: Server, serials: readonly string[], store: VolumeStore): object[] {
    return disksOf(server, store)
        .filter(({ serial, signature }) => serials.includes(serial) && signature !== "")
        .flatMap(({ serial, letters }) => {
            const id = serial.replace("vol", "vol-");
            const entries = Object.keys(diskOn(id, store).files).length;
            return letters.map(() => ({ serial, type: "NTFS", entries, error: "" }));
        });
}

/** What is on a volume. */
export function diskOn(volumeId: string, store: VolumeStore): Disk {
    return store.get(volumeId)?.disk ?? defaultDisk(volumeId);
}

/** Whether another disk of the server, which is online, has the signature of a volume's disk. Then Windows keeps the disk offline. */
export function collides(server: Server, volumeId: string, store: VolumeStore): boolean {
    const { signature } = diskOn(volumeId, store);
    const others = server.volumes.filter(({ id, mounted }) => mounted && id !== volumeId);
    return signature !== "" && others.some(({ id }) => diskOn(id, store).signature === signature);
}

/** Brings the disks of a server online when it starts, in the order of their attachment. Disks that were offline stay so. */
export function bringOnline(server: Server, store: VolumeStore): void {
    for (const { id } of server.volumes) {
        const rest = server.volumes.slice(0, server.volumes.findIndex((volume) => volume.id === id) + 1);
        if (collides({ ...server, volumes: rest }, id, store)) {
            setOnline(server, id, false);
        }
    }
}

/** Puts a disk online or offline. */
export function setOnline(server: Server, volumeId: string, mounted: boolean): void {
    server.volumes = server.volumes.map((volume) => (volume.id === volumeId ? { ...volume, mounted } : volume));
}

/** Windows remembers the letter of each disk; a disk without letters of its own has that of its device. */
function letterOf({ device }: Volume): string {
    return device === "/dev/sda1" ? "C" : device.slice(-1).toUpperCase();
}

/** Whether Windows can start from a volume. */
export function boots(volumeId: string, store: VolumeStore): boolean {
    return (diskOn(volumeId, store).letters ?? ["C"]).includes("C");
}
