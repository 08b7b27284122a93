import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { recordName, recordsPath } from "../lambda/recordedServer";
import { testsPath } from "../lambda/restoreTest";
import type { PolicyContext } from "./policyContext";
import type { Statement } from "./policyDocument";
import { serviceRole } from "./serviceRole";
import type { Watched } from "./watch";

export interface WatchRoleOptions extends Watched {
    /** The watch's own log group. */
    readonly logs: aws.cloudwatch.LogGroup;
    /** Whether the watch sends reports. */
    readonly isReporting: boolean;
}

/** Creates the role of the watch. It can read, publish to the topics, and write its log and the records of servers, and nothing else. */
export function watchRole(context: PolicyContext, options: WatchRoleOptions): { role: aws.iam.Role; rolePolicy: aws.iam.RolePolicy } {
    return serviceRole(context, {
        suffix: "watch",
        service: "lambda.amazonaws.com",
        description: `Watch of VssBackupPolicy ${context.name}`,
        statements: [
            // IAM has no narrower resource for these actions.
            {
                Sid: "ListServersAndBackups",
                Effect: "Allow",
                Action: [
                    "ec2:DescribeInstances",
                    "ec2:DescribeSnapshots",
                    "ec2:DescribeVolumes",
                    "ssm:DescribeInstanceInformation",
                    "ssm:DescribeMaintenanceWindows",
                    "ssm:ListCommandInvocations",
                ],
                Resource: "*",
            },
            ...executionStatements(context, options),
            ...recordStatements(context),
            ...logStatements(options),
            ...topicStatements(options),
        ],
    });
}

function executionStatements({ placement }: PolicyContext, { windows, association }: WatchRoleOptions): Statement[] {
    const { partition, region, accountId } = placement;
    const arn = (kind: string, id: pulumi.Output<string>) => pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:${kind}/${id}`;
    return [
        {
            Sid: "ReadWindows",
            Effect: "Allow",
            Action: "ssm:DescribeMaintenanceWindowExecutions",
            Resource: Object.values(windows.windowIds).map((id) => arn("maintenancewindow", id)),
        },
        {
            Sid: "ReadPackage",
            Effect: "Allow",
            Action: ["ssm:DescribeAssociationExecutions", "ssm:DescribeAssociationExecutionTargets"],
            Resource: arn("association", association.id),
        },
    ];
}

/** Only these parameters: the settings of the policy and the restores are beside them. */
function recordStatements({ name, placement }: PolicyContext): Statement[] {
    const { partition, region, accountId } = placement;
    const arn = (path: string) => pulumi.interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter${path}`;
    return [
        {
            Sid: "ReadRecords",
            Effect: "Allow",
            Action: "ssm:GetParametersByPath",
            // AWS's error messages have a path with and without a slash at its end.
            Resource: [arn(`${recordsPath(name)}*`), arn(`${testsPath(name)}*`)],
        },
        { Sid: "WriteRecords", Effect: "Allow", Action: "ssm:PutParameter", Resource: arn(recordName(name, "*")) },
    ];
}

function logStatements({ cleanerLogs, logs }: WatchRoleOptions): Statement[] {
    return [
        // The Service Authorization Reference has the first form, and the error messages of CloudWatch Logs have the second.
        {
            Sid: "ReadLogs",
            Effect: "Allow",
            Action: "logs:FilterLogEvents",
            Resource: [cleanerLogs.arn, logs.arn].flatMap((arn) => [arn, pulumi.interpolate`${arn}:*`]),
        },
        {
            Sid: "WriteLogs",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource: pulumi.interpolate`${logs.arn}:*`,
        },
    ];
}

function topicStatements({ topicArn, chatTopicArn, isReporting }: WatchRoleOptions): Statement[] {
    const list: Statement = { Sid: "ReadSubscriptions", Effect: "Allow", Action: "sns:ListSubscriptionsByTopic", Resource: topicArn };
    const topics = chatTopicArn === undefined ? topicArn : [topicArn, chatTopicArn];
    return isReporting ? [list, { Sid: "PublishReport", Effect: "Allow", Action: "sns:Publish", Resource: topics }] : [list];
}
