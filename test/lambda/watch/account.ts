import { health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import type { Server, Signal, Signals, SizedSnapshot } from "../../../lambda/watch/signals";
import type { WatchSettings, WatchTargets } from "../../../lambda/watch/watchSettings";
import { SETTINGS as BY_DEFAULT } from "../../support/watchedAccount";

export const HOUR = 3_600_000;

/** 08:00 in Vienna. */
export const MORNING = Date.parse("2027-03-05T07:00:00Z");

export const SETTINGS: WatchSettings = {
    ...BY_DEFAULT,
    name: "prod-eu",
    timezone: "Europe/Vienna",
    standIns: true,
};

export const TARGETS: WatchTargets = {
    serverTag: { key: "VssBackup", value: "prod-eu" },
    excludeBootVolume: false,
    windowIds: { Day: "mw-0123456789abcdef0", Week: "mw-0123456789abcdef1", Month: "mw-0123456789abcdef2" },
    associationId: "01234567-89ab-cdef-0123-456789abcdef",
    topicArn: "arn:aws:sns:eu-central-1:123456789012:vss-backup-prod-eu",
    emails: {},
    cleanerLogGroup: "/vss-backup/prod-eu/cleaner",
    watchLogGroup: "/vss-backup/prod-eu/watch",
    document: "AWSEC2-CreateVssSnapshot",
    instanceProfile: "prod-eu-server-profile",
};

const TAGGED = Date.parse("2027-01-01T00:00:00Z");

/** Due times of the last runs, in UTC. */
const RUNS = { Day: ["2027-03-03T00:00", "2027-03-04T00:00", "2027-03-05T00:00"], Week: ["2027-02-28T02:00"], Month: ["2027-03-01T04:00"] };

const server = (number: number, name: string, rest: Partial<Server> = {}): Server => ({
    id: `i-0a1b2c3d4e5f0000${number}`,
    name,
    state: "running",
    launchedAt: TAGGED,
    isWindows: true,
    instanceType: "m7i.large",
    hasProfile: true,
    volumes: ["c", "d"].map((letter) => ({
        id: `vol-0a1b2c3d4e5f${number}000${letter}`,
        device: letter === "c" ? "/dev/sda1" : "xvdd",
        attachedAt: TAGGED,
        isRoot: letter === "c",
    })),
    tags: { Name: name, VssBackup: "prod-eu" },
    ...rest,
});

const WEB = server(1, "web01");
/** Its second disk is not mounted. */
const SQL = server(2, "sql01");
/** Its agent died on the evening before. */
const APP = server(3, "app01");
const OLD = server(4, "old01", { state: "stopped", stoppedAt: Date.parse("2027-03-04T16:30:00Z") });
const LAB = server(5, "lab01", { tags: { Name: "lab01", VssBackup: "prod-eu", VssBackupExclude: "test server" } });

function setOf({ id, volumes }: Server, type: string, at: string, letters = "cd"): SizedSnapshot[] {
    const startTime = Date.parse(`${at}:00Z`) + 90_000;
    return volumes
        .filter((volume) => letters.includes(volume.id.at(-1) as string))
        .map((volume) => ({
            id: `snap-${type}-${at}-${volume.id}`,
            volumeId: volume.id,
            startTime,
            state: "completed",
            sizeGib: 100,
            tags: {
                VssBackupPolicy: "prod-eu",
                SnapshotType: type,
                AppConsistent: "true",
                AwsVssConfig: `${startTime.toString(16).padStart(8, "0").slice(-8)}-0000-4000-8000-0000000000${id.slice(-2)}`,
            },
        }));
}

function snapshotsOf(one: Server, until: string, letters?: string): SizedSnapshot[] {
    return Object.entries(RUNS).flatMap(([type, runs]) => runs.filter((at) => at <= until).flatMap((at) => setOf(one, type, at, letters)));
}

const ADDRESS = "windows-admins@example.com";

/** An account in which one agent is offline, one disk is not mounted, and one server is stopped. */
export const SIGNALS: Signals = {
    servers: { value: [WEB, SQL, APP, OLD, LAB] },
    nodes: {
        value: [WEB, SQL, APP].map(({ id }) => ({
            id,
            ping: id === APP.id ? "ConnectionLost" : "Online",
            lastPing: id === APP.id ? Date.parse("2027-03-04T20:40:00Z") : MORNING - 60_000,
            platform: "Windows",
        })),
    },
    snapshots: {
        value: [
            ...snapshotsOf(WEB, "2027-03-06"),
            ...snapshotsOf(SQL, "2027-03-06", "c"),
            ...snapshotsOf(APP, "2027-03-04T12"),
            ...snapshotsOf(OLD, "2027-03-04T12"),
        ],
    },
    invocations: { value: [] },
    windows: {
        value: Object.entries(TARGETS.windowIds).map(([type, id]) => ({
            id,
            enabled: true,
            schedule: SETTINGS.schedules[type] as string,
            timezone: "Europe/Vienna",
            duration: 1,
            cutoff: 0,
        })),
    },
    executions: {
        value: Object.entries(RUNS).flatMap(([type, runs]) =>
            runs.map((at) => ({
                windowId: TARGETS.windowIds[type] as string,
                startTime: Date.parse(`${at}:10Z`),
                status: "SUCCESS",
                details: "",
            })),
        ),
    },
    packages: { value: [] },
    cleanerRuns: {
        value: [
            {
                time: Date.parse("2027-03-05T06:00:00Z"),
                status: "OK",
                errors: [],
                kept: 36,
                deleted: 8,
                failed: 0,
                remaining: 0,
                failedIds: [],
            },
        ],
    },
    subscriptions: { value: [{ protocol: "email", endpoint: ADDRESS, isConfirmed: true }] },
    restoreTests: { value: [] },
};

/** The account after somebody has started the agent, mounted the disk, and removed the stopped server. */
export const HEALTHY: Signals = {
    ...SIGNALS,
    servers: { value: [WEB, SQL, APP] },
    nodes: { value: [WEB, SQL, APP].map(({ id }) => ({ id, ping: "Online", lastPing: MORNING, platform: "Windows" })) },
    snapshots: { value: [WEB, SQL, APP].flatMap((one) => snapshotsOf(one, "2027-03-06")) },
};

/** The memory of the run at 07:00. The report of the day before had one problem. */
export const MEMORY: Memory = {
    time: MORNING - HOUR,
    since: TAGGED,
    firstSeen: Object.fromEntries([WEB, SQL, APP, OLD].map(({ id }) => [id, TAGGED])),
    options: {},
    schedules: Object.fromEntries(Object.entries(SETTINGS.schedules).map(([type, schedule]) => [type, { schedule, since: TAGGED }])),
    excused: { [`${OLD.id}|Day`]: [Date.parse("2027-03-05T00:00:00Z")] },
    findings: [],
    reported: [
        {
            kind: "subscription unconfirmed",
            severity: "problem",
            about: ADDRESS,
            since: Date.parse("2027-03-02T09:15:00Z"),
            sentence: `${ADDRESS} has not confirmed its email subscription, so it gets no message.`,
            cure: "Open AWS's message to this address, and click its link. Or subscribe it again.",
        },
    ],
    reportDue: false,
    reportedAt: MORNING - 24 * HOUR,
};

/** The health of the account. */
export function healthOfAccount(signals: Signals = SIGNALS, memory: Signal<Memory | undefined> = { value: MEMORY }) {
    return health(MORNING, SETTINGS, TARGETS, signals, memory);
}
