import { CONSISTENT_TAG, DEVICE_TAG, POLICY_TAG, SET_TAG, TYPE_TAG } from "../lambda/retention/tags";

/** Tags that the VSS agent writes; naming one in the document's `tags` is an error. */
export const AGENT_TAGS: readonly string[] = [CONSISTENT_TAG, DEVICE_TAG, SET_TAG];

/** Tags that nobody but the policy and the agent may set. */
export const RESERVED_TAGS: readonly string[] = [POLICY_TAG, TYPE_TAG, ...AGENT_TAGS];

/** The `tags` parameter of the VSS documents: `Key=…,Value=…` pairs, separated by semicolons. */
export function formatSnapshotTags(tags: Readonly<Record<string, string>>): string {
    return Object.entries(tags)
        .map(([key, value]) => `Key=${key},Value=${value}`)
        .join(";");
}
