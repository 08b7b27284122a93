import assert from "node:assert/strict";
import { type Health, health } from "../../../lambda/watch/health";
import type { Memory } from "../../../lambda/watch/memory";
import type { Server, Signal, SignalName, Signals, SizedSnapshot } from "../../../lambda/watch/signals";
import type { WatchSettings, WatchTargets } from "../../../lambda/watch/watchSettings";
import { DAY, HOUR, type Incident, SETTINGS, TARGETS, WatchedAccount } from "../../support/watchedAccount";
import { at, read } from "./healthOf";

const START = at("2027-03-08T12:10:00");
const DAYS = 12;

interface Story {
    /** Looks at the changes before this time alone. */
    readonly until?: number;
    readonly incidents?: readonly Incident[];
    readonly servers?: number;
    /** Changes an hour of the account. */
    readonly edit?: (signals: Signals, now: number) => Partial<Signals>;
    readonly settings?: (now: number) => Partial<WatchSettings>;
    readonly targets?: (now: number) => Partial<WatchTargets>;
    readonly unread?: (now: number) => readonly (SignalName | "memory")[];
    readonly everyHours?: number;
}

/** Runs the watch on an account of twelve days. Each run reads the memory of the run before. */
function play({ incidents = [], servers = 1, edit, settings, targets, unread, everyHours = 1 }: Story): Health[] {
    const account = new WatchedAccount("UTC", servers, START, START + DAYS * DAY, incidents);
    const runs: Health[] = [];
    let memory: Signal<Memory | undefined> = { value: undefined };
    for (let now = START; now < START + DAYS * DAY; now += everyHours * HOUR) {
        const names = unread?.(now) ?? [];
        const signals = account.signals(
            now,
            names.filter((name) => name !== "memory"),
        );
        const edited = { ...signals, ...edit?.(signals, now) };
        const before = names.includes("memory") ? { unread: "AccessDeniedException: no" } : memory;
        const found = health(now, { ...SETTINGS, ...settings?.(now) }, { ...TARGETS, ...targets?.(now) }, edited, before);
        runs.push(found);
        memory = names.includes("memory") ? memory : { value: found.memory };
    }
    return runs;
}

/** Lists when findings begin and end: the hour, the kind, and the type or the server. Stopped servers are left out. */
function changes(runs: readonly Health[]): string[] {
    let before = new Set<string>();
    return runs.flatMap(({ time, findings }) => {
        const now = new Set(
            findings
                .filter(({ kind }) => kind !== "stopped")
                .map(({ kind, severity, server = "", type = "" }) => [severity, kind, type, server].filter(Boolean).join(" ")),
        );
        const hour = new Date(time).toISOString().slice(5, 13);
        const lines = [
            ...[...now].filter((name) => !before.has(name)).map((name) => `${hour} + ${name}`),
            ...[...before].filter((name) => !now.has(name)).map((name) => `${hour} - ${name}`),
        ];
        before = now;
        return lines;
    });
}

function tells(title: string, story: Story, expected: readonly string[]): void {
    it(title, () => {
        const runs = play(story).filter(({ time }) => time < (story.until ?? Number.POSITIVE_INFINITY));
        assert.deepEqual(changes(runs), expected);
    });
}

function nightly(server: number, from: string, to: string): Incident[] {
    return Array.from({ length: DAYS + 1 }, (_, day) => ({
        fault: "stopped" as const,
        server,
        from: at(`2027-03-08T${from}:00`) + (day - 1) * DAY,
        to: at(`2027-03-08T${to}:00`) + day * DAY,
    }));
}

const incident = (fault: Incident["fault"], from: string, to: string, server = 0): Incident => ({
    fault,
    server,
    from: at(`2027-03-${from}:00`),
    to: at(`2027-03-${to}:00`),
});

function editServers(signals: Signals, edit: (server: Server) => Partial<Server>): Partial<Signals> {
    return { servers: { value: read(signals.servers).map((server) => ({ ...server, ...edit(server) })) } };
}

function editSnapshots(signals: Signals, edit: (snapshot: SizedSnapshot) => Partial<SizedSnapshot>): Partial<Signals> {
    return { snapshots: { value: read(signals.snapshots).map((snapshot) => ({ ...snapshot, ...edit(snapshot) })) } };
}

const without = (key: string, tags: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key));

/** A policy with backups of one type. */
const daily = () => ({ schedules: { Day: "cron(0 1 ? * * *)" } });

describe("The watch, hour by hour,", () => {
    tells(
        "reports snapshots that stay pending after the time of grace",
        {
            edit: (signals) =>
                editSnapshots(signals, ({ startTime, tags }) =>
                    startTime < at("2027-03-11T00:00:00") ? {} : { state: "pending", tags: without("AppConsistent", tags) },
                ),
        },
        ["03-12T01 + problem overdue Day i-0", "03-15T01 + problem never backed up i-0", "03-15T03 + problem overdue Week i-0"],
    );

    tells("reports a server that is stopped each night, and has never been backed up", { incidents: nightly(0, "20:00", "06:00") }, [
        "03-09T04 + problem never backed up i-0",
    ]);

    tells(
        "notes a server that is stopped each night since a day, in the daytime too",
        { incidents: nightly(0, "20:00", "06:00").filter(({ from }) => from > at("2027-03-12T00:00:00")), settings: daily },
        Array.from({ length: 8 }, (_, day) => [
            ...(day === 0 ? [] : [`03-${day + 12}T20 - note missed while stopped Day i-0`]),
            `03-${day + 13}T06 + note missed while stopped Day i-0`,
        ]).flat(),
    );

    tells(
        "does not call a server overdue that shuts down from within Windows, of which EC2 knows no time",
        {
            incidents: [incident("stopped", "12T00:40", "14T09:00")],
            settings: daily,
            edit: (signals) => editServers(signals, ({ state }) => (state === "stopped" ? ({ stoppedAt: undefined } as object) : {})),
        },
        ["03-14T09 + note missed while stopped Day i-0", "03-15T02 - note missed while stopped Day i-0"],
    );

    tells(
        "does not call a stopped server overdue if the servers could not be read at its due time",
        {
            incidents: [incident("stopped", "11T06:00", "14T09:00")],
            settings: daily,
            unread: (now) => (now > at("2027-03-12T00:30:00") && now < at("2027-03-12T01:30:00") ? ["servers"] : []),
        },
        [
            "03-12T01 + problem unread",
            "03-12T02 - problem unread",
            "03-14T09 + note missed while stopped Day i-0",
            "03-15T02 - note missed while stopped Day i-0",
        ],
    );

    tells(
        "calls no server overdue that is off at night, if the watch runs once a day",
        { incidents: nightly(0, "20:00", "06:00").filter(({ from }) => from > at("2027-03-12T00:00:00")), settings: daily, everyHours: 24 },
        ["03-13T12 + note missed while stopped Day i-0"],
    );

    tells(
        "finds nothing in a changed zone, whose windows have changed with it",
        {
            until: at("2027-03-12T00:00:00"),
            settings: (now) => (now < at("2027-03-11T20:00:00") ? {} : { timezone: "Asia/Tokyo" }),
            edit: (signals, now) =>
                now < at("2027-03-11T20:00:00")
                    ? {}
                    : { windows: { value: read(signals.windows).map((one) => ({ ...one, timezone: "Asia/Tokyo" })) } },
        },
        [],
    );

    tells(
        "finds nothing if the cleaner gets a later time",
        {
            until: at("2027-03-12T11:00:00"),
            settings: (now) => ({ cleanerSchedule: now < at("2027-03-11T10:00:00") ? "cron(0 7 * * ? *)" : "cron(0 9 * * ? *)" }),
        },
        [],
    );

    tells(
        "keeps a backup overdue if somebody takes the tag off, and puts it back",
        { incidents: [incident("vss", "14T02:00", "14T04:00"), incident("untagged", "15T12:00", "15T13:30")] },
        [
            "03-14T06 + problem overdue Week i-0",
            "03-15T12 + problem nobody targeted",
            "03-15T12 + problem tag removed i-0",
            "03-15T14 - problem nobody targeted",
            "03-15T14 - problem tag removed i-0",
        ],
    );

    tells(
        "keeps a backup overdue if a disk is detached and attached again",
        {
            incidents: [incident("vss", "14T02:00", "14T04:00")],
            edit: (signals, now) =>
                now < at("2027-03-14T05:00:00")
                    ? {}
                    : editServers(signals, ({ volumes }) => ({
                          volumes: volumes.map((one) => ({ ...one, attachedAt: at("2027-03-14T05:00:00") })),
                      })),
        },
        ["03-14T06 + problem overdue Week i-0"],
    );

    tells(
        "owes nothing for a new data volume if the policy excludes the boot volume",
        {
            targets: () => ({ excludeBootVolume: true }),
            edit: (signals, now) => ({
                ...(now < at("2027-03-12T10:00:00")
                    ? {}
                    : editServers(signals, ({ volumes }) => ({
                          volumes: volumes.map((one) =>
                              one.isRoot ? one : { ...one, id: "vol-new", attachedAt: at("2027-03-12T10:00:00") },
                          ),
                      }))),
                snapshots: {
                    value: read(signals.snapshots)
                        .filter(({ volumeId }) => !volumeId.startsWith("vol-c"))
                        .map((one) => (one.startTime < at("2027-03-12T10:00:00") ? one : { ...one, volumeId: "vol-new" })),
                },
            }),
        },
        [],
    );

    tells(
        "waits for the next backup if the policy no longer excludes the boot volume",
        {
            targets: (now) => ({ excludeBootVolume: now < at("2027-03-12T10:00:00") }),
            edit: (signals) => ({
                snapshots: {
                    value: read(signals.snapshots).filter(
                        ({ volumeId, startTime }) => !volumeId.startsWith("vol-c") || startTime > at("2027-03-12T10:00:00"),
                    ),
                },
            }),
        },
        [],
    );

    tells(
        "takes no disk of another server for a backup of this one",
        {
            servers: 2,
            incidents: [incident("vss", "12T00:30", "12T01:30")],
            edit: (signals, now) =>
                now < at("2027-03-12T02:30:00")
                    ? {}
                    : editServers(signals, ({ id, volumes }) => {
                          const [root, data] = volumes as [Server["volumes"][number], Server["volumes"][number]];
                          const moved = { ...data, id: "vol-d-1", device: "xvdc", attachedAt: at("2027-03-12T02:30:00") };
                          return { volumes: id === "i-0" ? [root, data, moved] : [root] };
                      }),
        },
        ["03-12T04 + problem overdue Day i-0", "03-13T02 + problem volume not covered i-0", "03-13T02 - problem overdue Day i-0"],
    );

    tells(
        "does not look for a tag on a server that only has the disk of another",
        {
            edit: (signals, now) => {
                const [server] = read(signals.servers) as [Server];
                const disk = { id: "vol-d-0", device: "xvdf", attachedAt: at("2027-03-12T02:30:00"), isRoot: false };
                const rescue = { ...server, id: "i-rescue", tags: {}, volumes: [disk] };
                const others = server.volumes.filter(({ id }) => id !== disk.id);
                const isOwn = ({ volumeId, startTime }: SizedSnapshot) => volumeId !== disk.id || startTime < disk.attachedAt;
                return now < disk.attachedAt
                    ? {}
                    : {
                          servers: { value: [{ ...server, volumes: others }, rescue] },
                          snapshots: { value: read(signals.snapshots).filter(isOwn) },
                      };
            },
        },
        [],
    );

    tells(
        "owes nothing for the time in which a stopped server was excluded",
        { incidents: [incident("stopped", "10T09:00", "18T09:00"), incident("excluded", "10T12:00", "14T12:00")], settings: daily },
        ["03-18T09 + note missed while stopped Day i-0", "03-19T02 - note missed while stopped Day i-0"],
    );

    tells(
        "owes nothing for the time before a tag that it knows since an unread run",
        {
            incidents: [incident("untagged", "08T00:00", "13T10:00")],
            unread: (now) => (now > at("2027-03-13T12:00:00") && now < at("2027-03-13T13:00:00") ? ["memory"] : []),
        },
        [
            "03-08T12 + problem nobody targeted",
            "03-13T10 - problem nobody targeted",
            "03-13T12 + problem unread",
            "03-13T13 - problem unread",
        ],
    );
});
