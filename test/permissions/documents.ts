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

/** Something that a policy says, and the deployment that does not say it. */
export interface Part {
    readonly name: string;
    readonly without: Deployment;
    /** Whether it can make a difference to what a principal may do with a resource. */
    concerns(principal: string, resource: string): boolean;
}

interface Kind {
    /** In which input its document is. */
    readonly input: string;
    concerns(registered: Registered, principal: string, resource: string): boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
    "aws:iam/role:Role": { input: "assumeRolePolicy", concerns: ({ arn }, _, resource) => resource === arn },
    "aws:iam/rolePolicy:RolePolicy": { input: "policy", concerns: ({ inputs }, principal) => principal.split("/").at(-1) === inputs.role },
    "aws:sns/topicPolicy:TopicPolicy": { input: "policy", concerns: ({ inputs }, _, resource) => resource === inputs.arn },
};

/**
 * All that the policies of a deployment say, a part at a time: statements, their actions, resources and conditions, and their bounds.
 *
 * @param known a deployment whose policies are left out where they say the same
 */
export function parts(deployment: Deployment, known?: Deployment): Part[] {
    return deployment.resources.flatMap((registered) => {
        const kind = KINDS[registered.type];
        const before = known?.resources.find(({ name, type }) => name === registered.name && type === registered.type);
        if (!kind || before?.inputs[kind.input] === registered.inputs[kind.input]) {
            return [];
        }
        const document = JSON.parse(registered.inputs[kind.input]) as Document;
        return document.Statement.flatMap((statement, i) =>
            Object.entries(reductions(statement)).map(([name, left]) => ({
                name: `${registered.name}, ${statement.Sid ?? `statement ${i + 1}`}: ${name}`,
                without: withDocument(deployment, registered, { ...document, Statement: document.Statement.toSpliced(i, 1, left) }),
                concerns: (principal: string, resource: string) => kind.concerns(registered, principal, resource),
            })),
        );
    });
}

/** The statement without one part of it, by what that part is. */
function reductions(statement: Statement): Record<string, Statement> {
    const { Effect, Action, Resource, Condition = {}, Principal } = statement;
    const actions = [Action].flat();
    const resources = [Resource ?? []].flat();
    const without = (list: readonly string[], gone: string) => list.filter((entry) => entry !== gone);
    return Object.fromEntries([
        ["the statement", { ...statement, Condition: { StringEquals: { "aws:PrincipalArn": "nobody" } } }],
        ...(actions.length > 1 ? actions : []).map((gone) => [`action ${gone}`, { ...statement, Action: without(actions, gone) }]),
        ...(resources.length > 1 ? resources : []).map((gone) => [
            `resource ${gone}`,
            { ...statement, Resource: without(resources, gone) },
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

/** A policy with an operator that has no keys is none that IAM takes. */
function withoutKey(condition: Condition, operator: string, key: string): Condition {
    const { [operator]: keys, ...others } = condition;
    const left = Object.entries(keys ?? {}).filter(([other]) => other !== key);
    return left.length > 0 ? { ...others, [operator]: Object.fromEntries(left) } : others;
}

/** The deployment with policies that allow everything to everybody. */
export function wideOpen(deployment: Deployment): Deployment {
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
