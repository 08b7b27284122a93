import type { CleanerSettings } from "./cleaner/cleaner";
import type { WatchSettings, WatchTargets } from "./watch/watchSettings";

/** Parameters of all policies of an account and region are below this path. */
export const POLICIES_PATH = "/vss-backup";

/**
 * The path of what the watch and restores record. It is not below that of the settings: a listing gives ten parameters a page, and who looks
 * for a policy must not read the records of a thousand servers.
 */
export const RECORDS_PATH = "/vss-backup-records";

/** The settings of a deployed policy. The component writes them into a parameter of Systems Manager, and the command line reads them. */
export interface DeployedPolicy {
    readonly version: 1;
    readonly settings: WatchSettings & CleanerSettings;
    readonly targets: WatchTargets;
    readonly cleanerFunction: string;
    /** Undefined if the policy has no watch. */
    readonly watchFunction?: string;
    /** Hours between two runs of the watch; undefined if the policy has none. */
    readonly watchEveryHours?: number;
    /** Whether its runs save the metadata of VSS writers; undefined if not. */
    readonly saveVssMetadata?: true;
}

/** The name of a policy's parameter. */
export function parameterName(policy: string): string {
    return `${POLICIES_PATH}/${policy}/settings`;
}
