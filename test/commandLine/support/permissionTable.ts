import { FREE, HELD } from "./busyAccount";

const SNAPSHOTS = ["ec2:DescribeInstances", "ec2:DescribeSnapshots", "ssm:GetParametersByPath"];

const WATCH = [
    ...SNAPSHOTS,
    "logs:FilterLogEvents",
    "sns:ListSubscriptionsByTopic",
    "ssm:DescribeAssociationExecutionTargets",
    "ssm:DescribeAssociationExecutions",
    "ssm:DescribeInstanceInformation",
    "ssm:DescribeMaintenanceWindowExecutions",
    "ssm:DescribeMaintenanceWindows",
    "ssm:ListCommandInvocations",
];

/** A command line with the permissions that it needs, and no others. */
export interface CommandPermissions {
    readonly args: readonly string[];
    readonly permissions: readonly string[];
}

/** The commands that only look. */
export const LOOKING: readonly CommandPermissions[] = [
    { args: ["status"], permissions: WATCH },
    {
        args: ["doctor"],
        permissions: [
            ...WATCH,
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "lambda:InvokeFunction",
            "servicequotas:ListServiceQuotas",
            "ssm:DescribeMaintenanceWindowTasks",
            "ssm:GetMaintenanceWindowTask",
        ],
    },
    { args: ["points"], permissions: SNAPSHOTS },
    { args: ["plan"], permissions: SNAPSHOTS },
    { args: ["explain", FREE], permissions: SNAPSHOTS },
];

/** The commands that change something. */
export const ACTING: readonly CommandPermissions[] = [
    {
        args: ["backup", "--yes"],
        permissions: [
            ...SNAPSHOTS,
            "ssm:DescribeInstanceInformation",
            "ssm:DescribeMaintenanceWindowTasks",
            "ssm:GetMaintenanceWindowTask",
            "ssm:ListCommandInvocations",
            "ssm:SendCommand",
        ],
    },
    { args: ["hold", FREE, "--yes"], permissions: [...SNAPSHOTS, "ec2:CreateTags"] },
    { args: ["release", HELD, "--yes"], permissions: [...SNAPSHOTS, "ec2:DeleteTags"] },
    { args: ["clean", "--apply", "--yes"], permissions: ["lambda:InvokeFunction", "ssm:GetParametersByPath"] },
    { args: ["adopt", "--apply", "--yes"], permissions: [...SNAPSHOTS, "ec2:CreateTags"] },
];

const EACH_TEST = [
    "cloudwatch:PutMetricData",
    "ec2:AttachVolume",
    "ec2:CreateTags",
    "ec2:CreateVolume",
    "ec2:DeleteTags",
    "ec2:DeleteVolume",
    "ec2:DescribeImages",
    "ec2:DescribeInstances",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
    "ec2:DetachVolume",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "ssm:DeleteParameter",
    "ssm:DescribeInstanceInformation",
    "ssm:GetCommandInvocation",
    "ssm:GetParametersByPath",
    "ssm:PutParameter",
    "ssm:SendCommand",
];

/** What `restore test` needs, by its mode. */
export const RESTORE_TEST_PERMISSIONS: Readonly<Record<"volumes" | "server", readonly string[]>> = {
    volumes: EACH_TEST,
    server: [
        ...EACH_TEST,
        "ec2:CreateImage",
        "ec2:DeleteSnapshot",
        "ec2:DeregisterImage",
        "ec2:DescribeInstanceStatus",
        "ec2:ModifyInstanceAttribute",
        "ec2:RunInstances",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
        "iam:PassRole",
    ].sort(),
};
