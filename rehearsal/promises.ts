import { mergeRetention } from "../components/snapshotTypes";

/** What a policy promises to keep. */
export interface Promises {
    /** Restore points per snapshot type and volume. */
    readonly retention: Readonly<Record<string, number>>;
    /** Whether restore points of other types stand in for a type whose run made none. */
    readonly standIns: boolean;
    /** Whether complete sets that are not application-consistent count as restore points. */
    readonly countCrashConsistent?: boolean;
}

/** Reads the promises from a stack's config. The program reads the same config on its own. */
export function promisesOf(config: Readonly<Record<string, string>>): Promises {
    const entries = (key: string) => JSON.parse(config[key] ?? "{}");
    return {
        retention: mergeRetention({ retention: entries("vss-backup:retention"), schedules: entries("vss-backup:schedules") }),
        standIns: config["vss-backup:standIns"] !== "false",
        countCrashConsistent: config["vss-backup:countCrashConsistent"] === "true",
    };
}
