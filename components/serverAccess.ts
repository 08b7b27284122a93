import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { refuseOtherPlacement } from "./placement";
import type { PolicyContext } from "./policyContext";
import { policyDocument } from "./policyDocument";
import type { NamedValue } from "./resolvePolicy";
import { roleName } from "./roleName";

export interface ServerAccess {
    /** The roles of the servers. A role that the user named, without its ARN, counts as one without a path. */
    readonly roleArns: readonly pulumi.Output<string>[];
    /** Undefined if the user gave roles. */
    readonly role: aws.iam.Role | undefined;
    readonly instanceProfile: aws.iam.InstanceProfile | undefined;
}

/**
 * Gives servers three permissions: SSM can manage them, they can take their VSS snapshots, and they can write the output of runs into
 * `runLogs`. `AmazonSSMManagedInstanceCore` does not include the permission to write logs.
 */
export function serverAccess(context: PolicyContext, serverRoles: readonly NamedValue[], runLogs: aws.cloudwatch.LogGroup): ServerAccess {
    const { name, parent, tags } = context;
    if (serverRoles.length > 0) {
        const given = serverRoles.map(({ name: label, value }) => ({
            label,
            role: refuseOtherPlacement(context, `serverRoles.${label}`, value),
        }));
        for (const { label, role } of given) {
            // The user may have attached the policy before, which AWS does not report. So the component never detaches it.
            attachPolicies(context, `${name}-server-${label}`, role.apply(roleName), runLogs, { parent, retainOnDelete: true });
        }
        return { roleArns: given.map(({ role }) => roleArn(context, role)), role: undefined, instanceProfile: undefined };
    }
    const role = new aws.iam.Role(
        `${name}-server-role`,
        { description: `Servers that VssBackupPolicy ${name} backs up`, assumeRolePolicy: ec2Trust(context), tags },
        { parent },
    );
    attachPolicies(context, `${name}-server`, role.name, runLogs, { parent });
    const instanceProfile = new aws.iam.InstanceProfile(`${name}-server-profile`, { role: role.name, tags }, { parent });
    return { roleArns: [role.arn], role, instanceProfile };
}

function roleArn({ placement: { partition, accountId } }: PolicyContext, role: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi
        .all([role, partition, accountId])
        .apply(([given, ofPartition, account]) => (given.startsWith("arn:") ? given : `arn:${ofPartition}:iam::${account}:role/${given}`));
}

/** In China, EC2's service principal has another name, unlike those of other services: https://github.com/hashicorp/terraform-provider-aws/pull/47141 */
export function ec2Service({ placement }: PolicyContext): pulumi.Output<string> {
    return placement.partition.apply((partition) => (partition === "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com"));
}

function ec2Trust(context: PolicyContext): pulumi.Output<string> {
    return policyDocument([{ Sid: "AssumeRole", Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: ec2Service(context) } }]);
}

function attachPolicies(
    { parent, placement }: PolicyContext,
    prefix: string,
    role: pulumi.Input<string>,
    runLogs: aws.cloudwatch.LogGroup,
    attachmentOptions: pulumi.CustomResourceOptions,
): void {
    const { partition, region, accountId } = placement;
    for (const [suffix, policy] of [
        ["ssm", "AmazonSSMManagedInstanceCore"],
        ["vss", "AWSEC2VssSnapshotPolicy"],
    ] as const) {
        const policyArn = pulumi.interpolate`arn:${partition}:iam::aws:policy/${policy}`;
        new aws.iam.RolePolicyAttachment(`${prefix}-${suffix}`, { role, policyArn }, attachmentOptions);
    }
    const policy = policyDocument([
        {
            Sid: "WriteRunLogs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            Resource: [runLogs.arn, pulumi.interpolate`${runLogs.arn}:*`],
        },
        // The SSM agent looks for the group first. IAM narrows this action to the log groups of an account and region at most.
        {
            Sid: "FindRunLogs",
            Effect: "Allow",
            Action: "logs:DescribeLogGroups",
            Resource: pulumi.interpolate`arn:${partition}:logs:${region}:${accountId}:log-group:*`,
        },
    ]);
    new aws.iam.RolePolicy(`${prefix}-logs`, { role, policy }, { parent });
}
