import * as pulumi from "@pulumi/pulumi";
import type { CleanerSettings } from "../lambda/cleaner/cleaner";
import { parseSchedule } from "../lambda/retention/schedules";
import type { WatchSettings } from "../lambda/watch/watchSettings";
import { metadataFaults, policyFaults } from "./argumentFaults";
import type { NotificationEvent, VssBackupPolicyArgs, VssDocument } from "./arguments";
import { cleanerSettings } from "./cleanerSettings";
import { timesInClockGaps } from "./clockGaps";
import { DEFAULTS } from "./defaults";
import { packageSchedule } from "./packageSchedule";
import { checkWhenKnown, refuse } from "./refusal";
import { type ResolvedWatch, resolveWatch, watchSettings, watchWarnings } from "./resolveWatch";
import { roleName } from "./roleName";
import { type SnapshotType, snapshotTypes } from "./snapshotTypes";
import { BUSY_SECONDS, typesThatMayOverlap } from "./windowOverlap";

/** The server tag of a policy. The key is plain, since a condition key of a policy document contains it. */
export interface ResolvedServerTag {
    readonly key: string;
    readonly value: pulumi.Output<string>;
}

/** A value with a name that becomes part of resource names. */
export interface NamedValue {
    readonly name: string;
    readonly value: pulumi.Output<string>;
}

/** A policy's arguments with all defaults applied. Values of other resources are outputs that fail if the value is invalid. */
export interface ResolvedPolicy {
    readonly name: string;
    readonly types: readonly SnapshotType[];
    readonly timezone: string;
    readonly serverTag: ResolvedServerTag;
    /** Empty if the component makes a role. */
    readonly serverRoles: readonly NamedValue[];
    readonly notificationEmails: readonly NamedValue[];
    readonly notificationEvents: pulumi.Output<NotificationEvent[]>;
    /** Undefined if the component makes a topic. */
    readonly topicArn: pulumi.Output<string> | undefined;
    readonly excludeBootVolume: pulumi.Output<boolean>;
    readonly copyOnly: pulumi.Output<boolean>;
    readonly noWriters: pulumi.Output<boolean>;
    readonly saveVssMetadata: pulumi.Output<boolean>;
    readonly document: VssDocument;
    readonly componentsVersion: pulumi.Output<string>;
    /** When State Manager installs the VSS package, in UTC: a cron expression in State Manager's dialect. */
    readonly packageSchedule: string;
    readonly cleaner: CleanerSettings;
    readonly cleanerSchedule: string;
    readonly watchSettings: WatchSettings;
    /** Undefined if the policy has no watch. */
    readonly watch: ResolvedWatch | undefined;
    readonly tags: pulumi.Output<Record<string, string>>;
    /** Sentences for the user. They do not stop the deployment. */
    readonly warnings: readonly string[];
}

/**
 * Checks the arguments of a policy and applies the defaults. Values of other resources become outputs that are checked when known.
 *
 * @param now milliseconds since 1970; the check for overlapping windows covers the two years after it
 * @throws pulumi.RunError with one line for each fault: the component, the argument, the given value, the cure
 */
export function resolvePolicy(name: string, args: VssBackupPolicyArgs, now: number): ResolvedPolicy {
    refuse(name, policyFaults(name, args, now));
    const checked = <K extends keyof VssBackupPolicyArgs, T>(key: K, value: pulumi.Input<T>) => checkWhenKnown(name, [key], value);
    const types = snapshotTypes(args);
    const timezone = args.timezone ?? DEFAULTS.timezone;
    const noWriters = checked("noWriters", args.noWriters ?? false);
    const componentsVersion = checked("componentsVersion", args.componentsVersion ?? DEFAULTS.componentsVersion);
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
        notificationEvents: checked("notificationEvents", args.notificationEvents ?? [...DEFAULTS.notificationEvents]) as pulumi.Output<
            NotificationEvent[]
        >,
        topicArn: args.topicArn === undefined ? undefined : checked("topicArn", args.topicArn),
        excludeBootVolume: checked("excludeBootVolume", args.excludeBootVolume ?? false),
        copyOnly: checked("copyOnly", args.copyOnly ?? false),
        noWriters,
        saveVssMetadata: savedMetadata(name, checked("saveVssMetadata", args.saveVssMetadata ?? false), noWriters, componentsVersion),
        document: args.document ?? DEFAULTS.document,
        componentsVersion,
        packageSchedule: installation.expression,
        cleaner: cleanerSettings(name, args),
        cleanerSchedule: args.cleanerSchedule ?? DEFAULTS.cleanerSchedule,
        watchSettings: watchSettings(name, args),
        watch: resolveWatch(name, args),
        tags: checkWhenKnown(name, ["tags"], args.tags ?? {}, { ...(args.hold !== undefined && { hold: args.hold }) }) as pulumi.Output<
            Record<string, string>
        >,
        warnings: [
            ...warnings(types, timezone, now),
            ...(installation.clear ? [] : [crowdedWeek(installation.expression)]),
            ...watchWarnings(args, now),
        ],
    };
}

/** Refuses to save metadata as soon as the other values are known not to fit. */
function savedMetadata(
    name: string,
    saved: pulumi.Output<boolean>,
    noWriters: pulumi.Output<boolean>,
    componentsVersion: pulumi.Output<string>,
): pulumi.Output<boolean> {
    return pulumi.all([saved, noWriters, componentsVersion]).apply(([isSaved, hasNoWriters, version]) => {
        refuse(name, metadataFaults({ saveVssMetadata: isSaved, noWriters: hasNoWriters, componentsVersion: version }));
        return isSaved;
    });
}

/** Lists the entries of a map with their names. In a list, each text gives its name. */
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
            `schedules.${type} is a rate, and only AWS knows when its windows open. If one meets the window of another type, the second backup fails. Use a cron(…) expression, which can be checked.`,
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
