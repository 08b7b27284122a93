import type { VssBackupPolicyArgs } from "../../components";
import type { IamRequest } from "../../rehearsal/embeddedAws/iam";
import { partitionOf } from "../../rehearsal/embeddedAws/partition";
import { ACCOUNT_ID } from "../../rehearsal/program";

type Context = Readonly<Record<string, string | string[]>>;

/** A request and the expected response of IAM. The principal has the name that the program gives to its role. */
export type Row = readonly [principal: string, action: string, resource: string, context: Context, expected: "allowed" | "denied"];

const CLEANER = "prod-cleaner-role";
const SCHEDULE = "prod-schedule-role";
const WATCH = "prod-watch-role";
const WATCH_SCHEDULE = "prod-watch-schedule-role";
const WINDOW = "prod-window-role";
const NOTIFY = "prod-notify-role";
const SERVER = "prod-server-role";
export const OTHER_ACCOUNT = "999999999999";

const EMPTY_CONTEXT: Context = {};
const OWN_ACCOUNT: Context = { "aws:SourceAccount": ACCOUNT_ID };
const PLAIN_HTTP: Context = { "aws:SecureTransport": "false" };
const TO_SSM: Context = { "iam:PassedToService": "ssm.amazonaws.com" };

/** The service principal of EC2. China has another name for it. */
function ec2Service(region: string): string {
    return region.startsWith("cn-") ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com";
}

/** The service that assumes each role. EC2 does not send the account: it gives a role only to the servers with its instance profile. */
function assumedBy(region: string): Readonly<Record<string, string>> {
    return {
        [CLEANER]: "lambda.amazonaws.com",
        [SCHEDULE]: "scheduler.amazonaws.com",
        [WATCH]: "lambda.amazonaws.com",
        [WATCH_SCHEDULE]: "scheduler.amazonaws.com",
        [WINDOW]: "ssm.amazonaws.com",
        [NOTIFY]: "ssm.amazonaws.com",
        [SERVER]: ec2Service(region),
    };
}

function snapshotTags(tags: Context): Context {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

/** SSM gives the tags of a server under two names. */
function serverTags(tags: Context): Context {
    const names = ["aws:ResourceTag", "ssm:resourceTag"];
    return Object.fromEntries(Object.entries(tags).flatMap(([key, value]) => names.map((name) => [`${name}/${key}`, value])));
}

/** The ARNs in the table, for a region. */
function arnsOf(region: string) {
    const arn = (service: string, rest: string, account = ACCOUNT_ID, where = region) =>
        `arn:${partitionOf(region)}:${service}:${where}:${account}:${rest}`;
    return {
        arn,
        role: (name: string, account = ACCOUNT_ID) => arn("iam", `role/${name}`, account, ""),
        snapshot: arn("ec2", "snapshot/snap-0123456789abcdef0", ""),
        document: (name: string) => arn("ssm", `document/${name}`, ""),
        server: arn("ec2", "instance/i-0123456789abcdef0"),
        volume: arn("ec2", "volume/vol-0123456789abcdef0"),
        cleaner: arn("lambda", "function:vss-backup-prod-cleaner"),
        watch: arn("lambda", "function:vss-backup-prod-watch"),
        watchRule: arn("events", "rule/vss-backup-prod-watch"),
        watchLog: arn("logs", "log-group:/vss-backup/prod/watch"),
        window: (type: string) => arn("ssm", `maintenancewindow/prod-${type}-window-id`),
        association: arn("ssm", "association/prod-vss-package-id"),
        deadLetters: arn("sqs", "prod-cleaner-dead-letters"),
        topic: arn("sns", "prod-topic"),
        parameter: (path: string, policy = "prod") => arn("ssm", `parameter/vss-backup-records/${policy}/${path}`),
        cleanerLog: arn("logs", "log-group:/vss-backup/prod/cleaner"),
        runLog: arn("logs", "log-group:/vss-backup/prod/runs"),
        administrator: arn("iam", "user/administrator", ACCOUNT_ID, ""),
        otherAccountAdministrator: arn("iam", "user/administrator", OTHER_ACCOUNT, ""),
    };
}

/** The requests that the parts of a policy make, in the rehearsal, in the tests and in AWS. */
export function allowed(region: string): Row[] {
    const { arn, role, snapshot, document, server, cleaner, deadLetters, topic, cleanerLog, runLog, administrator } = arnsOf(region);
    const ownAccount = (sourceArn: string): Context => ({ "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": sourceArn });
    const window = arn("ssm", "maintenancewindow/mw-0123456789abcdef0");
    return [
        ["scheduler.amazonaws.com", "sts:AssumeRole", role(SCHEDULE), ownAccount(arn("scheduler", "schedule/default/any")), "allowed"],
        [SCHEDULE, "lambda:InvokeFunction", cleaner, EMPTY_CONTEXT, "allowed"],
        [SCHEDULE, "sqs:SendMessage", deadLetters, EMPTY_CONTEXT, "allowed"],

        // AWS does not document whether Lambda and SSM send the account. The roles work with and without it.
        ["lambda.amazonaws.com", "sts:AssumeRole", role(CLEANER), ownAccount(cleaner), "allowed"],
        ["lambda.amazonaws.com", "sts:AssumeRole", role(CLEANER), EMPTY_CONTEXT, "allowed"],
        [CLEANER, "logs:CreateLogStream", `${cleanerLog}:log-stream:2027/02/01/a`, EMPTY_CONTEXT, "allowed"],
        [CLEANER, "logs:PutLogEvents", `${cleanerLog}:log-stream:2027/02/01/a`, EMPTY_CONTEXT, "allowed"],
        [CLEANER, "ec2:DescribeSnapshots", "*", EMPTY_CONTEXT, "allowed"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod", SnapshotType: "Day" }), "allowed"],
        // IAM ignores the letter case of a tag's key. EC2's filter, which the cleaner lists by, does not.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ vssbackuppolicy: "prod" }), "allowed"],

        ["ssm.amazonaws.com", "sts:AssumeRole", role(WINDOW), ownAccount(window), "allowed"],
        ["ssm.amazonaws.com", "sts:AssumeRole", role(WINDOW), EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshot"), EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "prod" }), "allowed"],
        [WINDOW, "iam:PassRole", role(NOTIFY), TO_SSM, "allowed"],
        [WINDOW, "ssm:GetCommandInvocation", "*", EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:ListCommandInvocations", "*", EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:ListCommands", "*", EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:DescribeInstanceInformation", "*", EMPTY_CONTEXT, "allowed"],
        [WINDOW, "ssm:ListTagsForResource", window, EMPTY_CONTEXT, "allowed"],
        [WINDOW, "resource-groups:ListGroups", "*", EMPTY_CONTEXT, "allowed"],
        [WINDOW, "resource-groups:ListGroupResources", arn("resource-groups", "group/any"), EMPTY_CONTEXT, "allowed"],
        [WINDOW, "tag:GetResources", "*", EMPTY_CONTEXT, "allowed"],

        ...allowedToWatch(region),

        ["ssm.amazonaws.com", "sts:AssumeRole", role(NOTIFY), ownAccount(server), "allowed"],
        ["ssm.amazonaws.com", "sts:AssumeRole", role(NOTIFY), EMPTY_CONTEXT, "allowed"],
        [NOTIFY, "sns:Publish", topic, EMPTY_CONTEXT, "allowed"],
        [administrator, "sns:Publish", topic, EMPTY_CONTEXT, "allowed"],
        [administrator, "sns:Subscribe", topic, EMPTY_CONTEXT, "allowed"],
        ["cloudwatch.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "allowed"],
        ["events.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "allowed"],
        ["events.amazonaws.com", "sns:Publish", topic, EMPTY_CONTEXT, "allowed"],

        [ec2Service(region), "sts:AssumeRole", role(SERVER), EMPTY_CONTEXT, "allowed"],
        [SERVER, "logs:DescribeLogGroups", arn("logs", "log-group::log-stream:"), EMPTY_CONTEXT, "allowed"],
        [SERVER, "logs:DescribeLogStreams", runLog, EMPTY_CONTEXT, "allowed"],
        [SERVER, "logs:CreateLogStream", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "allowed"],
        [SERVER, "logs:PutLogEvents", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "allowed"],
    ];
}

/** The requests of the watch and of the services that start it. */
function allowedToWatch(region: string): Row[] {
    const { arn, role, watch, watchRule, watchLog, cleanerLog, window, association, topic, parameter } = arnsOf(region);
    const from = (sourceArn: string): Context => ({ ...OWN_ACCOUNT, "aws:SourceArn": sourceArn });
    return [
        ["scheduler.amazonaws.com", "sts:AssumeRole", role(WATCH_SCHEDULE), from(arn("scheduler", "schedule/default/any")), "allowed"],
        [WATCH_SCHEDULE, "lambda:InvokeFunction", watch, EMPTY_CONTEXT, "allowed"],
        ["events.amazonaws.com", "lambda:InvokeFunction", watch, { "aws:SourceArn": watchRule }, "allowed"],
        ["lambda.amazonaws.com", "sts:AssumeRole", role(WATCH), from(watch), "allowed"],
        ["lambda.amazonaws.com", "sts:AssumeRole", role(WATCH), EMPTY_CONTEXT, "allowed"],
        [WATCH, "logs:CreateLogStream", `${watchLog}:log-stream:2027/02/01/a`, EMPTY_CONTEXT, "allowed"],
        [WATCH, "logs:PutLogEvents", `${watchLog}:log-stream:2027/02/01/a`, EMPTY_CONTEXT, "allowed"],
        [WATCH, "ec2:DescribeInstances", "*", EMPTY_CONTEXT, "allowed"],
        [WATCH, "ec2:DescribeSnapshots", "*", EMPTY_CONTEXT, "allowed"],
        [WATCH, "ec2:DescribeVolumes", "*", EMPTY_CONTEXT, "allowed"],
        [WATCH, "ssm:DescribeInstanceInformation", "*", EMPTY_CONTEXT, "allowed"],
        [WATCH, "ssm:DescribeMaintenanceWindows", "*", EMPTY_CONTEXT, "allowed"],
        [WATCH, "ssm:ListCommandInvocations", "*", EMPTY_CONTEXT, "allowed"],
        ...["day", "week", "month"].map(
            (type): Row => [WATCH, "ssm:DescribeMaintenanceWindowExecutions", window(type), EMPTY_CONTEXT, "allowed"],
        ),
        [WATCH, "ssm:DescribeAssociationExecutions", association, EMPTY_CONTEXT, "allowed"],
        [WATCH, "ssm:DescribeAssociationExecutionTargets", association, EMPTY_CONTEXT, "allowed"],
        // CloudWatch Logs asks for the group, or for a stream without a name.
        ...[cleanerLog, watchLog].flatMap((log): Row[] => [
            [WATCH, "logs:FilterLogEvents", log, EMPTY_CONTEXT, "allowed"],
            [WATCH, "logs:FilterLogEvents", `${log}:log-stream:`, EMPTY_CONTEXT, "allowed"],
        ]),
        // AWS does not document if the path ends with a slash.
        ...["servers", "servers/", "restore-tests", "restore-tests/"].map(
            (path): Row => [WATCH, "ssm:GetParametersByPath", parameter(path), EMPTY_CONTEXT, "allowed"],
        ),
        [WATCH, "ssm:PutParameter", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "allowed"],
        [WATCH, "sns:ListSubscriptionsByTopic", topic, EMPTY_CONTEXT, "allowed"],
        [WATCH, "sns:Publish", topic, EMPTY_CONTEXT, "allowed"],
    ];
}

/** Requests that exist in AWS, but that IAM must deny. */
export function denied(region: string): Row[] {
    const { arn, role, snapshot, document, server, cleaner, deadLetters, topic, cleanerLog, runLog, ...others } = arnsOf(region);
    const { administrator, otherAccountAdministrator } = others;
    const otherRegion = region === "us-east-1" ? "us-west-2" : "us-east-1";
    const policyTag = snapshotTags({ VssBackupPolicy: "prod" });
    const serverTag = serverTags({ VssBackup: "prod" });
    return [
        // Snapshots without the policy's tag, or in another region.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, EMPTY_CONTEXT, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ SnapshotType: "Day", AppConsistent: "true" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod-2" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "PROD" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod " }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "*" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicyOfMine: "prod" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", arn("ec2", "snapshot/snap-0123456789abcdef0", "", otherRegion), policyTag, "denied"],

        // Held snapshots.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...policyTag, ...snapshotTags({ VssBackupHold: "" }) }, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...policyTag, ...snapshotTags({ VssBackupHold: "audit" }) }, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...policyTag, ...snapshotTags({ vssbackuphold: "audit" }) }, "denied"],
        [CLEANER, "ec2:DescribeVolumes", "*", EMPTY_CONTEXT, "denied"],

        // Log groups of other parts.
        [CLEANER, "logs:CreateLogStream", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [CLEANER, "logs:PutLogEvents", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [CLEANER, "logs:PutLogEvents", `${cleanerLog}-2:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [CLEANER, "logs:DeleteLogGroup", cleanerLog, EMPTY_CONTEXT, "denied"],
        [CLEANER, "logs:DeleteLogStream", `${cleanerLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:CreateLogStream", `${cleanerLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:PutLogEvents", `${cleanerLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:DescribeLogStreams", cleanerLog, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:DescribeLogGroups", arn("logs", "log-group::log-stream:", ACCOUNT_ID, otherRegion), EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:DeleteLogStream", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:PutRetentionPolicy", runLog, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:GetLogEvents", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],

        // Other documents, and other servers.
        [WINDOW, "ssm:SendCommand", document("AWS-RunPowerShellScript"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshots"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-VssInstallAndSnapshot"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "document/AWSEC2-CreateVssSnapshot"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "document/AWSEC2-CreateVssSnapshot", "", otherRegion), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:GetDocument", document("AWSEC2-CreateVssSnapshot"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", server, EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ Name: "web" }), "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "prod-2" }), "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "Prod" }), "denied"],
        [WINDOW, "ssm:SendCommand", arn("ec2", "instance/i-0123456789abcdef0", ACCOUNT_ID, otherRegion), serverTag, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "managed-instance/mi-0123456789abcdef0"), serverTag, "denied"],
        [WINDOW, "ssm:StartSession", server, serverTag, "denied"],
        [WINDOW, "ssm:CancelCommand", "*", EMPTY_CONTEXT, "denied"],
        [WINDOW, "ssm:GetParameter", arn("ssm", "parameter/password"), EMPTY_CONTEXT, "denied"],

        // Roles that the window role must not pass, and services that must not get the notification role.
        [WINDOW, "iam:PassRole", role(WINDOW), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(CLEANER), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role("administrator"), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(`${NOTIFY}-2`), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), EMPTY_CONTEXT, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), { "iam:PassedToService": "ec2.amazonaws.com" }, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), { "iam:PassedToService": "lambda.amazonaws.com" }, "denied"],

        // Other topics, queues and functions, and the topic over plain HTTP.
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic-2"), EMPTY_CONTEXT, "denied"],
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic", OTHER_ACCOUNT), EMPTY_CONTEXT, "denied"],
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic", ACCOUNT_ID, otherRegion), EMPTY_CONTEXT, "denied"],
        [NOTIFY, "sns:Publish", topic, PLAIN_HTTP, "denied"],
        [administrator, "sns:Publish", topic, PLAIN_HTTP, "denied"],
        [administrator, "sns:Subscribe", topic, PLAIN_HTTP, "denied"],
        [otherAccountAdministrator, "sns:Publish", topic, EMPTY_CONTEXT, "denied"],
        [otherAccountAdministrator, "sns:Subscribe", topic, EMPTY_CONTEXT, "denied"],
        ["cloudwatch.amazonaws.com", "sns:Publish", topic, EMPTY_CONTEXT, "denied"],
        ...["cloudwatch.amazonaws.com", "events.amazonaws.com"].flatMap((service): Row[] => [
            [service, "sns:Publish", topic, { "aws:SourceAccount": OTHER_ACCOUNT }, "denied"],
            [service, "sns:Publish", topic, { ...OWN_ACCOUNT, ...PLAIN_HTTP }, "denied"],
            [service, "sns:Subscribe", topic, OWN_ACCOUNT, "denied"],
        ]),
        ["s3.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "denied"],
        [NOTIFY, "sns:Subscribe", topic, EMPTY_CONTEXT, "denied"],
        [NOTIFY, "sns:DeleteTopic", topic, EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "sqs:SendMessage", arn("sqs", "prod-cleaner-dead-letters-2"), EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "sqs:SendMessage", arn("sqs", "prod-cleaner-dead-letters", OTHER_ACCOUNT), EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "sqs:ReceiveMessage", deadLetters, EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "sqs:PurgeQueue", deadLetters, EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-2-cleaner"), EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-cleaner", OTHER_ACCOUNT), EMPTY_CONTEXT, "denied"],

        ...[CLEANER, SCHEDULE, NOTIFY, WATCH_SCHEDULE].map(
            (role): Row => [role, "ssm:DescribeInstanceInformation", "*", EMPTY_CONTEXT, "denied"],
        ),
        [WINDOW, "ssm:GetParameters", arn("ssm", "parameter/password"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "resource-groups:DeleteGroup", arn("resource-groups", "group/any"), EMPTY_CONTEXT, "denied"],
        [WINDOW, "tag:TagResources", "*", EMPTY_CONTEXT, "denied"],

        ...deniedToWatch(region),
        ...deniedAssumptions(region),
        ...deniedActions(region),
    ];
}

/** Requests of the watch on resources that it must not read or change, and other ways to start it. */
function deniedToWatch(region: string): Row[] {
    const { arn, snapshot, document, server, cleaner, watch, watchRule, deadLetters, ...others } = arnsOf(region);
    const { watchLog, cleanerLog, runLog, window, association, topic, parameter } = others;
    const otherRegion = region === "us-east-1" ? "us-west-2" : "us-east-1";
    const ruleOf = (name: string, account = ACCOUNT_ID, where = region) => ({
        "aws:SourceArn": arn("events", `rule/${name}`, account, where),
    });
    return [
        // It reads, and changes no backup, no server and no setting.
        [WATCH, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod" }), "denied"],
        [WATCH, "ec2:StartInstances", server, snapshotTags({ VssBackup: "prod" }), "denied"],
        [WATCH, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshot"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:SendCommand", server, serverTags({ VssBackup: "prod" }), "denied"],
        [WATCH, "ssm:UpdateMaintenanceWindow", window("day"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:UpdateAssociation", association, EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:StartAssociationsOnce", association, EMPTY_CONTEXT, "denied"],
        [WATCH, "cloudwatch:PutMetricData", "*", EMPTY_CONTEXT, "denied"],
        [WATCH, "cloudwatch:SetAlarmState", arn("cloudwatch", "alarm:vss-backup-prod-overdue"), EMPTY_CONTEXT, "denied"],
        [WATCH, "lambda:InvokeFunction", cleaner, EMPTY_CONTEXT, "denied"],
        [WATCH, "lambda:InvokeFunction", watch, EMPTY_CONTEXT, "denied"],

        // Of the parameters, it writes only the records of its servers.
        ...["settings", "servers", "restores/any", "restore-locks/any", "restore-tests/i-0123456789abcdef0"].map(
            (path): Row => [WATCH, "ssm:PutParameter", parameter(path), EMPTY_CONTEXT, "denied"],
        ),
        [WATCH, "ssm:PutParameter", parameter("servers/i-0123456789abcdef0", "prod-2"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:PutParameter", arn("ssm", "parameter/password"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:DeleteParameter", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:DeleteParameters", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:AddTagsToResource", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "denied"],
        [CLEANER, "ssm:PutParameter", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "denied"],

        // Listings that it does not need.
        [WATCH, "ssm:GetParametersByPath", arn("ssm", "parameter/vss-backup"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetParametersByPath", arn("ssm", "parameter/vss-backup/prod"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetParametersByPath", parameter("restores"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetParametersByPath", parameter("servers", "prod-2"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetParameter", parameter("servers/i-0123456789abcdef0"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:DescribeParameters", "*", EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:ListCommands", "*", EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetCommandInvocation", "*", EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetParameter", arn("ssm", "parameter/password"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:GetMaintenanceWindow", window("day"), EMPTY_CONTEXT, "denied"],
        [WATCH, "ssm:DescribeAssociation", association, EMPTY_CONTEXT, "denied"],
        [WATCH, "sns:ListTopics", "*", EMPTY_CONTEXT, "denied"],
        [WATCH, "sns:GetTopicAttributes", topic, EMPTY_CONTEXT, "denied"],

        // Other windows, associations, log groups and topics.
        [WATCH, "ssm:DescribeMaintenanceWindowExecutions", window("year"), EMPTY_CONTEXT, "denied"],
        [
            WATCH,
            "ssm:DescribeMaintenanceWindowExecutions",
            arn("ssm", "maintenancewindow/prod-day-window-id", OTHER_ACCOUNT),
            EMPTY_CONTEXT,
            "denied",
        ],
        ...["ssm:DescribeAssociationExecutions", "ssm:DescribeAssociationExecutionTargets"].map(
            (action): Row => [WATCH, action, arn("ssm", "association/prod-2-vss-package-id"), EMPTY_CONTEXT, "denied"],
        ),
        ...[runLog, `${watchLog}-2`, `${cleanerLog}-2`, arn("logs", "log-group:/aws/lambda/any")].flatMap((log): Row[] => [
            [WATCH, "logs:FilterLogEvents", log, EMPTY_CONTEXT, "denied"],
            [WATCH, "logs:FilterLogEvents", `${log}:log-stream:`, EMPTY_CONTEXT, "denied"],
        ]),
        [WATCH, "logs:GetLogEvents", `${watchLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [WATCH, "logs:CreateLogStream", `${cleanerLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [WATCH, "logs:PutLogEvents", `${cleanerLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [WATCH, "logs:PutLogEvents", `${runLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [WATCH, "logs:DeleteLogStream", `${watchLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [WATCH, "logs:DeleteLogGroup", watchLog, EMPTY_CONTEXT, "denied"],
        [CLEANER, "logs:PutLogEvents", `${watchLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        [SERVER, "logs:PutLogEvents", `${watchLog}:log-stream:any`, EMPTY_CONTEXT, "denied"],
        ...["sns:Publish", "sns:ListSubscriptionsByTopic"].flatMap((action): Row[] => [
            [WATCH, action, arn("sns", "prod-topic-2"), EMPTY_CONTEXT, "denied"],
            [WATCH, action, arn("sns", "prod-topic", OTHER_ACCOUNT), EMPTY_CONTEXT, "denied"],
            [WATCH, action, arn("sns", "prod-topic", ACCOUNT_ID, otherRegion), EMPTY_CONTEXT, "denied"],
        ]),
        [WATCH, "sns:Publish", topic, PLAIN_HTTP, "denied"],
        [WATCH, "sns:Subscribe", topic, EMPTY_CONTEXT, "denied"],
        [NOTIFY, "sns:ListSubscriptionsByTopic", topic, EMPTY_CONTEXT, "denied"],

        // Each schedule starts its own function.
        [WATCH_SCHEDULE, "lambda:InvokeFunction", cleaner, EMPTY_CONTEXT, "denied"],
        [WATCH_SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-2-watch"), EMPTY_CONTEXT, "denied"],
        [WATCH_SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-watch", OTHER_ACCOUNT), EMPTY_CONTEXT, "denied"],
        [WATCH_SCHEDULE, "sqs:SendMessage", deadLetters, EMPTY_CONTEXT, "denied"],
        [SCHEDULE, "lambda:InvokeFunction", watch, EMPTY_CONTEXT, "denied"],

        // Only the rule of the policy starts the watch, and it starts nothing else.
        ["events.amazonaws.com", "lambda:InvokeFunction", watch, EMPTY_CONTEXT, "denied"],
        ["events.amazonaws.com", "lambda:InvokeFunction", watch, ruleOf("vss-backup-prod-2-watch"), "denied"],
        ["events.amazonaws.com", "lambda:InvokeFunction", watch, ruleOf("vss-backup-prod-watch", OTHER_ACCOUNT), "denied"],
        ["events.amazonaws.com", "lambda:InvokeFunction", watch, ruleOf("vss-backup-prod-watch", ACCOUNT_ID, otherRegion), "denied"],
        ["events.amazonaws.com", "lambda:UpdateFunctionCode", watch, { "aws:SourceArn": watchRule }, "denied"],
        ["events.amazonaws.com", "lambda:InvokeFunction", cleaner, { "aws:SourceArn": watchRule }, "denied"],
        ["s3.amazonaws.com", "lambda:InvokeFunction", watch, { "aws:SourceArn": watchRule }, "denied"],
        ["scheduler.amazonaws.com", "lambda:InvokeFunction", watch, OWN_ACCOUNT, "denied"],

        // IAM takes long for this action: it has about a hundred resource types.
        [WATCH, "ec2:CreateTags", server, snapshotTags({ VssBackup: "prod" }), "denied"],
    ];
}

/** Requests to assume a role by a principal that must not: another service, another account's resource, a person or another role. */
function deniedAssumptions(region: string): Row[] {
    const { arn, role, administrator, otherAccountAdministrator } = arnsOf(region);
    const ownAccount = { "aws:SourceAccount": ACCOUNT_ID };
    const otherAccount = { "aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": arn("ssm", "maintenancewindow/mw-0", OTHER_ACCOUNT) };
    const services = ["events.amazonaws.com", "cloudformation.amazonaws.com", ...new Set(Object.values(assumedBy(region)))];
    return Object.entries(assumedBy(region)).flatMap(([name, service]): Row[] => [
        ...services.filter((other) => other !== service).map((other): Row => [other, "sts:AssumeRole", role(name), ownAccount, "denied"]),
        ...(service === ec2Service(region)
            ? []
            : ([
                  [service, "sts:AssumeRole", role(name), otherAccount, "denied"],
                  ...(service === "scheduler.amazonaws.com" ? [[service, "sts:AssumeRole", role(name), EMPTY_CONTEXT, "denied"]] : []),
              ] as Row[])),
        [administrator, "sts:AssumeRole", role(name), ownAccount, "denied"],
        [otherAccountAdministrator, "sts:AssumeRole", role(name), ownAccount, "denied"],
        ...Object.keys(assumedBy(region)).map((other): Row => [other, "sts:AssumeRole", role(name), ownAccount, "denied"]),
        [service, "sts:TagSession", role(name), ownAccount, "denied"],
    ]);
}

/**
 * Actions that no role may use, even on resources with the policy's tags. They copy, share, lock or archive snapshots, change tags, or
 * belong to other services. AWS's managed policies allow the servers to take snapshots of their volumes, so those rows leave the servers out.
 */
function deniedActions(region: string): Row[] {
    const { arn, role, snapshot, server, volume, cleaner, watch, deadLetters, topic } = arnsOf(region);
    const policyTags = snapshotTags({ VssBackupPolicy: "prod", VssBackup: "prod" });
    const forServiceRoles: readonly (readonly [action: string, resource: string, context?: Context])[] = [
        ["ec2:CreateSnapshot", volume, policyTags],
        ["ec2:CreateSnapshots", volume, policyTags],
        ["ec2:CreateTags", snapshot, policyTags],
        ["ec2:CreateImage", server, policyTags],
    ];
    const forAllRoles: typeof forServiceRoles = [
        ["ec2:CopySnapshot", snapshot],
        ["ec2:ModifySnapshotAttribute", snapshot, policyTags],
        ["ec2:ResetSnapshotAttribute", snapshot, policyTags],
        ["ec2:ModifySnapshotTier", snapshot, policyTags],
        ["ec2:RestoreSnapshotTier", snapshot, policyTags],
        ["ec2:RestoreSnapshotFromRecycleBin", snapshot, policyTags],
        ["ec2:LockSnapshot", snapshot, policyTags],
        ["ec2:UnlockSnapshot", snapshot, policyTags],
        ["ec2:EnableFastSnapshotRestores", snapshot, policyTags],
        ["ec2:DisableSnapshotBlockPublicAccess", "*"],
        ["ec2:DeleteTags", snapshot, policyTags],
        ["ec2:DeleteVolume", volume, policyTags],
        ["ec2:CreateVolume", volume],
        ["ec2:DetachVolume", volume, policyTags],
        ["ec2:StopInstances", server, policyTags],
        ["ec2:TerminateInstances", server, policyTags],
        ["ec2:RebootInstances", server, policyTags],
        ["ec2:DeregisterImage", arn("ec2", "image/ami-0123456789abcdef0", ""), policyTags],
        ["ebs:GetSnapshotBlock", snapshot, policyTags],
        ["ebs:PutSnapshotBlock", snapshot, policyTags],
        ["dlm:DeleteLifecyclePolicy", arn("dlm", "policy/policy-0123456789abcdef0")],
        ["backup:DeleteRecoveryPoint", arn("backup", "recovery-point:any")],
        ["iam:CreateUser", arn("iam", "user/any", ACCOUNT_ID, "")],
        ["iam:CreateAccessKey", arn("iam", "user/any", ACCOUNT_ID, "")],
        ["iam:AttachRolePolicy", role(CLEANER)],
        ["iam:PutRolePolicy", role(CLEANER)],
        ["iam:UpdateAssumeRolePolicy", role(CLEANER)],
        ["iam:PassRole", role(CLEANER), { "iam:PassedToService": "lambda.amazonaws.com" }],
        ["iam:PassRole", role("administrator"), { "iam:PassedToService": "ec2.amazonaws.com" }],
        ["sts:DecodeAuthorizationMessage", "*"],
        ["s3:ListAllMyBuckets", "*"],
        ["s3:GetObject", arn("s3", "bucket/key", "", "")],
        ["s3:PutObject", arn("s3", "bucket/key", "", "")],
        ["s3:DeleteBucket", arn("s3", "bucket", "", "")],
        ["rds:DeleteDBInstance", arn("rds", "db:any")],
        ["rds:DeleteDBSnapshot", arn("rds", "snapshot:any")],
        ["dynamodb:DeleteTable", arn("dynamodb", "table/any")],
        ["kms:ListKeys", "*"],
        ["kms:CreateKey", "*"],
        ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:any-abcdef")],
        ["cloudformation:DeleteStack", arn("cloudformation", "stack/any/id")],
        ["cloudtrail:StopLogging", arn("cloudtrail", "trail/any")],
        ["lambda:UpdateFunctionCode", cleaner],
        ["lambda:DeleteFunction", cleaner],
        ["lambda:UpdateFunctionCode", watch],
        ["cloudwatch:DeleteAlarms", arn("cloudwatch", "alarm:vss-backup-prod-overdue")],
        ["cloudwatch:DisableAlarmActions", arn("cloudwatch", "alarm:vss-backup-prod-overdue")],
        ["events:DisableRule", arn("events", "rule/vss-backup-prod-watch")],
        ["sns:Unsubscribe", topic],
        ["sqs:DeleteQueue", deadLetters],
        ["sns:CreateTopic", arn("sns", "any")],
        ["scheduler:DeleteSchedule", arn("scheduler", "schedule/default/vss-backup-prod-cleaner")],
        ["ssm:DeleteMaintenanceWindow", arn("ssm", "maintenancewindow/mw-0123456789abcdef0")],
        ["ssm:CreateDocument", arn("ssm", "document/any")],
        ["logs:CreateLogGroup", arn("logs", "log-group:any")],
        ["organizations:LeaveOrganization", "*"],
    ];
    return Object.keys(assumedBy(region)).flatMap((principal) =>
        [...(principal === SERVER ? [] : forServiceRoles), ...forAllRoles].map(
            ([action, resource, context = EMPTY_CONTEXT]): Row => [principal, action, resource, context, "denied"],
        ),
    );
}

/** Arguments, and the rows that differ from the default. */
export interface Variant {
    readonly title: string;
    readonly args: VssBackupPolicyArgs;
    readonly rows: readonly Row[];
    /** Principals and resources of the default that the variant does not make. */
    readonly removed?: readonly string[];
}

export function variants(region: string): Variant[] {
    const { arn, role, snapshot, document, server, topic, watch, administrator } = arnsOf(region);
    const held = (tags: Context) => snapshotTags({ VssBackupPolicy: "prod", ...tags });
    return [
        {
            title: "orphanDays",
            args: { orphanDays: 90 },
            rows: [[CLEANER, "ec2:DescribeVolumes", "*", EMPTY_CONTEXT, "allowed"]],
        },
        {
            title: "another hold key",
            args: { hold: "Keep" },
            rows: [
                [CLEANER, "ec2:DeleteSnapshot", snapshot, held({ Keep: "" }), "denied"],
                [CLEANER, "ec2:DeleteSnapshot", snapshot, held({ keep: "any" }), "denied"],
                [CLEANER, "ec2:DeleteSnapshot", snapshot, held({ VssBackupHold: "" }), "allowed"],
                [CLEANER, "ec2:DeleteSnapshot", snapshot, held({ VssBackupHold: "audit" }), "allowed"],
                [CLEANER, "ec2:DeleteSnapshot", snapshot, held({ vssbackuphold: "audit" }), "allowed"],
            ],
        },
        {
            title: "the other document",
            args: { document: "AWSEC2-VssInstallAndSnapshot" },
            rows: [
                [WINDOW, "ssm:SendCommand", document("AWSEC2-VssInstallAndSnapshot"), EMPTY_CONTEXT, "allowed"],
                [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshot"), EMPTY_CONTEXT, "denied"],
                [WINDOW, "ssm:GetDocument", document("AWSEC2-VssInstallAndSnapshot"), EMPTY_CONTEXT, "denied"],
            ],
        },
        {
            title: "another server tag",
            args: { serverTag: { key: "Backup", value: "SQL 2022" } },
            rows: [
                [WINDOW, "ssm:SendCommand", server, serverTags({ Backup: "SQL 2022" }), "allowed"],
                [WINDOW, "ssm:SendCommand", server, serverTags({ Backup: "SQL" }), "denied"],
                [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "prod" }), "denied"],
                [WINDOW, "ssm:SendCommand", arn("ssm", "managed-instance/mi-0"), serverTags({ Backup: "SQL 2022" }), "denied"],
                [WINDOW, "ssm:StartSession", server, serverTags({ Backup: "SQL 2022" }), "denied"],
            ],
        },
        {
            title: "an existing topic",
            args: { topicArn: arn("sns", "ops") },
            rows: [
                [NOTIFY, "sns:Publish", arn("sns", "ops"), EMPTY_CONTEXT, "allowed"],
                [NOTIFY, "sns:Publish", arn("sns", "prod-topic"), EMPTY_CONTEXT, "denied"],
                [NOTIFY, "sns:DeleteTopic", arn("sns", "ops"), EMPTY_CONTEXT, "denied"],
                ...["sns:Publish", "sns:ListSubscriptionsByTopic"].flatMap((action): Row[] => [
                    [WATCH, action, arn("sns", "ops"), EMPTY_CONTEXT, "allowed"],
                    [WATCH, action, arn("sns", "prod-topic"), EMPTY_CONTEXT, "denied"],
                    [WATCH, action, arn("sns", "ops-2"), EMPTY_CONTEXT, "denied"],
                ]),
                [WATCH, "sns:Subscribe", arn("sns", "ops"), EMPTY_CONTEXT, "denied"],
                // The topic's policy stays as it is.
                [administrator, "sns:Publish", arn("sns", "ops"), PLAIN_HTTP, "allowed"],
            ],
            removed: [topic],
        },
        {
            title: "a topic for chat",
            args: { chatTopicArn: arn("sns", "chat") },
            rows: [
                [WATCH, "sns:Publish", arn("sns", "chat"), EMPTY_CONTEXT, "allowed"],
                [WATCH, "sns:Publish", arn("sns", "chat-2"), EMPTY_CONTEXT, "denied"],
                [WATCH, "sns:ListSubscriptionsByTopic", arn("sns", "chat"), EMPTY_CONTEXT, "denied"],
                [NOTIFY, "sns:Publish", arn("sns", "chat"), EMPTY_CONTEXT, "denied"],
            ],
        },
        {
            title: "no report",
            args: { report: "never" },
            rows: [[WATCH, "sns:Publish", topic, EMPTY_CONTEXT, "denied"]],
        },
        {
            title: "no watch",
            args: { watch: false },
            rows: [],
            removed: [WATCH, WATCH_SCHEDULE, role(WATCH), role(WATCH_SCHEDULE), watch],
        },
        {
            title: "an existing server role",
            args: { serverRoles: { web: "web" } },
            rows: [...allowed(region), ...denied(region)].flatMap(([principal, ...call]): Row[] =>
                principal === SERVER ? [[role("web"), ...call]] : [],
            ),
            removed: [SERVER, role(SERVER)],
        },
    ];
}

export function requestOf([principal, action, resource, context]: Row): IamRequest {
    return { principal, action, resource, context };
}

/** A row as a short sentence, for test titles. It leaves out `aws:SourceArn`, unless it is about a function: only those have a condition on it. */
export function sentenceOf([principal, action, resource, context, expected]: Row): string {
    const given = Object.entries(context)
        .filter(([key]) => key !== "aws:SourceArn" || action.startsWith("lambda:"))
        .map(([key, value]) => `${key.replace(/^.*[:/]/, "")}=${quoteIfNeeded(shorten([value].flat().join(" and ")))}`);
    const condition = given.length > 0 ? ` if ${[...new Set(given)].join(", ")}` : "";
    return `${shorten(principal)} ${expected === "allowed" ? "can" : "can't"} ${action} on ${shorten(resource)}${condition}`;
}

/** Leaves out the parts of names and ARNs that most rows share. Ids of accounts become `own` and `other`. */
function shorten(text: string): string {
    return text
        .replace(/^arn:[\w-]+:[\w-]+:/, "")
        .replace(/^(eu-central-1)?:/, "")
        .replace(ACCOUNT_ID, "own")
        .replace(OTHER_ACCOUNT, "other")
        .replace(/^own:(?!document)/, "")
        .replace(/^([\w-]*):(?=:)|^:/, "$1")
        .replace(/^(.*:)?(snapshot|instance|volume|managed-instance|image|maintenancewindow)\/.*/, "$1$2")
        .replace(/^((role\/)?)prod-([\w-]+)-role$/, "$1$3")
        .replace(/\.amazonaws\.com(\.cn)?$/, "");
}

function quoteIfNeeded(value: string): string {
    return /^\S+$/.test(value) ? value : JSON.stringify(value);
}
