import { inspect } from "node:util";
import type { z } from "zod";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import type { VssBackupPolicyArgs } from "./arguments";
import { argumentsSchema } from "./argumentsSchema";
import { isVersionSince, METADATA_VERSION, OLDEST_VERSION } from "./componentsVersion";
import { DEFAULTS } from "./defaults";
import { roleName } from "./roleName";
import { isLate, isMap } from "./schemaParts";
import { mergeRetention, mergeSchedules, NEVER, snapshotTypes } from "./snapshotTypes";
import { didYouMean, nearest } from "./suggestions";
import { isTypeName, keyFault, slugFaults } from "./typeNames";
import { watchFaults } from "./watchFaults";
import { BUSY_SECONDS, overlapFaults } from "./windowOverlap";

/** Lists all faults of a policy's arguments, one sentence each: the argument, the given value, the cure. */
export function policyFaults(name: string, args: VssBackupPolicyArgs, now: number): string[] {
    return [...nameFaults(name), ...(isMap(args) ? argumentFaults(args, now) : [`its arguments are ${show(args)}; give an object`])];
}

/** The name becomes a tag value. It is also part of the names of IAM roles (64 characters), topics and functions (no dots). */
function nameFaults(name: string): string[] {
    return typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)
        ? []
        : [`its name is ${show(name)}; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first`];
}

function argumentFaults(args: VssBackupPolicyArgs, now: number): string[] {
    const faults = [
        ...shapeFaults(args),
        ...repeatedFaults(args),
        ...typeFaults(args),
        ...holdFaults(args),
        ...metadataFaults(args),
        ...windowFaults(args, now),
        ...watchFaults(args, show),
    ];
    return [...new Set(faults)];
}

/**
 * Lists the faults of each argument alone.
 *
 * @param showValue formats a given value for the message
 */
export function shapeFaults(args: VssBackupPolicyArgs, showValue: (given: unknown) => string = show): string[] {
    return (argumentsSchema.safeParse(args).error?.issues ?? []).flatMap((issue) => issueSentences(issue, args, showValue));
}

function issueSentences(issue: z.core.$ZodIssue, args: VssBackupPolicyArgs, showValue: (given: unknown) => string): string[] {
    const path = issue.path.join(".");
    if (issue.code === "unrecognized_keys") {
        const known = issue.path.length === 0 ? Object.keys(argumentsSchema.shape) : ["key", "value"];
        return issue.keys.map((key) => `${[...issue.path, key].join(".")} is not an argument${didYouMean(key, known) || "; leave it out"}`);
    }
    const keyName = issue.code === "custom" ? issue.params?.keyName : undefined;
    if (typeof keyName === "string") {
        return [keyFault(keyName, issue.path.at(-1), ownersOf(issue.path, args), issue.message)];
    }
    const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], args);
    return [`${path} is ${showValue(given)}; ${issue.message}`];
}

/** The map with a key. Retention and schedules have the same keys, so one sentence names both. */
function ownersOf(path: readonly PropertyKey[], args: VssBackupPolicyArgs): string {
    const key = path.at(-1) as PropertyKey;
    const maps = ["retention", "schedules"] as const;
    const owners = maps.includes(path[0] as never)
        ? maps.filter((map) => isMap(args[map]) && Object.hasOwn(args[map], key))
        : path.slice(0, -1);
    return owners.join(" and ");
}

/** Finds repeated roles and addresses: the component would attach or subscribe them twice. */
function repeatedFaults({ serverRoles, notificationEmails }: VssBackupPolicyArgs): string[] {
    const repeated = (entries: unknown, key: string, labelOf: (entry: string) => string) => {
        const list = Array.isArray(entries) || isMap(entries) ? Object.values(entries) : [];
        const labels = list.map((entry) => (typeof entry === "string" ? labelOf(entry) : undefined));
        const repeatedLabel = labels.find((label, i) => label !== undefined && labels.indexOf(label) < i);
        return repeatedLabel === undefined ? [] : [`${key} has ${repeatedLabel} twice; name it once`];
    };
    return [...repeated(serverRoles, "serverRoles", roleName), ...repeated(notificationEmails, "notificationEmails", (email) => email)];
}

/** Finds faults between retention and schedules. */
function typeFaults({ retention, schedules }: VssBackupPolicyArgs): string[] {
    if ([retention, schedules].some((map) => map !== undefined && !isMap(map))) {
        return [];
    }
    const given = { ...(retention && { retention }), ...(schedules && { schedules }) };
    const retentionTypes = Object.keys(mergeRetention(given)).filter(isTypeName);
    const scheduledTypes = Object.keys(mergeSchedules(given)).filter(isTypeName);
    const droppedTypes = retentionTypes.filter((type) => schedules?.[type] === NEVER);
    const nearestOther = (type: string, others: readonly string[]) =>
        nearest(
            type,
            others.filter((other) => other !== type),
        );
    const missingSchedules = retentionTypes
        .filter((type) => !scheduledTypes.includes(type) && !droppedTypes.includes(type))
        .map((type) => {
            const other = nearestOther(type, scheduledTypes);
            return `retention.${type} has no schedules.${type}; ${other === undefined ? "add a schedule for it" : `did you mean ${other}?`}`;
        });
    return [
        ...scheduledTypes
            .filter((type) => !retentionTypes.includes(type))
            .map(
                (type) =>
                    `schedules.${type} has no retention.${type}; add how many restore points to keep${didYouMean(type, retentionTypes)}`,
            ),
        ...droppedTypes.map((type) => `schedules.${type} is "${NEVER}", and retention.${type} is given; leave out one of them`),
        ...missingSchedules,
        ...slugFaults(scheduledTypes),
        ...(retentionTypes.length + scheduledTypes.length === 0 ? ["schedules drops every snapshot type; keep at least one"] : []),
    ];
}

/** Finds a tag of all resources that has the key of `hold`: every snapshot would be held. */
export function holdFaults({ tags, hold }: VssBackupPolicyArgs): string[] {
    const holdTag = typeof hold === "string" ? hold : DEFAULTS.hold;
    const key = Object.keys(isMap(tags) ? tags : {}).find((tag) => tag.toLowerCase() === holdTag.toLowerCase());
    return key === undefined ? [] : [`tags.${key} has the key of hold, so it would hold every snapshot; use another key for one of them`];
}

/** Finds arguments with which a VSS run can't save the metadata of its writers. The document would fail with error 1010 or 1011. */
export function metadataFaults({ saveVssMetadata, noWriters, componentsVersion }: VssBackupPolicyArgs): string[] {
    if (saveVssMetadata !== true) {
        return [];
    }
    const version = typeof componentsVersion === "string" ? componentsVersion : "latest";
    const isOld = isVersionSince(version, OLDEST_VERSION) && !isVersionSince(version, METADATA_VERSION);
    return [
        ...(noWriters === true
            ? ["saveVssMetadata is true, and noWriters is true, so there would be no metadata; leave out one of them"]
            : []),
        ...(isOld
            ? [
                  `saveVssMetadata is true, and componentsVersion is older than ${METADATA_VERSION.join(".")}; give a newer version, or leave out one of them`,
              ]
            : []),
    ];
}

/** Finds faults between the schedules. The check needs a valid time zone, and skips schedules that are invalid. */
function windowFaults({ schedules, timezone, cleanerSchedule }: VssBackupPolicyArgs, now: number): string[] {
    const zone = timezone ?? DEFAULTS.timezone;
    const isValid = (given: Pick<VssBackupPolicyArgs, "schedules" | "timezone" | "cleanerSchedule">) => shapeFaults(given).length === 0;
    if (!isValid({ ...(timezone !== undefined && { timezone }) })) {
        return [];
    }
    const given = schedules === undefined ? {} : { schedules };
    const types = isValid(given) ? snapshotTypes(given) : [];
    const cleaner = cleanerSchedule ?? DEFAULTS.cleanerSchedule;
    const runs = isValid({ cleanerSchedule: cleaner }) ? parseSchedule(cleaner, "no seconds") : undefined;
    const isOver = runs?.kind === "cron" && occurrences(runs.pattern, zone, now).next().done;
    return [
        ...overlapFaults(types, zone, BUSY_SECONDS, now),
        ...(isOver ? [`cleanerSchedule is ${show(cleaner)}; it never fires again; give it a time in the future`] : []),
    ];
}

/** Formats a given value in one line. */
export function show(value: unknown): string {
    if (isLate(value)) {
        return "a value of another resource, which is not known yet";
    }
    return value === undefined ? "missing" : asText(value).slice(0, 200);
}

function asText(value: unknown): string {
    const isPlain = Array.isArray(value) || isMap(value) || typeof value !== "object" || value === null;
    try {
        return typeof value === "number" || !isPlain
            ? inspect(value, ONE_LINE)
            : (JSON.stringify(withoutLate(value)) ?? inspect(value, ONE_LINE));
    } catch {
        // JSON has no BigInt and no circular objects.
        return inspect(value, ONE_LINE);
    }
}

/** A copy that names late values instead of holding them: an output can't be written as JSON. */
function withoutLate(value: unknown): unknown {
    if (isLate(value)) {
        return "not known yet";
    }
    if (Array.isArray(value)) {
        return value.map(withoutLate);
    }
    return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutLate(entry)])) : value;
}

const ONE_LINE = { breakLength: Number.POSITIVE_INFINITY };
