import { type Deployment, type Registered, resourcesOf } from "../../rehearsal/program";

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
    /** The inputs that hold the document. */
    readonly inputs: readonly string[];
    affects(registered: Registered, principal: string, resource: string): boolean;
}

const PERMISSION = "aws:lambda/permission:Permission";

const KINDS: Readonly<Record<string, DocumentKind>> = {
    "aws:iam/role:Role": { inputs: ["assumeRolePolicy"], affects: ({ arn }, _, resource) => resource === arn },
    "aws:iam/rolePolicy:RolePolicy": {
        inputs: ["policy"],
        affects: ({ inputs }, principal) => principal.split("/").at(-1) === inputs.role,
    },
    "aws:sns/topicPolicy:TopicPolicy": { inputs: ["policy"], affects: ({ inputs }, _, resource) => resource === inputs.arn },
    [PERMISSION]: {
        inputs: ["action", "principal", "sourceArn"],
        affects: ({ inputs }, _, resource) => resource.endsWith(`:function:${inputs.function}`),
    },
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
        const isKnown = before && kind?.inputs.every((input) => before.inputs[input] === registered.inputs[input]);
        if (!kind || isKnown) {
            return [];
        }
        const affects = (principal: string, resource: string) => kind.affects(registered, principal, resource);
        const changed =
            registered.type === PERMISSION ? changedPermissions(deployment, registered) : changedDocuments(deployment, registered);
        return Object.entries(changed).map(([part, changedDeployment]) => ({
            name: `${registered.name}, ${part}`,
            deployment: changedDeployment,
            affects,
        }));
    });
}

/** Changes one part of the document in a resource at a time. The keys name the changed parts. */
function changedDocuments(deployment: Deployment, registered: Registered): Record<string, Deployment> {
    const [input = ""] = KINDS[registered.type]?.inputs ?? [];
    const document = JSON.parse(registered.inputs[input]) as Document;
    return Object.fromEntries(
        document.Statement.flatMap((statement, i) =>
            Object.entries(changedStatements(statement)).map(([part, changed]) => [
                `${statement.Sid ?? `statement ${i + 1}`}: ${part}`,
                withInputs(deployment, registered, {
                    [input]: JSON.stringify({ ...document, Statement: document.Statement.toSpliced(i, 1, changed) }),
                }),
            ]),
        ),
    );
}

/** Changes one part of a permission of a function at a time. The keys name the changed parts. */
function changedPermissions(deployment: Deployment, permission: Registered): Record<string, Deployment> {
    return {
        "the permission": { ...deployment, resources: deployment.resources.filter((resource) => resource !== permission) },
        "condition sourceArn": withInputs(deployment, permission, { sourceArn: undefined }),
        "bound of action": withInputs(deployment, permission, { action: "lambda:*" }),
        "bound of principals": withInputs(deployment, permission, { principal: "*" }),
    };
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
    const everything = (bound: object) =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", ...bound }] });
    const opened: Readonly<Record<string, Registered["inputs"]>> = {
        "aws:iam/role:Role": { assumeRolePolicy: everything({ Principal: "*" }) },
        "aws:iam/rolePolicy:RolePolicy": { policy: everything({ Resource: "*" }) },
        "aws:sns/topicPolicy:TopicPolicy": { policy: everything({ Principal: "*", Resource: "*" }) },
    };
    const permissions = resourcesOf(deployment, "aws:lambda/function:Function").map(
        (lambda): Registered => ({
            ...lambda,
            type: PERMISSION,
            inputs: { action: "lambda:*", function: lambda.inputs.name, principal: "*" },
        }),
    );
    const resources = deployment.resources.map((registered) => ({
        ...registered,
        inputs: { ...registered.inputs, ...opened[registered.type] },
    }));
    return { ...deployment, resources: [...resources, ...permissions] };
}

function withInputs(deployment: Deployment, { name, type }: Registered, inputs: Registered["inputs"]): Deployment {
    const resources = deployment.resources.map((registered) =>
        registered.name === name && registered.type === type ? { ...registered, inputs: { ...registered.inputs, ...inputs } } : registered,
    );
    return { ...deployment, resources };
}
