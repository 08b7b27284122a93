import assert from "node:assert/strict";
import type { Finding } from "../../../lambda/watch/finding";
import { DAY, HOUR, SETTINGS } from "../../support/watchedAccount";
import { at, finds, HEALTHY, invocations, look, MEMORY, NOW, RUNS, read, SERVER, server, snapshotsUntil, window } from "./healthOf";
import { DUE, lastDayWith, OVERDUE, taken } from "./lastDay";

describe("The backups of a server", () => {
    finds("are overdue if the restore point of a run is missing", { signals: snapshotsUntil(at("2027-03-20T00:00:00")) }, [OVERDUE]);

    finds("are overdue for each type", { signals: { snapshots: { value: [] } } }, [
        {
            kind: "never backed up",
            severity: "problem",
            server: "i-0",
            since: MEMORY.firstSeen["i-0"] as number,
            sentence: "server0 (i-0) has the server tag, and no restore point exists.",
            cure: RUNS,
        },
        ...(
            [
                ["Day", "2027-03-20 01:00"],
                ["Month", "2027-03-01 05:00"],
                ["Week", "2027-03-14 03:00"],
            ] as const
        ).map(([type, due]) => ({
            kind: "overdue" as const,
            severity: "problem" as const,
            server: "i-0",
            type,
            since: at(due.replace(" ", "T")),
            sentence: `server0 (i-0) has no ${type} restore point of the run that was due at ${due} UTC. It has none of this type.`,
            cure: RUNS,
        })),
    ]);

    finds(
        "are not overdue within the grace",
        { signals: snapshotsUntil(at("2027-03-20T00:00:00")), settings: { overdueGraceHours: 11 } },
        [],
    );

    finds("are overdue when the grace ends", { signals: snapshotsUntil(at("2027-03-20T00:00:00")), settings: { overdueGraceHours: 10 } }, [
        OVERDUE,
    ]);

    finds(
        "are not overdue while EC2 completes the snapshots",
        {
            signals: {
                snapshots: {
                    value: read(HEALTHY.snapshots).map((one) =>
                        one.startTime < at("2027-03-20T00:00:00") ? one : { ...one, state: "pending" },
                    ),
                },
            },
        },
        [],
    );

    finds(
        "are overdue if snapshots are complete, and the agent has not marked them",
        {
            signals: {
                snapshots: {
                    value: read(HEALTHY.snapshots).map((one) =>
                        one.startTime < at("2027-03-20T00:00:00")
                            ? one
                            : { ...one, tags: Object.fromEntries(Object.entries(one.tags).filter(([key]) => key !== "AppConsistent")) },
                    ),
                },
            },
        },
        [OVERDUE],
    );

    finds(
        "are overdue if snapshots stay pending longer than failedSetGraceHours",
        {
            signals: {
                snapshots: {
                    value: read(HEALTHY.snapshots).map((one) =>
                        one.startTime < at("2027-03-20T00:00:00") ? one : { ...one, state: "pending" },
                    ),
                },
            },
            settings: { failedSetGraceHours: 10 },
        },
        [OVERDUE],
    );

    finds("are not overdue before the server had the tag", { signals: { snapshots: { value: [] } }, memory: { firstSeen: {} } }, []);

    finds(
        "are not overdue before a volume was attached",
        {
            signals: {
                snapshots: { value: [] },
                ...server({ volumes: SERVER.volumes.map((one) => ({ ...one, attachedAt: NOW - HOUR })) }),
            },
        },
        [],
    );

    finds(
        "are not overdue by a new schedule before its first run",
        {
            signals: snapshotsUntil(at("2027-03-20T00:00:00")),
            memory: { schedules: { ...MEMORY.schedules, Day: { schedule: "cron(0 2 ? * * *)", since: 0 } } },
        },
        [],
    );

    finds(
        "are not overdue if the server was stopped when the run was due",
        {
            signals: {
                ...snapshotsUntil(at("2027-03-20T00:00:00")),
                ...server({ state: "stopped", stoppedAt: at("2027-03-19T20:00:00") }),
            },
            memory: { excused: { "i-0|Day": [at("2027-03-20T01:00:00")] } },
        },
        [
            {
                kind: "stopped",
                severity: "note",
                server: "i-0",
                since: at("2027-03-19T20:00:00"),
                sentence: "server0 (i-0) is stopped. A stopped server gets no backups.",
                cure: "Start it: aws ec2 start-instances --instance-ids i-0",
            },
        ],
    );

    it("stay overdue until there is a newer restore point", () => {
        const known = { ...OVERDUE, since: at("2027-03-17T01:00:00") };
        const { findings } = look({
            signals: snapshotsUntil(at("2027-03-17T00:00:00")),
            memory: { findings: [known], excused: { "i-0|Day": [at("2027-03-20T01:00:00")] } },
        });
        assert.deepEqual(
            findings.map(({ kind, type, since }) => [kind, type, since]),
            [["overdue", "Day", known.since]],
        );
        assert.deepEqual(look({ memory: { findings: [known] } }).findings, []);
    });

    finds(
        "are overdue by a rate if no restore point follows the last within its interval",
        {
            signals: { ...snapshotsUntil(at("2027-03-20T00:00:00")), ...window({ schedule: "rate(1 day)" }) },
            settings: { schedules: { Day: "rate(1 day)" } },
            memory: { schedules: { Day: { schedule: "rate(1 day)", since: 0 } } },
        },
        [
            {
                ...OVERDUE,
                since: at("2027-03-20T01:01:00"),
                sentence: OVERDUE.sentence.replace("2027-03-20 01:00", "2027-03-20 01:01"),
            },
        ],
    );

    finds(
        "lack a volume that Windows has not mounted",
        { signals: { snapshots: { value: read(HEALTHY.snapshots).filter(({ volumeId }) => volumeId !== "vol-d-0") } } },
        [
            {
                kind: "volume not covered",
                severity: "problem",
                server: "i-0",
                volume: "vol-d-0",
                since: at("2027-03-20T01:01:00"),
                sentence: "The volume vol-d-0 (xvdb) of server0 (i-0) is not in the newest restore point of 2027-03-20 01:01 UTC.",
                cure: "Give the disk a drive letter in Windows' Disk Management, or detach it. VSS sees only disks that Windows has mounted.",
            },
        ],
    );

    finds(
        "may lack the boot volume if the policy excludes it",
        {
            signals: { snapshots: { value: read(HEALTHY.snapshots).filter(({ volumeId }) => volumeId !== "vol-c-0") } },
            targets: { excludeBootVolume: true },
        },
        [],
    );

    finds(
        "may lack a volume that was attached later",
        { signals: server({ volumes: [...SERVER.volumes, { id: "vol-new", device: "xvdc", attachedAt: NOW - HOUR, isRoot: false }] }) },
        [],
    );
});

describe("A server without any restore point", () => {
    const begin = at("2027-03-10T00:00:00");
    const { Day, Week } = SETTINGS.schedules as { readonly Day: string; readonly Week: string };
    const never: Finding = {
        kind: "never backed up",
        severity: "problem",
        server: "i-0",
        since: begin,
        sentence: "server0 (i-0) has the server tag, and no restore point exists.",
        cure: RUNS,
    };
    const stopped = (since: number): Finding => ({
        kind: "stopped",
        severity: "note",
        server: "i-0",
        since,
        sentence: "server0 (i-0) is stopped. A stopped server gets no backups.",
        cure: "Start it: aws ec2 start-instances --instance-ids i-0",
    });
    /** The server stopped at a time. Its runs are excused. It has the tag since the begin, and its schedules since these times. */
    const stoppedAt = (
        stoppedAt: number | undefined,
        schedules: Readonly<Record<string, string>> = { Day },
        since: Readonly<Record<string, number>> = {},
    ) => ({
        signals: {
            snapshots: { value: [] },
            ...server({ state: "stopped", ...(stoppedAt !== undefined && { stoppedAt }) }),
        },
        settings: { schedules },
        memory: {
            firstSeen: { "i-0": begin },
            excused: { "i-0|Day": [DUE], "i-0|Week": [at("2027-03-14T03:00:00")] },
            schedules: Object.fromEntries(
                Object.entries(schedules).map(([type, schedule]) => [type, { schedule, since: since[type] ?? 0 }]),
            ),
        },
    });

    finds("is no problem if the server has been stopped since it got the tag", stoppedAt(begin), [stopped(begin)]);

    finds("is no problem if nobody knows when the server stopped", stoppedAt(undefined), [stopped(NOW)]);

    finds("is a problem if the server stopped later", stoppedAt(begin + 1), [never, stopped(begin + 1)]);

    const lateDay = { Day: begin + HOUR };
    finds("is a problem if the server stopped between the begins of two schedules", stoppedAt(begin + 1, { Day, Week }, lateDay), [
        never,
        stopped(begin + 1),
    ]);

    finds("is no problem if the server stopped before both schedules began", stoppedAt(begin, { Day, Week }, lateDay), [stopped(begin)]);

    finds(
        "is a problem if the server runs, although it was stopped at its due runs",
        { ...stoppedAt(begin), signals: { snapshots: { value: [] } } },
        [never],
    );

    finds(
        "is a problem also if a set has failed",
        { ...stoppedAt(begin), signals: { snapshots: { value: taken({ at: "2027-03-20T09:00", consistent: "false" }) } } },
        [never],
    );
});

describe("A missing restore point", () => {
    finds("is not made up for by one of another type", { signals: lastDayWith(taken({ type: "Week", at: "2027-03-20T03:01" })) }, [
        OVERDUE,
    ]);

    finds("is not missing if one began at the due time", { signals: lastDayWith(taken({ at: "2027-03-20T01:00" })) }, []);

    const later = taken({ at: "2027-03-20T09:00" });
    finds("is not missing if one began later", { signals: lastDayWith(later) }, []);

    const others: Finding[] = [
        { ...OVERDUE, type: "Week", since: 0 },
        { ...OVERDUE, server: "i-1", since: 0 },
        { ...OVERDUE, kind: "failing", since: 0 },
    ];
    finds(
        "is missing since its own run, also if a run before was overdue until a restore point",
        {
            signals: lastDayWith(),
            memory: { findings: [{ ...OVERDUE, since: DUE - 4 * DAY }, ...others] },
        },
        [OVERDUE],
    );

    finds(
        "is missing since the first of several runs that were missed",
        {
            signals: snapshotsUntil(DUE - 3 * DAY),
            memory: { findings: [{ ...OVERDUE, since: DUE - 3 * DAY }, ...others] },
        },
        [
            {
                ...OVERDUE,
                since: DUE - 3 * DAY,
                sentence:
                    "server0 (i-0) has no Day restore point of the run that was due at 2027-03-17 01:00 UTC. The newest is of 2027-03-16 01:01 UTC.",
            },
        ],
    );

    finds(
        "ends with a restore point that began at its due time",
        {
            signals: lastDayWith(taken({ at: "2027-03-20T01:00" })),
            memory: { findings: [OVERDUE] },
        },
        [],
    );
});

describe("A type with a rate", () => {
    const schedule = "rate(1 day)";
    /** The server began its last backup so long ago. An interval, a window and the grace are 27 hours. */
    const lastBackup = (age: number, changes = {}) => ({
        signals: {
            snapshots: {
                value: taken({ at: "2027-03-01" }).map((one) => ({ ...one, startTime: NOW - age })),
            },
            ...window({ schedule }),
            ...server(changes),
        },
        settings: { schedules: { Day: schedule } },
        memory: { schedules: { Day: { schedule, since: 0 } } },
    });
    const overdue = {
        ...OVERDUE,
        since: at("2027-03-20T09:00:00"),
        sentence:
            "server0 (i-0) has no Day restore point of the run that was due at 2027-03-20 09:00 UTC. The newest is of 2027-03-19 09:00 UTC.",
    };
    const stopped: Finding = {
        kind: "stopped",
        severity: "note",
        server: "i-0",
        since: NOW - 1,
        sentence: "server0 (i-0) is stopped. A stopped server gets no backups.",
        cure: "Start it: aws ec2 start-instances --instance-ids i-0",
    };

    finds("is overdue when the interval and the grace end", lastBackup(27 * HOUR), [overdue]);

    finds("is not overdue before", lastBackup(27 * HOUR - 1), []);

    const copying = taken({ at: "2027-03-20T09:00", state: "pending" });
    const copied = lastBackup(27 * HOUR);
    finds(
        "is not overdue while EC2 copies a set",
        { ...copied, signals: { ...copied.signals, snapshots: { value: [...copied.signals.snapshots.value, ...copying] } } },
        [],
    );

    finds("is not overdue if the server stopped before", lastBackup(27 * HOUR, { state: "stopped", stoppedAt: NOW - 1 }), [stopped]);

    finds("is overdue if the server stopped later", lastBackup(27 * HOUR + 1, { state: "stopped", stoppedAt: NOW - 1 }), [
        { ...overdue, since: overdue.since - 1, sentence: overdue.sentence.replace("09:00", "08:59").replace("09:00", "08:59") },
        stopped,
    ]);

    const restarted = lastBackup(3 * DAY, { launchedAt: NOW - 27 * HOUR + 1 });
    const reached = (requestedAt: number, status = "Failed") => ({
        ...restarted,
        signals: { ...restarted.signals, ...invocations({ requestedAt, status }) },
    });

    finds("begins anew when the server starts, if no run reached it since", reached(NOW - 3 * DAY), []);

    finds("begins anew if the only run since did not reach it", reached(NOW - 1, "Undeliverable"), []);

    finds("goes on if a run reached it since, although it failed", reached(NOW - 3 * DAY + 1), [
        {
            ...overdue,
            since: NOW - 2 * DAY,
            sentence:
                "server0 (i-0) has no Day restore point of the run that was due at 2027-03-18 12:00 UTC. The newest is of 2027-03-17 12:00 UTC.",
        },
    ]);

    finds("is not overdue on a stopped server if nobody knows when it stopped", lastBackup(9 * DAY, { state: "stopped" }), [
        { ...stopped, since: NOW },
    ]);
});

describe("A volume that is not in the newest restore point", () => {
    const lack = (volume: string, device: string, time = "2027-03-20 01:01"): Finding => ({
        kind: "volume not covered",
        severity: "problem",
        server: "i-0",
        volume,
        since: at(time.replace(" ", "T")),
        sentence: `The volume ${volume} (${device}) of server0 (i-0) is not in the newest restore point of ${time} UTC.`,
        cure: "Give the disk a drive letter in Windows' Disk Management, or detach it. VSS sees only disks that Windows has mounted.",
    });
    const without = (volume: string) => ({
        snapshots: { value: read(HEALTHY.snapshots).filter(({ volumeId }) => volumeId !== volume) },
    });

    finds("may be the boot volume", { signals: without("vol-c-0") }, [lack("vol-c-0", "/dev/sda1")]);

    finds(
        "is a problem on other disks, also if the policy excludes the boot volume",
        { signals: without("vol-d-0"), targets: { excludeBootVolume: true } },
        [lack("vol-d-0", "xvdb")],
    );

    finds(
        "was attached when the restore point began",
        {
            signals: server({
                volumes: [...SERVER.volumes, { id: "vol-e", device: "xvdc", attachedAt: at("2027-03-20T01:01:00"), isRoot: false }],
            }),
        },
        [lack("vol-e", "xvdc")],
    );

    const owedSince = (since: number) => ({
        signals: without("vol-c-0"),
        memory: { options: { ...MEMORY.options, excludeBootVolume: { value: "false", since } } },
    });

    finds("is a problem if the policy included the boot volume when the restore point began", owedSince(at("2027-03-20T01:01:00")), [
        lack("vol-c-0", "/dev/sda1"),
    ]);

    finds("is no problem if the policy included the boot volume later", owedSince(at("2027-03-20T01:01:00") + 1), []);
});
