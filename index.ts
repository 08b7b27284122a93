import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy, type VssBackupPolicyArgs } from "./components";

const NAMESPACE = "vss-backup";

type Key = keyof VssBackupPolicyArgs;
type Kind = "text" | "flag" | "number" | "map" | "named values" | "list";

/** The keys of the stack's config, each with the kind of its value. Pulumi stores every value as text. */
const KEYS: Readonly<Record<Key, Kind>> = {
    retention: "map",
    schedules: "map",
    timezone: "text",
    serverTag: "map",
    serverRoles: "named values",
    notificationEmails: "named values",
    notificationEvents: "list",
    topicArn: "text",
    excludeBootVolume: "flag",
    copyOnly: "flag",
    noWriters: "flag",
    saveVssMetadata: "flag",
    document: "text",
    componentsVersion: "text",
    cleanerSchedule: "text",
    hold: "text",
    orphanDays: "number",
    failedSetGraceHours: "number",
    maxDeletionsPerRun: "number",
    countCrashConsistent: "flag",
    standIns: "flag",
    reportOnly: "flag",
    watch: "flag",
    watchEveryHours: "number",
    report: "text",
    reportAt: "text",
    overdueGraceHours: "number",
    excludeTag: "text",
    alarmStopped: "flag",
    restoreTestDays: "number",
    chatTopicArn: "text",
    alarms: "flag",
    dashboard: "flag",
    tags: "map",
};

/** Arguments that may stay secret. The component must know the others while it registers resources, and some become names. */
const MAY_BE_SECRET: readonly Key[] = [
    "serverTag",
    "serverRoles",
    "notificationEmails",
    "notificationEvents",
    "topicArn",
    "excludeBootVolume",
    "copyOnly",
    "noWriters",
    "saveVssMetadata",
    "componentsVersion",
    "chatTopicArn",
    "tags",
];

/** The SDK exports this function, but its types do not declare it. */
const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };

/** Reads the arguments of a policy from the stack's config. It passes unknown keys, so that the component can refuse them. */
function argumentsFromConfig(): VssBackupPolicyArgs {
    const config = new pulumi.Config(NAMESPACE);
    const keys = Object.keys(pulumi.runtime.allConfig())
        .filter((key) => key.startsWith(`${NAMESPACE}:`))
        .map((key) => key.slice(NAMESPACE.length + 1));
    const faults = keys.flatMap((key) => configFaults(key, config.get(key) ?? ""));
    if (faults.length > 0) {
        throw new pulumi.RunError(faults.join("\n"));
    }
    return Object.fromEntries(keys.map((key) => [key, argument(config, key)]));
}

function configFaults(key: string, text: string): string[] {
    if (["", "null"].includes(text.trim())) {
        return [`The config key ${NAMESPACE}:${key} has no value. Give it one, or remove it: pulumi config rm ${NAMESPACE}:${key}`];
    }
    const isPlain = Object.hasOwn(KEYS, key) && !MAY_BE_SECRET.includes(key as Key);
    return isPlain && isConfigSecret(`${NAMESPACE}:${key}`)
        ? [
              `The config key ${NAMESPACE}:${key} can't be a secret: its value becomes part of names, schedules or code. Set it without --secret.`,
          ]
        : [];
}

function argument(config: pulumi.Config, key: string): unknown {
    const kind = Object.hasOwn(KEYS, key) ? KEYS[key as Key] : "text";
    const value = plainArgument(config, key, kind);
    return isConfigSecret(`${NAMESPACE}:${key}`) ? secretArgument(key, kind, value) : value;
}

/** Reads the value of a key. A value of another kind stays text, so that the component can refuse it together with other faults. */
function plainArgument(config: pulumi.Config, key: string, kind: Kind): unknown {
    try {
        switch (kind) {
            case "text":
                return config.get(key);
            case "flag":
                return config.getBoolean(key);
            case "number":
                // Pulumi reads "90 weeks" as 90.
                return /^-?\d+(\.\d+)?$/.test(config.get(key) ?? "") ? config.getNumber(key) : config.get(key);
            default:
                return config.getObject(key);
        }
    } catch {
        return config.get(key);
    }
}

/** Makes a secret in a form that the component accepts. The values of maps are secrets, and the keys are not. */
function secretArgument(key: string, kind: Kind, value: unknown): unknown {
    if (kind === "named values" && Array.isArray(value)) {
        // A secret can't name itself. A short digest does not depend on the place in the list, and does not show the value.
        return Object.fromEntries(value.map((entry) => [digest(String(entry)), pulumi.secret(entry)]));
    }
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isMap && (kind === "named values" || key === "serverTag")) {
        const isPlain = (name: string) => key === "serverTag" && name !== "value";
        return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, isPlain(name) ? entry : pulumi.secret(entry)]));
    }
    return pulumi.secret(value);
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

const policy = new VssBackupPolicy(pulumi.getStack(), argumentsFromConfig());

export const instanceProfileName = policy.instanceProfileName;
export const serverRoleArn = policy.serverRoleArn;
export const topicArn = policy.topicArn;
export const windowIds = policy.windowIds;
export const cleanerFunctionName = policy.cleanerFunctionName;
export const watchFunctionName = policy.watchFunctionName;
export const backUpNow = policy.backUpNow;
export const backUpNowPowerShell = policy.backUpNowPowerShell;
export const restorePolicyJson = policy.restorePolicyJson;
