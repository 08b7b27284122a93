import { slug } from "../lambda/watch/runComment";
import type { VssBackupPolicyArgs } from "./arguments";
import { DEFAULTS } from "./defaults";

/** The schedule that drops a snapshot type. */
export const NEVER = "never";

/** One snapshot type of a policy. */
export interface SnapshotType {
    /** The value of the tag `SnapshotType`. */
    readonly name: string;
    /** The type's form in resource names: small letters, digits, dashes. */
    readonly slug: string;
    /** A `cron(…)` or `rate(…)` expression of SSM. */
    readonly schedule: string;
    /** How many restore points of each volume to keep. */
    readonly retention: number;
}

type GivenTypes = Pick<VssBackupPolicyArgs, "retention" | "schedules">;

/** Merges the schedules with the defaults, without the types that the user drops. */
export function mergeSchedules({ schedules }: GivenTypes): Record<string, string> {
    return Object.fromEntries(Object.entries(merge<string>(DEFAULTS.schedules, schedules)).filter(([, schedule]) => schedule !== NEVER));
}

/** Merges the retention with the defaults. A default type without a schedule has no retention. */
export function mergeRetention({ retention, schedules }: GivenTypes): Record<string, number> {
    const scheduled = mergeSchedules({ ...(schedules && { schedules }) });
    const isNeeded = (type: string) => Object.hasOwn(scheduled, type) || retention?.[type] !== undefined;
    return Object.fromEntries(Object.entries(merge<number>(DEFAULTS.retention, retention)).filter(([type]) => isNeeded(type)));
}

/** The snapshot types of checked arguments, in the order of their schedules. */
export function snapshotTypes(args: GivenTypes): SnapshotType[] {
    const retention = mergeRetention(args);
    return Object.entries(mergeSchedules(args)).map(([name, schedule]) => ({
        name,
        slug: slug(name),
        schedule,
        retention: retention[name] as number,
    }));
}

/** Merges a user's map into the default map. An entry that is undefined keeps the default. */
function merge<T>(defaults: Readonly<Record<string, T>>, given: Readonly<Record<string, T | undefined>> = {}): Record<string, T> {
    const defined = Object.entries(given).filter((entry): entry is [string, T] => entry[1] !== undefined);
    return { ...defaults, ...Object.fromEntries(defined) };
}
