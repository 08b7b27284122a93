import type { CleanerSettings } from "../lambda/cleaner/cleaner";
import type { VssBackupPolicyArgs } from "./arguments";
import { DEFAULTS } from "./defaults";
import { snapshotTypes } from "./snapshotTypes";

/** Makes the cleaner's settings from checked arguments. */
export function cleanerSettings(name: string, args: VssBackupPolicyArgs): CleanerSettings {
    const types = snapshotTypes(args);
    return {
        name,
        retention: Object.fromEntries(types.map((type) => [type.name, type.retention])),
        schedules: Object.fromEntries(types.map((type) => [type.name, type.schedule])),
        timezone: args.timezone ?? DEFAULTS.timezone,
        hold: args.hold ?? DEFAULTS.hold,
        ...(args.orphanDays !== undefined && { orphanDays: args.orphanDays }),
        failedSetGraceHours: args.failedSetGraceHours ?? DEFAULTS.failedSetGraceHours,
        maxDeletionsPerRun: args.maxDeletionsPerRun ?? DEFAULTS.maxDeletionsPerRun,
        countCrashConsistent: args.countCrashConsistent ?? DEFAULTS.countCrashConsistent,
        standIns: args.standIns ?? DEFAULTS.standIns,
        reportOnly: args.reportOnly ?? DEFAULTS.reportOnly,
    };
}
