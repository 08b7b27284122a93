import assert from "node:assert/strict";
import { CreateLogGroupCommand, CreateLogStreamCommand, PutLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
    AttachVolumeCommand,
    CreateSnapshotCommand,
    CreateVolumeCommand,
    DescribeInstancesCommand,
    type Instance,
    RegisterImageCommand,
    RunInstancesCommand,
    StopInstancesCommand,
    type Tag,
    TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateMaintenanceWindowCommand } from "@aws-sdk/client-ssm";
import { logLines } from "../../lambda/cleaner/report";
import { memoryLines } from "../../lambda/watch/memoryLog";
import { readSignals } from "../../lambda/watch/reading";
import type { Server, Signals } from "../../lambda/watch/signals";
import { makeReport } from "../support/account";
import { type Clients, clientsOf } from "../support/awsClients";
import { FULL_READING } from "../support/fullRegion";
import { type MotoServer, startMoto } from "../support/motoServer";
import { HOUR, SETTINGS, TARGETS } from "../support/watchedAccount";

/** The present, since moto refuses log events of another time. */
const NOW = Math.floor(Date.now() / 1000) * 1000;

type Tags = Readonly<Record<string, string>>;

function tagList(tags: Tags): Tag[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Starts an instance with these tags, and returns its id. */
async function start({ ec2 }: Clients, ImageId: string, tags: Tags): Promise<string> {
    const TagSpecifications = [{ ResourceType: "instance" as const, Tags: tagList(tags) }];
    const { Instances } = await ec2.send(
        new RunInstancesCommand({ ImageId, InstanceType: "m5.large", MinCount: 1, MaxCount: 1, TagSpecifications }),
    );
    return Instances?.[0]?.InstanceId ?? "";
}

async function describedInstance({ ec2 }: Clients, id: string): Promise<Instance> {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0] ?? {};
}

/** The server that an instance of moto is. Moto has no platform for images, so none runs Windows. */
function serverOf({ InstanceId = "", LaunchTime, BlockDeviceMappings = [] }: Instance, tags: Tags): Server {
    return {
        id: InstanceId,
        name: "",
        state: "running",
        launchedAt: Number(LaunchTime),
        isWindows: false,
        instanceType: "m5.large",
        hasProfile: false,
        volumes: BlockDeviceMappings.map(({ DeviceName = "", Ebs }) => ({
            id: Ebs?.VolumeId ?? "",
            device: DeviceName,
            attachedAt: Number(Ebs?.AttachTime),
            isRoot: DeviceName === "/dev/sda1",
        })),
        tags,
    };
}

/** Takes a snapshot, and returns it as the watch lists it. */
async function snapshotOf({ ec2 }: Clients, VolumeId: string, tags: Tags, sizeGib: number) {
    const TagSpecifications = [{ ResourceType: "snapshot" as const, Tags: tagList(tags) }];
    const { SnapshotId = "", StartTime } = await ec2.send(new CreateSnapshotCommand({ VolumeId, TagSpecifications }));
    return { id: SnapshotId, volumeId: VolumeId, startTime: Number(StartTime), state: "completed", tags, sizeGib };
}

async function makeWindow({ ssm }: Clients, Name: string, ScheduleTimezone: string): Promise<string> {
    const { WindowId = "" } = await ssm.send(
        new CreateMaintenanceWindowCommand({
            Name,
            Schedule: "cron(0 1 ? * * *)",
            ScheduleTimezone,
            Duration: 1,
            Cutoff: 0,
            AllowUnassociatedTargets: false,
        }),
    );
    return WindowId;
}

async function writeLog({ logs }: Clients, logGroupName: string, messages: readonly string[]): Promise<void> {
    const logStreamName = "stream";
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    const logEvents = messages.map((message) => ({ timestamp: NOW, message }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}

describe("The watch's reading, against moto", () => {
    let moto: MotoServer;
    let clients: Clients;

    before(async () => {
        moto = await startMoto();
        clients = clientsOf(moto.endpoint, { maxAttempts: 1 });
    });

    after(async () => {
        for (const client of Object.values(clients)) {
            client.destroy();
        }
        await moto.stop();
    });

    /** Makes servers in three states. One has a second volume. */
    async function makeServers(): Promise<{ readonly servers: readonly Server[]; readonly volumeId: string }> {
        const { ec2 } = clients;
        const { ImageId = "" } = await ec2.send(new RegisterImageCommand({ Name: "windows" }));
        const running = await start(clients, ImageId, { Name: "web1", VssBackup: "prod" });
        const stopped = await start(clients, ImageId, { VssBackup: "*" });
        const terminated = await start(clients, ImageId, { VssBackup: "prod" });
        const { VolumeId: volumeId = "" } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: "eu-central-1a", Size: 7 }));
        await ec2.send(new AttachVolumeCommand({ InstanceId: running, VolumeId: volumeId, Device: "xvdd" }));
        await ec2.send(new StopInstancesCommand({ InstanceIds: [stopped] }));
        await ec2.send(new TerminateInstancesCommand({ InstanceIds: [terminated] }));
        const [first, second] = [await describedInstance(clients, running), await describedInstance(clients, stopped)];
        const stoppedAt = Date.parse(`${/\((.*)\)/.exec(second.StateTransitionReason ?? "")?.[1]}`);
        return {
            servers: [
                { ...serverOf(first, { Name: "web1", VssBackup: "prod" }), name: "web1" },
                { ...serverOf(second, { VssBackup: "*" }), state: "stopped", stoppedAt },
            ],
            volumeId,
        };
    }

    it("is whole for the listings that moto has, and a sentence for the others", async () => {
        const { servers, volumeId } = await makeServers();
        const tags = { VssBackupPolicy: "prod", SnapshotType: "Day" };
        const snapshot = await snapshotOf(clients, volumeId, tags, 7);
        await snapshotOf(clients, volumeId, { VssBackupPolicy: "prod-2" }, 7);
        const windowId = await makeWindow(clients, "vss-backup-prod-day", "Europe/Vienna");
        await makeWindow(clients, "vss-backup-other-day", "UTC");
        const { TopicArn: topicArn = "" } = await clients.sns.send(new CreateTopicCommand({ Name: "topic" }));
        const Endpoint = "ops@example.org";
        await clients.sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: "email", Endpoint }));
        const report = makeReport({ Time: new Date(NOW).toISOString(), kept: { "snap-1": "kept" } });
        await writeLog(clients, TARGETS.cleanerLogGroup, ["START", ...logLines({ ...report, Policy: "prod-2" }), ...logLines(report)]);
        assert.ok("value" in FULL_READING.memory && FULL_READING.memory.value);
        const memory = { ...FULL_READING.memory.value, time: NOW - HOUR };
        await writeLog(clients, TARGETS.watchLogGroup, ["START", ...memoryLines("prod", memory)]);

        const targets = { ...TARGETS, topicArn, windowIds: { Day: windowId } };
        const reading = await readSignals(clients, SETTINGS, targets, NOW, new AbortController().signal);
        // Moto responds with a page of HTML.
        const unread = (action: string) => ({
            unread: `${action} broke off: UnreadableAnswer: Unexpected token '<', "<!doctype "... is not valid JSON`,
        });
        const signals: Signals = {
            servers: { value: servers },
            nodes: unread("ssm:DescribeInstanceInformation"),
            snapshots: { value: [snapshot] },
            invocations: unread("ssm:ListCommandInvocations"),
            windows: {
                value: [
                    {
                        id: windowId,
                        enabled: true,
                        schedule: "cron(0 1 ? * * *)",
                        timezone: "Europe/Vienna",
                        duration: 1,
                        cutoff: 0,
                    },
                ],
            },
            executions: unread("ssm:DescribeMaintenanceWindowExecutions"),
            packages: unread("ssm:DescribeAssociationExecutions"),
            cleanerRuns: {
                value: [{ time: NOW, status: "OK", errors: [], kept: 1, deleted: 0, failed: 0, remaining: 0, failedIds: [] }],
            },
            subscriptions: { value: [{ protocol: "email", endpoint: Endpoint, isConfirmed: true }] },
            restoreTests: { value: [] },
        };
        assert.deepEqual(reading, { signals, memory: { value: memory } });
    });
});
