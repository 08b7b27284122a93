import { type AwsCall, AwsError, readList } from "./call";
import { describeInstances } from "./instances";
import { listingOf, pageOf, XMLNS } from "./pages";
import { partitionOf } from "./partition";
import { EC2_QUERY } from "./protocols";
import type { Place, Service } from "./service";
import type { StoredSnapshot } from "./snapshotStore";
import { createTags, deleteTags, taggedSnapshots } from "./snapshotTags";

export const EC2: Service = {
    protocol: EC2_QUERY,
    actions: {
        DescribeSnapshots: { carryOut: describeSnapshots },
        DescribeVolumes: { carryOut: describeVolumes },
        DescribeInstances: { carryOut: describeInstances },
        CreateTags: { resource: taggedSnapshots, carryOut: createTags },
        DeleteTags: { resource: taggedSnapshots, carryOut: deleteTags },
        DeleteSnapshot: { resource: snapshotToDelete, carryOut: deleteSnapshot },
    },
    denied: (refusal) => new AwsError("UnauthorizedOperation", `You are not authorized to perform this operation. ${refusal}`, 403),
    unknown: (action) => new AwsError("InvalidAction", `The action ${action} is not valid for this web service.`),
};

/** EC2 looks for a snapshot before it asks IAM: any caller learns that a snapshot does not exist. */
function snapshotToDelete({ parameters }: AwsCall, { state, region }: Place) {
    const snapshot = state.store.get(parameters.get("SnapshotId") ?? "");
    return (
        snapshot && {
            resource: `arn:${partitionOf(region)}:ec2:${region}::snapshot/${snapshot.id}`,
            context: Object.fromEntries([...snapshot.tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
        }
    );
}

function describeSnapshots(call: AwsCall, { view, accountId, pageSize }: Place): object {
    const owners = readList(call.parameters, "Owner");
    const mine = owners.length === 0 || owners.includes("self") || owners.includes(accountId);
    const all = mine ? view.all() : [];
    const { page, nextToken } = pageOf({ all, idOf: ({ id }) => id, valuesOf: snapshotValues }, call, pageSize);
    const described = page.map((snapshot) => describe(snapshot, accountId));
    return listingOf("DescribeSnapshots", "snapshotSet", described, nextToken);
}

function describeVolumes(call: AwsCall, { view, pageSize }: Place): object {
    const valuesOf = (id: string, filter: string) => {
        if (filter !== "volume-id") {
            throw new AwsError("InvalidParameterValue", `The filter '${filter}' is invalid`);
        }
        return [id];
    };
    const { page, nextToken } = pageOf({ all: [...view.volumes], idOf: (id) => id, valuesOf }, call, pageSize);
    const described = page.map((volumeId) => ({ volumeId, size: 100, status: "in-use", volumeType: "gp3" }));
    return listingOf("DescribeVolumes", "volumeSet", described, nextToken);
}

function describe(snapshot: StoredSnapshot, ownerId: string): object {
    return {
        snapshotId: snapshot.id,
        volumeId: snapshot.volumeId,
        status: snapshot.state,
        ...(!Number.isNaN(snapshot.startTime) && { startTime: new Date(snapshot.startTime).toISOString() }),
        progress: snapshot.state === "completed" ? "100%" : "0%",
        ownerId,
        volumeSize: snapshot.sizeGib ?? 100,
        description: snapshot.description,
        encrypted: false,
        storageTier: "standard",
        tagSet: { item: [...snapshot.tags].map(([key, value]) => ({ key, value })) },
    };
}

function snapshotValues(snapshot: StoredSnapshot, filter: string): string[] {
    if (filter.startsWith("tag:")) {
        const value = snapshot.tags.get(filter.slice("tag:".length));
        return value === undefined ? [] : [value];
    }
    const values: Readonly<Record<string, () => string[]>> = {
        "snapshot-id": () => [snapshot.id],
        "volume-id": () => [snapshot.volumeId],
        status: () => [snapshot.state],
        "tag-key": () => [...snapshot.tags.keys()],
    };
    const value = values[filter];
    if (!value) {
        throw new AwsError("InvalidParameterValue", `The filter '${filter}' is invalid`);
    }
    return value();
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
    return { DeleteSnapshotResponse: { "@_xmlns": XMLNS, requestId: "rehearsal", return: true } };
}
