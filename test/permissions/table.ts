import type { VssBackupPolicyArgs } from "../../components";
import type { IamRequest } from "../../rehearsal/embeddedAws/iam";
import { partitionOf } from "../../rehearsal/embeddedAws/partition";
import { ACCOUNT_ID } from "../../rehearsal/program";

type Context = Readonly<Record<string, string>>;

/** A principal as the program names it, what it asks for, and whether it gets that. */
export type Row = readonly [principal: string, action: string, resource: string, context: Context, expected: "allowed" | "denied"];

const CLEANER = "prod-cleaner-role";
const SCHEDULE = "prod-schedule-role";
const WINDOW = "prod-window-role";
const NOTIFY = "prod-notify-role";
const SERVER = "prod-server-role";
export const OTHER_ACCOUNT = "999999999999";

const NOTHING: Context = {};
const OWN_ACCOUNT: Context = { "aws:SourceAccount": ACCOUNT_ID };
const PLAIN_HTTP: Context = { "aws:SecureTransport": "false" };
const TO_SSM: Context = { "iam:PassedToService": "ssm.amazonaws.com" };

/** EC2, which has a name of its own in China. */
function ec2Service(region: string): string {
    return region.startsWith("cn-") ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com";
}

/** Who takes each role on. EC2 says nothing about the account: it gives a role to nobody but the servers of the role's own. */
function takenOnBy(region: string): Readonly<Record<string, string>> {
    return {
        [CLEANER]: "lambda.amazonaws.com",
        [SCHEDULE]: "scheduler.amazonaws.com",
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

/** What stands in the table again and again, as ARNs of a region. */
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
        deadLetters: arn("sqs", "prod-cleaner-dead-letters"),
        topic: arn("sns", "prod-topic"),
        cleanerLog: arn("logs", "log-group:/vss-backup/prod/cleaner"),
        runLog: arn("logs", "log-group:/vss-backup/prod/runs"),
        administrator: arn("iam", "user/administrator", ACCOUNT_ID, ""),
        strangeAdministrator: arn("iam", "user/administrator", OTHER_ACCOUNT, ""),
    };
}

/** The calls that the parts of a policy make, in the rehearsal, in the tests and in AWS. */
export function allowed(region: string): Row[] {
    const { arn, role, snapshot, document, server, cleaner, deadLetters, topic, cleanerLog, runLog, administrator } = arnsOf(region);
    const ownAccount = (sourceArn: string): Context => ({ "aws:SourceAccount": ACCOUNT_ID, "aws:SourceArn": sourceArn });
    const window = arn("ssm", "maintenancewindow/mw-0123456789abcdef0");
    return [
        ["scheduler.amazonaws.com", "sts:AssumeRole", role(SCHEDULE), ownAccount(arn("scheduler", "schedule/default/any")), "allowed"],
        [SCHEDULE, "lambda:InvokeFunction", cleaner, NOTHING, "allowed"],
        [SCHEDULE, "sqs:SendMessage", deadLetters, NOTHING, "allowed"],

        // AWS does not document that Lambda and SSM send the account; the roles work both ways.
        ["lambda.amazonaws.com", "sts:AssumeRole", role(CLEANER), ownAccount(cleaner), "allowed"],
        ["lambda.amazonaws.com", "sts:AssumeRole", role(CLEANER), NOTHING, "allowed"],
        [CLEANER, "logs:CreateLogStream", `${cleanerLog}:log-stream:2027/02/01/a`, NOTHING, "allowed"],
        [CLEANER, "logs:PutLogEvents", `${cleanerLog}:log-stream:2027/02/01/a`, NOTHING, "allowed"],
        [CLEANER, "ec2:DescribeSnapshots", "*", NOTHING, "allowed"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod", SnapshotType: "Day" }), "allowed"],
        // IAM takes the key of a tag in any letter case; EC2's filter, by which the cleaner lists, does not.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ vssbackuppolicy: "prod" }), "allowed"],

        ["ssm.amazonaws.com", "sts:AssumeRole", role(WINDOW), ownAccount(window), "allowed"],
        ["ssm.amazonaws.com", "sts:AssumeRole", role(WINDOW), NOTHING, "allowed"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshot"), NOTHING, "allowed"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "prod" }), "allowed"],
        [WINDOW, "iam:PassRole", role(NOTIFY), TO_SSM, "allowed"],
        [WINDOW, "ssm:GetCommandInvocation", "*", NOTHING, "allowed"],
        [WINDOW, "ssm:ListCommandInvocations", "*", NOTHING, "allowed"],
        [WINDOW, "ssm:ListCommands", "*", NOTHING, "allowed"],
        [WINDOW, "ssm:DescribeInstanceInformation", "*", NOTHING, "allowed"],
        [WINDOW, "ssm:ListTagsForResource", window, NOTHING, "allowed"],
        [WINDOW, "resource-groups:ListGroups", "*", NOTHING, "allowed"],
        [WINDOW, "resource-groups:ListGroupResources", arn("resource-groups", "group/any"), NOTHING, "allowed"],
        [WINDOW, "tag:GetResources", "*", NOTHING, "allowed"],

        ["ssm.amazonaws.com", "sts:AssumeRole", role(NOTIFY), ownAccount(server), "allowed"],
        ["ssm.amazonaws.com", "sts:AssumeRole", role(NOTIFY), NOTHING, "allowed"],
        [NOTIFY, "sns:Publish", topic, NOTHING, "allowed"],
        [administrator, "sns:Publish", topic, NOTHING, "allowed"],
        [administrator, "sns:Subscribe", topic, NOTHING, "allowed"],
        ["cloudwatch.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "allowed"],
        ["events.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "allowed"],
        ["events.amazonaws.com", "sns:Publish", topic, NOTHING, "allowed"],

        [ec2Service(region), "sts:AssumeRole", role(SERVER), NOTHING, "allowed"],
        [SERVER, "logs:DescribeLogGroups", arn("logs", "log-group::log-stream:"), NOTHING, "allowed"],
        [SERVER, "logs:DescribeLogStreams", runLog, NOTHING, "allowed"],
        [SERVER, "logs:CreateLogStream", `${runLog}:log-stream:any`, NOTHING, "allowed"],
        [SERVER, "logs:PutLogEvents", `${runLog}:log-stream:any`, NOTHING, "allowed"],
    ];
}

/** What nobody gets, although each of it is a call that AWS knows. */
export function denied(region: string): Row[] {
    const { arn, role, snapshot, document, server, cleaner, deadLetters, topic, cleanerLog, runLog, ...others } = arnsOf(region);
    const { administrator, strangeAdministrator } = others;
    const elsewhere = region === "us-east-1" ? "us-west-2" : "us-east-1";
    const own = snapshotTags({ VssBackupPolicy: "prod" });
    const targeted = serverTags({ VssBackup: "prod" });
    return [
        // Snapshots that are not the policy's own, or not here.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, NOTHING, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ SnapshotType: "Day", AppConsistent: "true" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod-2" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "PROD" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "prod " }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicy: "*" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, snapshotTags({ VssBackupPolicyOfMine: "prod" }), "denied"],
        [CLEANER, "ec2:DeleteSnapshot", arn("ec2", "snapshot/snap-0123456789abcdef0", "", elsewhere), own, "denied"],

        // Snapshots that somebody holds.
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...own, ...snapshotTags({ VssBackupHold: "" }) }, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...own, ...snapshotTags({ VssBackupHold: "audit" }) }, "denied"],
        [CLEANER, "ec2:DeleteSnapshot", snapshot, { ...own, ...snapshotTags({ vssbackuphold: "audit" }) }, "denied"],
        [CLEANER, "ec2:DescribeVolumes", "*", NOTHING, "denied"],

        // Logs of others.
        [CLEANER, "logs:CreateLogStream", `${runLog}:log-stream:any`, NOTHING, "denied"],
        [CLEANER, "logs:PutLogEvents", `${runLog}:log-stream:any`, NOTHING, "denied"],
        [CLEANER, "logs:PutLogEvents", `${cleanerLog}-2:log-stream:any`, NOTHING, "denied"],
        [CLEANER, "logs:DeleteLogGroup", cleanerLog, NOTHING, "denied"],
        [CLEANER, "logs:DeleteLogStream", `${cleanerLog}:log-stream:any`, NOTHING, "denied"],
        [SERVER, "logs:CreateLogStream", `${cleanerLog}:log-stream:any`, NOTHING, "denied"],
        [SERVER, "logs:PutLogEvents", `${cleanerLog}:log-stream:any`, NOTHING, "denied"],
        [SERVER, "logs:DescribeLogStreams", cleanerLog, NOTHING, "denied"],
        [SERVER, "logs:DescribeLogGroups", arn("logs", "log-group::log-stream:", ACCOUNT_ID, elsewhere), NOTHING, "denied"],
        [SERVER, "logs:DeleteLogStream", `${runLog}:log-stream:any`, NOTHING, "denied"],
        [SERVER, "logs:PutRetentionPolicy", runLog, NOTHING, "denied"],
        [SERVER, "logs:GetLogEvents", `${runLog}:log-stream:any`, NOTHING, "denied"],

        // Commands of another kind, or to others.
        [WINDOW, "ssm:SendCommand", document("AWS-RunPowerShellScript"), NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshots"), NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", document("AWSEC2-VssInstallAndSnapshot"), NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "document/AWSEC2-CreateVssSnapshot"), NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "document/AWSEC2-CreateVssSnapshot", "", elsewhere), NOTHING, "denied"],
        [WINDOW, "ssm:GetDocument", document("AWSEC2-CreateVssSnapshot"), NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", server, NOTHING, "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ Name: "web" }), "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "prod-2" }), "denied"],
        [WINDOW, "ssm:SendCommand", server, serverTags({ VssBackup: "Prod" }), "denied"],
        [WINDOW, "ssm:SendCommand", arn("ec2", "instance/i-0123456789abcdef0", ACCOUNT_ID, elsewhere), targeted, "denied"],
        [WINDOW, "ssm:SendCommand", arn("ssm", "managed-instance/mi-0123456789abcdef0"), targeted, "denied"],
        [WINDOW, "ssm:StartSession", server, targeted, "denied"],
        [WINDOW, "ssm:CancelCommand", "*", NOTHING, "denied"],
        [WINDOW, "ssm:GetParameter", arn("ssm", "parameter/password"), NOTHING, "denied"],

        // Roles that are nobody's to hand on, or to that service.
        [WINDOW, "iam:PassRole", role(WINDOW), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(CLEANER), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role("administrator"), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(`${NOTIFY}-2`), TO_SSM, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), NOTHING, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), { "iam:PassedToService": "ec2.amazonaws.com" }, "denied"],
        [WINDOW, "iam:PassRole", role(NOTIFY), { "iam:PassedToService": "lambda.amazonaws.com" }, "denied"],

        // Other topics, queues and functions, and the topic over plain HTTP.
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic-2"), NOTHING, "denied"],
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic", OTHER_ACCOUNT), NOTHING, "denied"],
        [NOTIFY, "sns:Publish", arn("sns", "prod-topic", ACCOUNT_ID, elsewhere), NOTHING, "denied"],
        [NOTIFY, "sns:Publish", topic, PLAIN_HTTP, "denied"],
        [administrator, "sns:Publish", topic, PLAIN_HTTP, "denied"],
        [administrator, "sns:Subscribe", topic, PLAIN_HTTP, "denied"],
        [strangeAdministrator, "sns:Publish", topic, NOTHING, "denied"],
        [strangeAdministrator, "sns:Subscribe", topic, NOTHING, "denied"],
        ["cloudwatch.amazonaws.com", "sns:Publish", topic, NOTHING, "denied"],
        ...["cloudwatch.amazonaws.com", "events.amazonaws.com"].flatMap((service): Row[] => [
            [service, "sns:Publish", topic, { "aws:SourceAccount": OTHER_ACCOUNT }, "denied"],
            [service, "sns:Publish", topic, { ...OWN_ACCOUNT, ...PLAIN_HTTP }, "denied"],
            [service, "sns:Subscribe", topic, OWN_ACCOUNT, "denied"],
        ]),
        ["s3.amazonaws.com", "sns:Publish", topic, OWN_ACCOUNT, "denied"],
        [NOTIFY, "sns:Subscribe", topic, NOTHING, "denied"],
        [NOTIFY, "sns:DeleteTopic", topic, NOTHING, "denied"],
        [SCHEDULE, "sqs:SendMessage", arn("sqs", "prod-cleaner-dead-letters-2"), NOTHING, "denied"],
        [SCHEDULE, "sqs:SendMessage", arn("sqs", "prod-cleaner-dead-letters", OTHER_ACCOUNT), NOTHING, "denied"],
        [SCHEDULE, "sqs:ReceiveMessage", deadLetters, NOTHING, "denied"],
        [SCHEDULE, "sqs:PurgeQueue", deadLetters, NOTHING, "denied"],
        [SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-2-cleaner"), NOTHING, "denied"],
        [SCHEDULE, "lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-cleaner", OTHER_ACCOUNT), NOTHING, "denied"],

        ...[CLEANER, SCHEDULE, NOTIFY].map((role): Row => [role, "ssm:DescribeInstanceInformation", "*", NOTHING, "denied"]),
        [WINDOW, "ssm:GetParameters", arn("ssm", "parameter/password"), NOTHING, "denied"],
        [WINDOW, "resource-groups:DeleteGroup", arn("resource-groups", "group/any"), NOTHING, "denied"],
        [WINDOW, "tag:TagResources", "*", NOTHING, "denied"],

        ...assumed(region),
        ...foreign(region),
    ];
}

/** Roles taken on by those who should not: another service, for another account, for nobody knows whom, or somebody who is no service. */
function assumed(region: string): Row[] {
    const { arn, role, administrator, strangeAdministrator } = arnsOf(region);
    const own = { "aws:SourceAccount": ACCOUNT_ID };
    const strange = { "aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": arn("ssm", "maintenancewindow/mw-0", OTHER_ACCOUNT) };
    const services = ["events.amazonaws.com", "cloudformation.amazonaws.com", ...new Set(Object.values(takenOnBy(region)))];
    return Object.entries(takenOnBy(region)).flatMap(([name, service]): Row[] => [
        ...services.filter((other) => other !== service).map((other): Row => [other, "sts:AssumeRole", role(name), own, "denied"]),
        ...(service === ec2Service(region)
            ? []
            : ([
                  [service, "sts:AssumeRole", role(name), strange, "denied"],
                  ...(service === "scheduler.amazonaws.com" ? [[service, "sts:AssumeRole", role(name), NOTHING, "denied"]] : []),
              ] as Row[])),
        [administrator, "sts:AssumeRole", role(name), own, "denied"],
        [strangeAdministrator, "sts:AssumeRole", role(name), own, "denied"],
        ...Object.keys(takenOnBy(region)).map((other): Row => [other, "sts:AssumeRole", role(name), own, "denied"]),
        [service, "sts:TagSession", role(name), own, "denied"],
    ]);
}

/**
 * What no role may do, even to what bears the policy's own tags: make, copy, share, lock or archive snapshots, change tags, and use other
 * services. Not of the servers is asked what AWS's own policies allow them, and are meant to: snapshots of themselves, and being managed.
 */
function foreign(region: string): Row[] {
    const { arn, role, snapshot, server, volume, cleaner, deadLetters } = arnsOf(region);
    const tagged = snapshotTags({ VssBackupPolicy: "prod", VssBackup: "prod" });
    const ofRolesAlone: readonly (readonly [action: string, resource: string, context?: Context])[] = [
        ["ec2:CreateSnapshot", volume, tagged],
        ["ec2:CreateSnapshots", volume, tagged],
        ["ec2:CreateTags", snapshot, tagged],
        ["ec2:CreateImage", server, tagged],
    ];
    const ofAll: typeof ofRolesAlone = [
        ["ec2:CopySnapshot", snapshot],
        ["ec2:ModifySnapshotAttribute", snapshot, tagged],
        ["ec2:ResetSnapshotAttribute", snapshot, tagged],
        ["ec2:ModifySnapshotTier", snapshot, tagged],
        ["ec2:RestoreSnapshotTier", snapshot, tagged],
        ["ec2:RestoreSnapshotFromRecycleBin", snapshot, tagged],
        ["ec2:LockSnapshot", snapshot, tagged],
        ["ec2:UnlockSnapshot", snapshot, tagged],
        ["ec2:EnableFastSnapshotRestores", snapshot, tagged],
        ["ec2:DisableSnapshotBlockPublicAccess", "*"],
        ["ec2:DeleteTags", snapshot, tagged],
        ["ec2:DeleteVolume", volume, tagged],
        ["ec2:CreateVolume", volume],
        ["ec2:DetachVolume", volume, tagged],
        ["ec2:StopInstances", server, tagged],
        ["ec2:TerminateInstances", server, tagged],
        ["ec2:RebootInstances", server, tagged],
        ["ec2:DeregisterImage", arn("ec2", "image/ami-0123456789abcdef0", ""), tagged],
        ["ebs:GetSnapshotBlock", snapshot, tagged],
        ["ebs:PutSnapshotBlock", snapshot, tagged],
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
        ["sqs:DeleteQueue", deadLetters],
        ["sns:CreateTopic", arn("sns", "any")],
        ["scheduler:DeleteSchedule", arn("scheduler", "schedule/default/vss-backup-prod-cleaner")],
        ["ssm:DeleteMaintenanceWindow", arn("ssm", "maintenancewindow/mw-0123456789abcdef0")],
        ["ssm:CreateDocument", arn("ssm", "document/any")],
        ["logs:CreateLogGroup", arn("logs", "log-group:any")],
        ["organizations:LeaveOrganization", "*"],
    ];
    return Object.keys(takenOnBy(region)).flatMap((principal) =>
        [...(principal === SERVER ? [] : ofRolesAlone), ...ofAll].map(
            ([action, resource, context = NOTHING]): Row => [principal, action, resource, context, "denied"],
        ),
    );
}

/** Arguments, and what is otherwise with them than by default. */
export interface Variant {
    readonly title: string;
    readonly args: VssBackupPolicyArgs;
    readonly rows: readonly Row[];
    /** Principals and resources of the default that are not made. */
    readonly gone?: readonly string[];
}

export function variants(region: string): Variant[] {
    const { arn, role, snapshot, document, server, topic, administrator } = arnsOf(region);
    const held = (tags: Context) => snapshotTags({ VssBackupPolicy: "prod", ...tags });
    return [
        {
            title: "orphanDays",
            args: { orphanDays: 90 },
            rows: [[CLEANER, "ec2:DescribeVolumes", "*", NOTHING, "allowed"]],
        },
        {
            title: "a hold of another key",
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
                [WINDOW, "ssm:SendCommand", document("AWSEC2-VssInstallAndSnapshot"), NOTHING, "allowed"],
                [WINDOW, "ssm:SendCommand", document("AWSEC2-CreateVssSnapshot"), NOTHING, "denied"],
                [WINDOW, "ssm:GetDocument", document("AWSEC2-VssInstallAndSnapshot"), NOTHING, "denied"],
            ],
        },
        {
            title: "another tag of the servers",
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
            title: "a topic of the user's own",
            args: { topicArn: arn("sns", "ops") },
            rows: [
                [NOTIFY, "sns:Publish", arn("sns", "ops"), NOTHING, "allowed"],
                [NOTIFY, "sns:Publish", arn("sns", "prod-topic"), NOTHING, "denied"],
                [NOTIFY, "sns:DeleteTopic", arn("sns", "ops"), NOTHING, "denied"],
                // Its policy stays as it is.
                [administrator, "sns:Publish", arn("sns", "ops"), PLAIN_HTTP, "allowed"],
            ],
            gone: [topic],
        },
        {
            title: "a role of the servers' own",
            args: { serverRoles: { web: "web" } },
            rows: [...allowed(region), ...denied(region)].flatMap(([principal, ...call]): Row[] =>
                principal === SERVER ? [[role("web"), ...call]] : [],
            ),
            gone: [SERVER, role(SERVER)],
        },
    ];
}

export function requestOf([principal, action, resource, context]: Row): IamRequest {
    return { principal, action, resource, context };
}

export function sentenceOf([principal, action, resource, context, expected]: Row): string {
    const given = Object.entries(context).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    const verdict = expected === "allowed" ? "may" : "may not";
    return `${principal} ${verdict} ${action} on ${resource}${given.length > 0 ? ` with ${given.join(", ")}` : ""}`;
}
