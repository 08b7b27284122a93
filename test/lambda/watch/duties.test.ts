import assert from "node:assert/strict";
import type { BackupSet } from "../../../lambda/retention/backupSets";
import { dutyBegin } from "../../../lambda/watch/duties";
import type { Finding } from "../../../lambda/watch/finding";
import { health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import type { Invocation, Server, Signals } from "../../../lambda/watch/signals";
import { DAY, HOUR, SETTINGS, TARGETS } from "../../support/watchedAccount";
import { HEALTHY, invocations, look, lookFirst, MEMORY, NOW, read, SERVER, type Sketch, server, snapshotsUntil } from "./healthOf";

const MINUTE = 60_000;

/** A run of the only type was due half an hour ago, after the last run of the watch. */
const DUE = NOW - HOUR / 2;
const SCHEDULE = "cron(30 11 ? * * *)";
const DAILY = { settings: { schedules: { Day: SCHEDULE } }, memory: { schedules: { Day: { schedule: SCHEDULE, since: 0 } } } };

function note(changes: Partial<Finding>): Finding {
    return { kind: "stopped", severity: "note", server: "i-0", since: NOW - DAY, sentence: "", cure: "", ...changes };
}

const WAS_STOPPED = note({});

/** Runs the watch half an hour after a run was due. The run of the watch before found these. */
function lookAfterDue(signals: Partial<Signals>, findings: readonly Finding[], memory: Partial<Memory> = {}, settings = {}) {
    return look({
        settings: { ...DAILY.settings, ...settings },
        signals: { ...invocations(), ...signals },
        memory: { ...DAILY.memory, findings, ...memory },
    });
}

/** Checks which due runs a server need not make up for. */
function excuses(title: string, signals: Partial<Signals>, findings: readonly Finding[], expected: Memory["excused"]): void {
    it(title, () => {
        assert.deepEqual(lookAfterDue(signals, findings).memory.excused, expected);
    });
}

const EXCUSED = { "i-0|Day": [DUE] };
const STARTED = server({ launchedAt: DUE + 10 * MINUTE });

function run(changes: Partial<Invocation>): Invocation {
    return { serverId: "i-0", type: "Day", requestedAt: DUE, status: "Success", output: "", ...changes };
}

describe("A stopped server", () => {
    const stopped = (stoppedAt: number) => server({ state: "stopped", stoppedAt });
    const undated = server({ state: "stopped" });
    const others = [note({ kind: "no role", since: 0 }), note({ server: "i-1", since: 0 })];

    excuses("is excused from a run that was due after it stopped", stopped(DUE - 1), [], EXCUSED);
    excuses("is excused from a run that was due when it stopped", stopped(DUE), [], EXCUSED);
    excuses("is not excused from a run that was due before it stopped", stopped(DUE + 1), [WAS_STOPPED], {});
    excuses("is excused while it stops", server({ state: "stopping", stoppedAt: DUE - 1 }), [], EXCUSED);
    excuses("is excused if EC2 does not say when, and the watch found it stopped before", undated, [...others, WAS_STOPPED], EXCUSED);
    excuses("is excused if EC2 does not say when, as after a shutdown from Windows", undated, others, EXCUSED);
    excuses("is not excused if EC2 does not say when, and the watch found it stopped later", undated, [note({ since: DUE + 1 })], {});
    excuses(
        "is excused if EC2 says that it stopped before, whatever the status of the run",
        { ...stopped(DUE - 1), invocations: { value: [run({})] } },
        [],
        EXCUSED,
    );
    excuses(
        "is not excused if EC2 does not say when, and the run reached it",
        { ...undated, invocations: { value: [run({})] } },
        others,
        {},
    );

    it("is excused in the first run if nobody knows when it stopped", () => {
        const { memory } = lookFirst({ settings: DAILY.settings, signals: { ...undated, ...invocations() } });
        assert.deepEqual(memory.excused, { "i-0|Day": [DUE - DAY, DUE] });
    });

    it("is excused although it is excluded, since somebody may take the tag off", () => {
        const excluded = server({ state: "stopped", stoppedAt: 0, tags: { ...SERVER.tags, VssBackupExclude: "" } });
        assert.deepEqual(lookAfterDue(excluded, []).memory.excused, EXCUSED);
    });

    it("is excused from a run that is due now", () => {
        const { memory } = lookAfterDue(stopped(DUE), [], {}, { schedules: { Day: "cron(0 12 ? * * *)" } });
        assert.deepEqual(memory.excused, { "i-0|Day": [NOW] });
    });

    it("is judged once for each run, by the first run of the watch", () => {
        assert.deepEqual(lookAfterDue(stopped(0), [], { serversAt: DUE }).memory.excused, {});
        assert.deepEqual(lookAfterDue(stopped(0), [], { serversAt: DUE - 1 }).memory.excused, EXCUSED);
    });

    it("stays excused until a later run of the type can be overdue, and its snapshots can't be in copy", () => {
        const excused = { "i-0|Day": [DUE - 3 * DAY, DUE - 2 * DAY, DUE - DAY], "i-1|Day": [DUE - DAY] };
        assert.deepEqual(lookAfterDue(stopped(0), [], { excused }).memory.excused, { "i-0|Day": [DUE - 2 * DAY, DUE - DAY, DUE] });
    });

    it("is judged by the next run that can read the servers", () => {
        const unread = lookAfterDue({ servers: { unread: "no" } }, [], { serversAt: DUE - 1 });
        assert.deepEqual([unread.memory.serversAt, unread.memory.excused], [DUE - 1, {}]);
        assert.deepEqual(lookAfterDue(stopped(0), [], { ...unread.memory, time: NOW }).memory.excused, EXCUSED);
    });

    it("stays excused if the servers can't be read", () => {
        const unread = { signals: { servers: { unread: "no" } } };
        assert.deepEqual(
            [look({ ...unread, memory: { excused: EXCUSED } }).memory.excused, lookFirst(unread).memory.excused],
            [EXCUSED, {}],
        );
    });
});

describe("A server that started after a run was due", () => {
    const others = [note({ kind: "no role" }), note({ server: "i-1" })];

    excuses("is excused if the watch found it stopped before", STARTED, [...others, WAS_STOPPED], EXCUSED);
    excuses("is excused if the watch did not find it stopped, since the watch may run once a day", STARTED, others, EXCUSED);
    excuses("is not excused if it started at the due time", server({ launchedAt: DUE }), [WAS_STOPPED], {});

    it("is excused in the first run of the watch", () => {
        const { memory } = lookFirst({ settings: DAILY.settings, signals: { ...invocations(), ...STARTED } });
        assert.deepEqual(memory.excused, { "i-0|Day": [DUE - DAY, DUE] });
    });

    for (const status of ["Success", "Failed", "TimedOut"]) {
        const runs = { invocations: { value: [run({ serverId: "i-1", status: "Failed" }), run({ status })] } };
        excuses(`is not excused if a run reached it: ${status}`, { ...STARTED, ...runs }, [WAS_STOPPED], {});
    }

    for (const status of ["Undeliverable", "DeliveryTimedOut", "Pending", "InProgress", "Delayed", "Cancelling"]) {
        const runs = { invocations: { value: [run({ status })] } };
        excuses(`is excused if no run reached it: ${status}`, { ...STARTED, ...runs }, [WAS_STOPPED], EXCUSED);
    }

    const elsewhere = { invocations: { value: [run({ serverId: "i-1" }), run({ requestedAt: DUE - 1 })] } };
    excuses("is excused if only other servers and other runs succeeded", { ...STARTED, ...elsewhere }, [WAS_STOPPED], EXCUSED);
    excuses("is excused if the runs can't be read", { ...STARTED, invocations: { unread: "no" } }, [WAS_STOPPED], EXCUSED);

    for (const status of ["InProgress", "Pending"]) {
        it(`is not overdue later, if its run was still ${status} when the watch judged it`, () => {
            const signals = { ...snapshotsUntil(DUE), ...STARTED, invocations: { value: [run({ status })] } };
            const { memory } = lookAfterDue(signals, [WAS_STOPPED]);
            const later = { ...HEALTHY, ...signals, invocations: { value: [run({ status: "Failed" })] } };
            const { findings } = health(NOW + 5 * HOUR, { ...SETTINGS, ...DAILY.settings }, TARGETS, later, { value: memory });
            assert.deepEqual(
                findings.filter(({ kind }) => kind === "overdue"),
                [],
            );
        });
    }
});

describe("The schedule of a type", () => {
    const schedule = "cron(0 2 ? * * *)";
    const day = { settings: { schedules: { Day: schedule } } };
    const started = (windowId: string, startTime: number) => ({ windowId, startTime, status: "SUCCESS", details: "" });
    const executions = {
        executions: { value: [started("mw-week", NOW - 3 * DAY), started("mw-day", NOW - DAY), started("mw-day", NOW - 2 * DAY)] },
    };

    it("begins with the first execution of its window if the watch is new", () => {
        assert.deepEqual(lookFirst({ ...day, signals: executions }).memory.schedules, { Day: { schedule, since: NOW - 2 * DAY } });
    });

    it("begins now if the watch is new, and the executions can't be read", () => {
        assert.deepEqual(lookFirst({ ...day, signals: { executions: { unread: "no" } } }).memory.schedules, {
            Day: { schedule, since: NOW },
        });
    });

    it("begins now if it is new or has changed", () => {
        for (const schedules of [{}, { Day: { schedule: SCHEDULE, since: 0 } }]) {
            assert.deepEqual(look({ ...day, signals: executions, memory: { schedules } }).memory.schedules, {
                Day: { schedule, since: NOW },
            });
        }
    });

    it("keeps its time while it stays the same", () => {
        const schedules = { Day: { schedule, since: 5 } };
        assert.deepEqual(look({ ...day, memory: { schedules } }).memory.schedules, schedules);
    });
});

describe("The options of a policy", () => {
    const since = (time: number) => ({
        timezone: { value: "UTC", since: time },
        cleanerSchedule: { value: "cron(0 7 * * ? *) UTC", since: time },
        excludeBootVolume: { value: "false", since: time },
    });

    it("keep their times while they stay the same", () => {
        assert.deepEqual(look({ memory: { options: since(5) } }).memory.options, since(5));
    });

    it("begin anew if they change", () => {
        const changed = { settings: { cleanerSchedule: "cron(0 8 * * ? *)" }, targets: { excludeBootVolume: true } };
        assert.deepEqual(look({ ...changed, memory: { options: since(5) } }).memory.options, {
            timezone: { value: "UTC", since: 5 },
            cleanerSchedule: { value: "cron(0 8 * * ? *) UTC", since: NOW },
            excludeBootVolume: { value: "true", since: NOW },
        });
    });

    it("have begun before the watch, and the cleaner's schedule with the first run", () => {
        const options = { ...since(0), cleanerSchedule: { value: "cron(0 7 * * ? *) UTC", since: 5 } };
        assert.deepEqual(look({ memory: { options: {}, since: 5 } }).memory.options, options);
        assert.deepEqual(lookFirst({}).memory.options, { ...options, cleanerSchedule: { ...options.cleanerSchedule, since: NOW } });
    });
});

describe("The duty of a server", () => {
    const servers = (...others: Partial<Server>[]) => ({ servers: { value: [SERVER, ...others.map((one) => ({ ...SERVER, ...one }))] } });
    const firstSeen = (sketch: Sketch) => look(sketch).memory.firstSeen;

    it("begins when the watch first sees its tag", () => {
        const signals = servers({ id: "i-1" }, { id: "i-2", tags: {} });
        assert.deepEqual(firstSeen({ signals }), { ...MEMORY.firstSeen, "i-1": NOW });
    });

    it("begins with its oldest snapshot or run if the watch is new", () => {
        const runs = invocations(
            { requestedAt: NOW - DAY },
            { requestedAt: NOW - 2 * DAY },
            { serverId: "i-1", requestedAt: NOW - 3 * DAY },
        );
        const others = servers(
            { id: "i-1", volumes: [] },
            { id: "i-2", volumes: [] },
            { id: "i-3", volumes: [], tags: { VssBackup: "test" } },
        );
        const backups = { snapshots: { value: read(HEALTHY.snapshots).filter(({ startTime }) => startTime > NOW - 4 * DAY) } };
        const oldest = Math.min(...read(backups.snapshots).map(({ startTime }) => startTime));
        const begin = (signals: Partial<Signals>) => lookFirst({ signals: { ...others, ...runs, ...signals } }).memory.firstSeen;
        assert.deepEqual(begin(backups), { "i-0": oldest, "i-1": NOW - 3 * DAY, "i-2": NOW });
        assert.deepEqual(begin({ snapshots: { value: [] } }), { "i-0": NOW - 2 * DAY, "i-1": NOW - 3 * DAY, "i-2": NOW });
        assert.deepEqual(begin({ snapshots: { unread: "no" } }), { "i-0": NOW - 2 * DAY, "i-1": NOW - 3 * DAY, "i-2": NOW });
        assert.deepEqual(begin({ ...backups, invocations: { unread: "no" } }), { "i-0": oldest, "i-1": NOW, "i-2": NOW });
    });

    it("keeps its begin if the servers can't be read", () => {
        const unread = { signals: { servers: { unread: "no" } } };
        assert.deepEqual([firstSeen(unread), lookFirst(unread).memory.firstSeen], [MEMORY.firstSeen, {}]);
    });

    const attached = (...times: number[]) => ({
        ...SERVER,
        volumes: times.map((attachedAt, i) => ({ id: `vol-${i}`, device: "xvdb", attachedAt, isRoot: false })),
    });

    const begin = (of: Server, scheduleSince: number, tagSince: number, excludeBootVolume = false, ...backups: number[]) => {
        const sets = backups.map((startTime) => ({ startTime }) as BackupSet);
        return dutyBegin(of, sets, scheduleSince, tagSince, { ...TARGETS, excludeBootVolume });
    };

    it("begins when it has the schedule, the tag and one volume", () => {
        assert.deepEqual(
            [begin(attached(1, 2), 5, 3), begin(attached(1, 2), 3, 5), begin(attached(9, 7, 8), 3, 5), begin(attached(), 3, 5)],
            [5, 5, 7, 5],
        );
    });

    it("goes on if its volumes are attached again, since they were backed up before", () => {
        assert.deepEqual([begin(attached(9), 3, 5, false, 8, 6), begin(attached(9), 3, 5, false, 4)], [6, 5]);
    });

    it("begins with its other volumes if the policy excludes the boot volume", () => {
        const root = { id: "vol-root", device: "/dev/sda1", attachedAt: 1, isRoot: true };
        const withRoot = { ...SERVER, volumes: [root, ...attached(7).volumes] };
        assert.deepEqual(
            [begin(withRoot, 3, 5, true), begin(withRoot, 3, 5), begin({ ...SERVER, volumes: [root] }, 3, 5, true)],
            [7, 5, 5],
        );
    });

    it("begins anew if the zone of the schedules changes", () => {
        const { memory, findings } = look({ settings: { timezone: "Asia/Tokyo" }, memory: { since: 0 } });
        assert.deepEqual(
            Object.values(memory.schedules).map(({ since }) => since),
            [NOW, NOW, NOW],
        );
        assert.deepEqual(
            findings.map(({ kind }) => kind),
            ["window changed", "window changed", "window changed"],
        );
    });
});
