import assert from "node:assert/strict";
import { addressDigest } from "../../../lambda/watch/addressDigest";
import { type Finding, findingKey, KINDS, type Kind } from "../../../lambda/watch/finding";
import { health } from "../../../lambda/watch/health";
import type { Server, Signals } from "../../../lambda/watch/signals";
import { backUp } from "../../support/history";
import { DAY, HOUR, SETTINGS, TARGETS } from "../../support/watchedAccount";
import {
    ACCOUNT,
    at,
    cleanerRuns,
    execution,
    finds,
    HEALTHY,
    invocations,
    look,
    MEMORY,
    NOW,
    PUT_BACK,
    RUNS,
    read,
    SERVER,
    type Sketch,
    server,
    snapshotsUntil,
    TAIL,
    window,
} from "./healthOf";

describe("The health of an account", () => {
    finds("has no findings if all is well", {}, []);

    it("has its counts", () => {
        const { memory, ...found } = look({});
        assert.deepEqual(found, {
            time: NOW,
            findings: [],
            recovered: [],
            types: [
                { type: "Day", newest: at("2027-03-20T01:01:00"), servers: 1, nextWindow: at("2027-03-21T01:00:00") },
                { type: "Week", newest: at("2027-03-14T03:01:00"), servers: 1, nextWindow: at("2027-03-21T03:00:00") },
                { type: "Month", newest: at("2027-03-01T05:01:00"), servers: 1, nextWindow: at("2027-04-01T05:00:00") },
            ],
            servers: { watched: 1, ok: 1, excluded: [] },
            restorePoints: 9,
            oldestNewestHours: (NOW - at("2027-03-20T01:01:00")) / HOUR,
            cleaner: {
                time: at("2027-03-20T07:00:00"),
                status: "OK",
                errors: [],
                kept: 10,
                deleted: 2,
                failed: 0,
                remaining: 0,
                failedIds: [],
            },
        });
        assert.deepEqual(memory, {
            time: NOW,
            since: NOW - HOUR,
            schedules: MEMORY.schedules,
            firstSeen: { "i-0": ACCOUNT.start },
            excused: {},
            findings: [],
            reported: [],
            reportDue: false,
        });
    });
});

describe("The counts of several servers", () => {
    const attached = (id: string) => [{ id, device: "/dev/sda1", attachedAt: NOW - HOUR, isRoot: true }];
    const stopped = { ...SERVER, id: "i-1", volumes: attached("vol-1"), state: "stopped" };
    const withoutRole = { ...SERVER, id: "i-2", volumes: attached("vol-2"), hasProfile: false };
    const servers = { servers: { value: [SERVER, stopped, withoutRole] } };

    it("have the servers without a problem, and the server whose newest restore point is the oldest", () => {
        const older = backUp({ at: "2027-03-18", volumes: ["1"] }).map((one) => ({ ...one, sizeGib: 1 }));
        const {
            types,
            servers: watched,
            oldestNewestHours,
        } = look({
            signals: { ...servers, snapshots: { value: [...read(HEALTHY.snapshots), ...older] } },
        });
        assert.deepEqual(
            { types, watched, oldestNewestHours },
            {
                types: [
                    { type: "Day", newest: at("2027-03-20T01:01:00"), servers: 2, nextWindow: at("2027-03-21T01:00:00") },
                    { type: "Week", newest: at("2027-03-14T03:01:00"), servers: 1, nextWindow: at("2027-03-21T03:00:00") },
                    { type: "Month", newest: at("2027-03-01T05:01:00"), servers: 1, nextWindow: at("2027-04-01T05:00:00") },
                ],
                watched: { watched: 3, ok: 2, excluded: [] },
                oldestNewestHours: (NOW - at("2027-03-18T01:00:00")) / HOUR,
            },
        );
    });

    it("have the restore points of the policy until now", () => {
        const others = [
            { at: "2027-03-20T12:00" },
            { at: "2027-03-20T12:01" },
            { at: "2027-03-20T11:00", policy: "test" },
            { at: "2027-03-20T10:00", consistent: "false" },
        ].flatMap((sketch) => backUp({ volumes: ["of-nobody"], ...sketch }).map((one) => ({ ...one, sizeGib: 1 })));
        assert.equal(look({ signals: { snapshots: { value: [...read(HEALTHY.snapshots), ...others] } } }).restorePoints, 10);
    });

    it("have no time of a restore point if there is none", () => {
        const {
            time,
            servers: watched,
            types,
            restorePoints,
            ...others
        } = look({
            signals: { snapshots: { value: [] }, cleanerRuns: { value: [] } },
            settings: { schedules: { Day: "rate(1 day)" } },
        });
        assert.deepEqual(
            [types, restorePoints, Object.keys(others).toSorted()],
            [[{ type: "Day", servers: 0 }], 0, ["findings", "memory", "recovered"]],
        );
    });

    it("have the next window after one that opens now", () => {
        const { types } = look({ signals: { snapshots: { value: [] } }, settings: { schedules: { Day: "cron(0 12 ? * * *)" } } });
        assert.deepEqual(types, [{ type: "Day", servers: 0, nextWindow: NOW + DAY }]);
    });
});

describe("The findings", () => {
    const found = (kind: Kind, severity: Finding["severity"], name: string): Finding => ({
        kind,
        severity,
        server: name,
        since: 1,
        sentence: "",
        cure: "",
    });
    const ordered = [
        found("too small", "problem", "i-1"),
        found("agent offline", "problem", "i-1"),
        found("agent offline", "problem", "i-2"),
        found("stopped", "problem", "i-1"),
        found("tag removed", "note", "i-2"),
        found("stopped", "note", "i-2"),
    ];

    it("are in the order of their kinds, problems before notes, then by server", () => {
        for (const findings of [ordered, ordered.toReversed()]) {
            const after = look({ signals: { servers: { unread: "no" } }, memory: { findings } });
            assert.deepEqual(after.findings.slice(1), ordered);
        }
    });

    it("have a name of all that they are about", () => {
        const name = { kind: "overdue", server: "i-0", type: "Day" } as const;
        assert.deepEqual([findingKey(name), findingKey({ kind: "unread", about: "nodes" })], ["overdue|i-0||Day|", "unread||||nodes"]);
    });
});

describe("The backups of a server", () => {
    const overdue: Finding = {
        kind: "overdue",
        severity: "problem",
        server: "i-0",
        type: "Day",
        since: at("2027-03-20T01:00:00"),
        sentence:
            "server0 (i-0) has no Day restore point of the run that was due at 2027-03-20 01:00 UTC. The newest is of 2027-03-19 01:01 UTC.",
        cure: RUNS,
    };

    finds("are overdue if the restore point of a run is missing", { signals: snapshotsUntil(at("2027-03-20T00:00:00")) }, [overdue]);

    finds("are overdue for each type", { signals: { snapshots: { value: [] } } }, [
        {
            kind: "never backed up",
            severity: "problem",
            server: "i-0",
            since: ACCOUNT.start,
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
        overdue,
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
        [overdue],
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
        [overdue],
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
        const known = { ...overdue, since: at("2027-03-17T01:00:00") };
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
                ...overdue,
                since: at("2027-03-20T01:01:00"),
                sentence: overdue.sentence.replace("2027-03-20 01:00", "2027-03-20 01:01"),
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

describe("A server that can't be backed up", () => {
    const problem = { severity: "problem", server: "i-0" } as const;

    finds("does not run Windows", { signals: server({ isWindows: false }) }, [
        {
            ...problem,
            kind: "not Windows",
            since: NOW,
            sentence: "server0 (i-0) does not run Windows. VSS exists only on Windows.",
            cure: "Take the server tag off it, and back it up by other means, such as Data Lifecycle Manager.",
        },
    ]);

    finds("has no role", { signals: server({ hasProfile: false }) }, [
        {
            ...problem,
            kind: "no role",
            since: NOW,
            sentence: "server0 (i-0) has no instance profile, so it has no permission to take snapshots.",
            cure: "Attach the profile of the stack's output instanceProfileName: aws ec2 associate-iam-instance-profile --instance-id i-0 --iam-instance-profile Name=PROFILE",
        },
    ]);

    finds("is too small for VSS", { signals: server({ instanceType: "t3.micro" }) }, [
        {
            ...problem,
            kind: "too small",
            since: NOW,
            sentence: "server0 (i-0) is a t3.micro. AWS says that VSS snapshots fail on this size.",
            cure: "Change the instance type to small or larger.",
        },
    ]);

    finds("is not managed", { signals: { nodes: { value: [] } } }, [
        {
            ...problem,
            kind: "not managed",
            since: ACCOUNT.start,
            sentence: "Systems Manager does not manage server0 (i-0), so no run reaches it.",
            cure: "Check its role (AmazonSSMManagedInstanceCore), its SSM Agent, and its way to the endpoints ssm, ssmmessages and ec2messages.",
        },
    ]);

    finds(
        "has an hour after its start to become managed",
        { signals: { nodes: { value: [] }, ...server({ launchedAt: NOW - HOUR }) } },
        [],
    );

    finds(
        "has an agent that does not respond",
        { signals: { nodes: { value: [{ id: "i-0", ping: "ConnectionLost", lastPing: NOW - 2 * HOUR, platform: "Windows" }] } } },
        [
            {
                ...problem,
                kind: "agent offline",
                since: NOW - 2 * HOUR,
                sentence: "The SSM Agent of server0 (i-0) does not respond (ConnectionLost).",
                cure: "On the server, run: Restart-Service AmazonSSMAgent",
            },
        ],
    );

    finds(
        "has an agent that may restart",
        { signals: { nodes: { value: [{ id: "i-0", ping: "ConnectionLost", lastPing: NOW - HOUR, platform: "Windows" }] } } },
        [],
    );

    finds(
        "fails in each of its last three runs, with VSS's own reason",
        {
            signals: invocations(
                { output: "Started.\r\n2005: freezing took longer than VSS allows\r\n\r\n" },
                {},
                { status: "TimedOut" },
                { status: "Success" },
            ),
        },
        [
            {
                ...problem,
                kind: "failing",
                since: NOW - 2 * DAY - HOUR,
                sentence: "The last 3 runs on server0 (i-0) failed (Failed): 2005: freezing took longer than VSS allows",
                cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
            },
        ],
    );

    finds("may fail twice", { signals: invocations({}, {}, { status: "Success" }) }, []);

    finds("fails if a run is in progress after three failures", { signals: invocations({ status: "InProgress" }, {}, {}, {}) }, [
        {
            ...problem,
            kind: "failing",
            since: NOW - 3 * DAY - HOUR,
            sentence: "The last 3 runs on server0 (i-0) failed (Failed).",
            cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${RUNS}`,
        },
    ]);

    finds(
        "does not fail by runs that missed it while it was stopped",
        {
            signals: {
                ...invocations({ status: "DeliveryTimedOut" }, { status: "Undeliverable" }, { status: "DeliveryTimedOut" }),
                ...server({ launchedAt: NOW - 1 }),
            },
        },
        [],
    );

    finds("has lost the package", { signals: invocations({ output: "1003: AwsVssComponents is not installed" }) }, [
        {
            ...problem,
            kind: "package missing",
            since: NOW - HOUR,
            sentence: "AwsVssComponents is not installed on server0 (i-0).",
            cure: 'aws ssm send-command --document-name AWS-ConfigureAWSPackage --instance-ids i-0 --parameters "action=Install,name=AwsVssComponents"',
        },
    ]);

    finds(
        "has the package again since the run that missed it",
        {
            signals: {
                ...invocations({ output: "1003: AwsVssComponents is not installed" }),
                packages: { value: [{ serverId: "i-0", status: "Success", details: "", time: NOW }] },
            },
        },
        [],
    );

    finds(
        "could not install the package",
        { signals: { packages: { value: [{ serverId: "i-0", status: "Failed", details: "no space left", time: NOW - DAY }] } } },
        [
            {
                ...problem,
                kind: "package failed",
                since: NOW - DAY,
                sentence: "AwsVssComponents could not be installed on server0 (i-0): no space left",
                cure: "aws ssm describe-instance-associations-status --instance-id i-0",
            },
        ],
    );

    it("is stopped, which is a problem if an argument says so", () => {
        const stopped = { signals: server({ state: "stopped", stoppedAt: NOW - DAY }), settings: { alarmStopped: true } };
        assert.deepEqual(
            look(stopped).findings.map(({ kind, severity }) => [kind, severity]),
            [["stopped", "problem"]],
        );
    });

    it("is listed with the reason if it is excluded, and has no findings", () => {
        const excluded = look({
            signals: { ...server({ tags: { VssBackup: "prod", VssBackupExclude: "a test server" } }), nodes: { value: [] } },
        });
        assert.deepEqual(excluded.findings, []);
        assert.deepEqual(excluded.servers, { watched: 0, ok: 0, excluded: [{ id: "i-0", name: "server0", reason: "a test server" }] });
    });
});

describe("The tags of servers", () => {
    finds("select nobody", { signals: { servers: { value: [] } } }, [
        {
            kind: "nobody targeted",
            severity: "problem",
            since: NOW,
            sentence: "No server has the tag VssBackup=prod, so nothing is backed up.",
            cure: 'aws ec2 create-tags --resources i-… --tags "Key=VssBackup,Value=prod"',
        },
    ]);

    const other = { ...SERVER, id: "i-1", name: "", volumes: [] };
    const withOther = (tags: Record<string, string>, volumes = other.volumes as Server["volumes"]) => ({
        signals: { servers: { value: [SERVER, { ...other, tags, volumes }] } },
    });

    for (const tags of [{ VssBackup: "Prod" }, { vssbackup: "prod" }, { "Vss-Backup": " prod" }] as Record<string, string>[]) {
        const [[key, value] = []] = Object.entries(tags);
        finds(`have a typing error: ${key}=${value}`, withOther(tags), [
            {
                kind: "tag misspelled",
                severity: "problem",
                server: "i-1",
                since: NOW,
                sentence: `i-1 has the tag ${key}=${value}. The policy backs up VssBackup=prod, in exactly these letters.`,
                cure: 'aws ec2 create-tags --resources i-1 --tags "Key=VssBackup,Value=prod"',
            },
        ]);
    }

    for (const value of ["production", "prod-2", "pro-d"]) {
        finds(`are those of another policy: ${value}`, withOther({ VssBackup: value }), []);
    }

    const removed: Finding = {
        kind: "tag removed",
        severity: "problem",
        server: "i-1",
        since: NOW,
        sentence: "i-1 has restore points, and no longer the tag VssBackup=prod.",
        cure: 'Say why not, as the value of its tag VssBackupExclude. Or tag it again: aws ec2 create-tags --resources i-1 --tags "Key=VssBackup,Value=prod"',
    };
    const lost = {
        servers: { value: [SERVER, { ...other, tags: {}, volumes: [{ id: "vol-e", device: "xvdb", attachedAt: 0, isRoot: false }] }] },
    };
    const snapshots = {
        snapshots: {
            value: [...read(HEALTHY.snapshots), ...backUp({ at: "2027-03-10", volumes: ["e"] }).map((one) => ({ ...one, sizeGib: 1 }))],
        },
    };

    finds("were removed from a server with restore points", { signals: { ...lost, ...snapshots } }, [removed]);

    it("were changed to those of another policy, which is a note", () => {
        const [tagged] = read(lost.servers).slice(1);
        const moved = { ...(tagged as Server), tags: { VssBackup: "test" } };
        assert.deepEqual(look({ signals: { servers: { value: [SERVER, moved] }, ...snapshots } }).findings, [
            { ...removed, severity: "note", sentence: "i-1 has restore points, and no longer the tag VssBackup=prod but test." },
        ]);
    });
});

describe("A window", () => {
    const day = { severity: "problem", type: "Day", about: "mw-day" } as const;

    finds("is missing", { signals: { windows: { value: read(HEALTHY.windows).slice(1) } } }, [
        { ...day, kind: "window missing", since: NOW, sentence: "The window of Day (mw-day) does not exist.", cure: PUT_BACK },
    ]);

    finds("is disabled", { signals: window({ enabled: false }) }, [
        {
            ...day,
            kind: "window disabled",
            since: NOW,
            sentence: "The window of Day (mw-day) is disabled, so it takes no backups.",
            cure: "aws ssm update-maintenance-window --window-id mw-day --enabled",
        },
    ]);

    finds(
        "was changed by hand",
        { signals: window({ schedule: "cron(0 2 ? * * *)", timezone: "Europe/Vienna", duration: 2, cutoff: 1 }) },
        [
            {
                ...day,
                kind: "window changed",
                since: NOW,
                sentence:
                    "The window of Day (mw-day) was changed by hand: its schedule is cron(0 2 ? * * *), not cron(0 1 ? * * *), its timezone is Europe/Vienna, not UTC, its duration is 2, not 1, its cutoff is 1, not 0.",
                cure: PUT_BACK,
            },
        ],
    );

    finds("failed", { signals: execution("FAILED", "the role may not send commands") }, [
        {
            ...day,
            kind: "window failed",
            since: NOW - HOUR,
            sentence: "The window of Day of 2027-03-20 11:00 UTC ended with FAILED: the role may not send commands.",
            cure: "aws ssm describe-maintenance-window-executions --window-id mw-day --max-results 10",
        },
    ]);

    finds("was skipped", { signals: execution("SKIPPED_OVERLAPPING") }, [
        {
            ...day,
            kind: "window skipped",
            since: NOW - HOUR,
            sentence: "The window of Day of 2027-03-20 11:00 UTC ended with SKIPPED_OVERLAPPING.",
            cure: "An earlier execution was still active. See if a run hangs, and cancel it: aws ssm list-commands",
        },
    ]);

    it("stays failed if Systems Manager keeps its execution no longer", () => {
        const failed = look({ signals: execution("FAILED") }).findings;
        const others = read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day");
        const schedules = { ...SETTINGS.schedules, Day: "cron(0 1 18 2 ? *)" };
        const forgotten: Sketch = {
            settings: { schedules },
            signals: { executions: { value: others }, ...window({ schedule: schedules.Day }) },
            memory: { findings: failed, schedules: { ...MEMORY.schedules, Day: { schedule: schedules.Day, since: 0 } } },
        };
        assert.deepEqual([failed.map(({ kind }) => kind), look(forgotten).findings], [["window failed"], failed]);
        assert.deepEqual(look({ memory: { findings: failed } }).findings, []);
    });

    for (const status of ["SUCCESS", "IN_PROGRESS", "PENDING"]) {
        finds(`is well with ${status}`, { signals: execution(status) }, []);
    }

    finds(
        "did not open",
        {
            signals: {
                executions: { value: read(HEALTHY.executions).filter(({ startTime }) => startTime < at("2027-03-20T00:59:00")) },
            },
        },
        [
            {
                ...day,
                kind: "window never executed",
                since: at("2027-03-20T01:00:00"),
                sentence: "The window of Day (mw-day) did not open for its run of 2027-03-20 01:00 UTC.",
                cure: "Look at the window: aws ssm get-maintenance-window --window-id mw-day",
            },
        ],
    );
});

describe("A window of months ago", () => {
    const day = { severity: "problem", type: "Day", about: "mw-day" } as const;
    const schedules = { Day: "cron(0 1 18 2 ? *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)" };
    const due = at("2027-02-18T01:00:00");
    const since = at("2027-01-01T00:00:00");
    const forgotten: Sketch = {
        settings: { schedules },
        signals: {
            executions: { value: read(HEALTHY.executions).filter(({ windowId }) => windowId !== "mw-day") },
            ...window({ schedule: schedules.Day }),
        },
        memory: { schedules: Object.fromEntries(Object.entries(schedules).map(([type, schedule]) => [type, { schedule, since }])) },
    };
    const never: Finding = {
        ...day,
        kind: "window never executed",
        since: due,
        sentence: "The window of Day (mw-day) did not open for its run of 2027-02-18 01:00 UTC.",
        cure: "Look at the window: aws ssm get-maintenance-window --window-id mw-day",
    };

    finds("is not missed, since Systems Manager may have forgotten that it opened", forgotten, []);

    finds("is still missed if it was", { ...forgotten, memory: { ...forgotten.memory, findings: [never] } }, [never]);
});

describe("The cleaner", () => {
    finds("failed", { signals: cleanerRuns({ status: "FAILED", errors: ["EC2 refused", "other"] }, { status: "FAILED" }, {}) }, [
        {
            kind: "cleaner failed",
            severity: "problem",
            since: at("2027-03-19T07:00:00"),
            sentence: "The cleaner's run of 2027-03-20 07:00 UTC failed: EC2 refused.",
            cure: TAIL,
        },
    ]);

    finds("is well after a failure", { signals: cleanerRuns({}, { status: "FAILED" }) }, []);

    const late: Finding = {
        kind: "cleaner late",
        severity: "problem",
        since: at("2027-03-20T07:00:00"),
        sentence: "The cleaner has no report of its run that was due at 2027-03-20 07:00 UTC. It was not started, or it did not end.",
        cure: TAIL,
    };
    const long = { since: NOW - 9 * DAY };

    finds("is late", { signals: cleanerRuns({ time: at("2027-03-19T07:00:00") }), memory: long }, [late]);

    finds(
        "has two hours for its report",
        { signals: cleanerRuns({ time: at("2027-03-19T10:01:00") }), settings: { cleanerSchedule: "cron(1 10 * * ? *)" }, memory: long },
        [],
    );

    finds("is not late before its first run", { signals: { cleanerRuns: { value: [] } } }, []);

    finds(
        "is late by a rate",
        { signals: cleanerRuns({ time: NOW - DAY }), settings: { cleanerSchedule: "rate(12 hours)" }, memory: long },
        [{ ...late, since: NOW - 14 * HOUR, sentence: late.sentence.replace("2027-03-20 07:00", "2027-03-19 22:00") }],
    );

    finds(
        "is held back by refused deletions",
        { signals: cleanerRuns({ failedIds: ["snap-1", "snap-2"] }, { failedIds: ["snap-2"] }, { failedIds: ["snap-2", "snap-3"] }) },
        [
            {
                kind: "cleaner held back",
                severity: "problem",
                about: "refusals",
                since: at("2027-03-18T07:00:00"),
                sentence: "EC2 refused the deletion of 1 snapshots in each of the last 3 runs, such as snap-2.",
                cure: TAIL,
            },
        ],
    );

    const backlog = cleanerRuns({ remaining: 30 }, { remaining: 20 }, { remaining: 10 });

    finds("is held back by a backlog that grows", { signals: backlog }, [
        {
            kind: "cleaner held back",
            severity: "problem",
            about: "backlog",
            since: at("2027-03-18T07:00:00"),
            sentence: "The cleaner's backlog grows: 30 snapshots wait for deletion, after 10 two runs before.",
            cure: "Set maxDeletionsPerRun higher, or let the cleaner run more often: cleanerSchedule",
        },
    ]);

    finds("may have a backlog that does not grow", { signals: cleanerRuns({ remaining: 20 }, { remaining: 20 }, { remaining: 10 }) }, []);

    finds("may have a backlog if it only reports", { signals: backlog, settings: { reportOnly: true } }, []);
});

describe("What is not about one server", () => {
    const address = { subscriptions: { value: [{ protocol: "email", endpoint: "a@example.com", isConfirmed: false }] } };
    const unconfirmed: Finding = {
        kind: "subscription unconfirmed",
        severity: "note",
        about: "a@example.com",
        since: NOW,
        sentence: "a@example.com has not confirmed its email subscription, so it gets no message.",
        cure: "Open AWS's message to this address, and click its link. It is valid for two days.",
    };

    finds("is an address that has not confirmed yet", { signals: address }, [unconfirmed]);

    finds(
        "is an address that has not confirmed for a day",
        { signals: address, memory: { findings: [{ ...unconfirmed, since: NOW - DAY }] } },
        [{ ...unconfirmed, severity: "problem", since: NOW - DAY }],
    );

    const targets = { emails: { admins: addressDigest("A@example.com"), night: addressDigest("b@example.com") } };
    const subscribed = (...addresses: [endpoint: string, isConfirmed: boolean][]) => ({
        subscriptions: { value: addresses.map(([endpoint, isConfirmed]) => ({ protocol: "email", endpoint, isConfirmed })) },
    });
    const waiting = {
        ...unconfirmed,
        about: "admins",
        sentence: "The address admins of notificationEmails has not confirmed its subscription, so it gets no message.",
    };
    const missing = {
        ...waiting,
        sentence: "The address admins of notificationEmails has no subscription, so it gets no message.",
        cure: `Run pulumi up --refresh. ${unconfirmed.cure}`,
    };

    finds(
        "is an address of the policy that has not confirmed yet, by the name of its entry",
        { signals: subscribed(["a@example.com", false], ["b@example.com", true]), targets },
        [waiting],
    );

    finds(
        "is an address whose subscription SNS has deleted, since when it has not confirmed",
        {
            signals: subscribed(["B@example.com", true], ["c@example.com", true]),
            targets,
            memory: { findings: [{ ...waiting, since: NOW - DAY }] },
        },
        [{ ...missing, severity: "problem", since: NOW - DAY }],
    );

    finds(
        "are two addresses, one of the policy and one of somebody else",
        { signals: subscribed(["c@example.com", false]), targets },
        [
            { ...unconfirmed, about: "c@example.com", sentence: unconfirmed.sentence.replace("a@", "c@") },
            missing,
            { ...missing, about: "night", sentence: missing.sentence.replace("admins", "night") },
        ].toSorted((a, b) => (a.about < b.about ? -1 : 1)),
    );

    const old = [...backUp({ at: "2026-01-01", volumes: ["x", "y"] }), ...backUp({ at: "2026-01-02", volumes: ["c-0"] })].map((one) => ({
        ...one,
        sizeGib: 100,
        tags: one.volumeId === "vol-c-0" ? { ...one.tags, VssBackupHold: "" } : one.tags,
    }));

    finds("are old snapshots, with their cost", { signals: { snapshots: { value: [...read(HEALTHY.snapshots), ...old] } } }, [
        {
            kind: "snapshots aging",
            severity: "note",
            about: "held",
            since: NOW,
            sentence: "1 backup sets are older than a year since somebody holds them. They cost at most $5.00 a month (100 GiB).",
            cure: "Take the tag VssBackupHold off the sets that you no longer need.",
        },
        {
            kind: "snapshots aging",
            severity: "note",
            about: "lost",
            since: NOW,
            sentence: "1 backup sets are older than a year and of volumes that no server has. They cost at most $10.00 a month (200 GiB).",
            cure: "Set orphanDays, or delete those that you no longer need.",
        },
    ]);
});

const UNREAD: Readonly<Record<keyof Signals, string>> = {
    servers: "the servers",
    nodes: "the managed instances",
    snapshots: "the snapshots",
    invocations: "the runs",
    windows: "the windows",
    executions: "the executions of windows",
    packages: "the installations of the VSS package",
    cleanerRuns: "the cleaner's log",
    subscriptions: "the topic's subscriptions",
};

/** Findings of the run before that stay if a listing can't be read, since nobody can see if they are over. */
const STAYING: Readonly<Record<keyof Signals, readonly Kind[]>> = {
    servers: [
        "nobody targeted",
        "tag misspelled",
        "tag removed",
        "never backed up",
        "overdue",
        "failing",
        "volume not covered",
        "not Windows",
        "no role",
        "too small",
        "not managed",
        "agent offline",
        "package failed",
        "package missing",
        "stopped",
        "snapshots aging",
    ],
    nodes: ["not Windows", "not managed", "agent offline"],
    snapshots: ["tag removed", "never backed up", "overdue", "volume not covered", "snapshots aging"],
    invocations: ["failing", "package failed", "package missing"],
    windows: ["window missing", "window disabled", "window changed"],
    executions: ["window failed", "window skipped", "window never executed"],
    packages: ["package failed", "package missing"],
    cleanerRuns: ["cleaner failed", "cleaner late", "cleaner held back"],
    subscriptions: ["subscription unconfirmed"],
};

function unread(about: string, words: string): Finding {
    return {
        kind: "unread",
        severity: "problem",
        about,
        since: NOW,
        sentence: `The watch could not read ${words}: AccessDeniedException: no`,
        cure: "If a permission is missing, run pulumi up. Otherwise wait for the next run.",
    };
}

describe("A listing that can't be read", () => {
    const before = KINDS.map(
        (kind): Finding => ({ kind, severity: "problem", about: "a thing of before", since: 1, sentence: "", cure: "" }),
    );

    for (const name of Object.keys(HEALTHY) as (keyof Signals)[]) {
        const signals = { [name]: { unread: "AccessDeniedException: no" } };

        finds(`is a problem: ${name}`, { signals }, [unread(name, UNREAD[name])]);

        finds(`keeps the findings of the run before that need it: ${name}`, { signals, memory: { findings: before } }, [
            unread(name, UNREAD[name]),
            ...before.filter(({ kind }) => STAYING[name].includes(kind)),
        ]);
    }

    it("is a problem: its own log", () => {
        const { findings } = health(NOW, SETTINGS, TARGETS, HEALTHY, { unread: "AccessDeniedException: no" });
        assert.deepEqual(findings, [unread("memory", "its own log")]);
    });
});

describe("A recovery", () => {
    it("is a problem of the last report that is over", () => {
        const [problem, note] = [
            { kind: "agent offline", severity: "problem", server: "i-0", since: 1, sentence: "It was offline.", cure: "" },
            { kind: "stopped", severity: "note", server: "i-0", since: 1, sentence: "It was stopped.", cure: "" },
        ] as const;
        assert.deepEqual(look({ memory: { reported: [problem, note] } }).recovered, [problem]);
        assert.deepEqual(look({ memory: { reported: [problem] }, signals: { nodes: { unread: "no" } } }).recovered, [problem]);
        assert.deepEqual(
            look({ memory: { reported: [problem], findings: [problem] }, signals: { nodes: { unread: "no" } } }).recovered,
            [],
        );
    });
});
