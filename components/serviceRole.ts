import * as aws from "@pulumi/aws";
import type { PolicyContext } from "./policyContext";
import { policyDocument, type Statement } from "./policyDocument";

/**
 * The operator depends on whether a service sends `aws:SourceAccount` when it assumes a role. AWS documents this for EventBridge Scheduler,
 * but not for the windows and notifications of Systems Manager or for Lambda. `IfExists` protects the role if the service sends the key.
 * If not, the trust policy allows the same as the one in AWS's documentation.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
const SOURCE_ACCOUNT_OPERATOR = {
    "scheduler.amazonaws.com": "StringEquals",
    "ssm.amazonaws.com": "StringEqualsIfExists",
    "lambda.amazonaws.com": "StringEqualsIfExists",
} as const;

export interface ServiceRoleOptions {
    readonly suffix: string;
    readonly service: keyof typeof SOURCE_ACCOUNT_OPERATOR;
    readonly description: string;
    /** All permissions of the role. */
    readonly statements: readonly Statement[];
}

/** Creates a role that one AWS service can assume, for this account only. */
export function serviceRole(
    { name, parent, placement, tags }: PolicyContext,
    { suffix, service, description, statements }: ServiceRoleOptions,
): { role: aws.iam.Role; rolePolicy: aws.iam.RolePolicy } {
    const assumeRolePolicy = policyDocument([
        {
            Sid: "AssumeRole",
            Effect: "Allow",
            Action: "sts:AssumeRole",
            Principal: { Service: service },
            Condition: { [SOURCE_ACCOUNT_OPERATOR[service]]: { "aws:SourceAccount": placement.accountId } },
        },
    ]);
    const role = new aws.iam.Role(`${name}-${suffix}-role`, { description, assumeRolePolicy, tags }, { parent });
    const policy = policyDocument(statements);
    const rolePolicy = new aws.iam.RolePolicy(`${name}-${suffix}-role-policy`, { role: role.name, policy }, { parent });
    return { role, rolePolicy };
}
