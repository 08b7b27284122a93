import { type EvaluationResult, runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";
import { ACCOUNT_ID, type Deployment, type Registered } from "../program";

/** What somebody asks of AWS. */
export interface IamRequest {
    /**
     * A role by its ARN, by its name in the program, or by the access key that it was given; a service, such as `lambda.amazonaws.com`;
     * or the ARN of somebody else, who is taken for an administrator: what that one is refused, nobody gets.
     */
    readonly principal: string;
    /** Such as `ec2:DeleteSnapshot`. */
    readonly action: string;
    /** An ARN, or `*` where the action knows no narrower one. */
    readonly resource: string;
    /** Condition keys, such as `aws:ResourceTag/Owner`. A call comes over TLS if nothing else is said here. */
    readonly context?: Readonly<Record<string, string>>;
}

export interface EmbeddedIam {
    /**
     * Why IAM refuses a request, in its own words; undefined where it allows it.
     *
     * @throws Error where there is no such action, or no such resource or condition key for it: an answer would say nothing
     */
    refusal(request: IamRequest): Promise<string | undefined>;
    /** The access key of a role's temporary credentials. */
    accessKey(roleArn: string): string;
}

type Document = Readonly<Record<string, unknown>>;

const ADMINISTRATOR: Document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

/**
 * Resources that AWS judges, as its refusals show, and that the Service Authorization Reference does not list: documents of AWS's own
 * have no account, and looking for log groups is asked of a group without a name.
 */
const AWS_DOCUMENT = /^arn:[\w-]+:ssm:[\w-]+::document\/[\w-]+$/;
const UNLISTED: Readonly<Record<string, RegExp>> = {
    "ssm:SendCommand": AWS_DOCUMENT,
    "ssm:GetDocument": AWS_DOCUMENT,
    "logs:DescribeLogGroups": /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group::log-stream:$/,
};

/**
 * IAM over the policy documents that a program registered: inline policies of roles, what roles trust, and policies of topics. The managed
 * policies attached to the servers' role are AWS's own, and no part of the program, nor is what a role of the user's own may do besides:
 * neither is judged here, and what they allow counts as refused.
 *
 * @throws Error if the program registers a policy of a kind that is not judged
 */
export function startIam({ resources }: Deployment): EmbeddedIam {
    refuseUnjudged(resources);
    const roles = of(resources, "aws:iam/role:Role");
    const trusted = new Map(roles.map(({ arn, inputs }) => [arn, JSON.parse(inputs.assumeRolePolicy) as Document]));
    const topics = new Map(
        of(resources, "aws:sns/topicPolicy:TopicPolicy").map(({ inputs }) => [inputs.arn as string, JSON.parse(inputs.policy) as Document]),
    );
    const inline = new Map<string, Document[]>(roles.map(({ arn = "" }) => [nameOf(arn), []]));
    for (const { inputs } of of(resources, "aws:iam/rolePolicy:RolePolicy")) {
        inline.set(inputs.role, [...(inline.get(inputs.role) ?? []), JSON.parse(inputs.policy)]);
    }
    const keys = new Map(roles.map(({ arn = "" }, i) => [`ASIA${String(i).padStart(16, "0")}`, arn]));
    return {
        accessKey: (roleArn) => [...keys].find(([, arn]) => arn === roleArn)?.[0] ?? "",
        async refusal({ principal: asked, action, resource, context = {} }) {
            const principal = keys.get(asked) ?? roles.find(({ name }) => name === asked)?.arn ?? asked;
            const identity = isService(principal) ? [] : (inline.get(isRole(principal) ? nameOf(principal) : "") ?? [ADMINISTRATOR]);
            const onResource = action.startsWith("sts:") ? trusted.get(resource) : topics.get(resource);
            const request: IamRequest = { principal, action, resource, context: { "aws:SecureTransport": "true", ...context } };
            const key = whatCounts(request, identity, onResource);
            const answer = answers.get(key) ?? evaluate(request, identity, onResource);
            answers.set(key, answer);
            return sentence(request, await answer, onResource !== undefined);
        },
    };
}

function of(resources: readonly Registered[], type: string): Registered[] {
    return resources.filter((resource) => resource.type === type);
}

const JUDGED = [
    "aws:iam/rolePolicy:RolePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    // Of AWS's own policies.
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
];

function refuseUnjudged(resources: readonly Registered[]): void {
    const other = resources.find(({ type }) => /^aws:.*(Policy|Permission|PolicyAttachment)$/.test(type) && !JUDGED.includes(type));
    if (other) {
        throw new Error(`The embedded IAM does not know the ${other.type} ${other.name}; teach it, or it judges without it.`);
    }
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

/** Answers so far: judging takes a millisecond, and a rehearsal asks for the same many times. */
const answers = new Map<string, Promise<EvaluationResult>>();

/**
 * All on which an answer depends, so that one of thousands of snapshots needs none of its own: a condition key that no document mentions
 * makes no difference, nor does the last part of an ARN where the documents mention neither it nor a pattern for a part of it.
 */
function whatCounts(
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
    // The names of the others count too: IAM may know no such key for the action.
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
            principal: known(principal),
            action,
            resource: { resource, accountId: resource.split(":")[4] || ACCOUNT_ID },
            contextVariables: { ...context },
        },
        identityPolicies: identity.map((policy, i) => ({ name: `policy ${i + 1}`, policy })),
        ...(onResource && { resourcePolicy: JSON.parse(known(JSON.stringify(onResource))) }),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
    };
    if (UNLISTED[action]?.test(resource)) {
        return runUnsafeSimulation(simulation, {});
    }
    const answer = await runSimulation(simulation, {});
    if (answer.resultType === "error") {
        throw new Error(`IAM can't judge ${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
    }
    const ignored = answer.resultType === "single" ? (answer.result.ignoredContextKeys ?? []) : [];
    if (ignored.length > 0) {
        throw new Error(`IAM knows no ${ignored.join(", ")} for ${action} on ${resource}`);
    }
    return answer.overallResult;
}

/** The evaluator knows services by names that end with amazonaws.com, and China's EC2 has another: it gets one that is as much its own. */
function known(text: string): string {
    return text.replaceAll("ec2.amazonaws.com.cn", "ec2.cn.amazonaws.com");
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function sentence({ principal, action, resource }: IamRequest, result: EvaluationResult, hasPolicy: boolean): string | undefined {
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
