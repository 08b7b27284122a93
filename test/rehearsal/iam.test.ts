import assert from "node:assert/strict";
import { type IamRequest, startIam } from "../../rehearsal/embeddedAws/iam";
import { ACCOUNT_ID, type Deployment, type Registered } from "../../rehearsal/program";

const ROLE = `arn:aws:iam::${ACCOUNT_ID}:role/prod-role`;
const TOPIC = `arn:aws:sns:eu-central-1:${ACCOUNT_ID}:topic`;

/** Makes a deployment of a role with one statement, and of a topic's policy if it has a statement too. */
function deployment(statement: object, onTopic?: object): Deployment {
    const policy = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
    const resources = [
        registered("aws:iam/role:Role", "prod-role", { assumeRolePolicy: policy(trust) }, ROLE),
        registered("aws:iam/rolePolicy:RolePolicy", "prod-role-policy", { role: "prod-role", policy: policy(statement) }),
        ...(onTopic ? [registered("aws:sns/topicPolicy:TopicPolicy", "prod-topic-policy", { arn: TOPIC, policy: policy(onTopic) })] : []),
    ];
    return { project: "test", stack: "test", region: "eu-central-1", resources, outputs: {} };
}

function registered(type: string, name: string, inputs: Registered["inputs"], arn?: string): Registered {
    return { type, name, inputs, id: `${name}-id`, arn, provider: "" };
}

function snapshot(id: string): string {
    return `arn:aws:ec2:eu-central-1::snapshot/${id}`;
}

/** Sends one request after the other to the same IAM. */
async function answers(given: Deployment, requests: readonly Partial<IamRequest>[]): Promise<boolean[]> {
    const iam = startIam(given);
    const allowed: boolean[] = [];
    for (const request of requests) {
        const refusal = await iam.refusal({
            principal: "prod-role",
            action: "ec2:DeleteSnapshot",
            resource: snapshot("snap-1"),
            ...request,
        });
        allowed.push(refusal === undefined);
    }
    return allowed;
}

describe("The embedded IAM", () => {
    const deletion = { Effect: "Allow", Action: "ec2:DeleteSnapshot", Resource: snapshot("*") };

    it("refuses in the words of AWS", async () => {
        const { refusal } = startIam(deployment(deletion, { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: TOPIC }));
        assert.deepEqual(
            [
                await refusal({ principal: ROLE, action: "ec2:CopySnapshot", resource: snapshot("snap-1") }),
                await refusal({ principal: `arn:aws:iam::${ACCOUNT_ID}:user/me`, action: "sns:Publish", resource: TOPIC }),
                await refusal({ principal: "ec2.amazonaws.com", action: "sts:AssumeRole", resource: ROLE }),
            ],
            [
                `User: arn:aws:sts::${ACCOUNT_ID}:assumed-role/prod-role/rehearsal is not authorized to perform: ec2:CopySnapshot on resource: ${snapshot("snap-1")} because no identity-based policy allows the ec2:CopySnapshot action`,
                `User: arn:aws:iam::${ACCOUNT_ID}:user/me is not authorized to perform: sns:Publish on resource: ${TOPIC} with an explicit deny in a resource-based policy`,
                `User: ec2.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${ROLE} because no resource-based policy allows the sts:AssumeRole action`,
            ],
        );
    });

    it("knows a role by its ARN, its name and its access key, and nobody by a wrong key", async () => {
        const given = deployment(deletion);
        const principals = [ROLE, "prod-role", startIam(given).accessKey(ROLE), "ASIA9999999999999999"];
        assert.deepEqual(
            await answers(
                given,
                principals.map((principal) => ({ principal })),
            ),
            [true, true, true, false],
        );
    });

    it("treats users and roles of others as administrators, but not services", async () => {
        const principals = [`arn:aws:iam::${ACCOUNT_ID}:user/me`, `arn:aws:iam::${ACCOUNT_ID}:role/theirs`, "lambda.amazonaws.com"];
        assert.deepEqual(
            await answers(
                deployment(deletion),
                principals.map((principal) => ({ principal })),
            ),
            [true, true, false],
        );
    });

    it("distinguishes snapshots by a name, by its beginning, and by a variable in a policy", async () => {
        const ids = ["snap-1", "snap-2", "snap-11", "snap-1"].map((id) => ({ resource: snapshot(id) }));
        const by = (Resource: string) => answers(deployment({ ...deletion, Resource }), ids);
        assert.deepEqual(
            [
                await by(snapshot("snap-1")),
                await by(snapshot("snap-1*")),
                await by(snapshot("*")),
                await by(snapshot("$" + "{ec2:SnapshotID}")),
            ],
            [
                [true, false, false, true],
                [true, false, true, true],
                [true, true, true, true],
                [false, false, false, false],
            ],
        );
    });

    it("distinguishes a topic with a policy from topics without", async () => {
        const given = deployment(deletion, { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: TOPIC });
        const publish = { principal: `arn:aws:iam::${ACCOUNT_ID}:user/me`, action: "sns:Publish" };
        const topics = [`${TOPIC}-2`, TOPIC, `${TOPIC}-3`].map((resource) => ({ ...publish, resource }));
        assert.deepEqual(await answers(given, topics), [true, false, true]);
    });

    it("distinguishes condition keys that a policy names, in any letter case", async () => {
        const Condition = { StringEquals: { "AWS:resourcetag/Owner": "me" } };
        const owners = [{ Owner: "me" }, { Owner: "you" }, { Other: "me" }, { Owner: "me", Other: "x" }].map((tags) => ({
            context: Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
        }));
        assert.deepEqual(await answers(deployment({ ...deletion, Condition }), owners), [true, false, false, true]);
    });

    it("distinguishes deployments, also by the letter case of a value", async () => {
        const by = (owner: string) =>
            answers(deployment({ ...deletion, Condition: { StringEquals: { "aws:ResourceTag/Owner": owner } } }), [
                { context: { "aws:ResourceTag/Owner": "me" } },
            ]);
        assert.deepEqual([await by("Me"), await by("me"), await by("ME")], [[false], [true], [false]]);
    });

    it("refuses to judge actions, resources and keys that AWS does not have", async () => {
        const { refusal } = startIam(deployment(deletion));
        const ask = (action: string, resource: string, context = {}) => refusal({ principal: ROLE, action, resource, context });
        await assert.rejects(
            ask("ec2:DeleteSnapshots", snapshot("snap-1")),
            /^Error: IAM can't evaluate ec2:DeleteSnapshots on .*invalid\.action/,
        );
        await assert.rejects(ask("ec2:DeleteSnapshot", TOPIC), /^Error: IAM can't evaluate ec2:DeleteSnapshot on .*no\.resource\.types/);
        await assert.rejects(
            ask("ec2:DeleteSnapshot", snapshot("snap-1"), { "iam:PassedToService": "ec2.amazonaws.com" }),
            /^Error: IAM knows no iam:PassedToService for ec2:DeleteSnapshot on /,
        );
    });

    describe("for the permissions of a function", () => {
        const RULE = `arn:aws:events:eu-central-1:${ACCOUNT_ID}:rule/watch`;
        const LAMBDA = `arn:aws:lambda:eu-central-1:${ACCOUNT_ID}:function:watch`;

        /** A deployment of a function with these permissions. */
        function withPermissions(...permissions: readonly Registered["inputs"][]): Deployment {
            const given = deployment(deletion);
            const lambda = registered("aws:lambda/function:Function", "prod-watch", { name: "watch" }, LAMBDA);
            const resources = permissions.map((inputs, i) => registered("aws:lambda/permission:Permission", `permission-${i}`, inputs));
            return { ...given, resources: [...given.resources, lambda, ...resources] };
        }

        const invocation = { action: "lambda:InvokeFunction", function: "watch", principal: "events.amazonaws.com" };
        const by = (principal: string, context: IamRequest["context"] = {}, resource = LAMBDA) => ({
            principal,
            action: "lambda:InvokeFunction",
            resource,
            context,
        });

        it("allows only the service, the action and the sources that they name", async () => {
            const given = withPermissions(
                { ...invocation, sourceArn: RULE },
                { ...invocation, principal: "s3.amazonaws.com", sourceAccount: ACCOUNT_ID },
            );
            const requests = [
                by("events.amazonaws.com", { "aws:SourceArn": RULE }),
                by("events.amazonaws.com", { "aws:SourceArn": `${RULE}-2` }),
                by("events.amazonaws.com"),
                by("events.amazonaws.com", { "aws:SourceArn": RULE }, `${LAMBDA}-2`),
                { ...by("events.amazonaws.com", { "aws:SourceArn": RULE }), action: "lambda:DeleteFunction" },
                by("s3.amazonaws.com", { "aws:SourceAccount": ACCOUNT_ID }),
                by("s3.amazonaws.com", { "aws:SourceAccount": "999999999999" }),
                by("sns.amazonaws.com", { "aws:SourceArn": RULE, "aws:SourceAccount": ACCOUNT_ID }),
            ];
            assert.deepEqual(await answers(given, requests), [true, false, false, false, false, true, false, false]);
        });

        it("allows all sources of a permission without any, and all services of a permission for *", async () => {
            const requests = [by("events.amazonaws.com"), by("s3.amazonaws.com")];
            assert.deepEqual(
                [
                    await answers(withPermissions(invocation), requests),
                    await answers(withPermissions({ ...invocation, principal: "*" }), requests),
                ],
                [
                    [true, false],
                    [true, true],
                ],
            );
        });

        it("refuses a permission that it can't evaluate", () => {
            for (const change of [
                { principal: ACCOUNT_ID },
                { function: "other" },
                { qualifier: "1" },
                { principalOrgId: "o-1234567890" },
            ]) {
                assert.throws(() => startIam(withPermissions({ ...invocation, ...change })), {
                    message:
                        "The embedded IAM can't evaluate the permission permission-0: it takes an action, the name of a function of the program, a service or *, a sourceArn and a sourceAccount.",
                });
            }
        });
    });

    it("refuses a deployment with a policy of a kind that it can't evaluate", () => {
        const given = deployment(deletion);
        const resources = [...given.resources, registered("aws:sqs/queuePolicy:QueuePolicy", "prod-queue-policy", {})];
        assert.throws(
            () => startIam({ ...given, resources }),
            /^Error: The embedded IAM can't evaluate the aws:sqs\/queuePolicy:QueuePolicy prod-queue-policy; /,
        );
    });
});
