import { type AwsCall, AwsError, readList, readObjects } from "./call";
import { MOST_TAGS, refuseReserved, requestContext } from "./createdTags";
import { findGroup, findImage, findServer, findSnapshot, findVolume, judge } from "./ec2Resources";
import { responseOf } from "./pages";
import type { Action, Judged, Place } from "./service";

export const TAG_ACTIONS: Readonly<Record<string, Action>> = {
    CreateTags: { resource: taggedResources, carryOut: createTags },
    DeleteTags: { resource: taggedResources, carryOut: deleteTags },
};

interface Tagged {
    readonly id: string;
    readonly tags: Map<string, string>;
}

/** The resources that may have tags, by the beginnings of their ids. */
const TYPES: Readonly<Record<string, { readonly type: string; find(place: Place, id: string): Tagged }>> = {
    snap: { type: "snapshot", find: findSnapshot },
    vol: { type: "volume", find: findVolume },
    i: { type: "instance", find: findServerTags },
    ami: { type: "image", find: findImage },
    sg: { type: "security-group", find: findGroup },
};

/** Finds the resources that IAM judges: each resource with its tags, and the tags of the request. */
function taggedResources(call: AwsCall, place: Place): Judged[] {
    const requested = requestContext(tagsOf(call));
    return resourcesOf(call, place).map(({ type, resource }) => {
        const judged = judge(place, type, resource);
        return { ...judged, context: { ...requested, ...judged.context } };
    });
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
function createTags(call: AwsCall, place: Place): object {
    const tags = tagsOf(call);
    refuseReserved(tags.keys());
    const resources = resourcesOf(call, place).map(({ resource }) => resource);
    const full = resources.find((resource) => new Set([...resource.tags.keys(), ...tags.keys()]).size > MOST_TAGS);
    if (full) {
        throw new AwsError("TagLimitExceeded", `The maximum number of Tags for this resource is ${MOST_TAGS}: ${full.id}`);
    }
    for (const resource of resources) {
        for (const [key, value = ""] of tags) {
            resource.tags.set(key, value);
        }
    }
    return responseOf("CreateTags");
}

/**
 * Deletes tags. A tag without a value in the request is deleted with any value.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
 */
function deleteTags(call: AwsCall, place: Place): object {
    for (const { resource } of resourcesOf(call, place)) {
        for (const [key, value] of tagsOf(call)) {
            if (value === undefined || resource.tags.get(key) === value) {
                resource.tags.delete(key);
            }
        }
    }
    return responseOf("DeleteTags");
}

/** @throws AwsError if one does not exist. Then none is changed. */
function resourcesOf({ parameters }: AwsCall, place: Place): { readonly type: string; readonly resource: Tagged }[] {
    return readList(parameters, "ResourceId").map((id) => {
        const known = TYPES[id.split("-")[0] ?? ""];
        if (!known) {
            throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
        }
        return { type: known.type, resource: known.find(place, id) };
    });
}

/** Servers may share their tags, so a server gets its own before they change. */
function findServerTags(place: Place, id: string): Tagged {
    const server = findServer(place, id);
    const tags = new Map(server.tags);
    server.tags = tags;
    return { id, tags };
}

function tagsOf({ parameters }: AwsCall): Map<string, string | undefined> {
    return new Map(readObjects(parameters, "Tag").map((tag) => [tag.get("Key") ?? "", tag.get("Value") ?? undefined]));
}
