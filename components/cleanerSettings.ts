import type { CleanerSettings } from "../lambda/cleaner/cleaner";
import type { VssBackupPolicyArgs } from "./arguments";
import { DEFAULTS } from "./defaults";
import { retentionPolicy } from "./retentionPolicy";

/** Makes the cleaner's settings from checked arguments. */
export function cleanerSettings(name: string, args: VssBackupPolicyArgs): CleanerSettings {
    return {
        ...retentionPolicy(name, args),
        maxDeletionsPerRun: args.maxDeletionsPerRun ?? DEFAULTS.maxDeletionsPerRun,
        reportOnly: args.reportOnly ?? DEFAULTS.reportOnly,
    };
}
