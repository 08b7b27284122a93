import { isSameDevice } from "./devices";
import type { Fault } from "./fault";
import type { Mode, RestoreRequest } from "./request";
import { type FoundSettings, settingsOf } from "./settings";
import { REPLACED_SERVER_TAG } from "./tags";
import type { Disk, RecordedFacts, ServerFacts, SnapshotFacts, World } from "./world";

const BOOT_DEVICE = "/dev/sda1";

/** A snapshot to restore, and the disk that it becomes. */
export interface ChosenDisk extends FoundSettings {
    readonly snapshot: SnapshotFacts;
    /** The device of the original disk. */
    readonly device: string;
    readonly isRoot: boolean;
    /** Of the original disk. */
    readonly deleteOnTermination: boolean;
}

export interface Choice {
    readonly disks: readonly ChosenDisk[];
    /** Snapshots of the set that are of other servers. */
    readonly foreign: readonly SnapshotFacts[];
    readonly faults: readonly Fault[];
}

/** The facts about the server of the set, live or recorded. */
export function factsOf({ server, recorded }: World): ServerFacts | undefined {
    return server ?? recorded;
}

export function rootDeviceOf(world: World): string {
    return factsOf(world)?.rootDevice ?? BOOT_DEVICE;
}

/** Chooses the snapshots of the set that a restore needs. */
export function chooseDisks(world: World, request: RestoreRequest): Choice {
    const { mode, serverId, disks: wanted } = request;
    const { snapshots, identified } = world.set;
    const ofServer = snapshots.filter(({ volumeId }) => isOfServer(world, serverId, volumeId));
    // Only a set without an id can have snapshots of several servers.
    const members = identified ? snapshots : ofServer;
    const placed = members.map((snapshot) => ({ snapshot, device: deviceOf(world, snapshot) }));
    const found = placed.map(({ snapshot, device = snapshot.volumeId }) => chosenDisk(world, snapshot, device));
    const fitting = found.filter((disk) => fits(disk, mode) && (wanted === undefined || isWanted(disk, wanted)));
    const nameless = mode === "attach" ? [] : placed.filter(({ device }) => device === undefined);
    return {
        disks: fitting,
        foreign: identified ? [] : snapshots.filter((snapshot) => !ofServer.includes(snapshot)),
        faults: [
            ...(ofServer.length === 0 && (factsOf(world) || !identified) ? [otherServer(request)] : []),
            ...nameless.map(({ snapshot }) => ({
                sentence: `Nobody knows the device of ${snapshot.id}: it has no tag Device, and its volume ${snapshot.volumeId} is on no server`,
                cure: "Use the mode attach for it, and copy the files.",
            })),
            ...doubles(fitting),
            ...(wanted ?? []).flatMap((device) => unknownDisk(found, device, mode)),
            ...(fitting.length === 0 && wanted === undefined ? [nothingLeft(mode)] : []),
        ],
    };
}

/** The disks of a server now, and those that were recorded of it. */
export function allDisks(server: ServerFacts | undefined, recorded: RecordedFacts | undefined): readonly Disk[] {
    return [...(server?.disks ?? []), ...(recorded?.disks ?? []), ...(recorded?.formerDisks ?? [])];
}

/** Whether a volume is or was a disk of the server: now, when the watch recorded it, or before a restore replaced it. */
export function isOfServer({ server, recorded, volumes }: World, serverId: string, volumeId: string): boolean {
    const isKnown = allDisks(server, recorded).some((disk) => disk.volumeId === volumeId);
    return isKnown || volumes.some(({ id, tags }) => id === volumeId && tags[REPLACED_SERVER_TAG] === serverId);
}

/** EC2's agent writes the device into a tag. Without it, the server or its record tells the device of the volume. */
function deviceOf({ server, recorded }: World, { device, volumeId }: SnapshotFacts): string | undefined {
    return device ?? allDisks(server, recorded).find((disk) => disk.volumeId === volumeId)?.device;
}

function chosenDisk(world: World, snapshot: SnapshotFacts, device: string): ChosenDisk {
    const isRoot = isSameDevice(device, rootDeviceOf(world));
    const known = factsOf(world)?.disks.find((disk) => isSameDevice(disk.device, device));
    return { snapshot, device, isRoot, ...settingsOf(world, snapshot, device), deleteOnTermination: known?.deleteOnTermination ?? isRoot };
}

function fits({ isRoot }: ChosenDisk, mode: Mode): boolean {
    return mode === "root" ? isRoot : mode === "volumes" ? !isRoot : true;
}

function isWanted({ device }: ChosenDisk, wanted: readonly string[]): boolean {
    return wanted.some((one) => isSameDevice(one, device));
}

function doubles(disks: readonly ChosenDisk[]): Fault[] {
    return disks.flatMap(({ device, snapshot }, i) => {
        const before = disks.slice(0, i).find((disk) => isSameDevice(disk.device, device));
        return before === undefined
            ? []
            : [
                  {
                      sentence: `${before.snapshot.id} and ${snapshot.id} of the set are both of the disk ${device}`,
                      cure: "Choose another set with --from. vss-backup points lists them.",
                  },
              ];
    });
}

function unknownDisk(found: readonly ChosenDisk[], device: string, mode: Mode): Fault[] {
    const disk = found.find((one) => isSameDevice(one.device, device));
    if (disk === undefined) {
        const devices = found.map((one) => one.device).join(", ");
        return [{ sentence: `The set has no disk ${device}`, cure: `Check --disk. The set has: ${devices || "no disk"}.` }];
    }
    return fits(disk, mode)
        ? []
        : [
              mode === "root"
                  ? { sentence: `${device} is no root disk`, cure: "Use the mode volumes for data disks." }
                  : { sentence: `${device} is the root disk`, cure: "Use the mode root for it." },
          ];
}

function nothingLeft(mode: Mode): Fault {
    return mode === "root"
        ? { sentence: "The set has no snapshot of the root disk", cure: "Choose another set with --from. vss-backup points lists them." }
        : { sentence: "The set has no snapshot of a data disk", cure: "Use the mode root for the root disk, or another set with --from." };
}

function otherServer({ serverId }: RestoreRequest): Fault {
    return {
        sentence: `No snapshot of the set is of a disk of ${serverId}`,
        cure: "Choose a set of this server with --from. vss-backup points lists them.",
    };
}
