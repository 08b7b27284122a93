import { AwsError } from "./call";
import type { Server } from "./ssm";

/** The most values of a tag in a filter of instances. */
const TAG_VALUES = 5;

/** Whether Systems Manager can send commands to a server. */
export function isManaged({ state = "running", agent = "Online", hasProfile = true }: Server): boolean {
    return state === "running" && agent !== "none" && hasProfile;
}

/**
 * Finds the managed servers that all filters select.
 *
 * @throws AwsError if there is no such filter
 */
export function findManaged(
    servers: readonly Server[],
    filters: readonly { readonly key: string; readonly values: readonly string[] }[],
): readonly Server[] {
    const matches = filters.map(({ key, values }) =>
        key === "InstanceIds" ? ({ id }: Server) => values.includes(id) : tagFilter(key, values),
    );
    return servers.filter((server) => isManaged(server) && matches.every((match) => match(server)));
}

function tagFilter(key: string, values: readonly string[]): (server: Server) => boolean {
    if (!key.startsWith("tag:")) {
        throw new AwsError("InvalidFilterKey", "The specified key isn't valid.");
    }
    if (values.length > TAG_VALUES) {
        throw new AwsError("ValidationException", `The number of tag values for ${key} was ${values.length}. Max: ${TAG_VALUES}.`);
    }
    return ({ tags }) => values.includes(tags.get(key.slice("tag:".length)) ?? "");
}
