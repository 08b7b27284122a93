import { type EvaluationResult, runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT_ID, type Deployment, type Registered, resourcesOf } from "../program";

/** A request to AWS, as IAM sees it. */
export interface IamRequest {
    /**
     * One of these:
     * - a role, by its ARN, its name in the program, or its access key;
     * - a service, such as `lambda.amazonaws.com`;
     * - another ARN, or another access key, which counts as an administrator.
     */
    readonly principal: string;
    /** Such as `ec2:DeleteSnapshot`. */
    readonly action: string;
    /** An ARN, or `*` if the action has no resource type. */
    readonly resource: string;
    /** Condition keys, such as `aws:ResourceTag/Owner`. By default, `aws:SecureTransport` is true. Only a key with several values has a list. */
    readonly context?: Readonly<Record<string, string | string[]>>;
}

export interface EmbeddedIam {
    /**
     * Returns IAM's message for a refused request; undefined if IAM allows it.
     *
     * @throws Error if AWS has no such action, since the result would mean nothing
     * @throws Error if the action has no such resource or condition key
     */
    refusal(request: IamRequest): Promise<string | undefined>;
    /** The access key of a role's temporary credentials. */
    accessKey(roleArn: string): string;
}

type Document = Readonly<Record<string, unknown>>;

const ADMINISTRATOR: Document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * Resources that AWS evaluates, as its error messages show, although the Service Authorization Reference does not list them.
 * ARNs of AWS's documents have no account. DescribeLogGroups requests a group without a name, and FilterLogEvents a stream without one.
 */
const AWS_DOCUMENT = /^arn:[\w-]+:ssm:[\w-]+::document\/[\w-]+$/;
const UNLISTED: Readonly<Record<string, RegExp>> = {
    "ssm:SendCommand": AWS_DOCUMENT,
    "ssm:GetDocument": AWS_DOCUMENT,
    "logs:DescribeLogGroups": /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group::log-stream:$/,
    "logs:FilterLogEvents": /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+:log-stream:$/,
};

/**
 * Evaluates requests with the policy documents of a program: inline policies and trust policies of roles, policies of topics, and
 * permissions of functions.
 * AWS's managed policies, and the policies on the user's existing roles, are not part of the program. Their permissions do not count.
 *
 * @throws Error if the program registers a policy of another kind, or a permission that the evaluator does not understand
 */
export function startIam(deployment: Deployment): EmbeddedIam {
    const { resources } = deployment;
    refuseUnjudged(resources);
    const roles = resourcesOf(deployment, "aws:iam/role:Role");
    const trusted = new Map(roles.map(({ arn, inputs }) => [arn, JSON.parse(inputs.assumeRolePolicy) as Document]));
    const onResources = new Map<string, Document>([
        ...resourcesOf(deployment, "aws:sns/topicPolicy:TopicPolicy").map(({ inputs }): [string, Document] => [
            inputs.arn,
            JSON.parse(inputs.policy),
        ]),
        ...functionPolicies(deployment),
    ]);
    const inline = new Map<string, Document[]>(roles.map(({ arn = "" }) => [nameOf(arn), []]));
    for (const { inputs } of resourcesOf(deployment, "aws:iam/rolePolicy:RolePolicy")) {
        inline.set(inputs.role, [...(inline.get(inputs.role) ?? []), JSON.parse(inputs.policy)]);
    }
    const keys = new Map(roles.map(({ arn = "" }, i) => [`ASIA${String(i).padStart(16, "0")}`, arn]));
    return {
        accessKey: (roleArn) => [...keys].find(([, arn]) => arn === roleArn)?.[0] ?? "",
        async refusal({ principal: name, action, resource, context = {} }) {
            const principal = keys.get(name) ?? roles.find((role) => role.name === name)?.arn ?? userOf(name);
            const identity = isService(principal) ? [] : (inline.get(isRole(principal) ? nameOf(principal) : "") ?? [ADMINISTRATOR]);
            const onResource = action.startsWith("sts:") ? trusted.get(resource) : (onResources.get(resource) ?? keyPolicyOf(resource));
            const request: IamRequest = { principal, action, resource, context: { "aws:SecureTransport": "true", ...context } };
            const key = answerKey(request, identity, onResource);
            const answer = answers.get(key) ?? evaluate(request, identity, onResource);
            answers.set(key, answer);
            return writeRefusal(request, await answer, onResource !== undefined);
        },
    };
}

/** A key of KMS always has a policy. By AWS's default, it leaves the decision to the IAM of the key's account. */
function keyPolicyOf(resource: string): Document | undefined {
    const [, partition, service, , account] = resource.split(":");
    const owner = { AWS: `arn:${partition}:iam::${account}:root` };
    return service === "kms"
        ? { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: owner, Action: "kms:*", Resource: "*" }] }
        : undefined;
}

const JUDGED_TYPES = [
    "aws:iam/rolePolicy:RolePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:lambda/permission:Permission",
    // Attaches AWS's managed policies.
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
];

function refuseUnjudged(resources: readonly Registered[]): void {
    const other = resources.find(({ type }) => /^aws:.*(Policy|Permission|PolicyAttachment)$/.test(type) && !JUDGED_TYPES.includes(type));
    if (other) {
        throw new Error(`The embedded IAM can't evaluate the ${other.type} ${other.name}; add this type to rehearsal/embeddedAws/iam.ts.`);
    }
}

/** Makes the policy of each function from its permissions, as Lambda does. */
function functionPolicies(deployment: Deployment): Map<string, Document> {
    const statements = resourcesOf(deployment, "aws:lambda/permission:Permission").map((permission) => {
        const { action, function: name, principal, sourceArn, sourceAccount, ...others } = permission.inputs;
        const arn = resourcesOf(deployment, "aws:lambda/function:Function").find(({ inputs }) => inputs.name === name)?.arn;
        if (arn === undefined || !/^(\*|\w+\.amazonaws\.com)$/.test(principal) || Object.keys(others).length > 0) {
            throw new Error(`The embedded IAM can't evaluate the permission ${permission.name}: it takes ${PERMISSION_FORM}.`);
        }
        const Condition = {
            ...(sourceArn !== undefined && { ArnLike: { "AWS:SourceArn": sourceArn } }),
            ...(sourceAccount !== undefined && { StringEquals: { "AWS:SourceAccount": sourceAccount } }),
        };
        const Principal = principal === "*" ? "*" : { Service: principal };
        return { arn, statement: { Effect: "Allow", Principal, Action: action, Resource: arn, Condition } };
    });
    const arns = [...new Set(statements.map(({ arn }) => arn))];
    const statementsOf = (arn: string) => statements.filter((other) => other.arn === arn).map(({ statement }) => statement);
    return new Map(arns.map((arn) => [arn, { Version: "2012-10-17", Statement: statementsOf(arn) }]));
}

const PERMISSION_FORM = "an action, the name of a function of the program, a service or *, a sourceArn and a sourceAccount";

/** The ARN of a user, if the principal is the access key of one. */
function userOf(principal: string): string {
    return principal.startsWith("AKIA") ? `arn:aws:iam::${ACCOUNT_ID}:user/${principal}` : principal;
}

function isService(principal: string): boolean {
    return !principal.startsWith("arn:");
}

function isRole(principal: string): boolean {
    return principal.split(":")[4] === ACCOUNT_ID && principal.includes(":role/");
}

function nameOf(roleArn: string): string {
    return lastPart(roleArn);
}

function lastPart(arn: string): string {
    return arn.split(/[/:]/).at(-1) as string;
}

/** The results so far. An evaluation takes a millisecond, and a rehearsal repeats the same requests. */
const answers = new Map<string, Promise<EvaluationResult>>();

/**
 * Makes a key of the inputs that change the result. Thousands of snapshots share one result.
 * A condition key counts only if a document names it. The last part of an ARN counts only if a document names it or a pattern for it.
 */
function answerKey(
    { principal, action, resource, context = {} }: IamRequest,
    identity: readonly Document[],
    onResource?: Document,
): string {
    const documents = JSON.stringify([identity, onResource]);
    const text = documents.toLowerCase();
    const mentioned = Object.entries(context).filter(([key]) => text.includes(key.toLowerCase()));
    const last = lastPart(resource);
    const patterns = [...text.matchAll(/"(arn:[^"]+)"/g)].map(([, arn = ""]) => lastPart(arn));
    const alike =
        onResource === undefined &&
        !text.includes(last.toLowerCase()) &&
        patterns.every((pattern) => pattern === "*" || !/[*?$]/.test(pattern));
    // All names of condition keys count, since the action may not have such a key.
    const names = Object.keys(context).sort();
    return JSON.stringify([principal, action, alike ? resource.slice(0, -last.length) : resource, mentioned.sort(), names, documents]);
}

async function evaluate(
    { principal, action, resource, context = {} }: IamRequest,
    identity: readonly Document[],
    onResource?: Document,
): Promise<EvaluationResult> {
    const simulation: Simulation = {
        request: {
            principal: toKnownService(principal),
            action,
            resource: { resource: withoutWildcard(resource), accountId: resource.split(":")[4] || ACCOUNT_ID },
            contextVariables: { ...context },
        },
        identityPolicies: identity.map((policy, i) => ({ name: `policy ${i + 1}`, policy })),
        ...(onResource && { resourcePolicy: JSON.parse(toKnownService(JSON.stringify(onResource))) }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
    };
    if (UNLISTED[action]?.test(resource)) {
        return runUnsafeSimulation(simulation, {});
    }
    const answer = await runSimulation(simulation, {});
    if (answer.resultType === "error") {
        throw new Error(`IAM can't evaluate ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
    }
    const ignored = answer.resultType === "single" ? (answer.result.ignoredContextKeys ?? []) : [];
    if (ignored.length > 0) {
        throw new Error(`IAM knows no ${ignored.join(", ")} for ${action} on ${resource}`);
    }
    return answer.overallResult;
}

/**
 * Names a resource that EC2 is about to make, which IAM knows as `volume/*`. The evaluator takes it for a pattern, which policies for single
 * resources would match, and policies for resources without an account would not.
 */
function withoutWildcard(resource: string): string {
    return resource.replace(/(?<=^arn:[\w-]+:ec2:.*\/)\*$/, "new");
}

/** Renames EC2 in China. The evaluator knows only service names that end with amazonaws.com. */
function toKnownService(text: string): string {
    return text.replaceAll("ec2.amazonaws.com.cn", "ec2.cn.amazonaws.com");
}

/**
 * Writes a refusal as AWS does.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function writeRefusal({ principal, action, resource }: IamRequest, result: EvaluationResult, hasPolicy: boolean): string | undefined {
    if (result === "Allowed") {
        return undefined;
    }
    const user = isRole(principal)
        ? `${principal.replace(":iam:", ":sts:").replace(/:role\/.*/, ":assumed-role/")}${nameOf(principal)}/rehearsal`
        : principal;
    const denied = result === "ExplicitlyDenied";
    const policy = hasPolicy && (denied || action.startsWith("sts:")) ? "resource-based policy" : "identity-based policy";
    const why = denied ? `with an explicit deny in a ${policy}` : `because no ${policy} allows the ${action} action`;
    return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
