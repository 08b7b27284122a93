import { CONSISTENT_TAG, DEVICE_TAG, POLICY_TAG, SET_TAG, TYPE_TAG } from "../lambda/retention/tags";

/** Tags that the VSS agent writes. The document refuses them in its parameter `tags`. */
export const AGENT_TAGS: readonly string[] = [CONSISTENT_TAG, DEVICE_TAG, SET_TAG];

/** Tags that only the policy and the agent may set. */
export const RESERVED_TAGS: readonly string[] = [POLICY_TAG, TYPE_TAG, ...AGENT_TAGS];

/** Formats the parameter `tags` of the VSS documents: `Key=…,Value=…` pairs, separated by semicolons. */
export function formatSnapshotTags(tags: Readonly<Record<string, string>>): string {
    return Object.entries(tags)
        .map(([key, value]) => `Key=${key},Value=${value}`)
        .join(";");
}
