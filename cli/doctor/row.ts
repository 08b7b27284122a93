/** What the doctor looks at, in the order of its rows. */
export const CHECKS = [
    "listings",
    "permissions",
    "tags",
    "servers",
    "agents",
    "package",
    "windows",
    "runs",
    "backups",
    "disks",
    "cleaner",
    "watch",
    "notifications",
    "quotas",
] as const;

export type Check = (typeof CHECKS)[number];

/** One fact that the doctor found. */
export interface Row {
    readonly check: Check;
    /** `unknown` if AWS gave no answer. A note needs no action. */
    readonly result: "ok" | "problem" | "note" | "unknown";
    /** One sentence. */
    readonly sentence: string;
    /** The next command or click. */
    readonly cure?: string;
}
