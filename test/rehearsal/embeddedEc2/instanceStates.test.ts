import assert from "node:assert/strict";
import {
    AttachVolumeCommand,
    DescribeInstanceStatusCommand,
    DescribeInstancesCommand,
    DescribeVolumesCommand,
    DetachVolumeCommand,
    type EC2Client,
    ModifyInstanceAttributeCommand,
    StartInstancesCommand,
    StopInstancesCommand,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { disksOf } from "../../../rehearsal/embeddedAws/windowsDisks";
import { codesOf, DATA, diskAccount, NOW, ROOT, refusalOf, SERVER, withEc2 } from "./serverWithDisks";

const IDS = { InstanceIds: [SERVER] };

async function stateOf(ec2: EC2Client): Promise<string | undefined> {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand(IDS));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name;
}

async function checksOf(ec2: EC2Client): Promise<string> {
    const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({ ...IDS, IncludeAllInstances: true }));
    return InstanceStatuses.map(
        ({ InstanceState, SystemStatus, InstanceStatus }) => `${InstanceState?.Name} ${SystemStatus?.Status} ${InstanceStatus?.Status}`,
    ).join();
}

describe("States of the embedded EC2's instances", () => {
    it("change with the reads that EC2 needs", async () => {
        const account = diskAccount({ reads: { stopInstance: 1, startInstance: 1, checkInstance: 1 } });
        const seen = await withEc2(account, async (ec2) => {
            const { StoppingInstances } = await ec2.send(new StopInstancesCommand(IDS));
            const stopping = [await stateOf(ec2), await stateOf(ec2)];
            const { StartingInstances } = await ec2.send(new StartInstancesCommand(IDS));
            return {
                StoppingInstances,
                stopping,
                StartingInstances,
                starting: [await checksOf(ec2), await checksOf(ec2), await checksOf(ec2), await checksOf(ec2)],
            };
        });
        assert.deepEqual(seen, {
            StoppingInstances: [
                { InstanceId: SERVER, CurrentState: { Code: 64, Name: "stopping" }, PreviousState: { Code: 16, Name: "running" } },
            ],
            stopping: ["stopping", "stopped"],
            StartingInstances: [
                { InstanceId: SERVER, CurrentState: { Code: 0, Name: "pending" }, PreviousState: { Code: 80, Name: "stopped" } },
            ],
            starting: [
                "pending not-applicable not-applicable",
                "running initializing initializing",
                "running initializing initializing",
                "running ok ok",
            ],
        });
        assert.deepEqual([account.server.stoppedAt, account.server.launchedAt], [NOW, NOW]);
    });

    it("do not change if the instance is so already", async () => {
        const account = diskAccount();
        await withEc2(account, (ec2) => ec2.send(new StartInstancesCommand(IDS)));
        account.server.state = "stopped";
        await withEc2(account, (ec2) => ec2.send(new StopInstancesCommand(IDS)));
        assert.deepEqual([account.server.state, account.server.stoppedAt, account.server.launchedAt], ["stopped", undefined, undefined]);
    });

    it("refuse what EC2 refuses", async () => {
        const account = diskAccount();
        const refused = (state: string, command: StartInstancesCommand | StopInstancesCommand) =>
            withEc2(account, (ec2) => {
                account.server.state = state;
                return refusalOf(ec2.send(command as StartInstancesCommand));
            });
        assert.deepEqual(
            [
                await refused("stopping", new StartInstancesCommand(IDS)),
                await refused("terminated", new StartInstancesCommand(IDS)),
                await refused("terminated", new StopInstancesCommand(IDS)),
                await refused("running", new StopInstancesCommand({ InstanceIds: [SERVER, "i-none"] })),
                await refused("running", new StopInstancesCommand({ ...IDS, DryRun: true })),
            ],
            [
                ["IncorrectInstanceState", `The instance '${SERVER}' is not in a state from which it can be started.`],
                ["IncorrectInstanceState", `The instance '${SERVER}' is not in a state from which it can be started.`],
                ["IncorrectInstanceState", `This instance '${SERVER}' is not in a state from which it can be stopped.`],
                ["InvalidInstanceID.NotFound", "The instance ID 'i-none' does not exist"],
                ["DryRunOperation", "Request would have succeeded, but DryRun flag is set."],
            ],
        );
        assert.equal(account.server.state, "running");
    });

    it("leave an instance without its boot volume stopped, until it has one again", async () => {
        const account = diskAccount();
        account.server.state = "stopped";
        const { refused, state } = await withEc2(account, async (ec2) => {
            await ec2.send(new DetachVolumeCommand({ VolumeId: ROOT }));
            await stateOf(ec2);
            const refusal = await refusalOf(ec2.send(new StartInstancesCommand(IDS)));
            await ec2.send(new AttachVolumeCommand({ VolumeId: ROOT, InstanceId: SERVER, Device: "/dev/sda1" }));
            await ec2.send(new StartInstancesCommand(IDS));
            return { refused: refusal, state: await stateOf(ec2) };
        });
        assert.deepEqual(
            [refused, state],
            [
                [
                    "InvalidParameterValue",
                    `Invalid value '${SERVER}' for instanceId. Instance does not have a volume attached at root (/dev/sda1)`,
                ],
                "running",
            ],
        );
    });

    it("fail the instance's check if a data volume is at the place of the boot volume", async () => {
        const account = diskAccount();
        account.server.state = "stopped";
        account.server.volumes = [{ id: DATA, device: "/dev/sda1", mounted: true }];
        const seen = await withEc2(account, async (ec2) => {
            await ec2.send(new StartInstancesCommand(IDS));
            return [await checksOf(ec2), await checksOf(ec2)];
        });
        assert.deepEqual([seen, account.server.agent], [["running initializing initializing", "running ok impaired"], "ConnectionLost"]);
    });

    it("bring disks online when Windows starts, except one with the signature of a disk before it", async () => {
        const account = diskAccount();
        account.server.state = "stopped";
        const disk = account.store.volumes.get(DATA)?.disk;
        account.store.volumes.add("vol-copy", { ...(disk && { disk }) });
        await withEc2(account, async (ec2) => {
            await ec2.send(new AttachVolumeCommand({ VolumeId: "vol-copy", InstanceId: SERVER, Device: "xvde" }));
            await ec2.send(new StartInstancesCommand(IDS));
            await stateOf(ec2);
        });
        assert.deepEqual(
            disksOf(account.server, account.store.volumes).map(({ serial, isOffline }) => [serial, isOffline]),
            [
                ["vol0000000000000000c", false],
                ["vol0000000000000000d", false],
                ["volcopy", true],
            ],
        );
    });

    it("end with the volumes that are to be deleted, and leave the others", async () => {
        const account = diskAccount({ reads: { terminateInstance: 1 } });
        const modify = (DeviceName: string, DeleteOnTermination: boolean) =>
            new ModifyInstanceAttributeCommand({
                InstanceId: SERVER,
                BlockDeviceMappings: [{ DeviceName, Ebs: { DeleteOnTermination } }],
            });
        const seen = await withEc2(account, async (ec2) => {
            await ec2.send(modify("/dev/sda1", false));
            await ec2.send(modify("xvdd", true));
            const unmapped = await codesOf(() => ec2.send(modify("xvdz", true)));
            await ec2.send(new TerminateInstancesCommand(IDS));
            const states = [await stateOf(ec2), await stateOf(ec2)];
            const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand({}));
            return { unmapped, states, volumes: Volumes.map(({ VolumeId, State }) => [VolumeId, State]) };
        });
        assert.deepEqual(seen, {
            unmapped: ["InvalidInstanceAttributeValue"],
            states: ["shutting-down", "terminated"],
            volumes: [[ROOT, "available"]],
        });
    });

    it("do not end while the instance is protected", async () => {
        const account = diskAccount();
        const protect = (Value: boolean) => new ModifyInstanceAttributeCommand({ InstanceId: SERVER, DisableApiTermination: { Value } });
        const refused = await withEc2(account, async (ec2) => {
            await ec2.send(protect(true));
            const refusal = await refusalOf(ec2.send(new TerminateInstancesCommand(IDS)));
            await ec2.send(protect(false));
            await ec2.send(new TerminateInstancesCommand(IDS));
            return refusal;
        });
        assert.deepEqual(refused, [
            "OperationNotPermitted",
            `The instance '${SERVER}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`,
        ]);
        assert.equal(account.server.state, "shutting-down");
    });

    it("show no status of instances that do not run, unless all are asked for", async () => {
        const account = diskAccount();
        account.server.state = "stopped";
        const seen = await withEc2(account, async (ec2) => {
            const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand(IDS));
            return [InstanceStatuses.length, await checksOf(ec2)];
        });
        assert.deepEqual(seen, [0, "stopped not-applicable not-applicable"]);
    });

    it("end for good if the instance is terminated before it runs", async () => {
        const account = diskAccount({ reads: { startInstance: 1 } });
        account.server.state = "stopped";
        const states = await withEc2(account, async (ec2) => {
            await ec2.send(new StartInstancesCommand(IDS));
            await ec2.send(new TerminateInstancesCommand(IDS));
            return [await stateOf(ec2), await stateOf(ec2), await stateOf(ec2)];
        });
        assert.deepEqual(states, ["terminated", "terminated", "terminated"]);
    });
});
