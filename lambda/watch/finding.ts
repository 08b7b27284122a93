/** The kinds of findings, the most urgent first. Reports list them in this order. */
export const KINDS = [
    "unread",
    "nobody targeted",
    "tag misspelled",
    "tag removed",
    "never backed up",
    "overdue",
    "failing",
    "volume not covered",
    "window missing",
    "window disabled",
    "window changed",
    "window failed",
    "window skipped",
    "window never executed",
    "not Windows",
    "no role",
    "too small",
    "not managed",
    "agent offline",
    "package failed",
    "package missing",
    "cleaner failed",
    "cleaner late",
    "cleaner held back",
    "subscription unconfirmed",
    "not recorded",
    "restore test failed",
    "not tested",
    "stopped",
    "missed while stopped",
    "snapshots aging",
] as const;

export type Kind = (typeof KINDS)[number];

/** One fact that an administrator should know, and the next step. */
export interface Finding {
    readonly kind: Kind;
    /** A problem counts and alarms. A note is in the report alone. */
    readonly severity: "problem" | "note";
    /** `i-…` */
    readonly server?: string;
    /** `vol-…` */
    readonly volume?: string;
    /** A snapshot type. */
    readonly type?: string;
    /** Another thing that it is about: an address, a signal, a tag key. */
    readonly about?: string;
    /** Since when, in milliseconds since 1970. It does not change while the finding stays. */
    readonly since: number;
    /** One sentence. */
    readonly sentence: string;
    /** The next command or click. A command is the whole cure, or ends it after a colon: reports keep it in one line. */
    readonly cure: string;
}

/** What a finding is about. */
export type FindingName = Pick<Finding, "kind" | "server" | "volume" | "type" | "about">;

/** Names a finding: the same key in two runs means that it is the same fact. */
export function findingKey({ kind, server, volume, type, about }: FindingName): string {
    return [kind, server, volume, type, about].join("|");
}
