import { type AwsCall, AwsError, readList } from "./call";
import { XMLNS } from "./pages";
import { partitionOf } from "./partition";
import type { Judged, Place } from "./service";
import type { StoredSnapshot } from "./snapshotStore";

const TAGS = 50;

/** Finds the resources that IAM judges: each snapshot with its tags, and the tags of the request. */
export function taggedSnapshots(call: AwsCall, place: Place): Judged[] {
    const keys = [...tagsOf(call).keys()];
    const requested = [...tagsOf(call)].map(([key, value]) => [`aws:RequestTag/${key}`, value ?? ""]);
    return snapshotsOf(call, place).map(({ id, tags }) => ({
        resource: `arn:${partitionOf(place.region)}:ec2:${place.region}::snapshot/${id}`,
        context: Object.fromEntries([
            ["aws:TagKeys", keys],
            ...requested,
            ...[...tags].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
        ]),
    }));
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export function createTags(call: AwsCall, place: Place): object {
    const tags = tagsOf(call);
    const reserved = [...tags.keys()].find((key) => key.toLowerCase().startsWith("aws:"));
    if (reserved !== undefined) {
        throw new AwsError("InvalidParameterValue", `Tag keys starting with 'aws:' are reserved for internal use: ${reserved}`);
    }
    const snapshots = snapshotsOf(call, place);
    const full = snapshots.find((snapshot) => new Set([...snapshot.tags.keys(), ...tags.keys()]).size > TAGS);
    if (full) {
        throw new AwsError("TagLimitExceeded", `The maximum number of Tags for this resource is ${TAGS}: ${full.id}`);
    }
    for (const snapshot of snapshots) {
        for (const [key, value = ""] of tags) {
            snapshot.tags.set(key, value);
        }
    }
    return { CreateTagsResponse: { "@_xmlns": XMLNS, requestId: "rehearsal", return: true } };
}

/**
 * Deletes tags. A tag without a value in the request is deleted with any value.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
export function deleteTags(call: AwsCall, place: Place): object {
    for (const snapshot of snapshotsOf(call, place)) {
        for (const [key, value] of tagsOf(call)) {
            if (value === undefined || snapshot.tags.get(key) === value) {
                snapshot.tags.delete(key);
            }
        }
    }
    return { DeleteTagsResponse: { "@_xmlns": XMLNS, requestId: "rehearsal", return: true } };
}

/** @throws AwsError if one does not exist. Then none is changed. */
function snapshotsOf({ parameters }: AwsCall, { state }: Place): StoredSnapshot[] {
    return readList(parameters, "ResourceId").map((id) => {
        const snapshot = state.store.get(id);
        if (!snapshot) {
            throw new AwsError("InvalidSnapshot.NotFound", `The snapshot '${id}' does not exist.`);
        }
        return snapshot;
    });
}

function tagsOf({ parameters }: AwsCall): Map<string, string | undefined> {
    const keys = [...parameters].filter(([name]) => /^Tag\.\d+\.Key$/.test(name));
    return new Map(keys.map(([name, key]) => [key, parameters.get(name.replace(/Key$/, "Value")) ?? undefined]));
}
