import * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy, type VssBackupPolicyArgs } from "./components";

const NAMESPACE = "vss-backup:";

/** Of other keys, a number is meant as text: a version, a name. */
const NUMBERS = ["orphanDays", "failedSetGraceHours", "maxDeletionsPerRun"];

/** Arguments of a policy out of the stack's config: every key of the namespace by its name, so that the component can refuse unknown ones. */
function argumentsFromConfig(): VssBackupPolicyArgs {
    const config = Object.entries(pulumi.runtime.allConfig())
        .filter(([key, value]) => key.startsWith(NAMESPACE) && value !== "")
        .map(([key, value]) => [key.slice(NAMESPACE.length), value] as const);
    return Object.fromEntries(config.map(([key, value]) => [key, argument(key, value)]));
}

/** Pulumi keeps every value as text; objects, lists, booleans and null are JSON. */
function argument(key: string, text: string): unknown {
    let value: unknown = text;
    try {
        const json: unknown = JSON.parse(text);
        value = typeof json === "object" || typeof json === "boolean" || NUMBERS.includes(key) ? json : text;
    } catch {
        // Plain text.
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return value ?? undefined;
    }
    // What `pulumi config set --path` can't say: a number or truth value that is meant as text, and null.
    const meant = (entry: unknown) => {
        if (["tags", "serverTag", "hold"].includes(key) && ["number", "boolean"].includes(typeof entry)) {
            return String(entry);
        }
        return ["retention", "schedules"].includes(key) && entry === "null" ? null : entry;
    };
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, meant(entry)]));
}

const policy = new VssBackupPolicy(pulumi.getStack(), argumentsFromConfig());

export const instanceProfileName = policy.instanceProfileName;
export const serverRoleArn = policy.serverRoleArn;
export const topicArn = policy.topicArn;
export const windowIds = policy.windowIds;
export const cleanerFunctionName = policy.cleanerFunctionName;
export const backUpNow = policy.backUpNow;
