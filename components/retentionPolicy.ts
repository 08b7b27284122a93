import type { RetentionPolicy } from "../lambda/retention/retentionPolicy";
import type { VssBackupPolicyArgs } from "./arguments";
import { DEFAULTS } from "./defaults";
import { snapshotTypes } from "./snapshotTypes";

/** Makes the part of a policy that the cleaner and the watch share, from checked arguments. */
export function retentionPolicy(name: string, args: VssBackupPolicyArgs): RetentionPolicy {
    const types = snapshotTypes(args);
    return {
        name,
        retention: Object.fromEntries(types.map((type) => [type.name, type.retention])),
        schedules: Object.fromEntries(types.map((type) => [type.name, type.schedule])),
        timezone: args.timezone ?? DEFAULTS.timezone,
        hold: args.hold ?? DEFAULTS.hold,
        ...(args.orphanDays !== undefined && { orphanDays: args.orphanDays }),
        failedSetGraceHours: args.failedSetGraceHours ?? DEFAULTS.failedSetGraceHours,
        countCrashConsistent: args.countCrashConsistent ?? DEFAULTS.countCrashConsistent,
        standIns: args.standIns ?? DEFAULTS.standIns,
    };
}
