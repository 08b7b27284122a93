import { REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG, RESTORE_TAG, STEP_TAG } from "../../../lambda/restoreTags";

export { REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG, RESTORE_TAG, STEP_TAG };

const OWN = [RESTORE_TAG, STEP_TAG, REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG];

/** EC2 takes 50 tags. Those of the restore need room, also those that it puts there when it replaces the volume again. */
const MOST_TAGS = 50 - OWN.length;

/** The tags that a new thing takes over. */
export function inheritedTags(tags: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(inheritable(tags).slice(0, MOST_TAGS));
}

/** Whether some tags have no room on a new thing. */
export function hasTooManyTags(tags: Readonly<Record<string, string>>): boolean {
    return inheritable(tags).length > MOST_TAGS;
}

/** Nobody may set tags that begin with `aws:`. */
function inheritable(tags: Readonly<Record<string, string>>): [string, string][] {
    return Object.entries(tags)
        .filter(([key]) => !key.startsWith("aws:") && !OWN.includes(key))
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The value of the hold tag, by which a restore finds the snapshots that it holds itself. */
export function holdValue(restore: string): string {
    return `restore ${restore}`;
}
