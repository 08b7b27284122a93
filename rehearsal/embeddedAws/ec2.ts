import { ATTACHMENT_ACTIONS } from "./attachments";
import { type AwsCall, AwsError, readList } from "./call";
import { findSnapshot, iso, judge, tagSetOf } from "./ec2Resources";
import { describeImages } from "./imageListing";
import { IMAGE_ACTIONS } from "./images";
import { INSTANCE_ACTIONS } from "./instanceStates";
import { describeInstanceStatus, describeInstances } from "./instances";
import { LAUNCH_ACTIONS } from "./launch";
import { describeSecurityGroups, describeSubnets, NETWORK_ACTIONS } from "./networks";
import { choose, listingOf, pageOf, responseOf, tagValues } from "./pages";
import { EC2_QUERY } from "./protocols";
import { TAG_ACTIONS } from "./resourceTags";
import { describeReplaceRootVolumeTasks, ROOT_ACTIONS } from "./rootReplacement";
import type { Action, Place, Service } from "./service";
import type { StoredSnapshot } from "./snapshotStore";
import { describeVolumeStatus, describeVolumes } from "./volumeListing";
import { VOLUME_ACTIONS } from "./volumes";

/** Reads. Changes go on with each of them. */
const READS: Readonly<Record<string, Action>> = {
    DescribeSnapshots: { carryOut: describeSnapshots },
    DescribeVolumes: { carryOut: describeVolumes },
    DescribeVolumeStatus: { carryOut: describeVolumeStatus },
    DescribeInstances: { carryOut: describeInstances },
    DescribeInstanceStatus: { carryOut: describeInstanceStatus },
    DescribeImages: { carryOut: describeImages },
    DescribeReplaceRootVolumeTasks: { carryOut: describeReplaceRootVolumeTasks },
    DescribeSubnets: { carryOut: describeSubnets },
    DescribeSecurityGroups: { carryOut: describeSecurityGroups },
};

export const EC2: Service = {
    protocol: EC2_QUERY,
    actions: {
        ...Object.fromEntries(Object.entries(READS).map(([name, { carryOut }]) => [name, { carryOut: afterChanges(carryOut) }])),
        ...TAG_ACTIONS,
        ...VOLUME_ACTIONS,
        ...ATTACHMENT_ACTIONS,
        ...INSTANCE_ACTIONS,
        ...LAUNCH_ACTIONS,
        ...IMAGE_ACTIONS,
        ...ROOT_ACTIONS,
        ...NETWORK_ACTIONS,
        DeleteSnapshot: { resource: snapshotToDelete, carryOut: deleteSnapshot },
    },
    denied: (refusal) => new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation. ${refusal}`, 403),
    unknown: (action) => new AwsError("InvalidAction", `The action ${action} is not valid for this web service.`),
};

function afterChanges(carryOut: Action["carryOut"]): Action["carryOut"] {
    return (call, place) => {
        place.state.ec2.read();
        return carryOut(call, place);
    };
}

/** EC2 looks for a snapshot before it asks IAM: any caller learns that a snapshot does not exist. */
function snapshotToDelete({ parameters }: AwsCall, place: Place) {
    const snapshot = place.state.store.get(parameters.get("SnapshotId") ?? "");
    return snapshot && judge(place, "snapshot", snapshot);
}

function describeSnapshots(call: AwsCall, place: Place): object {
    const { view, accountId, pageSize } = place;
    const owners = readList(call.parameters, "Owner");
    const mine = owners.length === 0 || owners.includes("self") || owners.includes(accountId);
    const all = choose(mine ? view.all() : [], call, "SnapshotId", (id) => findSnapshot(place, id));
    const { page, nextToken } = pageOf({ all, idOf: ({ id }) => id, valuesOf: snapshotValues }, call, pageSize);
    const described = page.map((snapshot) => describe(snapshot, accountId));
    return listingOf("DescribeSnapshots", "snapshotSet", described, nextToken);
}

function describe(snapshot: StoredSnapshot, ownerId: string): object {
    return {
        snapshotId: snapshot.id,
        volumeId: snapshot.volumeId,
        status: snapshot.state,
        ...(!Number.isNaN(snapshot.startTime) && { startTime: iso(snapshot.startTime) }),
        progress: snapshot.state === "completed" ? "100%" : "0%",
        ownerId,
        volumeSize: snapshot.sizeGib ?? 100,
        description: snapshot.description,
        encrypted: snapshot.encrypted ?? false,
        ...(snapshot.kmsKeyId !== undefined && { kmsKeyId: snapshot.kmsKeyId }),
        storageTier: "standard",
        tagSet: tagSetOf(snapshot.tags),
    };
}

function snapshotValues(snapshot: StoredSnapshot, filter: string): string[] {
    const values: Readonly<Record<string, () => string[]>> = {
        "snapshot-id": () => [snapshot.id],
        "volume-id": () => [snapshot.volumeId],
        status: () => [snapshot.state],
    };
    return values[filter]?.() ?? tagValues(snapshot.tags, filter);
}

function deleteSnapshot({ parameters }: AwsCall, { state: { store } }: Place): object {
    const id = parameters.get("SnapshotId") ?? "";
    if (!/^snap-[0-9a-f]+$/.test(id)) {
        throw new AwsError("InvalidSnapshotID.Malformed", `The snapshot ID '${id}' is not valid.`);
    }
    const snapshot = store.get(id);
    if (!snapshot) {
        throw new AwsError("InvalidSnapshot.NotFound", `The snapshot '${id}' does not exist.`);
    }
    if (snapshot.heldBy) {
        throw new AwsError(snapshot.heldBy.code, snapshot.heldBy.message);
    }
    store.delete(id);
    return responseOf("DeleteSnapshot");
}
