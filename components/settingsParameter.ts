import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DeployedPolicy, parameterName } from "../lambda/deployedPolicy";
import type { WatchTargets } from "../lambda/watch/watchSettings";
import type { PolicyContext } from "./policyContext";
import type { ResolvedPolicy } from "./resolvePolicy";

/** The functions of a policy, by their names. */
export interface FunctionNames {
    readonly cleanerFunction: pulumi.Output<string>;
    /** Undefined if the policy has no watch. */
    readonly watchFunction: pulumi.Output<string> | undefined;
}

/**
 * Writes the settings into a parameter of Systems Manager, for the command line. A parameter costs nothing, and one request finds those of
 * all policies. To ask a function instead, a reader would need the permission to start it.
 */
export function settingsParameter(
    { name, parent, tags }: PolicyContext,
    { cleaner, watch, watchSettings, saveVssMetadata }: ResolvedPolicy,
    targets: pulumi.Output<WatchTargets>,
    { cleanerFunction, watchFunction }: FunctionNames,
): aws.ssm.Parameter {
    const settings = { ...cleaner, ...watchSettings };
    const parts = pulumi.all([targets, cleanerFunction, watchFunction, saveVssMetadata]);
    const value = parts.apply(([knownTargets, cleanerName, watchName, isMetadataSaved]) =>
        JSON.stringify({
            version: 1,
            settings,
            targets: knownTargets,
            cleanerFunction: cleanerName,
            ...(watchName !== undefined && { watchFunction: watchName }),
            ...(watch && { watchEveryHours: watch.everyHours }),
            ...(isMetadataSaved && { saveVssMetadata: true as const }),
        } satisfies DeployedPolicy),
    );
    return new aws.ssm.Parameter(
        `${name}-settings`,
        {
            name: parameterName(name),
            description: `The settings of VssBackupPolicy ${name}, for vss-backup`,
            type: "String",
            // Free up to 4 KB. Only a policy with many long snapshot types needs more.
            tier: "Intelligent-Tiering",
            // `value` would be a secret in the stack, although it has only what this program has. So a preview shows how the settings change.
            insecureValue: value,
            tags,
        },
        { parent },
    );
}
