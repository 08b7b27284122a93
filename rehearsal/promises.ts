import { DEFAULTS } from "../components/defaults";
import { mergeRetention } from "../components/snapshotTypes";

/** The restore points that a policy promises to keep. */
export interface Promises {
    /** Restore points per snapshot type and volume. */
    readonly retention: Readonly<Record<string, number>>;
    /** Whether restore points of other types stand in if the run of a type made no restore point. */
    readonly standIns: boolean;
    /** Whether complete sets that are not application-consistent count as restore points. */
    readonly countCrashConsistent?: boolean;
    /** Hours after the end of a window in which a missing restore point is not overdue yet. */
    readonly overdueGraceHours?: number;
}

/** Reads the promises from a stack's config. The program reads the same config independently. */
export function promisesOf(config: Readonly<Record<string, string>>): Promises {
    const entries = (key: string) => JSON.parse(config[key] ?? "{}");
    return {
        retention: mergeRetention({ retention: entries("vss-backup:retention"), schedules: entries("vss-backup:schedules") }),
        standIns: config["vss-backup:standIns"] !== "false",
        countCrashConsistent: config["vss-backup:countCrashConsistent"] === "true",
        overdueGraceHours: Number(config["vss-backup:overdueGraceHours"] ?? DEFAULTS.overdueGraceHours),
    };
}
