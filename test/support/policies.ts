import type * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy, type VssBackupPolicyArgs } from "../../components";
import { type Deployment, run } from "../../rehearsal/program";

/** Runs a program that makes one policy. Returns the registered resources and the policy's outputs. */
export function deployPolicy(
    args: VssBackupPolicyArgs = {},
    { region = "eu-central-1", name = "prod", quota }: AccountOptions = {},
): Promise<Deployment> {
    return run(() => outputsOf(new VssBackupPolicy(name, args)), "test", "test", { "aws:region": region }, quota && { [QUOTA]: quota });
}

interface AccountOptions {
    readonly region?: string;
    /** Of the policy. */
    readonly name?: string;
    /** The response of Service Quotas for Lambda's concurrency. */
    readonly quota?: () => Record<string, unknown>;
}

const QUOTA = "aws:servicequotas/getServiceQuota:getServiceQuota";

function outputsOf(policy: VssBackupPolicy): Record<string, pulumi.Input<unknown>> {
    const { instanceProfileName, serverRoleArn, topicArn, windowIds, cleanerFunctionName, watchFunctionName } = policy;
    const { backUpNow, backUpNowPowerShell, restorePolicyJson } = policy;
    return {
        instanceProfileName,
        serverRoleArn,
        topicArn,
        windowIds,
        cleanerFunctionName,
        watchFunctionName,
        backUpNow,
        backUpNowPowerShell,
        restorePolicyJson,
    };
}

/** Inputs by resource name, with policy documents as objects and without the archive. */
export function inputsOf({ resources }: Deployment): Record<string, Record<string, unknown>> {
    const documents = ["policy", "assumeRolePolicy", "input", "eventPattern", "dashboardBody", "insecureValue"];
    return Object.fromEntries(
        resources.map(({ name, inputs: { code, ...inputs } }) => [
            name,
            Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, documents.includes(key) ? JSON.parse(value) : value])),
        ]),
    );
}

interface Document {
    readonly Statement: readonly object[];
}

/** All policy documents of a deployment. */
export function documentsOf(deployment: Deployment): Document[] {
    return Object.values(inputsOf(deployment)).flatMap(
        ({ policy, assumeRolePolicy }) => [policy, assumeRolePolicy].filter(Boolean) as Document[],
    );
}
