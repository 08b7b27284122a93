import { partitionOf } from "../../rehearsal/embeddedAws/partition";
import { ACCOUNT_ID } from "../../rehearsal/program";
import { OTHER_ACCOUNT, type Row } from "./table";

/** A person with the policy's document for restores, and nothing else. */
export const RESTORER = "restorer";

type Context = Row[3];

const NONE: Context = {};
const MADE = { VssBackupRestore: "r-1", VssBackupRestoreStep: "volume-1" };

function tags(of: "Resource" | "Request", values: Readonly<Record<string, string>>): Context {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [`aws:${of}Tag/${key}`, value]));
}

function sentTo(values: Readonly<Record<string, string>>): Context {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [`ssm:resourceTag/${key}`, value]));
}

/** The keys of a request that tags. */
function keys(...named: string[]): Context {
    return { "aws:TagKeys": named };
}

function arnsOf(region: string) {
    const arn = (service: string, rest: string, account = ACCOUNT_ID, where = region) =>
        `arn:${partitionOf(region)}:${service}:${where}:${account}:${rest}`;
    return {
        arn,
        parameter: (path: string, policy = "prod") => arn("ssm", `parameter/vss-backup-records/${policy}/${path}`),
        document: (name: string) => arn("ssm", `document/${name}`, ""),
        window: (type: string) => arn("ssm", `maintenancewindow/prod-${type}-window-id`),
        server: arn("ec2", "instance/i-0123456789abcdef0"),
        volume: arn("ec2", "volume/vol-0123456789abcdef0"),
        snapshot: arn("ec2", "snapshot/snap-0123456789abcdef0", ""),
        image: arn("ec2", "image/ami-0123456789abcdef0", ""),
        task: arn("ec2", "replace-root-volume-task/replacevol-0123456789abcdef0"),
        interface: arn("ec2", "network-interface/eni-0123456789abcdef0"),
        key: arn("kms", "key/01234567-89ab-cdef-0123-456789abcdef"),
        role: (name: string, account = ACCOUNT_ID) => arn("iam", `role/${name}`, account, ""),
        ec2: region.startsWith("cn-") ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com",
        throughEc2: { "kms:ViaService": `ec2.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}` },
    };
}

const LISTINGS = [
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
];

const ON_RESTORED = ["ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyInstanceAttribute", "ec2:StartInstances", "ec2:StopInstances"];

const OF_POLICY = ["ec2:CreateImage", "ec2:CreateReplaceRootVolumeTask"];

const ON_SERVERS = [...ON_RESTORED, ...OF_POLICY];

const CREATE_ACTIONS = ["CreateImage", "CreateReplaceRootVolumeTask", "CreateVolume", "RunInstances"];

const KEY_ACTIONS = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

const REPLACED = ["VssBackupReplacedBy", "VssBackupReplacedDevice", "VssBackupReplacedServer"];

const TAGGING = ["ec2:CreateTags", "ec2:DeleteTags"];

function rows(verdict: "allowed" | "denied", requests: readonly (readonly [action: string, resource: string, context?: Context])[]): Row[] {
    return requests.map(([action, resource, context = NONE]): Row => [RESTORER, action, resource, context, verdict]);
}

/** The requests of all modes of a restore, in its order. */
export function restoreAllowed(region: string): Row[] {
    const {
        arn,
        parameter,
        document,
        window,
        server,
        volume,
        snapshot,
        image,
        task,
        interface: eni,
        key,
        role,
        ec2,
        throughEc2,
    } = arnsOf(region);
    const backup = tags("Resource", { VssBackupPolicy: "prod" });
    return rows("allowed", [
        ...LISTINGS.map((action) => [action, "*"] as const),
        ["ssm:GetParametersByPath", arn("ssm", "parameter/vss-backup")],
        ["ssm:GetParametersByPath", arn("ssm", "parameter/vss-backup/")],
        ["ssm:GetParametersByPath", arn("ssm", "parameter/vss-backup-records/prod/restores")],
        ...["restores/r-1", "restore-locks/i-1", "restore-tests/i-1"].map((path) => ["ssm:PutParameter", parameter(path)] as const),
        ...["restores/r-1", "restore-locks/i-1"].map((path) => ["ssm:DeleteParameter", parameter(path)] as const),

        // Hold the backups, and take a fresh one.
        ...TAGGING.map((action) => [action, snapshot, { ...backup, ...keys("VssBackupHold") }] as const),
        ["ec2:DeleteTags", snapshot, { ...backup, ...keys("vssbackuphold") }],
        ["ssm:DescribeMaintenanceWindowTasks", window("day")],
        ["ssm:DescribeMaintenanceWindowTasks", window("week")],
        ["ssm:GetMaintenanceWindowTask", window("month")],
        ["ssm:SendCommand", document("AWSEC2-CreateVssSnapshot")],
        ["ssm:SendCommand", document("AWS-RunPowerShellScript")],
        ["ssm:SendCommand", server, sentTo({ VssBackup: "prod" })],
        ["ssm:SendCommand", server, sentTo({ VssBackupRestore: "r-1" })],

        // New volumes, on the servers of the policy, on clones, and on servers that somebody has marked.
        ["ec2:CreateVolume", snapshot, backup],
        ["ec2:CreateVolume", volume, tags("Request", { ...MADE, Name: "data" })],
        ...CREATE_ACTIONS.map((from) => ["ec2:CreateTags", volume, { "ec2:CreateAction": from }] as const),
        ...ON_SERVERS.map((action) => [action, server, tags("Resource", { VssBackup: "prod" })] as const),
        ...ON_RESTORED.map((action) => [action, server, tags("Resource", { VssBackupRestore: "any" })] as const),
        ["ec2:AttachVolume", volume],
        ["ec2:DetachVolume", volume],
        ["ec2:ModifyInstanceAttribute", volume],
        ...TAGGING.map((action) => [action, volume, keys(...REPLACED)] as const),

        // The root.
        ["ec2:CreateReplaceRootVolumeTask", volume],
        ["ec2:CreateReplaceRootVolumeTask", task],
        ["ec2:CreateTags", task, { "ec2:CreateAction": "CreateReplaceRootVolumeTask" }],

        // A server beside.
        ...[image, snapshot].map((made) => ["ec2:CreateImage", made, tags("Request", MADE)] as const),
        ...[image, snapshot].map((made) => ["ec2:CreateTags", made, { "ec2:CreateAction": "CreateImage" }] as const),
        ...[server, volume].map((made) => ["ec2:RunInstances", made, tags("Request", MADE)] as const),
        ...[image, eni].map((part) => ["ec2:RunInstances", part] as const),
        ...["key-pair/any", "security-group/sg-1", "subnet/subnet-1"].map((part) => ["ec2:RunInstances", arn("ec2", part)] as const),
        ...[server, eni].map((made) => ["ec2:CreateTags", made, { "ec2:CreateAction": "RunInstances" }] as const),
        ["iam:PassRole", role("prod-server-role"), { "iam:PassedToService": ec2 }],

        // What restores made.
        ["ec2:DeleteSnapshot", snapshot, tags("Resource", MADE)],
        ["ec2:DeleteVolume", volume, tags("Resource", MADE)],
        ["ec2:DeregisterImage", image, tags("Resource", MADE)],
        ["ec2:TerminateInstances", server, tags("Resource", MADE)],

        ...KEY_ACTIONS.map((action) => [action, key, throughEc2] as const),
        ["kms:CreateGrant", key, { ...throughEc2, "kms:GrantIsForAWSResource": "true" }],
    ]);
}

/** Requests that the document must not allow. */
export function restoreDenied(region: string): Row[] {
    const {
        arn,
        parameter,
        document,
        window,
        server,
        volume,
        snapshot,
        image,
        task,
        interface: eni,
        key,
        role,
        ec2,
        throughEc2,
    } = arnsOf(region);
    const backup = tags("Resource", { VssBackupPolicy: "prod" });
    const otherRegion = region === "us-east-1" ? "us-west-2" : "us-east-1";
    const ofPolicy = { VssBackup: "prod" };
    return rows("denied", [
        // Backups, originals and what others made stay. Nobody can mark them as made by a restore.
        ["ec2:DeleteSnapshot", snapshot, backup],
        ["ec2:DeleteSnapshot", snapshot],
        ["ec2:DeleteVolume", volume],
        ["ec2:DeleteVolume", volume, tags("Resource", { VssBackupReplacedBy: "r-1" })],
        ["ec2:DeleteVolume", volume, tags("Resource", { VssBackupRestore: "r-1" })],
        ["ec2:TerminateInstances", server, tags("Resource", ofPolicy)],
        ["ec2:TerminateInstances", server, tags("Resource", { VssBackupRestore: "r-1" })],
        ["ec2:DeregisterImage", image],
        ["ec2:DeleteVolume", arn("ec2", "volume/vol-1", ACCOUNT_ID, otherRegion), tags("Resource", MADE)],
        ["ec2:CreateTags", volume, keys("VssBackupRestoreStep")],
        ["ec2:CreateTags", volume, keys("Name", "vssbackuprestorestep")],
        ["ec2:CreateTags", volume, keys("VssBackupReplacedBy", "VssBackupRestoreStep")],
        ["ec2:CreateTags", volume],
        ["ec2:CreateTags", volume, keys("Name")],
        ["ec2:CreateTags", volume, keys("VssBackupRestore")],
        ["ec2:DeleteTags", volume],
        ["ec2:DeleteTags", volume, keys("Name")],
        ["ec2:CreateTags", server, keys("VssBackup")],
        ["ec2:CreateTags", server, keys("VssBackupReplacedBy")],
        ["ec2:DeleteTags", server, keys("VssBackupReplacedBy")],
        ["ec2:CreateTags", snapshot, { ...backup, ...keys("VssBackupRestoreStep") }],
        ["ec2:CreateTags", snapshot, { ...backup, ...keys("VssBackupReplacedBy") }],
        ["ec2:DeleteTags", snapshot, { ...backup, ...keys("VssBackupPolicy") }],
        ["ec2:DeleteTags", snapshot, { ...backup, ...keys("VssBackupHold", "VssBackupPolicy") }],
        // Such a request would remove all tags.
        ["ec2:DeleteTags", snapshot, backup],
        ["ec2:CreateTags", snapshot, keys("VssBackupHold")],
        ["ec2:DeleteTags", volume, { ...backup, ...keys("VssBackupHold") }],
        ["ec2:CreateTags", arn("ec2", "volume/vol-1", ACCOUNT_ID, otherRegion), keys("Name")],
        ...[server, volume, image].map(
            (thing) => ["ec2:CreateTags", thing, { ...tags("Request", MADE), ...keys(...Object.keys(MADE)) }] as const,
        ),
        ["ec2:CreateTags", snapshot, { ...tags("Resource", { VssBackupPolicy: "prod-2" }), ...keys("VssBackupHold") }],
        ...[server, volume, eni, image, snapshot].flatMap((made) =>
            ["CreateSecurityGroup", "CreateSnapshot"].map((from) => ["ec2:CreateTags", made, { "ec2:CreateAction": from }] as const),
        ),
        ["ec2:CreateTags", task, keys("VssBackupReplacedBy")],
        ["ec2:CreateTags", arn("ec2", "volume/vol-1", ACCOUNT_ID, otherRegion), { "ec2:CreateAction": "CreateVolume" }],

        // Other servers.
        ...ON_SERVERS.flatMap((action) =>
            [{}, { VssBackup: "prod-2" }, { VssBackup: "PROD" }, { Name: "prod" }].map(
                (given) => [action, server, tags("Resource", given as Record<string, string>)] as const,
            ),
        ),
        ...OF_POLICY.map((action) => [action, server, tags("Resource", MADE)] as const),
        ["ec2:RebootInstances", server, tags("Resource", ofPolicy)],
        ["ec2:ModifyInstanceAttribute", arn("ec2", "security-group/sg-1")],
        ["ec2:StopInstances", arn("ec2", "instance/i-1", ACCOUNT_ID, otherRegion), tags("Resource", ofPolicy)],
        ["ec2:StopInstances", arn("ec2", "instance/i-1", OTHER_ACCOUNT), tags("Resource", ofPolicy)],
        ["ec2:StopInstances", arn("ec2", "instance/i-1", OTHER_ACCOUNT), tags("Resource", MADE)],
        ["ec2:StopInstances", arn("ec2", "instance/i-1", ACCOUNT_ID, otherRegion), tags("Resource", MADE)],
        ["ec2:AttachVolume", arn("ec2", "volume/vol-1", OTHER_ACCOUNT)],
        ["ssm:SendCommand", server],
        ["ssm:SendCommand", server, sentTo({ VssBackup: "prod-2" })],
        ["ssm:SendCommand", arn("ec2", "instance/i-1", OTHER_ACCOUNT), sentTo(ofPolicy)],
        ["ssm:SendCommand", arn("ec2", "instance/i-1", OTHER_ACCOUNT), sentTo(MADE)],
        ["ssm:SendCommand", arn("ssm", "managed-instance/mi-0123456789abcdef0"), sentTo({ ...ofPolicy, ...MADE })],
        ["ssm:SendCommand", document("AWS-RunShellScript")],
        ["ssm:SendCommand", document("AWSEC2-VssInstallAndSnapshot")],
        ["ssm:GetDocument", document("AWS-RunPowerShellScript")],
        ["ssm:StartSession", server, { ...tags("Resource", ofPolicy), ...sentTo(ofPolicy) }],
        ["ssm:StartSession", server, { ...tags("Resource", MADE), ...sentTo(MADE) }],
        ["ssm:DescribeMaintenanceWindowTasks", arn("ssm", "maintenancewindow/mw-1", OTHER_ACCOUNT)],
        ["ssm:GetMaintenanceWindowTask", arn("ssm", "maintenancewindow/mw-1", ACCOUNT_ID, otherRegion)],
        ["ssm:UpdateMaintenanceWindow", window("day")],
        ["ssm:DescribeMaintenanceWindows", "*"],
        ["ec2:DescribeInstanceStatus", "*"],
        ["ec2:DescribeSecurityGroups", "*"],

        // Other backups, and things without the tags of a restore.
        ...["ec2:CreateVolume", "ec2:CreateReplaceRootVolumeTask", "ec2:RunInstances"].flatMap((action) =>
            [{}, { VssBackupPolicy: "prod-2" }].map(
                (given) => [action, snapshot, tags("Resource", given as Record<string, string>)] as const,
            ),
        ),
        ...[{}, { VssBackupRestore: "r-1" }, { VssBackupRestoreStep: "s" }].flatMap((given) =>
            (
                [
                    ["ec2:CreateVolume", volume],
                    ["ec2:CreateImage", image],
                    ["ec2:CreateImage", snapshot],
                    ["ec2:RunInstances", server],
                    ["ec2:RunInstances", volume],
                ] as const
            ).map(([action, made]) => [action, made, tags("Request", given as Record<string, string>)] as const),
        ),
        // Roots and servers come from volumes and images, and never from snapshots.
        ["ec2:CreateReplaceRootVolumeTask", snapshot, backup],
        ["ec2:RunInstances", snapshot, backup],
        ["ec2:CreateVolume", arn("ec2", "snapshot/snap-1", "", otherRegion), backup],
        ["ec2:CreateVolume", volume, keys("VssBackupReplacedBy")],
        ["ec2:CreateVolume", arn("ec2", "volume/*", OTHER_ACCOUNT), tags("Request", MADE)],
        ["ec2:CreateVolume", arn("ec2", "volume/*", ACCOUNT_ID, otherRegion), tags("Request", MADE)],
        ["ec2:CreateImage", arn("ec2", "image/*", "", otherRegion), tags("Request", MADE)],
        ["ec2:CreateImage", arn("ec2", "snapshot/*", "", otherRegion), tags("Request", MADE)],
        ["ec2:RunInstances", arn("ec2", "instance/*", ACCOUNT_ID, otherRegion), tags("Request", MADE)],
        ["ec2:RunInstances", arn("ec2", "launch-template/lt-1")],
        ["ec2:RunInstances", arn("ec2", "subnet/subnet-1", ACCOUNT_ID, otherRegion)],
        ["ec2:CreateReplaceRootVolumeTask", image],
        ["ec2:CreateReplaceRootVolumeTask", arn("ec2", "replace-root-volume-task/*", ACCOUNT_ID, otherRegion)],
        ["ec2:ModifyVolume", volume],
        ["ec2:CopySnapshot", snapshot, backup],
        ["ec2:ModifySnapshotAttribute", snapshot, backup],
        ["ec2:ModifyImageAttribute", image, tags("Resource", MADE)],

        // Roles.
        ["iam:PassRole", role("prod-server-role"), { "iam:PassedToService": "lambda.amazonaws.com" }],
        ["iam:PassRole", role("prod-server-role")],
        ...["prod-server-role-2", "prod-cleaner-role", "administrator"].map(
            (name) => ["iam:PassRole", role(name), { "iam:PassedToService": ec2 }] as const,
        ),
        ["iam:PassRole", role("prod-server-role", OTHER_ACCOUNT), { "iam:PassedToService": ec2 }],
        ["iam:AttachRolePolicy", role("prod-server-role")],

        // Other parameters.
        ...["settings", "servers/i-1"].flatMap((path) =>
            ["ssm:PutParameter", "ssm:DeleteParameter"].map((action) => [action, parameter(path)] as const),
        ),
        ["ssm:GetParameter", parameter("settings")],
        ...["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"].map(
            (action) => [action, parameter("restores/r-1", "prod-2")] as const,
        ),
        ["ssm:GetParameter", arn("ssm", "parameter/password")],
        ["ssm:GetParametersByPath", arn("ssm", "parameter/passwords")],
        ["ssm:GetParameters", parameter("settings")],
        ["ssm:DescribeParameters", "*"],
        ["ssm:LabelParameterVersion", parameter("restores/r-1")],

        // Keys, but through EC2.
        ...KEY_ACTIONS.flatMap((action) => [
            [action, key] as const,
            [action, key, { "kms:ViaService": `s3.${region}.amazonaws.com` }] as const,
        ]),
        ["kms:CreateGrant", key, { "kms:GrantIsForAWSResource": "true" }],
        ["kms:CreateGrant", key, { ...throughEc2, "kms:GrantIsForAWSResource": "false" }],
        ["kms:Decrypt", arn("kms", "key/1", OTHER_ACCOUNT), throughEc2],
        ["kms:CreateGrant", arn("kms", "key/1", OTHER_ACCOUNT), { ...throughEc2, "kms:GrantIsForAWSResource": "true" }],
        ["kms:Decrypt", arn("kms", "key/1", ACCOUNT_ID, otherRegion), throughEc2],
        ["kms:RevokeGrant", key, { ...throughEc2, "kms:GrantIsForAWSResource": "true" }],
        ["kms:ScheduleKeyDeletion", key, throughEc2],
        ["kms:PutKeyPolicy", key, throughEc2],
        ["lambda:InvokeFunction", arn("lambda", "function:vss-backup-prod-cleaner")],
    ]);
}
