import { inspect } from "node:util";
import type { z } from "zod";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import type { VssBackupPolicyArgs } from "./arguments";
import { argumentsSchema } from "./argumentsSchema";
import { DEFAULTS } from "./defaults";
import { roleName } from "./roleName";
import { isLate, isMap, typeName } from "./schemaParts";
import { mergeRetention, mergeSchedules, NEVER, slug, snapshotTypes } from "./snapshotTypes";
import { didYouMean, nearest } from "./suggestions";
import { BUSY_SECONDS, overlapFaults } from "./windowOverlap";

/** All that is wrong with the arguments of a policy, one sentence each: the argument, the given value, the cure. */
export function policyFaults(name: string, args: VssBackupPolicyArgs, now: number): string[] {
    return [...nameFaults(name), ...(isMap(args) ? argumentFaults(args, now) : [`its arguments are ${show(args)}; give an object`])];
}

/** The name is a tag value, and part of the names of IAM roles (64 characters), topics and functions (no dots). */
function nameFaults(name: string): string[] {
    return typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name)
        ? []
        : [`its name is ${show(name)}; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first`];
}

function argumentFaults(args: VssBackupPolicyArgs, now: number): string[] {
    const faults = [...shapeFaults(args), ...repeatedFaults(args), ...typeFaults(args), ...holdFaults(args), ...windowFaults(args, now)];
    return [...new Set(faults)];
}

/**
 * Faults of each argument by itself.
 *
 * @param shown gives the text for a given value
 */
export function shapeFaults(args: VssBackupPolicyArgs, shown: (given: unknown) => string = show): string[] {
    return (argumentsSchema.safeParse(args).error?.issues ?? []).flatMap((issue) => sentences(issue, args, shown));
}

function sentences(issue: z.core.$ZodIssue, args: VssBackupPolicyArgs, shown: (given: unknown) => string): string[] {
    const path = issue.path.join(".");
    if (issue.code === "unrecognized_keys") {
        const known = issue.path.length === 0 ? Object.keys(argumentsSchema.shape) : ["key", "value"];
        return issue.keys.map((key) => `${[...issue.path, key].join(".")} is no argument${didYouMean(key, known) || "; leave it out"}`);
    }
    const keyName = issue.code === "custom" ? issue.params?.keyName : undefined;
    if (typeof keyName === "string") {
        const given = JSON.stringify(issue.path.at(-1));
        return [`the ${keyName} ${given} in ${ownersOf(issue.path, args)} can't be used; ${issue.message}`];
    }
    const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], args);
    return [`${path} is ${shown(given)}; ${issue.message}`];
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

/** A role or an address that comes twice would be attached or subscribed twice. */
function repeatedFaults({ serverRoles, notificationEmails }: VssBackupPolicyArgs): string[] {
    const repeated = (entries: unknown, key: string, labelOf: (entry: string) => string) => {
        const list = Array.isArray(entries) || isMap(entries) ? Object.values(entries) : [];
        const labels = list.map((entry) => (typeof entry === "string" ? labelOf(entry) : undefined));
        const twice = labels.find((label, i) => label !== undefined && labels.indexOf(label) < i);
        return twice === undefined ? [] : [`${key} has ${twice} twice; name it once`];
    };
    return [...repeated(serverRoles, "serverRoles", roleName), ...repeated(notificationEmails, "notificationEmails", (email) => email)];
}

/** Faults of retention and schedules beside each other. */
function typeFaults({ retention, schedules }: VssBackupPolicyArgs): string[] {
    if ([retention, schedules].some((map) => map !== undefined && !isMap(map))) {
        return [];
    }
    const given = { ...(retention && { retention }), ...(schedules && { schedules }) };
    const kept = Object.keys(mergeRetention(given)).filter(isTypeName);
    const taken = Object.keys(mergeSchedules(given)).filter(isTypeName);
    const alike = taken.filter((type) => taken.some((other) => other !== type && slug(other) === slug(type)));
    const dropped = kept.filter((type) => schedules?.[type] === NEVER);
    const meant = (type: string, others: readonly string[]) =>
        nearest(
            type,
            others.filter((other) => other !== type),
        );
    const unscheduled = kept
        .filter((type) => !taken.includes(type) && !dropped.includes(type))
        .map((type) => {
            const other = meant(type, taken);
            return `retention.${type} has no schedules.${type}; ${other === undefined ? "add a schedule for it" : `did you mean ${other}?`}`;
        });
    return [
        ...taken
            .filter((type) => !kept.includes(type))
            .map((type) => `schedules.${type} has no retention.${type}; add how many restore points to keep${didYouMean(type, kept)}`),
        ...dropped.map((type) => `schedules.${type} is "${NEVER}", and retention.${type} is given; leave out one of them`),
        ...unscheduled,
        ...(alike.length > 0 ? [`schedules has ${alike.join(" and ")}, and their resources would have the same names; rename one`] : []),
        ...(kept.length + taken.length === 0 ? ["schedules drops every snapshot type; keep one at least"] : []),
    ];
}

function isTypeName(type: string): boolean {
    return typeName.safeParse(type).success;
}

/** A tag of all resources must not be the tag that holds a snapshot. */
export function holdFaults({ tags, hold }: VssBackupPolicyArgs): string[] {
    const wanted = typeof hold === "string" ? hold : DEFAULTS.hold;
    const key = Object.keys(isMap(tags) ? tags : {}).find((tag) => tag.toLowerCase() === wanted.toLowerCase());
    return key === undefined ? [] : [`tags.${key} is the tag of hold, and would hold every snapshot; use another key in one of them`];
}

/** Faults of the times at which things happen. They need schedules and a zone that can be read. */
function windowFaults({ schedules, timezone, cleanerSchedule }: VssBackupPolicyArgs, now: number): string[] {
    const zone = timezone ?? DEFAULTS.timezone;
    const isReadable = (given: Pick<VssBackupPolicyArgs, "schedules" | "timezone" | "cleanerSchedule">) => shapeFaults(given).length === 0;
    if (!isReadable({ ...(timezone !== undefined && { timezone }) })) {
        return [];
    }
    const given = schedules === undefined ? {} : { schedules };
    const types = isReadable(given) ? snapshotTypes(given) : [];
    const cleaner = cleanerSchedule ?? DEFAULTS.cleanerSchedule;
    const runs = isReadable({ cleanerSchedule: cleaner }) ? parseSchedule(cleaner, "no seconds") : undefined;
    const isOver = runs?.kind === "cron" && occurrences(runs.pattern, zone, now).next().done;
    return [
        ...overlapFaults(types, zone, BUSY_SECONDS, now),
        ...(isOver ? [`cleanerSchedule is ${show(cleaner)}; it never fires again; give it a time in the future`] : []),
    ];
}

/** A given value, in one line. */
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
        // A BigInt, or an object that holds itself.
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
