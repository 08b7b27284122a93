import { type AwsCall, AwsError } from "./call";
import { createdTags, judgeCreation } from "./createdTags";
import { attachmentOf, findSnapshot, findVolume, judge } from "./ec2Resources";
import { responseOf } from "./pages";
import type { Action, Judged, Place } from "./service";
import type { StoredSnapshot } from "./snapshotStore";
import { mayUseKey } from "./volumeKeys";
import { describeVolume, stateOf } from "./volumeListing";
import { type Disk, defaultDisk, RAW_DISK, type StoredVolume } from "./volumeStore";

export const VOLUME_ACTIONS: Readonly<Record<string, Action>> = {
    CreateVolume: { resource: createdVolume, carryOut: createVolume },
    DeleteVolume: { resource: deletedVolume, carryOut: deleteVolume },
};

function createdVolume(call: AwsCall, place: Place): Judged[] {
    const snapshotId = call.parameters.get("SnapshotId");
    const snapshot = snapshotId === null ? [] : [judge(place, "snapshot", findSnapshot(place, snapshotId))];
    return [...judgeCreation(call, place, "volume"), ...snapshot];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html */
async function createVolume(call: AwsCall, place: Place): Promise<object> {
    const { parameters } = call;
    const zone = parameters.get("AvailabilityZone") ?? "";
    if (!new RegExp(`^${place.region}[a-f]$`).test(zone)) {
        throw new AwsError("InvalidZone.NotFound", `The zone '${zone}' does not exist.`);
    }
    const outcome = (await mayUseKey(call, place)) ? undefined : "error";
    const id = place.state.ec2.makeOnce(call, () => {
        const snapshotId = parameters.get("SnapshotId");
        const snapshot = snapshotId === null ? undefined : usableSnapshot(place, snapshotId);
        const volume = makeVolume(place, { ...settingsOf(parameters), zone, tags: createdTags(call, "volume") }, snapshot, outcome);
        return volume.id;
    });
    return responseOf("CreateVolume", describeVolume(findVolume(place, id), place));
}

/**
 * Makes a volume, of a snapshot if there is one. It becomes available later, or fails.
 *
 * @param outcome how it ends; as `volumeOutcome` says if left out
 * @throws AwsError if EC2 refuses its settings
 */
export function makeVolume(
    { state: { store, ec2, now } }: Place,
    settings: Partial<Omit<StoredVolume, "id" | "state" | "disk" | "snapshotId">>,
    snapshot?: StoredSnapshot,
    outcome?: "error",
): StoredVolume {
    const least = snapshot ? (snapshot.sizeGib ?? 100) : 1;
    const { sizeGib = snapshot && least } = settings;
    if (sizeGib === undefined) {
        throw new AwsError("MissingParameter", "The request must contain the parameter size/snapshotId");
    }
    if (sizeGib < least) {
        throw new AwsError("InvalidParameterValue", `The size of a volume must be at least ${least} GiB, the size of its snapshot.`);
    }
    const { encrypted = snapshot?.encrypted, kmsKeyId = snapshot?.kmsKeyId } = settings;
    const volume = store.volumes.add(ec2.makeId("vol"), {
        ...settings,
        sizeGib,
        ...(encrypted !== undefined && { encrypted }),
        ...(kmsKeyId !== undefined && { kmsKeyId }),
        ...(snapshot && { snapshotId: snapshot.id, initialized: 0 }),
        createdAt: now(),
        state: "creating",
        disk: snapshot ? diskOf(snapshot) : RAW_DISK,
    });
    ec2.later("createVolume", () => {
        volume.state = (outcome ?? ec2.behaviour.volumeOutcome) === "error" ? "error" : undefined;
        ec2.later("initializeVolume", () => {
            volume.initialized = 100;
        });
    });
    return volume;
}

/**
 * Finds a snapshot from which EC2 makes a volume.
 *
 * @throws AwsError if it is missing or not completed
 */
export function usableSnapshot(place: Place, id: string): StoredSnapshot {
    const snapshot = findSnapshot(place, id);
    if (snapshot.state !== "completed") {
        throw new AwsError("IncorrectState", `Snapshot is in invalid state - ${snapshot.state}`);
    }
    return snapshot;
}

/** What is on the volume of a snapshot. */
export function diskOf({ disk, volumeId }: StoredSnapshot): Disk {
    return disk ?? defaultDisk(volumeId);
}

function settingsOf(parameters: URLSearchParams): Partial<StoredVolume> {
    const number = (name: string) => Number(parameters.get(name));
    const rate = number("VolumeInitializationRate");
    if (rate !== 0 && (rate < 100 || rate > 300)) {
        throw new AwsError("InvalidParameterValue", `Volume initialization rate must be between 100 and 300 MiB/s: ${rate}`);
    }
    return {
        type: parameters.get("VolumeType") ?? "gp2",
        ...(parameters.has("Size") && { sizeGib: number("Size") }),
        ...(parameters.has("Iops") && { iops: number("Iops") }),
        ...(parameters.has("Throughput") && { throughput: number("Throughput") }),
        ...(parameters.has("Encrypted") && { encrypted: parameters.get("Encrypted") === "true" }),
        ...(parameters.has("KmsKeyId") && { kmsKeyId: parameters.get("KmsKeyId") ?? "" }),
        ...(rate !== 0 && { initializationRate: rate }),
    };
}

function deletedVolume({ parameters }: AwsCall, place: Place): Judged {
    return judge(place, "volume", findVolume(place, parameters.get("VolumeId") ?? ""));
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVolume.html */
function deleteVolume({ parameters }: AwsCall, place: Place): object {
    const volume = findVolume(place, parameters.get("VolumeId") ?? "");
    const attached = attachmentOf(place, volume.id);
    if (attached) {
        throw new AwsError("VolumeInUse", `Volume ${volume.id} is currently attached to ${attached.server.id}`);
    }
    if (!["available", "error"].includes(stateOf(volume, place))) {
        throw new AwsError("IncorrectState", `The volume '${volume.id}' is not 'available'.`);
    }
    removeVolume(volume, place);
    return responseOf("DeleteVolume");
}

/** Deletes a volume that is not attached. */
export function removeVolume(volume: StoredVolume, { state: { store, ec2 } }: Place): void {
    volume.state = "deleting";
    ec2.later("deleteVolume", () => store.volumes.delete(volume.id));
}
