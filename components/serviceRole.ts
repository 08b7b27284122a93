import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Part } from "./part";

/**
 * A role that a service of AWS takes on for this account alone: without the condition, the service could be talked into using it for
 * somebody else.
 *
 * @param statements of its one policy: all that it may do
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function serviceRole(
    { name, parent, placement, tags }: Part,
    { suffix, service, description, statements }: { suffix: string; service: string; description: string; statements: object[] },
): { role: aws.iam.Role; rolePolicy: aws.iam.RolePolicy } {
    const assumeRolePolicy = pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { Service: service },
                Condition: { StringEquals: { "aws:SourceAccount": placement.accountId } },
            },
        ],
    });
    const role = new aws.iam.Role(`${name}-${suffix}-role`, { description, assumeRolePolicy, tags }, { parent });
    const policy = pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
    const rolePolicy = new aws.iam.RolePolicy(`${name}-${suffix}-role-policy`, { role: role.name, policy }, { parent });
    return { role, rolePolicy };
}
