import type { CleanerEvent, CleanerSettings } from "../../../lambda/cleaner/cleaner";
import { type DeployedPolicy, parameterName } from "../../../lambda/deployedPolicy";
import { memoryLines } from "../../../lambda/watch/memoryLog";
import { runComment } from "../../../lambda/watch/runComment";
import type { Json } from "../../../rehearsal/embeddedAws/call";
import { Ec2State } from "../../../rehearsal/embeddedAws/ec2State";
import { SnapshotStore } from "../../../rehearsal/embeddedAws/snapshotStore";
import type { Server } from "../../../rehearsal/embeddedAws/ssm";
import type { AwsState, StoredTask } from "../../../rehearsal/embeddedAws/state";
import { makeReport } from "../../support/account";
import { type CleaningOptions, runCleaner } from "../../support/cleaning";
import { POLICY } from "../../support/history";
import { SETTINGS } from "../../support/watchedAccount";

const HOUR = 3_600_000;

/** 08:00 in Vienna, on a Friday. */
export const NOW = Date.parse("2027-03-05T07:00:00Z");

const LONG_AGO = Date.parse("2027-01-01T00:00:00Z");

/** The policy `prod` as the component writes it into its parameter. */
export const DEPLOYED: DeployedPolicy = {
    version: 1,
    settings: {
        ...POLICY,
        ...SETTINGS,
        timezone: "Europe/Vienna",
        standIns: true,
    },
    targets: {
        serverTag: { key: "VssBackup", value: "prod" },
        excludeBootVolume: false,
        windowIds: { Day: "mw-0123456789abcdef0", Week: "mw-0123456789abcdef1", Month: "mw-0123456789abcdef2" },
        associationId: "01234567-89ab-cdef-0123-456789abcdef",
        topicArn: "arn:aws:sns:eu-central-1:123456789012:vss-backup-prod",
        emails: {},
        cleanerLogGroup: "/vss-backup/prod/cleaner",
        watchLogGroup: "/vss-backup/prod/watch",
        document: "AWSEC2-CreateVssSnapshot",
    },
    cleanerFunction: "vss-backup-prod-cleaner",
    watchFunction: "vss-backup-prod-watch",
    watchEveryHours: 1,
};

/** The last runs of each type, in UTC. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
    Day: ["2027-03-01T00:00", "2027-03-02T00:00", "2027-03-03T00:00", "2027-03-04T00:00", "2027-03-05T00:00"],
    Week: ["2027-02-14T02:00", "2027-02-21T02:00", "2027-02-28T02:00"],
    Month: ["2027-02-01T04:00", "2027-03-01T04:00"],
};

/** A server with two volumes: `web01` has the id `i-0a1b2c3d4e5f00001`. */
export function makeServer(number: number, name: string, rest: Partial<Server> = {}): Server {
    const digits = number.toString(16).padStart(5, "0");
    return {
        id: `i-0a1b2c3d4e5f${digits}`,
        tags: new Map([
            ["Name", name],
            ["VssBackup", "prod"],
        ]),
        volumes: [
            { id: `vol-0c0c0c0c0c0c${digits}`, device: "/dev/sda1", mounted: true },
            { id: `vol-0d0d0d0d0d0d${digits}`, device: "xvdd", mounted: true },
        ],
        hasVssPackage: true,
        busyUntil: 0,
        madeAt: LONG_AGO,
        lastPing: NOW - 60_000,
        ...rest,
    };
}

/** An account whose parts a test may change before the command starts. */
export type TestAccount = Partial<AwsState> & {
    readonly store: SnapshotStore;
    readonly servers: Server[];
    /** How EC2 behaves, and what it has beside snapshots, volumes and servers. It stays the same for all commands on the account. */
    readonly ec2: Ec2State;
    readonly parameters: Map<string, string>;
};

/** An account in which all is well: the policy `prod`, and the servers `web01` and `sql01` with all restore points that retention keeps. */
export function healthyAccount(servers: readonly Server[] = [makeServer(1, "web01"), makeServer(2, "sql01")]): TestAccount {
    const { settings, targets } = DEPLOYED;
    const runs = Object.entries(RUNS).flatMap(([type, times]) => times.map((time) => ({ type, time: Date.parse(`${time}Z`) })));
    return {
        now: () => NOW,
        servers: [...servers],
        ec2: new Ec2State(),
        store: storeOf(servers),
        parameters: new Map([[parameterName("prod"), JSON.stringify(DEPLOYED)]]),
        windows: Object.entries(targets.windowIds).map(([type, id]) => ({
            id,
            name: `vss-backup-prod-${type.toLowerCase()}`,
            enabled: true,
            schedule: settings.schedules[type] ?? "",
            timezone: settings.timezone,
            duration: 1,
            cutoff: 0,
            tasks: [taskOf(type)],
        })),
        windowExecutions: runs.map(({ type, time }, i) => ({
            id: `execution-${i}`,
            windowId: targets.windowIds[type] ?? "",
            startTime: time + 10_000,
            status: "SUCCESS",
        })),
        invocations: runs.flatMap(({ type, time }, i) =>
            servers.map(({ id }) => ({
                commandId: `command-${i}`,
                serverId: id,
                document: targets.document,
                comment: runComment("prod", type),
                requestedAt: time + 10_000,
                status: "Success",
                outputs: { CreateVssSnapshot: "" },
            })),
        ),
        associationExecutions: [
            {
                id: "association-execution",
                associationId: targets.associationId,
                createdAt: NOW - 12 * HOUR,
                status: "Success",
                targets: servers.map(({ id }) => ({ serverId: id, status: "Success", details: "Success", time: NOW - 12 * HOUR })),
            },
        ],
        logGroups: new Map([
            [targets.cleanerLogGroup, cleanerLog()],
            [targets.watchLogGroup, watchLog(servers)],
        ]),
        topics: new Map([[targets.topicArn, [{ protocol: "email", endpoint: "windows-admins@example.com", isConfirmed: true }]]]),
    };
}

/** The task of a window as the component deploys it. */
export function taskOf(type: string): StoredTask {
    const comment = runComment("prod", type);
    return {
        id: `task-${type.toLowerCase()}`,
        document: DEPLOYED.targets.document,
        comment,
        parameters: {
            ExcludeBootVolume: "False",
            CopyOnly: "False",
            NoWriters: "False",
            description: comment,
            tags: `Key=SnapshotType,Value=${type};Key=VssBackupPolicy,Value=prod`,
            executionTimeout: "800",
        },
        timeout: 2800,
        logGroup: "/vss-backup/prod/runs",
    };
}

/** The restore points of the servers: a set of each run, with a snapshot of each volume. */
function storeOf(servers: readonly Server[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const [type, times] of Object.entries(RUNS)) {
        for (const time of times) {
            for (const server of servers) {
                addSet(store, server, type, Date.parse(`${time}Z`));
            }
        }
    }
    return store;
}

/** Adds a restore point of a server. Returns the ids of its snapshots. Further tags replace those of a restore point; undefined removes one. */
export function addSet(
    store: SnapshotStore,
    server: Server,
    type: string,
    time: number,
    tags: Readonly<Record<string, string | undefined>> = {},
    state = "completed",
): string[] {
    const [minutes, number] = [(time / 60_000).toString(16).padStart(8, "0"), server.id.slice(-12)];
    return server.volumes.map(({ id, device }) => {
        if (!store.volumes.has(id)) {
            store.volumes.add(id);
        }
        const whole = {
            VssBackupPolicy: "prod",
            SnapshotType: type,
            AppConsistent: "True",
            AwsVssConfig: `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${minutes}-0000-4000-8000-${number}}"}`,
            Device: device,
            ...tags,
        };
        const given = Object.entries(whole).flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, value]]));
        const description = runComment("prod", type);
        return store.add({ volumeId: id, startTime: time + 90_000, state, description, tags: new Map(given), sizeGib: 100 }).id;
    });
}

function cleanerLog() {
    return ["2027-03-02", "2027-03-03", "2027-03-04", "2027-03-05"].map((day) => {
        const time = Date.parse(`${day}T06:00:00Z`);
        return { time, message: JSON.stringify(makeReport({ Time: new Date(time).toISOString() })) };
    });
}

/** The memory of the watch's run at 07:00, in which all was well. */
function watchLog(servers: readonly Server[]) {
    const time = NOW - HOUR;
    const lines = memoryLines("prod", {
        time,
        since: LONG_AGO,
        firstSeen: Object.fromEntries(servers.map(({ id }) => [id, LONG_AGO])),
        options: {},
        schedules: Object.fromEntries(
            Object.entries(DEPLOYED.settings.schedules).map(([type, schedule]) => [type, { schedule, since: LONG_AGO }]),
        ),
        excused: {},
        findings: [],
        reported: [],
        reportDue: false,
        reportedAt: NOW - 24 * HOUR,
    });
    return lines.map((message) => ({ time, message }));
}

/** Adds the code of the cleaner, as the component deploys it with these settings. */
export function withCleaner(account: TestAccount, settings: Partial<CleanerSettings> = {}, options: CleaningOptions = {}): TestAccount {
    const whole = { ...DEPLOYED.settings, ...settings };
    const run = async (event: Json) => {
        const { report } = await runCleaner(account.store, { ...options, settings: whole, event: event as CleanerEvent });
        return JSON.parse(JSON.stringify(report)) as Json;
    };
    return { ...account, functions: new Map([[DEPLOYED.cleanerFunction, run]]) };
}
