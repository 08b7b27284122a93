import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    CreateImageCommand,
    CreateReplaceRootVolumeTaskCommand,
    CreateSecurityGroupCommand,
    CreateTagsCommand,
    CreateVolumeCommand,
    DeleteVolumeCommand,
    DetachVolumeCommand,
    type EC2Client,
    ModifyInstanceAttributeCommand,
    RegisterImageCommand,
    RunInstancesCommand,
    StartInstancesCommand,
    StopInstancesCommand,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
    accessDenied,
    answerLate,
    connectionReset,
    type Fault,
    lateConnectionReset,
    playAtFirstAttempt,
    playForAction,
} from "../../support/faults";
import { DATA, DATA_SNAPSHOT, type DiskAccount, diskAccount, NOW, ROOT_SNAPSHOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const IDS = { InstanceIds: [SERVER] };

/** Each call that changes something, with the client token that the SDK would make. */
const CALLS: Readonly<Record<string, (ec2: EC2Client) => Promise<object>>> = {
    CreateVolume: (ec2) =>
        ec2.send(new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", SnapshotId: DATA_SNAPSHOT, ClientToken: "a" })),
    DeleteVolume: (ec2) => ec2.send(new DeleteVolumeCommand({ VolumeId: "vol-free" })),
    AttachVolume: (ec2) => ec2.send(new AttachVolumeCommand({ VolumeId: "vol-free", InstanceId: SERVER, Device: "xvde" })),
    DetachVolume: (ec2) => ec2.send(new DetachVolumeCommand({ VolumeId: DATA })),
    StopInstances: (ec2) => ec2.send(new StopInstancesCommand(IDS)),
    StartInstances: (ec2) => ec2.send(new StartInstancesCommand({ InstanceIds: ["i-stopped"] })),
    TerminateInstances: (ec2) => ec2.send(new TerminateInstancesCommand(IDS)),
    ModifyInstanceAttribute: (ec2) =>
        ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: SERVER, DisableApiTermination: { Value: true } })),
    CreateTags: (ec2) => ec2.send(new CreateTagsCommand({ Resources: [DATA], Tags: [{ Key: "a", Value: "b" }] })),
    CreateImage: (ec2) => ec2.send(new CreateImageCommand({ InstanceId: SERVER, Name: "a", NoReboot: true })),
    RegisterImage: (ec2) => {
        const BlockDeviceMappings = [{ DeviceName: "/dev/sda1", Ebs: { SnapshotId: ROOT_SNAPSHOT } }];
        return ec2.send(new RegisterImageCommand({ Name: "b", BlockDeviceMappings }));
    },
    RunInstances: (ec2) => ec2.send(new RunInstancesCommand({ ImageId: "ami-1", MinCount: 1, MaxCount: 1, ClientToken: "a" })),
    CreateReplaceRootVolumeTask: (ec2) =>
        ec2.send(new CreateReplaceRootVolumeTaskCommand({ InstanceId: SERVER, SnapshotId: ROOT_SNAPSHOT, ClientToken: "a" })),
    CreateSecurityGroup: (ec2) => ec2.send(new CreateSecurityGroupCommand({ GroupName: "a", Description: "a", VpcId: "vpc-1" })),
};

/** Calls that do the same when the SDK repeats them. */
const REPEATABLE = [
    "CreateVolume",
    "StopInstances",
    "StartInstances",
    "TerminateInstances",
    "ModifyInstanceAttribute",
    "CreateTags",
    "RunInstances",
    "CreateReplaceRootVolumeTask",
];

function account(): DiskAccount {
    const made = diskAccount();
    made.store.volumes.add("vol-free", { zone: "eu-central-1a" });
    made.servers.push({
        ...made.server,
        id: "i-stopped",
        state: "stopped",
        volumes: [{ id: "vol-r", device: "/dev/sda1", mounted: true }],
    });
    const image = { name: "clone", description: "", platformDetails: "Windows", rootDevice: "/dev/sda1", createdAt: NOW, volumes: [] };
    made.ec2.images.set("ami-1", { ...image, id: "ami-1", state: "available", tags: new Map() });
    return made;
}

/** What is in an account, as a value. */
function contentsOf({ servers, store, ec2 }: DiskAccount): object {
    const volumes = [...store.volumes].map((id) => store.volumes.get(id));
    return structuredClone({ servers, volumes, snapshots: store.all(), images: ec2.images, tasks: ec2.rootTasks, groups: ec2.groups });
}

/** Makes a call whose first attempt meets a fault, and returns the code of its error and what is in the account then. */
async function meet(action: string, fault: Fault, maxAttempts = 1): Promise<{ readonly code: string; readonly contents: object }> {
    const made = account();
    const faults = playForAction(action, playAtFirstAttempt(fault));
    const [code] = await withEc2(made, (ec2) => refusalOf(CALLS[action]?.(ec2) ?? Promise.reject()), { faults }, { maxAttempts });
    return { code, contents: contentsOf(made) };
}

describe("A fault in the embedded EC2", () => {
    const untouched = contentsOf(account());
    const normal: Fault = answerLate(0);

    for (const action of Object.keys(CALLS)) {
        it(`before the effect of ${action} leaves the account as it was`, async () => {
            const denied = { code: "UnauthorizedOperation", contents: untouched };
            assert.deepEqual(await meet(action, accessDenied), denied);
            assert.deepEqual((await meet(action, connectionReset)).contents, untouched);
        });

        it(`in the answer of ${action}, or a late answer, leaves its effect`, async () => {
            const { code, contents } = await meet(action, normal);
            assert.equal(code, "none");
            assert.notDeepEqual(contents, untouched);
            assert.deepEqual((await meet(action, lateConnectionReset)).contents, contents);
        });
    }

    for (const action of REPEATABLE) {
        it(`in the answer of ${action} does not show, since the SDK repeats the call`, async () => {
            assert.equal((await meet(action, lateConnectionReset, 2)).code, "none");
        });
    }
});
