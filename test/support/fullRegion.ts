import { logLines } from "../../lambda/cleaner/report";
import type { Memory } from "../../lambda/watch/memory";
import { memoryLines } from "../../lambda/watch/memoryLog";
import type { Reading } from "../../lambda/watch/reading";
import { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";
import type { AwsState, StoredAssociationExecution, StoredWindow } from "../../rehearsal/embeddedAws/state";
import { makeReport } from "./account";
import { DAY, HOUR, invocationOf, NOW, serverOf, TARGETS } from "./watchedRegion";

const MADE = NOW - 100 * DAY;
const IDS = ["i-1", "i-2", "i-3"];
const VOLUME = { device: "/dev/sda1", attachedAt: MADE };
const WINDOW: Omit<StoredWindow, "id" | "name"> = {
    enabled: true,
    schedule: "cron(0 1 ? * * *)",
    timezone: "UTC",
    duration: 1,
    cutoff: 0,
};
const OPENED: Readonly<Record<string, number>> = { "mw-day": NOW - 6 * HOUR, "mw-week": NOW - 28 * HOUR, "mw-month": NOW - 2 * HOUR };
const WINDOW_IDS = Object.values(TARGETS.windowIds);

/** Both Day windows of the last days. */
const RUNS = [NOW - 6 * HOUR, NOW - 30 * HOUR];

const MEMORY: Memory = {
    time: NOW - HOUR,
    since: MADE,
    firstSeen: { "i-1": MADE },
    options: {},
    schedules: { Day: { schedule: "cron(0 1 ? * * *)", since: MADE } },
    excused: {},
    findings: [],
    reported: [],
    reportDue: false,
};

/** A region with at least three things in each listing, so that pages of two things are never all. */
export function makeFullRegion(): Partial<AwsState> {
    return {
        store: snapshots(),
        servers: IDS.map((id) => serverOf(id, { madeAt: MADE, volumes: [{ id: volumeOf(id), device: VOLUME.device, mounted: true }] })),
        invocations: RUNS.flatMap((time) => IDS.map((id) => invocationOf(id, time))),
        windows: WINDOW_IDS.map((id) => ({ ...WINDOW, id, name: id })),
        windowExecutions: WINDOW_IDS.flatMap((windowId) =>
            [0, 1, 2].map((i) => ({
                id: `${windowId} ${i}`,
                windowId,
                startTime: (OPENED[windowId] ?? 0) + i * 60_000,
                status: "SUCCESS",
            })),
        ),
        associationExecutions: [2, 9, 10].map(installation),
        logGroups: new Map([
            [TARGETS.cleanerLogGroup, [2, 1, 0].map((days) => ({ time: NOW - days * DAY, message: reportOf(NOW - days * DAY) }))],
            [
                TARGETS.watchLogGroup,
                [3, 2, 1].flatMap((hours) =>
                    memoryLines("prod", { ...MEMORY, time: NOW - hours * HOUR }).map((message) => ({ time: NOW - hours * HOUR, message })),
                ),
            ],
        ]),
        topics: new Map([[TARGETS.topicArn, ["a", "b", "c"].map((name) => subscriptionOf(name))]]),
        parameters: new Map([
            ...IDS.map((id) => [`/vss-backup-records/prod/restore-tests/${id}`, testOf(id === "i-2" ? "failed" : "passed")] as const),
            ["/vss-backup-records/prod/restore-tests/i-4", "of a later version"],
            ["/vss-backup/prod/settings", "{}"],
            ["/vss-backup-records/prod-2/restore-tests/i-1", testOf("passed")],
        ]),
    };
}

/** The reading of that region. */
export const FULL_READING: Reading = {
    signals: {
        servers: {
            value: IDS.map((id) => ({
                id,
                name: "",
                state: "running",
                launchedAt: MADE,
                isWindows: true,
                instanceType: "m7i.large",
                hasProfile: true,
                volumes: [{ id: volumeOf(id), ...VOLUME, isRoot: true }],
                tags: { VssBackup: "prod" },
            })),
        },
        nodes: { value: IDS.map((id) => ({ id, ping: "Online", lastPing: NOW, platform: "Windows" })) },
        snapshots: {
            value: IDS.map((id, i) => ({
                id: `snap-0000000000000000${i + 1}`,
                volumeId: volumeOf(id),
                startTime: NOW - 6 * HOUR,
                state: "completed",
                tags: { VssBackupPolicy: "prod", SnapshotType: "Day" },
                sizeGib: 100 + i,
            })),
        },
        invocations: {
            value: RUNS.flatMap((requestedAt) =>
                IDS.map((serverId) => ({ serverId, type: "Day", requestedAt, status: "Success", output: "" })),
            ),
        },
        windows: { value: WINDOW_IDS.map((id) => ({ id, ...WINDOW, timezone: "UTC" })) },
        executions: {
            value: WINDOW_IDS.flatMap((windowId) =>
                [2, 1, 0].map((i) => ({ windowId, startTime: (OPENED[windowId] ?? 0) + i * 60_000, status: "SUCCESS", details: "" })),
            ),
        },
        packages: {
            value: IDS.map((serverId) => ({ serverId, status: "Success", details: "Success", time: NOW - 2 * DAY })),
        },
        cleanerRuns: {
            value: [0, 1, 2].map((days) => ({
                time: NOW - days * DAY,
                status: "OK",
                errors: [],
                kept: 1,
                deleted: 0,
                failed: 0,
                remaining: 0,
                failedIds: [],
            })),
        },
        subscriptions: { value: ["a", "b", "c"].map((name) => subscriptionOf(name)) },
        restoreTests: { value: IDS.map((serverId) => ({ serverId, time: NOW - 7 * DAY, isPassed: serverId !== "i-2" })) },
    },
    memory: { value: MEMORY },
};

function volumeOf(serverId: string): string {
    return serverId.replace("i-", "vol-");
}

function snapshots(): SnapshotStore {
    const store = new SnapshotStore();
    for (const [i, id] of IDS.entries()) {
        const tags = new Map([
            ["VssBackupPolicy", "prod"],
            ["SnapshotType", "Day"],
        ]);
        store.add({ volumeId: volumeOf(id), startTime: NOW - 6 * HOUR, state: "completed", description: "", tags, sizeGib: 100 + i });
    }
    return store;
}

function installation(daysAgo: number): StoredAssociationExecution {
    const time = NOW - daysAgo * DAY;
    return {
        id: `execution-${daysAgo}`,
        associationId: TARGETS.associationId,
        createdAt: time,
        status: "Success",
        targets: IDS.map((serverId) => ({ serverId, status: "Success", details: "Success", time })),
    };
}

function reportOf(time: number): string {
    const [line = ""] = logLines(makeReport({ Time: new Date(time).toISOString(), kept: { "snap-1": "kept" } }));
    return line;
}

function testOf(result: string): string {
    return JSON.stringify({ version: 1, time: new Date(NOW - 7 * DAY).toISOString(), result, restore: "test-1" });
}

function subscriptionOf(name: string) {
    return { protocol: "email", endpoint: `${name}@example.org`, isConfirmed: true };
}
