import type * as pulumi from "@pulumi/pulumi";
import type { CleanerSettings } from "../lambda/cleaner/cleaner";
import { parseSchedule } from "../lambda/retention/schedules";
import { policyFaults } from "./argumentFaults";
import type { NotificationEvent, VssBackupPolicyArgs, VssDocument } from "./arguments";
import { cleanerSettings } from "./cleanerSettings";
import { timesInClockGaps } from "./clockGaps";
import { DEFAULTS } from "./defaults";
import { packageSchedule } from "./packageSchedule";
import { checkWhenKnown, refuse } from "./refusal";
import { roleName } from "./roleName";
import { type SnapshotType, snapshotTypes } from "./snapshotTypes";
import { BUSY_SECONDS, typesThatMayOverlap } from "./windowOverlap";

/** The server tag of a policy: the key is plain, since it is part of a policy document's condition key. */
export interface ResolvedServerTag {
    readonly key: string;
    readonly value: pulumi.Output<string>;
}

/** A value under a name that is part of resource names. */
export interface NamedValue {
    readonly name: string;
    readonly value: pulumi.Output<string>;
}

/** A policy's arguments with all defaults applied. Values of other resources are outputs that fail if the value is wrong. */
export interface ResolvedPolicy {
    readonly name: string;
    readonly types: readonly SnapshotType[];
    readonly timezone: string;
    readonly serverTag: ResolvedServerTag;
    /** None if the component makes a role itself. */
    readonly serverRoles: readonly NamedValue[];
    readonly notificationEmails: readonly NamedValue[];
    readonly notificationEvents: pulumi.Output<NotificationEvent[]>;
    /** Undefined if the component makes a topic itself. */
    readonly topicArn: pulumi.Output<string> | undefined;
    readonly excludeBootVolume: pulumi.Output<boolean>;
    readonly copyOnly: pulumi.Output<boolean>;
    readonly noWriters: pulumi.Output<boolean>;
    readonly document: VssDocument;
    readonly componentsVersion: pulumi.Output<string>;
    /** When State Manager installs the VSS package, in its own dialect of cron, in UTC. */
    readonly packageSchedule: string;
    readonly cleaner: CleanerSettings;
    readonly cleanerSchedule: string;
    readonly tags: pulumi.Output<Record<string, string>>;
    /** Sentences for the user. None of them stops the deployment. */
    readonly warnings: readonly string[];
}

/**
 * Reads the arguments of a policy: checks all of them, applies the defaults, and makes late values outputs that check themselves.
 *
 * @param now milliseconds since 1970; the check for overlapping windows looks at two years from then on
 * @throws pulumi.RunError with all faults, one a line: the component, the argument, the given value, the cure
 */
export function resolvePolicy(name: string, args: VssBackupPolicyArgs, now: number): ResolvedPolicy {
    refuse(name, policyFaults(name, args, now));
    const late = <K extends keyof VssBackupPolicyArgs, T>(key: K, value: pulumi.Input<T>) => checkWhenKnown(name, [key], value);
    const types = snapshotTypes(args);
    const timezone = args.timezone ?? DEFAULTS.timezone;
    const installation = packageSchedule(types, timezone, BUSY_SECONDS);
    return {
        name,
        types,
        timezone,
        serverTag: {
            key: args.serverTag?.key ?? DEFAULTS.serverTagKey,
            value: checkWhenKnown(name, ["serverTag", "value"], args.serverTag?.value ?? name),
        },
        serverRoles: namedValues(name, "serverRoles", args.serverRoles, roleName),
        notificationEmails: namedValues(name, "notificationEmails", args.notificationEmails, (email) => email),
        notificationEvents: late("notificationEvents", args.notificationEvents ?? [...DEFAULTS.notificationEvents]) as pulumi.Output<
            NotificationEvent[]
        >,
        topicArn: args.topicArn === undefined ? undefined : late("topicArn", args.topicArn),
        excludeBootVolume: late("excludeBootVolume", args.excludeBootVolume ?? false),
        copyOnly: late("copyOnly", args.copyOnly ?? false),
        noWriters: late("noWriters", args.noWriters ?? false),
        document: args.document ?? DEFAULTS.document,
        componentsVersion: late("componentsVersion", args.componentsVersion ?? DEFAULTS.componentsVersion),
        packageSchedule: installation.expression,
        cleaner: cleanerSettings(name, args),
        cleanerSchedule: args.cleanerSchedule ?? DEFAULTS.cleanerSchedule,
        tags: checkWhenKnown(name, ["tags"], args.tags ?? {}, { ...(args.hold !== undefined && { hold: args.hold }) }) as pulumi.Output<
            Record<string, string>
        >,
        warnings: [...warnings(types, timezone, now), ...(installation.clear ? [] : [crowdedWeek(installation.expression)])],
    };
}

/** The entries of a map by their names. The texts of a list are their own names. */
function namedValues(
    policy: string,
    key: "serverRoles" | "notificationEmails",
    entries: Record<string, pulumi.Input<string>> | readonly string[] = {},
    nameOf: (entry: string) => string,
): NamedValue[] {
    const named = Array.isArray(entries) ? entries.map((entry: string) => [nameOf(entry), entry] as const) : Object.entries(entries);
    return named.map(([name, value]) => ({ name, value: checkWhenKnown(policy, [key, name], value) }));
}

function warnings(types: readonly SnapshotType[], timezone: string, now: number): string[] {
    const rates = typesThatMayOverlap(types).map(
        (type) =>
            `schedules.${type} is a rate, and only AWS knows when its windows open. If one meets the window of another type, the second backup fails. A cron(…) can be checked.`,
    );
    const skipped = types.flatMap(({ name, schedule }) => {
        const parsed = parseSchedule(schedule, "seconds allowed");
        const [first] = parsed.kind === "cron" ? timesInClockGaps(parsed.pattern, timezone, now) : [];
        return first === undefined
            ? []
            : [
                  `schedules.${name} opens a window at ${first}, and the clock of ${timezone} skips that time. AWS does not document if the window opens. Choose an hour that no clock change skips.`,
              ];
    });
    return [...rates, ...skipped];
}

function crowdedWeek(expression: string): string {
    return `No hour of the week is certain to be outside all backup windows. State Manager updates the VSS package at ${expression} UTC, and a backup may fail then.`;
}
