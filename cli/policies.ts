import { paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";
import * as z from "zod";
import { type DeployedPolicy, POLICIES_PATH, parameterName } from "../lambda/deployedPolicy";
import { Failure } from "./failure";

/** What the parameter must have so that this version can read it. The component wrote it, so its parts are right if these are. */
const SHAPE = z.looseObject({
    version: z.literal(1),
    settings: z.looseObject({
        name: z.string(),
        retention: z.record(z.string(), z.number()),
        schedules: z.record(z.string(), z.string()),
        timezone: z.string(),
    }),
    targets: z.looseObject({
        serverTag: z.looseObject({ key: z.string(), value: z.string() }),
        windowIds: z.record(z.string(), z.string()),
    }),
    cleanerFunction: z.string(),
});

/**
 * Finds the deployed policy with a name; or the only one of the account and region.
 *
 * @throws Failure if there is none, or more than one and no name
 */
export async function findPolicy(ssm: SSMClient, name: string | undefined, abortSignal: AbortSignal): Promise<DeployedPolicy> {
    const policies = await listPolicies(ssm, abortSignal);
    const names = [...policies.keys()].sort();
    const [only] = names;
    if (only === undefined) {
        throw new Failure(
            "This account and region have no policy that vss-backup can read.",
            "Check --profile and --region. A policy of an older version needs pulumi up with version 0.3 or later.",
        );
    }
    if (name === undefined && names.length > 1) {
        throw new Failure(`There are several policies: ${names.join(", ")}.`, "Choose one with --policy.");
    }
    const text = policies.get(name ?? only);
    if (text === undefined) {
        throw new Failure(
            `There is no policy ${name}. This account and region have: ${names.join(", ")}.`,
            "Check --policy, --profile and --region.",
        );
    }
    return read(name ?? only, text);
}

/** Lists the parameters of all policies, by the policies' names. */
async function listPolicies(ssm: SSMClient, abortSignal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    const pages = paginateGetParametersByPath({ client: ssm }, { Path: POLICIES_PATH, Recursive: true }, { abortSignal });
    for await (const { Parameters = [] } of pages) {
        for (const { Name = "", Value = "" } of Parameters) {
            const policy = Name.split("/")[2] ?? "";
            if (Name === parameterName(policy)) {
                found.set(policy, Value);
            }
        }
    }
    return found;
}

function read(name: string, text: string): DeployedPolicy {
    try {
        return SHAPE.parse(JSON.parse(text)) as unknown as DeployedPolicy;
    } catch {
        throw new Failure(
            `This version of vss-backup cannot read the settings of policy ${name}, in the parameter ${parameterName(name)}.`,
            "Use the version of vss-backup that deployed the policy.",
        );
    }
}
