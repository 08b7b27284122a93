import fc from "fast-check";
import { MODES, type Mode, type RestoreRequest } from "../../../../cli/restore/plan/request";
import type { LiveServer, World } from "../../../../cli/restore/plan/world";
import { MADE_AT, RECORDED, RESCUE_SERVER, SERVER, SET_TIME, WEB } from "./world";

const LETTERS = [..."bcdefghij"];
const TYPES = ["gp2", "gp3", "io2", "st1"] as const;

/** One disk of a random server. */
interface RandomDisk {
    readonly device: string;
    readonly volumeId: string;
    readonly newVolumeId: string;
    readonly type: (typeof TYPES)[number];
    readonly sizeGib: number;
    /** Whether the disk is in the set, and on the live server. */
    readonly isInSet: boolean;
    readonly place: "same" | "other" | "nothing";
    readonly deleteOnTermination: boolean;
    readonly hasDeviceTag: boolean;
}

function diskAt(device: string, number: number): fc.Arbitrary<RandomDisk> {
    const digits = number.toString(16).padStart(17, "0");
    return fc.record({
        device: fc.constant(device),
        volumeId: fc.constant(`vol-${digits}`),
        newVolumeId: fc.constant(`vol-1${digits.slice(1)}`),
        type: fc.constantFrom(...TYPES),
        sizeGib: fc.integer({ min: 1, max: 1000 }),
        isInSet: fc.boolean().map((is) => is || number === 0),
        place: fc.constantFrom("same", "same", "other", "nothing"),
        deleteOnTermination: fc.boolean(),
        hasDeviceTag: fc.boolean(),
    });
}

const disks = fc
    .subarray(LETTERS)
    .chain((letters) => fc.tuple(diskAt("/dev/sda1", 0), ...letters.map((letter, i) => diskAt(`xvd${letter}`, i + 1))));

/** A random world and a request for it. Most have a plan. */
export interface RandomCase {
    readonly world: World;
    readonly request: RestoreRequest;
}

export const cases: fc.Arbitrary<RandomCase> = fc
    .record({
        disks,
        mode: fc.constantFrom(...MODES),
        state: fc.constantFrom("running", "running", "stopped"),
        isManaged: fc.boolean(),
        backup: fc.boolean(),
        isLive: fc.boolean(),
        hasRecord: fc.boolean(),
        identified: fc.boolean(),
        isTargetSame: fc.boolean(),
    })
    .map(makeCase);

interface Parts {
    readonly disks: readonly RandomDisk[];
    readonly mode: Mode;
    readonly state: string;
    readonly isManaged: boolean;
    readonly backup: boolean;
    readonly isLive: boolean;
    readonly hasRecord: boolean;
    readonly identified: boolean;
    readonly isTargetSame: boolean;
}

function makeCase(parts: Parts): RandomCase {
    const { mode, backup, state, isManaged } = parts;
    const isLive = parts.isLive || mode === "volumes" || mode === "root";
    const server = liveServer(parts);
    const settings = parts.disks.map(({ volumeId, type, sizeGib }) => [volumeId, { type, sizeGib, encrypted: false, tags: {} }] as const);
    const snapshots = parts.disks.filter(({ isInSet }) => isInSet);
    return {
        world: {
            policy: { name: "prod", hold: "VssBackupHold", serverTagKey: "VssBackup" },
            set: {
                type: "Day",
                startTime: SET_TIME,
                identified: parts.identified,
                status: { kind: "restorePoint" },
                snapshots: snapshots.map(({ volumeId, sizeGib, device, hasDeviceTag }) => ({
                    id: volumeId.replace("vol", "snap"),
                    volumeId,
                    state: "completed",
                    sizeGib,
                    tier: "standard",
                    ...(hasDeviceTag && { device }),
                    isConsistent: true,
                })),
            },
            ...(isLive && { server }),
            ...((parts.hasRecord || !isLive) && {
                recorded: {
                    ...RECORDED,
                    disks: parts.disks.map(({ device, volumeId, deleteOnTermination }) => ({ device, volumeId, deleteOnTermination })),
                    volumes: Object.fromEntries(settings),
                },
            }),
            ...(mode === "attach" && { target: isLive && parts.isTargetSame ? server : { ...RESCUE_SERVER, isManaged, state } }),
            ...(!isLive && { image: { id: RECORDED.imageId, state: "available", isWindows: true, rootDevice: "/dev/sda1" } }),
            volumes: isLive ? volumesOf(parts) : [],
            unfinished: [],
        },
        request: {
            id: "20270305-0700-x7k2",
            madeAt: MADE_AT,
            mode,
            serverId: SERVER,
            from: "snap-00000000000000000",
            backup: backup && state === "running" && isManaged,
            anotherZone: false,
            ...(mode === "server" && { securityGroupIds: ["sg-0000000000000000f"] }),
        },
    };
}

function liveServer({ disks: all, state, isManaged }: Parts): LiveServer {
    return {
        ...WEB,
        state,
        isManaged,
        disks: all
            .filter(({ place, device }) => place !== "nothing" || device === "/dev/sda1")
            .map(({ device, volumeId, newVolumeId, place, deleteOnTermination }) => ({
                device,
                volumeId: place === "other" ? newVolumeId : volumeId,
                deleteOnTermination,
            })),
    };
}

/** Volumes that another one has replaced are in no place, and have the tags of that restore. */
function volumesOf({ disks: all }: Parts) {
    return all.flatMap(({ device, volumeId, newVolumeId, place, type, sizeGib }) => {
        const common = { type, sizeGib, encrypted: false, zone: WEB.zone };
        const attached = { ...common, tags: {}, attachments: [{ serverId: SERVER, device }] };
        const replaced = {
            ...common,
            id: volumeId,
            attachments: [],
            tags: { VssBackupReplacedBy: "before", VssBackupReplacedServer: SERVER, VssBackupReplacedDevice: device },
        };
        if (place === "other") {
            return [replaced, { ...attached, id: newVolumeId }];
        }
        return place === "nothing" && device !== "/dev/sda1" ? [replaced] : [{ ...attached, id: volumeId }];
    });
}
