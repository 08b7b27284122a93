import { type Health, health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import type { CleanerRun, Server, Signals, WatchSignals } from "../../../lambda/watch/signals";
import type { WatchSettings, WatchTargets } from "../../../lambda/watch/watchSettings";
import { HEALTHY, HOUR, MEMORY, MORNING, SETTINGS, TARGETS } from "./account";

const DAY = 24 * HOUR;

/** The values of a signal of the healthy account. */
function healthy<Name extends keyof Signals>(name: Name): Extract<Signals[Name], { value: unknown }>["value"] {
    const signal = HEALTHY[name];
    if ("unread" in signal) {
        throw new Error(signal.unread);
    }
    return signal.value;
}

const [WEB, ...OTHERS] = healthy("servers") as [Server, ...Server[]];
const [RUN] = healthy("cleanerRuns") as [CleanerRun];

const web = (changes: Partial<Server>): Partial<Signals> => ({ servers: { value: [{ ...WEB, ...changes }, ...OTHERS] } });
const webTags = (tags: Readonly<Record<string, string>>) => web({ tags: { Name: "web01", ...tags } });
const isNewestOfWeb = ({ id }: { readonly id: string }) => id.startsWith("snap-Day-2027-03-05") && id.includes("f1000");
const newestOfWeb = (changes: object): Partial<Signals> => ({
    snapshots: { value: healthy("snapshots").map((one) => (isNewestOfWeb(one) ? { ...one, ...changes } : one)) },
});
const dayWindow = (changes: object): Partial<Signals> => ({
    windows: { value: healthy("windows").map((one) => (one.id === TARGETS.windowIds.Day ? { ...one, ...changes } : one)) },
});
const lastDayExecution = (status: string): Partial<Signals> => ({
    executions: {
        value: healthy("executions").map((one) =>
            one.windowId === TARGETS.windowIds.Day && one.startTime > MORNING - DAY ? { ...one, status } : one,
        ),
    },
});
const runOfWeb = (requestedAt: number, output: string) => ({ serverId: WEB.id, type: "Day", requestedAt, status: "Failed", output });
const cleanerRuns = (...changes: Partial<CleanerRun>[]): Partial<Signals> => ({
    cleanerRuns: { value: changes.map((change, i) => ({ ...RUN, time: RUN.time - i * DAY, ...change })) },
});
const ofOldDay = (given: object): Partial<Signals> => ({
    snapshots: {
        value: [
            ...healthy("snapshots"),
            ...healthy("snapshots")
                .slice(0, 1)
                .map((one) => ({ ...one, id: "snap-old", startTime: MORNING - 400 * DAY, ...given })),
        ],
    },
});

interface Way {
    readonly signals?: Partial<WatchSignals>;
    readonly settings?: Partial<WatchSettings>;
    readonly memory?: Partial<Memory>;
    readonly targets?: Partial<WatchTargets>;
}

/** Each way in which backups can be lost, as `docs/watch.md` calls it, and how it looks in AWS's listings. The first is healthy. */
const WAYS: Readonly<Record<string, Way>> = {
    "": {},
    "the watch has no permission, or AWS does not respond": { signals: { nodes: { unread: "AccessDeniedException" } } },
    "no server has the server tag": { signals: { servers: { value: [] } } },
    "the tag of a server has a typing error": { signals: webTags({ vssbackup: "Prod-EU" }) },
    "somebody took the tag off a server that has backups": { signals: webTags({}) },
    "a server moved to another policy": { signals: webTags({ VssBackup: "prod-us" }) },
    "a server has the tag, and its first backup failed": {
        signals: web({ volumes: WEB.volumes.map((volume) => ({ ...volume, id: `${volume.id}-new` })) }),
    },
    "a backup was due and did not happen, for any cause": {
        signals: { snapshots: { value: healthy("snapshots").filter((one) => !isNewestOfWeb(one)) } },
    },
    "a backup ended, and is not application-consistent": {
        signals: newestOfWeb({ tags: { VssBackupPolicy: "prod-eu", SnapshotType: "Day", AppConsistent: "False" } }),
    },
    "a snapshot ended in state `error`": { signals: newestOfWeb({ state: "error" }) },
    "VSS failed on a server three times in a row": {
        signals: { invocations: { value: [1, 2, 3].map((hours) => runOfWeb(MORNING - hours * HOUR, "Error 2005")) } },
    },
    "a disk is not mounted in Windows": {
        signals: { snapshots: { value: healthy("snapshots").filter((one) => !(isNewestOfWeb(one) && one.volumeId.endsWith("d"))) } },
    },
    "somebody deleted a maintenance window": { signals: { windows: { value: healthy("windows").slice(1) } } },
    "somebody disabled a maintenance window": { signals: dayWindow({ enabled: false }) },
    "somebody changed the schedule of a window by hand": { signals: dayWindow({ schedule: "cron(0 2 ? * * *)" }) },
    "the role of the windows cannot send the command": { signals: lastDayExecution("FAILED") },
    "the last execution of a window had not ended": { signals: lastDayExecution("SKIPPED_OVERLAPPING") },
    "a window did not open": {
        signals: { executions: { value: healthy("executions").filter(({ startTime }) => startTime < MORNING - DAY) } },
    },
    "the server tag is on a Linux server": { signals: web({ isWindows: false }) },
    "a server lost its instance profile": { signals: web({ hasProfile: false }) },
    "a server became a size that VSS does not support": { signals: web({ instanceType: "t3.micro" }) },
    "Systems Manager does not know a running server": { signals: { nodes: { value: healthy("nodes").slice(1) } } },
    "the SSM Agent of a server stopped": {
        signals: {
            nodes: { value: healthy("nodes").map((node) => ({ ...node, ping: "ConnectionLost", lastPing: MORNING - 2 * HOUR })) },
        },
    },
    "the VSS package cannot be installed": {
        signals: { packages: { value: [{ serverId: WEB.id, status: "Failed", details: "", time: MORNING - DAY }] } },
    },
    "somebody removed the VSS package": {
        signals: { invocations: { value: [runOfWeb(MORNING - 7 * HOUR, "Error 1003: no VSS package")] } },
    },
    "a run of the cleaner failed": { signals: cleanerRuns({ status: "FAILED", errors: ["AccessDenied"] }) },
    "the cleaner did not run": { signals: cleanerRuns({ time: RUN.time - 2 * DAY }) },
    "EC2 refuses the same deletions again and again": {
        signals: cleanerRuns(...[1, 2, 3].map(() => ({ failed: 1, failedIds: ["snap-1"] }))),
    },
    "more snapshots wait for deletion in each run": {
        signals: cleanerRuns({ remaining: 3 }, { remaining: 2 }, { remaining: 1 }),
    },
    "nobody confirmed the mail of AWS for a day": {
        signals: { subscriptions: { value: [{ protocol: "email", endpoint: "a@example.com", isConfirmed: false }] } },
        memory: {
            findings: [
                {
                    kind: "subscription unconfirmed",
                    severity: "note",
                    about: "a@example.com",
                    since: MORNING - DAY,
                    sentence: "",
                    cure: "",
                },
            ],
        },
    },
    "SNS deleted the subscription of an address, or somebody unsubscribed it": {
        signals: { subscriptions: { value: [] } },
        targets: { emails: { admins: "3f2a" } },
        memory: {
            findings: [
                { kind: "subscription unconfirmed", severity: "note", about: "admins", since: MORNING - DAY, sentence: "", cure: "" },
            ],
        },
    },
    "the watch cannot write the record of a server": {
        signals: { recording: { value: { written: 0, failed: [{ server: WEB.id, why: "AccessDeniedException: no" }], remaining: 0 } } },
    },
    "the records of many servers wait for the next run": {
        signals: { recording: { value: { written: 200, failed: [], remaining: 800 } } },
    },
    "the last restore test of a server failed": {
        signals: { restoreTests: { value: [{ serverId: WEB.id, time: MORNING - DAY, isPassed: false }] } },
    },
    "the last restore test is older than `restoreTestDays`, or there was none": { settings: { restoreTestDays: 60 } },
    "the last restore test is older than 90 days, without `restoreTestDays`": {
        signals: { restoreTests: { value: [{ serverId: WEB.id, time: MORNING - 91 * DAY, isPassed: true }] } },
    },
    "a server is stopped": { signals: web({ state: "stopped", stoppedAt: MORNING - HOUR }) },
    "a server was stopped when its backup was due": {
        signals: { snapshots: { value: healthy("snapshots").filter((one) => !isNewestOfWeb(one)) } },
        memory: { excused: { ...MEMORY.excused, [`${WEB.id}|Day`]: [Date.parse("2027-03-05T00:00:00Z")] } },
    },
    "an operator holds backups that are older than a year": {
        signals: ofOldDay({ tags: { VssBackupPolicy: "prod-eu", SnapshotType: "Day", AppConsistent: "true", VssBackupHold: "" } }),
    },
    "backups of deleted servers are older than a year": {
        signals: ofOldDay({ volumeId: "vol-lost", tags: { VssBackupPolicy: "prod-eu", SnapshotType: "Day", AppConsistent: "true" } }),
    },
};

/** The health of the account after each way to lose backups. */
export function afterEachWay(): Map<string, Health> {
    return new Map(
        Object.entries(WAYS).map(([way, { signals, settings, memory, targets }]) => [
            way,
            health(
                MORNING,
                { ...SETTINGS, ...settings },
                { ...TARGETS, ...targets },
                { ...HEALTHY, ...signals },
                { value: { ...MEMORY, ...memory } },
            ),
        ]),
    );
}
