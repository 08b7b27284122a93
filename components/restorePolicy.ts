import * as pulumi from "@pulumi/pulumi";
import { POLICIES_PATH, RECORDS_PATH } from "../lambda/deployedPolicy";
import { REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG, RESTORE_TAG, STEP_TAG } from "../lambda/restoreTags";
import { POLICY_TAG } from "../lambda/retention/tags";
import type { PolicyContext } from "./policyContext";
import { policyDocument, type Statement } from "./policyDocument";
import type { ResolvedPolicy } from "./resolvePolicy";
import { ec2Service } from "./serverAccess";

/** What a restore does with the servers that it makes, and with those to which it attaches volumes. */
const ON_RESTORED = ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyInstanceAttribute", "ec2:StartInstances", "ec2:StopInstances"];

/** What it does with the servers of the policy. */
const ON_SERVERS = [...ON_RESTORED, "ec2:CreateImage", "ec2:CreateReplaceRootVolumeTask"].toSorted();

/** AWS's document that runs a script: it looks if the disks are online. */
const SCRIPT_DOCUMENT = "AWS-RunPowerShellScript";

/** Things with the tags that each restore writes when it makes something. */
const TAGGED_REQUEST = { StringLike: { [`aws:RequestTag/${RESTORE_TAG}`]: "*", [`aws:RequestTag/${STEP_TAG}`]: "*" } };

type Arn = (service: string, rest: pulumi.Input<string>) => pulumi.Output<string>;

/** The parts of a policy that its document for restores names. */
export interface RestorePolicyOptions {
    readonly policy: ResolvedPolicy;
    /** The roles of the servers. */
    readonly serverRoleArns: readonly pulumi.Output<string>[];
}

/**
 * Writes the IAM policy document that `vss-backup restore` needs. The component attaches it to nobody: who restores is the user's decision. It
 * may change the servers of the policy, and what restores made. It may delete only what restores made.
 */
export function restorePolicyJson(context: PolicyContext, options: RestorePolicyOptions): pulumi.Output<string> {
    const { partition, region, accountId } = context.placement;
    const arn: Arn = (service, rest) => pulumi.interpolate`arn:${partition}:${service}:${region}:${accountId}:${rest}`;
    return policyDocument([
        ...readStatements(),
        ...parameterStatements(context, arn),
        ...commandStatements(context, options, arn),
        ...serverStatements(options.policy, arn),
        ...volumeStatements(context, options.policy, arn),
        ...cloneStatements(context, options, arn),
        ...madeStatements(context),
        keyStatement(context, arn),
    ]);
}

/** ARNs of EC2's snapshots and images have no account. */
function withoutAccount({ placement: { partition, region } }: PolicyContext, kind: "snapshot" | "image"): pulumi.Output<string> {
    return pulumi.interpolate`arn:${partition}:ec2:${region}::${kind}/*`;
}

function readStatements(): Statement[] {
    return [
        {
            Sid: "Look",
            Effect: "Allow",
            Action: [
                "ec2:DescribeImages",
                "ec2:DescribeInstances",
                "ec2:DescribeReplaceRootVolumeTasks",
                "ec2:DescribeSnapshots",
                "ec2:DescribeSubnets",
                "ec2:DescribeVolumeStatus",
                "ec2:DescribeVolumes",
                "ssm:DescribeInstanceInformation",
                "ssm:GetCommandInvocation",
                "ssm:ListCommandInvocations",
            ],
            Resource: "*",
        },
    ];
}

/** Settings and records of servers to read; restores, their locks and their tests to write. */
function parameterStatements({ name }: PolicyContext, arn: Arn): Statement[] {
    return [
        // The settings of policies, and the records: RECORDS_PATH begins with POLICIES_PATH.
        { Sid: "Find", Effect: "Allow", Action: "ssm:GetParametersByPath", Resource: arn("ssm", `parameter${POLICIES_PATH}*`) },
        {
            Sid: "Write",
            Effect: "Allow",
            Action: ["ssm:DeleteParameter", "ssm:PutParameter"],
            // The folders restores, restore-locks and restore-tests.
            Resource: arn("ssm", `parameter${RECORDS_PATH}/${name}/restore*`),
        },
    ];
}

/** The fresh backup before a restore, and scripts on the server. */
function commandStatements({ placement }: PolicyContext, { policy }: RestorePolicyOptions, arn: Arn): Statement[] {
    const { partition, region } = placement;
    const send = { Effect: "Allow", Action: "ssm:SendCommand" } as const;
    return [
        {
            Sid: "ReadTasks",
            Effect: "Allow",
            Action: ["ssm:DescribeMaintenanceWindowTasks", "ssm:GetMaintenanceWindowTask"],
            Resource: arn("ssm", "maintenancewindow/*"),
        },
        {
            Sid: "Send",
            ...send,
            Resource: [policy.document, SCRIPT_DOCUMENT].map(
                (name) => pulumi.interpolate`arn:${partition}:ssm:${region}::document/${name}`,
            ),
        },
        {
            Sid: "ToServers",
            ...send,
            Resource: arn("ec2", "instance/*"),
            Condition: { StringEquals: { [`ssm:resourceTag/${policy.serverTag.key}`]: policy.serverTag.value } },
        },
        {
            Sid: "ToRestored",
            ...send,
            Resource: arn("ec2", "instance/*"),
            Condition: { StringLike: { [`ssm:resourceTag/${RESTORE_TAG}`]: "*" } },
        },
    ];
}

/** The servers of the policy, and those with the tag of restores. */
function serverStatements({ serverTag }: ResolvedPolicy, arn: Arn): Statement[] {
    const change = { Effect: "Allow", Resource: arn("ec2", "instance/*") } as const;
    return [
        {
            Sid: "Servers",
            ...change,
            Action: ON_SERVERS,
            Condition: { StringEquals: { [`aws:ResourceTag/${serverTag.key}`]: serverTag.value } },
        },
        { Sid: "Restored", ...change, Action: ON_RESTORED, Condition: { StringLike: { [`aws:ResourceTag/${RESTORE_TAG}`]: "*" } } },
    ];
}

/** New volumes from backups of the policy. Which volumes a server has depends on the server alone: its volumes have no tag of the policy. */
function volumeStatements(context: PolicyContext, { cleaner: { hold } }: ResolvedPolicy, arn: Arn): Statement[] {
    const backups = withoutAccount(context, "snapshot");
    const ofPolicy = { [`aws:ResourceTag/${POLICY_TAG}`]: context.name };
    const volumes = arn("ec2", "volume/*");
    // A request that names no key would remove all tags.
    const named = { Null: { "aws:TagKeys": "false" } };
    const tagging = { Effect: "Allow", Action: ["ec2:CreateTags", "ec2:DeleteTags"] } as const;
    return [
        {
            Sid: "Hold",
            ...tagging,
            Resource: backups,
            Condition: { StringEquals: ofPolicy, "ForAllValues:StringEqualsIgnoreCase": { "aws:TagKeys": hold }, ...named },
        },
        {
            Sid: "FromBackups",
            Effect: "Allow",
            Action: "ec2:CreateVolume",
            Resource: backups,
            Condition: { StringEquals: ofPolicy },
        },
        {
            Sid: "Volumes",
            Effect: "Allow",
            Action: ["ec2:AttachVolume", "ec2:CreateReplaceRootVolumeTask", "ec2:DetachVolume", "ec2:ModifyInstanceAttribute"],
            Resource: volumes,
        },
        { Sid: "Root", Effect: "Allow", Action: "ec2:CreateReplaceRootVolumeTask", Resource: arn("ec2", "replace-root-volume-task/*") },
        {
            // None of these tags makes a volume deletable.
            Sid: "TagReplaced",
            ...tagging,
            Resource: volumes,
            Condition: {
                "ForAllValues:StringEquals": { "aws:TagKeys": [REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG] },
                ...named,
            },
        },
    ];
}

/** A server beside the first: its image, and what it starts with. */
function cloneStatements(context: PolicyContext, { serverRoleArns }: RestorePolicyOptions, arn: Arn): Statement[] {
    const [images, snapshots] = [withoutAccount(context, "image"), withoutAccount(context, "snapshot")];
    const parts = ["network-interface/*", "key-pair/*", "security-group/*", "subnet/*"];
    return [
        {
            Sid: "Make",
            Effect: "Allow",
            Action: ["ec2:CreateVolume", "ec2:RunInstances"],
            Resource: [arn("ec2", "volume/*"), arn("ec2", "instance/*")],
            Condition: TAGGED_REQUEST,
        },
        { Sid: "MakeImages", Effect: "Allow", Action: "ec2:CreateImage", Resource: [images, snapshots], Condition: TAGGED_REQUEST },
        { Sid: "OfServers", Effect: "Allow", Action: "ec2:RunInstances", Resource: [images, ...parts.map((part) => arn("ec2", part))] },
        {
            Sid: "PassServerRole",
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: serverRoleArns,
            Condition: { StringEquals: { "iam:PassedToService": ec2Service(context) } },
        },
    ];
}

/** Tags of new things, and their removal. Only what restores made can have the tag of a step: nothing here permits to write it later. */
function madeStatements({ placement: { partition, region } }: PolicyContext): Statement[] {
    // The actions and conditions say which things. EC2 allows nobody to change those of another account.
    const ofEc2 = pulumi.interpolate`arn:${partition}:ec2:${region}:*`;
    return [
        {
            Sid: "TagNew",
            Effect: "Allow",
            Action: "ec2:CreateTags",
            Resource: ofEc2,
            Condition: {
                StringEquals: { "ec2:CreateAction": ["CreateImage", "CreateReplaceRootVolumeTask", "CreateVolume", "RunInstances"] },
            },
        },
        {
            Sid: "RemoveMade",
            Effect: "Allow",
            Action: ["ec2:DeleteSnapshot", "ec2:DeleteVolume", "ec2:DeregisterImage", "ec2:TerminateInstances"],
            Resource: ofEc2,
            Condition: { StringLike: { [`aws:ResourceTag/${STEP_TAG}`]: "*" } },
        },
    ];
}

/** Keys of encrypted volumes, only through EC2, and only for EBS. The policies of the keys must allow it, too. */
function keyStatement({ placement: { region } }: PolicyContext, arn: Arn): Statement {
    return {
        Sid: "UseKeys",
        Effect: "Allow",
        Action: [
            "kms:CreateGrant",
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        Resource: arn("kms", "key/*"),
        Condition: {
            // In China, names of services end with amazonaws.com.cn.
            StringLike: { "kms:ViaService": pulumi.interpolate`ec2.${region}.amazonaws.com*` },
            // Only requests about grants have this key.
            BoolIfExists: { "kms:GrantIsForAWSResource": "true" },
        },
    };
}
