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
