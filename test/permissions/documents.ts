import type { Deployment, Registered } from "../../rehearsal/program";

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: unknown;
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Condition;
}

interface Document {
    readonly Version: string;
    readonly Statement: readonly Statement[];
}

/** One change to a policy document: a part is removed, or a bound is widened. */
export interface PolicyChange {
    readonly name: string;
    readonly deployment: Deployment;
    /** Whether the change can affect a principal's requests on a resource. */
    affects(principal: string, resource: string): boolean;
}

interface DocumentKind {
    /** The input that holds the document. */
    readonly input: string;
    affects(registered: Registered, principal: string, resource: string): boolean;
}

const KINDS: Readonly<Record<string, DocumentKind>> = {
    "aws:iam/role:Role": { input: "assumeRolePolicy", affects: ({ arn }, _, resource) => resource === arn },
    "aws:iam/rolePolicy:RolePolicy": { input: "policy", affects: ({ inputs }, principal) => principal.split("/").at(-1) === inputs.role },
    "aws:sns/topicPolicy:TopicPolicy": { input: "policy", affects: ({ inputs }, _, resource) => resource === inputs.arn },
};

/**
 * Lists the changes to a deployment's policies, one at a time. A change removes a statement, an action, a resource or a condition, or
 * widens a bound.
 *
 * @param known another deployment. The list leaves out documents that are equal in both.
 */
export function listPolicyChanges(deployment: Deployment, known?: Deployment): PolicyChange[] {
    return deployment.resources.flatMap((registered) => {
        const kind = KINDS[registered.type];
        const before = known?.resources.find(({ name, type }) => name === registered.name && type === registered.type);
        if (!kind || before?.inputs[kind.input] === registered.inputs[kind.input]) {
            return [];
        }
        const document = JSON.parse(registered.inputs[kind.input]) as Document;
        return document.Statement.flatMap((statement, i) =>
            Object.entries(changedStatements(statement)).map(([name, changed]) => ({
                name: `${registered.name}, ${statement.Sid ?? `statement ${i + 1}`}: ${name}`,
                deployment: withDocument(deployment, registered, { ...document, Statement: document.Statement.toSpliced(i, 1, changed) }),
                affects: (principal: string, resource: string) => kind.affects(registered, principal, resource),
            })),
        );
    });
}

/** Changes one part of a statement at a time. The keys name the changed parts. */
function changedStatements(statement: Statement): Record<string, Statement> {
    const { Effect, Action, Resource, Condition = {}, Principal } = statement;
    const actions = [Action].flat();
    const resources = [Resource ?? []].flat();
    const without = (list: readonly string[], removed: string) => list.filter((entry) => entry !== removed);
    return Object.fromEntries([
        ["the statement", { ...statement, Condition: { StringEquals: { "aws:PrincipalArn": "nobody" } } }],
        ...(actions.length > 1 ? actions : []).map((removed) => [`action ${removed}`, { ...statement, Action: without(actions, removed) }]),
        ...(resources.length > 1 ? resources : []).map((removed) => [
            `resource ${removed}`,
            { ...statement, Resource: without(resources, removed) },
        ]),
        ...Object.entries(Condition).flatMap(([operator, keys]) =>
            Object.keys(keys).map((key) => [
                `condition ${operator} ${key}`,
                { ...statement, Condition: withoutKey(Condition, operator, key) },
            ]),
        ),
        ...(Effect === "Allow" ? actions : []).map((action) => [
            `bound of action ${action}`,
            { ...statement, Action: [...actions, `${action.split(":")[0]}:*`] },
        ]),
        ...(Effect === "Allow" && !resources.includes("*") && Resource ? [["bound of resources", { ...statement, Resource: "*" }]] : []),
        ...(Effect === "Allow" && Principal ? [["bound of principals", { ...statement, Principal: "*" }]] : []),
    ] as [string, Statement][]);
}

/** Removes a condition key. IAM refuses an operator without keys, so this also removes an empty operator. */
function withoutKey(condition: Condition, operator: string, key: string): Condition {
    const { [operator]: keys, ...others } = condition;
    const left = Object.entries(keys ?? {}).filter(([other]) => other !== key);
    return left.length > 0 ? { ...others, [operator]: Object.fromEntries(left) } : others;
}

/** The deployment with policies that allow every action to every principal. */
export function allowEverything(deployment: Deployment): Deployment {
    const statement = { Effect: "Allow", Action: "*" };
    return deployment.resources.reduce((opened, registered) => {
        const bounds: Readonly<Record<string, object>> = {
            "aws:iam/role:Role": { Principal: "*" },
            "aws:iam/rolePolicy:RolePolicy": { Resource: "*" },
            "aws:sns/topicPolicy:TopicPolicy": { Principal: "*", Resource: "*" },
        };
        const bound = bounds[registered.type];
        return bound ? withDocument(opened, registered, { Version: "2012-10-17", Statement: [{ ...statement, ...bound }] }) : opened;
    }, deployment);
}

function withDocument(deployment: Deployment, { name, type }: Registered, document: object): Deployment {
    const input = KINDS[type]?.input as string;
    const resources = deployment.resources.map((registered) =>
        registered.name === name && registered.type === type
            ? { ...registered, inputs: { ...registered.inputs, [input]: JSON.stringify(document) } }
            : registered,
    );
    return { ...deployment, resources };
}
