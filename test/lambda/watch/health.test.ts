import assert from "node:assert/strict";
import { countsOf } from "../../../lambda/watch/counts";
import { type Finding, findingKey, KINDS, type Kind } from "../../../lambda/watch/finding";
import { health } from "../../../lambda/watch/health";
import type { WatchSignals } from "../../../lambda/watch/signals";
import { backUp } from "../../support/history";
import { DAY, HOUR, SETTINGS, TARGETS } from "../../support/watchedAccount";
import { at, finds, HEALTHY, look, lookFirst, MEMORY, NOW, read, SERVER } from "./healthOf";

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
            serversAt: NOW,
            options: {
                timezone: { value: "UTC", since: 0 },
                cleanerSchedule: { value: "cron(0 7 * * ? *) UTC", since: NOW - HOUR },
                excludeBootVolume: { value: "false", since: 0 },
            },
            firstSeen: MEMORY.firstSeen,
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
    const servers = { servers: { value: [SERVER, stopped, withoutRole, { ...withoutRole, id: "i-3", volumes: [] }] } };

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
                watched: { watched: 4, ok: 2, excluded: [] },
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

    it("have the excluded servers, with their reasons", () => {
        const excluded = (reason: string) => ({ ...SERVER.tags, VssBackupExclude: reason });
        const value = [
            SERVER,
            { ...SERVER, id: "i-1", volumes: [], tags: excluded("a test server") },
            { ...SERVER, id: "i-2", name: "", volumes: [], tags: excluded("") },
            { ...SERVER, id: "i-3", volumes: [], tags: { VssBackupExclude: "not of this policy" } },
        ];
        assert.deepEqual(look({ signals: { servers: { value } } }).servers, {
            watched: 1,
            ok: 1,
            excluded: [
                { id: "i-1", name: "server0", reason: "a test server" },
                { id: "i-2", name: "", reason: "" },
            ],
        });
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

const UNREAD: Readonly<Record<keyof WatchSignals, string>> = {
    servers: "the servers",
    nodes: "the managed instances",
    snapshots: "the snapshots",
    invocations: "the runs",
    windows: "the windows",
    executions: "the executions of windows",
    packages: "the installations of the VSS package",
    cleanerRuns: "the cleaner's log",
    subscriptions: "the topic's subscriptions",
    restoreTests: "the restore tests",
    recording: "what a restore needs of the servers",
};

/** Findings of the run before that stay if a listing can't be read, since nobody can see if they are over. */
const STAYING: Readonly<Record<keyof WatchSignals, readonly Kind[]>> = {
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
        "restore test failed",
        "not tested",
        "stopped",
        "missed while stopped",
        "snapshots aging",
    ],
    nodes: ["not Windows", "not managed", "agent offline"],
    snapshots: ["tag removed", "never backed up", "overdue", "volume not covered", "missed while stopped", "snapshots aging"],
    invocations: ["failing", "package failed", "package missing"],
    windows: ["window missing", "window disabled", "window changed"],
    executions: ["window failed", "window skipped", "window never executed"],
    packages: ["package failed", "package missing"],
    cleanerRuns: ["cleaner failed", "cleaner late", "cleaner held back"],
    subscriptions: ["subscription unconfirmed"],
    restoreTests: ["restore test failed", "not tested"],
    recording: ["not recorded"],
};

function unread(about: string, words: string): Finding {
    return {
        kind: "unread",
        severity: "problem",
        about,
        since: NOW,
        sentence: `The watch could not read ${words}: AccessDeniedException: no`,
        cure: "If a permission or a resource is missing, run pulumi up --refresh. Otherwise wait for the next run.",
    };
}

describe("A listing that can't be read", () => {
    const before = KINDS.map(
        (kind): Finding => ({ kind, severity: "problem", about: "a thing of before", since: 1, sentence: "", cure: "" }),
    );

    for (const name of Object.keys(UNREAD) as (keyof WatchSignals)[]) {
        const signals = { [name]: { unread: "AccessDeniedException: no" } };

        finds(`is a problem: ${name}`, { signals }, [unread(name, UNREAD[name])]);

        finds(`keeps the findings of the run before that need it: ${name}`, { signals, memory: { findings: before } }, [
            unread(name, UNREAD[name]),
            ...before.filter(({ kind }) => STAYING[name].includes(kind)),
        ]);
    }

    it("leaves the time of the last servers as it was", () => {
        const signals = { servers: { unread: "no" } };
        const { serversAt, ...first } = lookFirst({}).memory;
        assert.deepEqual(look({ signals, memory: { serversAt: 5 } }).memory.serversAt, 5);
        assert.deepEqual(Object.keys(lookFirst({ signals }).memory).toSorted(), Object.keys(first).toSorted());
    });

    it("is a problem: its own log", () => {
        const { findings } = health(NOW, SETTINGS, TARGETS, HEALTHY, { unread: "AccessDeniedException: no" });
        assert.deepEqual(findings, [unread("memory", "its own log")]);
    });

    it("leaves the numbers of overdue backups and of volumes unknown, without its own log too", () => {
        const { OverdueServers, UncoveredVolumes, Problems } = countsOf(health(NOW, SETTINGS, TARGETS, HEALTHY, { unread: "no" }));
        assert.deepEqual([OverdueServers, UncoveredVolumes, Problems], [undefined, undefined, 1]);
    });
});
