import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Part } from "./part";

export interface ServerAccess {
    /** Undefined where the user brought roles of their own. */
    readonly role: aws.iam.Role | undefined;
    readonly instanceProfile: aws.iam.InstanceProfile | undefined;
}

/** A role of the user's own. */
export interface ServerRole {
    /** What tells it from the others in names of resources. */
    readonly label: string;
    readonly name: pulumi.Output<string>;
}

/** The name of a role is the last part of its ARN; attachments take nothing else. */
export function roleName(nameOrArn: string): string {
    return nameOrArn.split("/").at(-1) as string;
}

/**
 * What a server may do: be managed by SSM, take VSS snapshots of itself, and write the output of its runs into `runLogs`, which
 * `AmazonSSMManagedInstanceCore` does not include.
 */
export function serverAccess(
    { name, parent, placement, tags }: Part,
    serverRoles: readonly ServerRole[],
    runLogs: aws.cloudwatch.LogGroup,
): ServerAccess {
    const attach = (prefix: string, role: pulumi.Input<string>) => {
        for (const [suffix, policy] of [
            ["ssm", "AmazonSSMManagedInstanceCore"],
            ["vss", "AWSEC2VssSnapshotPolicy"],
        ] as const) {
            const policyArn = pulumi.interpolate`arn:${placement.partition}:iam::aws:policy/${policy}`;
            new aws.iam.RolePolicyAttachment(`${prefix}-${suffix}`, { role, policyArn }, { parent });
        }
        const policy = pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "WriteRunLogs",
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    Resource: [runLogs.arn, pulumi.interpolate`${runLogs.arn}:*`],
                },
                // The SSM agent looks for the group first; this action has no narrower resource than the groups of the account.
                {
                    Sid: "FindRunLogs",
                    Effect: "Allow",
                    Action: "logs:DescribeLogGroups",
                    Resource: pulumi.interpolate`arn:${placement.partition}:logs:${placement.region}:${placement.accountId}:log-group:*`,
                },
            ],
        });
        new aws.iam.RolePolicy(`${prefix}-logs`, { role, policy }, { parent });
    };

    if (serverRoles.length > 0) {
        for (const { label, name: role } of serverRoles) {
            attach(`${name}-server-${label}`, role);
        }
        return { role: undefined, instanceProfile: undefined };
    }
    // China's EC2 has a name of its own, unlike the other services here: https://github.com/hashicorp/terraform-provider-aws/pull/47141
    const service = placement.partition.apply((partition) => (partition === "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com"));
    const role = new aws.iam.Role(
        `${name}-server-role`,
        {
            description: `Servers that VssBackupPolicy ${name} backs up`,
            assumeRolePolicy: pulumi.jsonStringify({
                Version: "2012-10-17",
                Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
            }),
            tags,
        },
        { parent },
    );
    attach(`${name}-server`, role.name);
    const instanceProfile = new aws.iam.InstanceProfile(`${name}-server-profile`, { role: role.name, tags }, { parent });
    return { role, instanceProfile };
}
