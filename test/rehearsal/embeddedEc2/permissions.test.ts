import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    CreateImageCommand,
    CreateReplaceRootVolumeTaskCommand,
    CreateSecurityGroupCommand,
    CreateTagsCommand,
    CreateVolumeCommand,
    DeleteSecurityGroupCommand,
    DeleteVolumeCommand,
    DeregisterImageCommand,
    DescribeInstanceStatusCommand,
    DescribeReplaceRootVolumeTasksCommand,
    DescribeVolumeStatusCommand,
    DetachVolumeCommand,
    type EC2Client,
    ModifyInstanceAttributeCommand,
    RegisterImageCommand,
    RevokeSecurityGroupEgressCommand,
    RunInstancesCommand,
    StartInstancesCommand,
    StopInstancesCommand,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { type IamRequest, startIam } from "../../../rehearsal/embeddedAws/iam";
import { DATA, DATA_SNAPSHOT, diskAccount, NOW, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

/** The policy of nobody: it shows only which requests IAM can evaluate, and its administrator may do all. */
const IAM = startIam({ project: "test", stack: "test", region: "eu-central-1", resources: [], outputs: {} });

const INSTANCE = `ec2:eu-central-1:123456789012:instance/${SERVER}`;
const VOLUME = `ec2:eu-central-1:123456789012:volume/${DATA}`;
const OF_SERVER = { "aws:ResourceTag/Name": "web01" };
const OF_VOLUME = { "aws:ResourceTag/Name": "orders" };
const OF_SNAPSHOT = { "aws:ResourceTag/VssBackupPolicy": "prod" };
const REQUESTED = { "aws:TagKeys": ["VssBackupRestore"], "aws:RequestTag/VssBackupRestore": "r-1" };

type Asked = readonly [action: string, resource: string, context: object];

const THROUGH_EC2 = { "kms:ViaService": "ec2.eu-central-1.amazonaws.com" };
const KEY = "kms:eu-central-1:123456789012:key/1";
const ON_KEY: readonly Asked[] = [
    ["kms:CreateGrant", KEY, { ...THROUGH_EC2, "kms:GrantIsForAWSResource": "true" }],
    ...["Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"].map(
        (action): Asked => [`kms:${action}`, KEY, THROUGH_EC2],
    ),
];

/** The requests for a new resource: the one for itself, and the one for its tags. */
function made(by: string, type: string, resource = `ec2:eu-central-1:123456789012:${type}/*`): Asked[] {
    return [
        [`ec2:${by}`, resource, REQUESTED],
        ["ec2:CreateTags", resource, { ...REQUESTED, "ec2:CreateAction": by }],
    ];
}

function tagged<T extends string>(...types: readonly T[]) {
    return { TagSpecifications: types.map((ResourceType) => ({ ResourceType, Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] })) };
}

/** Makes a call of a volume, a server, an image and a group, and returns what IAM evaluated. */
async function askedBy(call: (ec2: EC2Client) => Promise<unknown>): Promise<Asked[]> {
    const asked: IamRequest[] = [];
    const refusal = (request: IamRequest) => {
        asked.push(request);
        return IAM.refusal(request);
    };
    const account = diskAccount();
    const image = { name: "clone", description: "", platformDetails: "Windows", rootDevice: "/dev/sda1", createdAt: NOW };
    account.ec2.images.set("ami-1", { ...image, id: "ami-1", state: "available", volumes: [], tags: new Map([["Name", "x"]]) });
    account.ec2.profileRoles.set("web-profile", "web");
    await withEc2(account, call, { iam: { ...IAM, refusal } });
    return asked.map(({ action, resource, context = {} }) => [action, resource.replace("arn:aws:", ""), context]);
}

const IDS = { InstanceIds: [SERVER] };
const SG = "sg-0123456789abcdef0";
const GROUP = `ec2:eu-central-1:123456789012:security-group/${SG}`;

const CALLS: readonly [title: string, call: (ec2: EC2Client) => Promise<unknown>, asked: readonly Asked[]][] = [
    [
        "CreateVolume",
        (ec2) => ec2.send(new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", SnapshotId: DATA_SNAPSHOT, ...tagged("volume") })),
        [...made("CreateVolume", "volume"), ["ec2:CreateVolume", `ec2:eu-central-1::snapshot/${DATA_SNAPSHOT}`, OF_SNAPSHOT], ...ON_KEY],
    ],
    [
        "CreateVolume without a snapshot and tags",
        (ec2) => ec2.send(new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", Size: 1 })),
        [["ec2:CreateVolume", "ec2:eu-central-1:123456789012:volume/*", {}]],
    ],
    ["DeleteVolume", (ec2) => refusalOf(ec2.send(new DeleteVolumeCommand({ VolumeId: DATA }))), [["ec2:DeleteVolume", VOLUME, OF_VOLUME]]],
    [
        "AttachVolume",
        (ec2) => refusalOf(ec2.send(new AttachVolumeCommand({ VolumeId: DATA, InstanceId: SERVER, Device: "xvde" }))),
        [
            ["ec2:AttachVolume", INSTANCE, OF_SERVER],
            ["ec2:AttachVolume", VOLUME, OF_VOLUME],
        ],
    ],
    [
        "DetachVolume",
        (ec2) => ec2.send(new DetachVolumeCommand({ VolumeId: DATA })),
        [
            ["ec2:DetachVolume", INSTANCE, OF_SERVER],
            ["ec2:DetachVolume", VOLUME, OF_VOLUME],
        ],
    ],
    ["StopInstances", (ec2) => ec2.send(new StopInstancesCommand(IDS)), [["ec2:StopInstances", INSTANCE, OF_SERVER]]],
    ["StartInstances", (ec2) => ec2.send(new StartInstancesCommand(IDS)), [["ec2:StartInstances", INSTANCE, OF_SERVER]]],
    ["TerminateInstances", (ec2) => ec2.send(new TerminateInstancesCommand(IDS)), [["ec2:TerminateInstances", INSTANCE, OF_SERVER]]],
    [
        "ModifyInstanceAttribute",
        (ec2) => ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: SERVER, DisableApiTermination: { Value: true } })),
        [["ec2:ModifyInstanceAttribute", INSTANCE, OF_SERVER]],
    ],
    [
        "ModifyInstanceAttribute of a volume",
        (ec2) => {
            const BlockDeviceMappings = [{ DeviceName: "xvdd", Ebs: { DeleteOnTermination: true } }];
            return ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: SERVER, BlockDeviceMappings }));
        },
        [
            ["ec2:ModifyInstanceAttribute", INSTANCE, OF_SERVER],
            ["ec2:ModifyInstanceAttribute", VOLUME, OF_VOLUME],
        ],
    ],
    [
        "CreateTags of a volume, an instance, an image and a group",
        (ec2) =>
            ec2.send(new CreateTagsCommand({ Resources: [DATA, SERVER, "ami-1", SG], Tags: [{ Key: "VssBackupRestore", Value: "r-1" }] })),
        [
            ["ec2:CreateTags", VOLUME, { ...REQUESTED, ...OF_VOLUME }],
            ["ec2:CreateTags", INSTANCE, { ...REQUESTED, ...OF_SERVER }],
            ["ec2:CreateTags", "ec2:eu-central-1::image/ami-1", { ...REQUESTED, "aws:ResourceTag/Name": "x" }],
            ["ec2:CreateTags", GROUP, REQUESTED],
        ],
    ],
    [
        "CreateImage",
        (ec2) => ec2.send(new CreateImageCommand({ InstanceId: SERVER, Name: "a", ...tagged("image", "snapshot") })),
        [
            ["ec2:CreateImage", INSTANCE, OF_SERVER],
            ...made("CreateImage", "image", "ec2:eu-central-1::image/*"),
            ...made("CreateImage", "snapshot", "ec2:eu-central-1::snapshot/*"),
        ],
    ],
    [
        "RegisterImage",
        (ec2) => {
            const BlockDeviceMappings = [{ DeviceName: "/dev/sda1", Ebs: { SnapshotId: ROOT_SNAPSHOT } }];
            return ec2.send(new RegisterImageCommand({ Name: "a", BlockDeviceMappings, ...tagged("image") }));
        },
        [
            ...made("RegisterImage", "image", "ec2:eu-central-1::image/*"),
            ["ec2:RegisterImage", `ec2:eu-central-1::snapshot/${ROOT_SNAPSHOT}`, {}],
        ],
    ],
    [
        "DeregisterImage",
        (ec2) => ec2.send(new DeregisterImageCommand({ ImageId: "ami-1" })),
        [["ec2:DeregisterImage", "ec2:eu-central-1::image/ami-1", { "aws:ResourceTag/Name": "x" }]],
    ],
    [
        "CreateReplaceRootVolumeTask",
        (ec2) => {
            const input = { InstanceId: SERVER, SnapshotId: ROOT_SNAPSHOT, ...tagged("replace-root-volume-task") };
            return ec2.send(new CreateReplaceRootVolumeTaskCommand(input));
        },
        [
            ["ec2:CreateReplaceRootVolumeTask", INSTANCE, OF_SERVER],
            ...made("CreateReplaceRootVolumeTask", "replace-root-volume-task"),
            ["ec2:CreateReplaceRootVolumeTask", "ec2:eu-central-1:123456789012:volume/*", {}],
            ["ec2:CreateReplaceRootVolumeTask", `ec2:eu-central-1::snapshot/${ROOT_SNAPSHOT}`, {}],
        ],
    ],
    [
        "CreateReplaceRootVolumeTask with a volume",
        (ec2) => {
            const input = { InstanceId: SERVER, VolumeId: DATA, ...tagged("replace-root-volume-task") };
            return refusalOf(ec2.send(new CreateReplaceRootVolumeTaskCommand(input)));
        },
        [
            ["ec2:CreateReplaceRootVolumeTask", INSTANCE, OF_SERVER],
            ...made("CreateReplaceRootVolumeTask", "replace-root-volume-task"),
            ["ec2:CreateReplaceRootVolumeTask", VOLUME, {}],
        ],
    ],
    [
        "RunInstances",
        (ec2) =>
            ec2.send(
                new RunInstancesCommand({
                    ...{ ImageId: "ami-1", MinCount: 1, MaxCount: 1, KeyName: "admins", SecurityGroupIds: [SG] },
                    IamInstanceProfile: { Name: "web-profile" },
                    BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { SnapshotId: ROOT_SNAPSHOT, VolumeSize: 50 } }],
                    ...tagged("instance", "volume"),
                }),
            ),
        [
            ["ec2:RunInstances", "ec2:eu-central-1::image/ami-1", { "aws:ResourceTag/Name": "x" }],
            ...made("RunInstances", "instance"),
            ...made("RunInstances", "volume"),
            ["ec2:RunInstances", "ec2:eu-central-1:123456789012:network-interface/*", {}],
            ["ec2:RunInstances", GROUP, {}],
            ["ec2:RunInstances", "ec2:eu-central-1:123456789012:subnet/subnet-0123456789abcdef0", {}],
            ["ec2:RunInstances", "ec2:eu-central-1:123456789012:key-pair/admins", {}],
            ["ec2:RunInstances", `ec2:eu-central-1::snapshot/${ROOT_SNAPSHOT}`, {}],
            ["iam:PassRole", "iam::123456789012:role/web", { "iam:PassedToService": "ec2.amazonaws.com" }],
        ],
    ],
    [
        "CreateSecurityGroup",
        (ec2) =>
            ec2.send(new CreateSecurityGroupCommand({ GroupName: "a", Description: "a", VpcId: "vpc-1", ...tagged("security-group") })),
        [...made("CreateSecurityGroup", "security-group"), ["ec2:CreateSecurityGroup", "ec2:eu-central-1:123456789012:vpc/vpc-1", {}]],
    ],
    [
        "RevokeSecurityGroupEgress and DeleteSecurityGroup",
        async (ec2) => {
            await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: SG }));
            await refusalOf(ec2.send(new DeleteSecurityGroupCommand({ GroupId: SG })));
        },
        [
            ["ec2:RevokeSecurityGroupEgress", GROUP, {}],
            ["ec2:DeleteSecurityGroup", GROUP, {}],
        ],
    ],
    [
        "reads, which have no resources",
        async (ec2) => {
            await ec2.send(new DescribeVolumeStatusCommand({}));
            await ec2.send(new DescribeInstanceStatusCommand({}));
            await ec2.send(new DescribeReplaceRootVolumeTasksCommand({}));
        },
        ["DescribeVolumeStatus", "DescribeInstanceStatus", "DescribeReplaceRootVolumeTasks"].map((action) => [`ec2:${action}`, "*", {}]),
    ],
];

describe("IAM evaluates in the embedded EC2", () => {
    for (const [title, call, asked] of CALLS) {
        it(title, async () => {
            assert.deepEqual(await askedBy(call), asked);
        });
    }
});
