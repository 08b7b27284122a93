import type { EC2Client } from "@aws-sdk/client-ec2";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { IANAZone } from "luxon";
import * as z from "zod";
import { scheduleExpression } from "../components/textSchemas";
import { listSnapshotsWithTag } from "../lambda/cleaner/listing";
import { type DeployedPolicy, POLICIES_PATH, parameterName } from "../lambda/deployedPolicy";
import { POLICY_TAG } from "../lambda/retention/tags";
import type { Clients } from "./clients";
import { EXIT } from "./exitCodes";
import { Failure } from "./failure";
import { parametersBelow } from "./parameters";
import { suggestionOf } from "./suggestion";

/** What the parameter must have so that this version can read it. The component wrote it, so its parts are right if these are. */
const SHAPE = z.looseObject({
    version: z.literal(1),
    settings: z.looseObject({
        name: z.string(),
        retention: z.record(z.string(), z.int().min(1)),
        schedules: z.record(z.string(), scheduleExpression("seconds allowed")),
        cleanerSchedule: scheduleExpression("no seconds"),
        timezone: z.string().refine((zone) => IANAZone.isValidZone(zone), "this Node.js does not know the time zone"),
    }),
    targets: z.looseObject({
        serverTag: z.looseObject({ key: z.string(), value: z.string() }),
        windowIds: z.record(z.string(), z.string()),
    }),
    cleanerFunction: z.string(),
});

/**
 * Finds the deployed policy with a name; or the only one of the account and region. One that an older version deployed has no parameter, so
 * it does not count.
 *
 * @throws Failure if there is none, or more than one and no name
 */
export async function findPolicy(
    { ssm, ec2 }: Pick<Clients, "ssm" | "ec2">,
    name: string | undefined,
    abortSignal: AbortSignal,
): Promise<DeployedPolicy> {
    const policies = await listPolicies(ssm, abortSignal);
    const names = [...policies.keys()].sort();
    const [only, ...others] = names;
    if (name === undefined && others.length > 0) {
        throw new Failure(`There are several policies: ${names.join(", ")}.`, "Choose one with --policy.", EXIT.usage);
    }
    const wanted = name ?? only;
    const text = wanted === undefined ? undefined : policies.get(wanted);
    if (wanted !== undefined && text !== undefined) {
        return read(wanted, text);
    }
    const older = (await namesOnSnapshots(ec2, abortSignal)).filter((found) => !policies.has(found));
    if (older.length > 0 && (wanted === undefined || older.includes(wanted))) {
        throw new Failure(
            `An older version deployed the policy ${older.join(", ")}: snapshots name it, and its settings are not in Parameter Store.`,
            "Deploy it again with this version: pulumi up",
        );
    }
    throw wanted === undefined
        ? new Failure("This account and region have no policy.", "Check --profile and --region.")
        : new Failure(
              `There is no policy ${wanted}.${suggestionOf(wanted, names)}`,
              names.length === 0
                  ? "This account and region have none. Check --profile and --region."
                  : `This account and region have: ${names.join(", ")}. Check --policy, --profile and --region.`,
              EXIT.usage,
          );
}

/** Lists the policies that snapshots name. A caller who may not list snapshots finds none. */
async function namesOnSnapshots(ec2: EC2Client, abortSignal: AbortSignal): Promise<string[]> {
    try {
        const snapshots = await listSnapshotsWithTag(ec2, [POLICY_TAG], abortSignal);
        return [...new Set(snapshots.flatMap(({ tags }) => tags[POLICY_TAG] ?? []))].sort();
    } catch {
        abortSignal.throwIfAborted();
        return [];
    }
}

/** Lists the parameters of all policies, by the policies' names. */
async function listPolicies(ssm: SSMClient, abortSignal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const { Name = "", Value = "" } of parametersBelow(ssm, POLICIES_PATH, { isRecursive: true, abortSignal })) {
        const policy = Name.split("/")[2] ?? "";
        if (Name === parameterName(policy)) {
            found.set(policy, Value);
        }
    }
    return found;
}

function read(name: string, text: string): DeployedPolicy {
    try {
        return SHAPE.parse(JSON.parse(text)) as unknown as DeployedPolicy;
    } catch (error) {
        const [issue] = error instanceof z.ZodError ? error.issues : [];
        const why = issue ? [...(issue.path.length > 0 ? [issue.path.join(".")] : []), issue.message].join(": ") : "it is no JSON";
        throw new Failure(
            `This version of vss-backup cannot read the settings of policy ${name}, in the parameter ${parameterName(name)}: ${why}.`,
            "Use the version of vss-backup that deployed the policy, and a maintained version of Node.js.",
        );
    }
}
