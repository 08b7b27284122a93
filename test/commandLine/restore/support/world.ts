import type { RestoreRequest } from "../../../../cli/restore/plan/request";
import type { LiveServer, RecordedFacts, SnapshotFacts, VolumeFacts, VolumeSettings, World } from "../../../../cli/restore/plan/world";

export const MADE_AT = Date.parse("2027-03-05T07:00:00Z");

/** The day of the set. */
export const SET_TIME = Date.parse("2027-03-04T00:01:30Z");

export const SERVER = "i-0a1b2c3d4e5f00001";
export const RESCUE = "i-0a1b2c3d4e5f00009";
export const ROOT = "vol-0000000000000000a";
export const DATA = "vol-0000000000000000d";
export const LOGS = "vol-0000000000000000e";
export const KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000001";

const SETTINGS: Readonly<Record<string, VolumeSettings>> = {
    [ROOT]: { type: "gp2", iops: 150, sizeGib: 50, encrypted: false, tags: { Name: "web01 C" } },
    [DATA]: {
        type: "gp3",
        iops: 6000,
        throughput: 250,
        sizeGib: 200,
        encrypted: true,
        kmsKeyId: KEY,
        tags: { Name: "web01 D", "aws:cloudformation:stack-name": "web" },
    },
    [LOGS]: { type: "st1", sizeGib: 500, encrypted: false, tags: {} },
};

const DISKS = [
    { device: "/dev/sda1", volumeId: ROOT, deleteOnTermination: true },
    { device: "xvdd", volumeId: DATA, deleteOnTermination: false },
    { device: "xvde", volumeId: LOGS, deleteOnTermination: true },
];

/** The server `web01` with a root disk and two data disks. */
export const WEB: LiveServer = {
    id: SERVER,
    name: "web01",
    instanceType: "m7i.large",
    zone: "eu-central-1a",
    subnetId: "subnet-0000000000000000a",
    securityGroupIds: ["sg-0000000000000000a"],
    instanceProfileArn: "arn:aws:iam::123456789012:instance-profile/web",
    keyName: "admin",
    imageId: "ami-0000000000000000a",
    rootDevice: "/dev/sda1",
    tags: { Name: "web01", VssBackup: "prod", "aws:cloudformation:stack-name": "web" },
    disks: DISKS,
    state: "running",
    isSpot: false,
    hasTemporaryAddress: false,
    isManaged: true,
};

/** A server of another Windows version. */
export const RESCUE_SERVER: LiveServer = {
    ...WEB,
    id: RESCUE,
    name: "rescue01",
    imageId: "ami-0000000000000000b",
    tags: { Name: "rescue01" },
    disks: [{ device: "/dev/sda1", volumeId: "vol-0000000000000009a", deleteOnTermination: true }],
};

const { state: _state, isSpot: _isSpot, hasTemporaryAddress: _address, isManaged: _isManaged, ...FACTS } = WEB;

export const RECORDED: RecordedFacts = {
    ...FACTS,
    recordedAt: Date.parse("2027-03-03T12:00:00Z"),
    formerDisks: [],
    leftOut: [],
    volumes: SETTINGS,
};

/** The snapshots of the set, one of each disk. */
const SNAPSHOTS: readonly SnapshotFacts[] = DISKS.map(({ device, volumeId }) => ({
    id: volumeId.replace("vol", "snap"),
    volumeId,
    state: "completed",
    sizeGib: SETTINGS[volumeId]?.sizeGib ?? 0,
    tier: "standard",
    device,
    isConsistent: true,
}));

export const [ROOT_SNAPSHOT, DATA_SNAPSHOT, LOGS_SNAPSHOT] = SNAPSHOTS.map(({ id }) => id) as [string, string, string];

export const VOLUMES: readonly VolumeFacts[] = DISKS.map(({ device, volumeId }) => ({
    ...(SETTINGS[volumeId] as VolumeSettings),
    id: volumeId,
    zone: "eu-central-1a",
    attachments: [{ serverId: SERVER, device }],
}));

/** A world in which every mode has a plan. */
export function world(changes: Partial<World> = {}): World {
    return {
        policy: { name: "prod", hold: "VssBackupHold", serverTagKey: "VssBackup" },
        set: { type: "Day", startTime: SET_TIME, identified: true, status: { kind: "restorePoint" }, snapshots: SNAPSHOTS },
        server: WEB,
        recorded: RECORDED,
        volumes: VOLUMES,
        unfinished: [],
        ...changes,
    };
}

/** The same world after the server is lost, with its volumes. */
export function lostWorld(changes: Partial<World> = {}): World {
    const { server: _, ...rest } = world({
        volumes: [],
        image: { id: RECORDED.imageId, state: "available", isWindows: true, rootDevice: "/dev/sda1" },
    });
    return { ...rest, ...changes };
}

export function request(changes: Partial<RestoreRequest> = {}): RestoreRequest {
    return {
        id: "20270305-0700-x7k2",
        madeAt: MADE_AT,
        mode: "volumes",
        serverId: SERVER,
        from: DATA_SNAPSHOT,
        backup: true,
        anotherZone: false,
        ...changes,
    };
}

/** Changes a snapshot of the set. */
export function withSnapshot(id: string, changes: Partial<SnapshotFacts>): Pick<World, "set"> {
    const { set } = world();
    return { set: { ...set, snapshots: set.snapshots.map((snapshot) => (snapshot.id === id ? { ...snapshot, ...changes } : snapshot)) } };
}
