import { type Health, health } from "../../lambda/watch/health";
import type { Memory } from "../../lambda/watch/memory";
import type { Signal, SignalName, Signals } from "../../lambda/watch/signals";
import type { WatchSettings, WatchTargets } from "../../lambda/watch/watchSettings";
import { POLICY } from "./history";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const SETTINGS: WatchSettings = {
    ...POLICY,
    retention: { Day: 5, Week: 3, Month: 2 },
    excludeTag: "VssBackupExclude",
    overdueGraceHours: 2,
    alarmStopped: false,
    report: "daily",
    cleanerSchedule: "cron(0 7 * * ? *)",
    windowCutoff: 0,
};

export const TARGETS: WatchTargets = {
    serverTag: { key: "VssBackup", value: "prod" },
    excludeBootVolume: false,
    windowIds: { Day: "mw-day", Week: "mw-week", Month: "mw-month" },
    associationId: "association",
    topicArn: "arn:aws:sns:eu-central-1:123456789012:topic",
    emails: {},
    cleanerLogGroup: "/vss-backup/prod/cleaner",
    watchLogGroup: "/vss-backup/prod/watch",
    document: "AWSEC2-CreateVssSnapshot",
};

/** A thing that goes wrong in an account, and when. `server` is a number; without it, all servers are meant. */
export interface Incident {
    readonly fault:
        | "stopped"
        | "agent"
        | "vss"
        | "package"
        | "disk"
        | "untagged"
        | "misspelled"
        | "excluded"
        | "absent"
        | "disabled"
        | "role"
        | "cleaner";
    readonly server?: number;
    readonly from: number;
    readonly to: number;
}

/** A run of a type that was due on a server. */
export interface DueBackup {
    readonly server: number;
    readonly type: string;
    readonly due: number;
    /** Whether it made a restore point. */
    readonly isGood: boolean;
    readonly status: string;
    readonly output: string;
    readonly volumes: readonly string[];
}

const SCHEDULE_DAYS: Readonly<Record<string, { readonly at: string; readonly runsOn: (day: string) => boolean }>> = {
    Day: { at: "01:00", runsOn: () => true },
    Week: { at: "03:00", runsOn: (day) => new Date(`${day}T00:00:00Z`).getUTCDay() === 0 },
    Month: { at: "05:00", runsOn: (day) => day.endsWith("-01") },
};

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
    const clock = clocks.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone });
    clocks.set(timeZone, clock);
    return clock;
}

function halfHours(from: number, to: number): number[] {
    const first = Math.ceil(from / (HOUR / 2)) * (HOUR / 2);
    return Array.from({ length: Math.ceil((to - first) / (HOUR / 2)) }, (_, i) => first + (i * HOUR) / 2);
}

/** Lists when each type is due, from a clock in the zone alone: at the first half hour that shows the time, or is past it. */
export function dueTimes(timezone: string, from: number, to: number): { readonly type: string; readonly due: number }[] {
    const clock = clockOf(timezone);
    const found = new Map<string, { type: string; due: number }>();
    for (const time of halfHours(from, to)) {
        const [day = "", hour = ""] = clock.format(time).split(" ");
        for (const [type, { at, runsOn }] of Object.entries(SCHEDULE_DAYS)) {
            const key = `${type} ${day}`;
            // The first half hours of the range may be past a run that was due before it.
            if (hour >= at && runsOn(day) && !found.has(key) && (hour === at || time - from > DAY)) {
                found.set(key, { type, due: time });
            }
        }
    }
    return [...found.values()];
}

/** An account with servers of two volumes, in which things go wrong. It knows the truth that the watch must find. */
export class WatchedAccount {
    public readonly due: ReturnType<typeof dueTimes>;
    public readonly backups: readonly DueBackup[];
    private readonly cleanings: readonly number[];

    public constructor(
        public readonly timezone: string,
        public readonly servers: number,
        public readonly start: number,
        public readonly end: number,
        public readonly incidents: readonly Incident[],
        private readonly overdueGraceHours = SETTINGS.overdueGraceHours,
    ) {
        this.due = dueTimes(timezone, start, end);
        this.cleanings = halfHours(start, end).filter((time) => clockOf(timezone).format(time).endsWith(" 07:00"));
        this.backups = this.due.flatMap(({ type, due }) =>
            Array.from({ length: servers }, (_, server) => server)
                .filter((server) => this.isTagged(server, due) && !this.has("disabled", due) && !this.has("role", due))
                .map((server) => ({ server, type, due, ...this.outcome(server, due) })),
        );
    }

    public get settings(): WatchSettings {
        return { ...SETTINGS, timezone: this.timezone, overdueGraceHours: this.overdueGraceHours };
    }

    public has(fault: Incident["fault"], time: number, server?: number): boolean {
        return this.incidents.some(
            (incident) =>
                incident.fault === fault &&
                incident.from <= time &&
                time < incident.to &&
                (incident.server === undefined || incident.server === server),
        );
    }

    public isTagged(server: number, time: number): boolean {
        return !this.has("absent", time, server) && !this.has("untagged", time, server) && !this.has("misspelled", time, server);
    }

    public ran(server: number, time: number): boolean {
        return !this.has("absent", time, server) && !this.has("stopped", time, server);
    }

    /** The restore points of a type that exist at a time. */
    public goodBackups(server: number, type: string, time: number): DueBackup[] {
        return this.backups.filter((one) => one.server === server && one.type === type && one.isGood && one.due + HOUR <= time);
    }

    /** Runs the watch once. */
    public watch(now: number, memory: Signal<Memory | undefined>, unread: readonly SignalName[] = []): Health {
        return health(now, this.settings, TARGETS, this.signals(now, unread), memory);
    }

    public signals(now: number, unread: readonly SignalName[] = []): Signals {
        const read: Signals = {
            servers: { value: this.present(now).map((server) => this.serverAt(server, now)) },
            nodes: {
                value: this.present(now)
                    .filter((server) => !this.has("stopped", now, server))
                    .map((server) => ({ id: id("i", server), platform: "Windows", ...this.pingOf(server, now) })),
            },
            snapshots: { value: this.snapshotsAt(now) },
            invocations: {
                value: this.backups
                    .filter(({ due }) => due <= now && due > now - 30 * DAY)
                    .map(({ server, type, due, status, output }) => ({
                        serverId: id("i", server),
                        type,
                        requestedAt: due,
                        status: now < due + HOUR ? "InProgress" : status,
                        output,
                    })),
            },
            windows: {
                value: Object.entries(TARGETS.windowIds).map(([type, windowId]) => ({
                    id: windowId,
                    enabled: !this.has("disabled", now),
                    schedule: SETTINGS.schedules[type] ?? "",
                    timezone: this.timezone,
                    duration: 1,
                    cutoff: 0,
                })),
            },
            executions: {
                value: this.due
                    .filter(({ due }) => due <= now && due > now - 40 * DAY && !this.has("disabled", due))
                    .map(({ type, due }) => ({
                        windowId: TARGETS.windowIds[type] ?? "",
                        startTime: due,
                        status: this.has("role", due) ? "FAILED" : "SUCCESS",
                        details: this.has("role", due) ? "the role may not send commands" : "",
                    })),
            },
            packages: {
                value: this.present(now).map((server) => ({
                    serverId: id("i", server),
                    status: "Success",
                    details: "",
                    time: this.start,
                })),
            },
            cleanerRuns: { value: this.cleanerRunsAt(now) },
            subscriptions: { value: [{ protocol: "email", endpoint: "admins@example.com", isConfirmed: true }] },
            restoreTests: { value: [] },
        };
        return { ...read, ...Object.fromEntries(unread.map((name) => [name, { unread: "AccessDeniedException: no permission" }])) };
    }

    private outcome(server: number, due: number): Pick<DueBackup, "isGood" | "status" | "output" | "volumes"> {
        const failed = (status: string, output: string) => ({ isGood: false, status, output, volumes: [] });
        if (this.has("stopped", due, server) || this.has("agent", due, server)) {
            return failed("DeliveryTimedOut", "");
        }
        if (this.has("package", due, server)) {
            return failed("Failed", "1003: AwsVssComponents is not installed");
        }
        if (this.has("vss", due, server)) {
            return failed("Failed", "VSS started.\n2005: freezing took longer than VSS allows\n");
        }
        const volumes = this.has("disk", due, server) ? ["c"] : ["c", "d"];
        return { isGood: true, status: "Success", output: "", volumes };
    }

    private present(now: number): number[] {
        return Array.from({ length: this.servers }, (_, server) => server).filter((server) => !this.has("absent", now, server));
    }

    private serverAt(server: number, now: number) {
        const ended = (fault: Incident["fault"]) =>
            Math.max(
                this.start,
                ...this.incidents.filter((one) => one.fault === fault && one.server === server && one.to <= now).map(({ to }) => to),
            );
        const stop = this.incidents.find((one) => one.fault === "stopped" && one.server === server && one.from <= now && now < one.to);
        const created = ended("absent");
        return {
            id: id("i", server),
            name: `server${server}`,
            state: stop ? "stopped" : "running",
            ...(stop && { stoppedAt: stop.from }),
            launchedAt: Math.max(created, ended("stopped")),
            isWindows: true,
            instanceType: "m7i.large",
            hasProfile: true,
            volumes: [
                { id: id("vol-c", server), device: "/dev/sda1", attachedAt: created, isRoot: true },
                { id: id("vol-d", server), device: "xvdb", attachedAt: created, isRoot: false },
            ],
            tags: this.tagsAt(server, now),
        };
    }

    private tagsAt(server: number, now: number): Record<string, string> {
        const excluded: Record<string, string> = this.has("excluded", now, server) ? { VssBackupExclude: "a test server" } : {};
        if (this.has("untagged", now, server)) {
            return excluded;
        }
        return { VssBackup: this.has("misspelled", now, server) ? "Prod" : "prod", ...excluded };
    }

    private pingOf(server: number, now: number): { ping: string; lastPing: number } {
        const fault = this.incidents.find(
            (one) => one.fault === "agent" && (one.server === undefined || one.server === server) && one.from <= now && now < one.to,
        );
        return fault ? { ping: "ConnectionLost", lastPing: fault.from } : { ping: "Online", lastPing: now };
    }

    /** The snapshots of the newest sets of each type. Those that began within the hour are pending. */
    private snapshotsAt(now: number) {
        const kept = new Map<string, number>();
        return this.backups
            .filter(({ due, isGood }) => isGood && due + HOUR / 6 <= now)
            .toReversed()
            .filter(({ server, type }) => {
                const key = `${server} ${type}`;
                kept.set(key, (kept.get(key) ?? 0) + 1);
                return (kept.get(key) ?? 0) <= (SETTINGS.retention[type] ?? 0);
            })
            .flatMap(({ server, type, due, volumes }) =>
                volumes.map((volume) => ({
                    id: `snap-${type}-${due}-${server}-${volume}`,
                    volumeId: id(`vol-${volume}`, server),
                    startTime: due + HOUR / 60,
                    state: now < due + HOUR / 2 ? "pending" : "completed",
                    sizeGib: 100,
                    tags: {
                        VssBackupPolicy: "prod",
                        SnapshotType: type,
                        AwsVssConfig: guid(server, type, due),
                        ...(now < due + HOUR ? {} : { AppConsistent: "True" }),
                    },
                })),
            );
    }

    private cleanerRunsAt(now: number) {
        return this.cleanings
            .filter((time) => time <= now && time > now - 5 * DAY && !this.has("cleaner", time))
            .map((time) => ({ time, status: "OK" as const, errors: [], kept: 10, deleted: 2, failed: 0, remaining: 0, failedIds: [] }));
    }
}

export function id(prefix: string, server: number): string {
    return `${prefix}-${server}`;
}

function guid(server: number, type: string, due: number): string {
    const hex = (number: number, length: number) => number.toString(16).padStart(length, "0").slice(-length);
    return `{${hex(due / 60_000, 8)}-${hex(server, 4)}-4000-8${hex(type.length, 3)}-000000000000}`;
}
