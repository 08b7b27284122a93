import type { BackupSet } from "../retention/backupSets";
import type { DueRuns } from "./dueRuns";
import type { Memory, OptionTimes, Since } from "./memory";
import { UNDELIVERED, UNFINISHED } from "./serverFindings";
import type { Server } from "./signals";
import { isStopped, type Situation, stopTime } from "./situation";
import type { WatchTargets } from "./watchSettings";

const HOUR = 3_600_000;

/** Since when the options of a policy have their values. An option that changes must not make findings of the time before. */
export function optionTimes({ now, memory, settings, targets }: Pick<Situation, "now" | "memory" | "settings" | "targets">): OptionTimes {
    const since = (name: string, value: string, atFirst: number): Since => {
        const known = memory?.options[name];
        return known?.value === value ? known : { value, since: known ? now : atFirst };
    };
    return {
        timezone: since("timezone", settings.timezone, 0),
        cleanerSchedule: since("cleanerSchedule", `${settings.cleanerSchedule} ${settings.timezone}`, memory?.since ?? now),
        excludeBootVolume: since("excludeBootVolume", String(targets.excludeBootVolume), 0),
    };
}

/**
 * Since when each snapshot type has its schedule in the present zone. A schedule that the watch sees for the first time begins with its
 * window.
 */
export function scheduleTimes({ now, memory, dueRuns, readings, targets, options }: Situation): Memory["schedules"] {
    const isSameZone = memory?.options.timezone === undefined || memory.options.timezone === options.timezone;
    return Object.fromEntries(
        dueRuns.map(({ type, schedule }) => {
            const known = memory?.schedules[type];
            if (known?.schedule === schedule && isSameZone) {
                return [type, known];
            }
            const executions = memory ? undefined : readings.executions?.filter(({ windowId }) => windowId === targets.windowIds[type]);
            return [type, { schedule, since: Math.min(now, ...(executions ?? []).map(({ startTime }) => startTime)) }];
        }),
    );
}

/**
 * Since when each server has the tag, by id. Without the run before, nobody knows when it got the tag. Then it had it since its oldest
 * snapshot or run that AWS still lists.
 */
export function firstSeenTimes({ now, memory, readings, sets, targeted }: Situation): Memory["firstSeen"] {
    const oldest = (server: Server) =>
        Math.min(
            now,
            ...(sets?.of(server).map(({ startTime }) => startTime) ?? []),
            ...(readings.invocations?.filter(({ serverId }) => serverId === server.id).map(({ requestedAt }) => requestedAt) ?? []),
        );
    return readings.servers
        ? Object.fromEntries(targeted.map((server) => [server.id, memory ? (memory.firstSeen[server.id] ?? now) : oldest(server)]))
        : { ...memory?.firstSeen };
}

/**
 * From when a server must have restore points of a type: the type has its schedule, the server has the tag, and one of its present volumes
 * is attached, or was backed up.
 *
 * @param sets of the server, newest first
 */
export function dutyBegin(
    server: Server,
    sets: readonly BackupSet[],
    scheduleSince: number,
    tagSince: number,
    { excludeBootVolume }: WatchTargets,
): number {
    const attached = server.volumes.filter(({ isRoot }) => !(isRoot && excludeBootVolume)).map(({ attachedAt }) => attachedAt);
    // A volume that is detached and attached again keeps its backups, and so its server keeps its duty.
    const volumesSince = Math.min(...attached, ...sets.map(({ startTime }) => startTime));
    return Math.max(scheduleSince, tagSince, Number.isFinite(volumesSince) ? volumesSince : tagSince);
}

/**
 * Lists the due runs that servers need not make up for, since they were stopped. The first run of the watch that can read the servers after
 * a due run judges it. Older entries stay until another run of the type can be overdue, and EC2 copies nothing more of theirs.
 */
export function excusedRuns(situation: Situation): Memory["excused"] {
    const { now, memory, targeted, dueRuns, settings } = situation;
    const entries = dueRuns.flatMap((runs) => {
        const judged = runs.judged ?? now;
        const news = runs.between(Math.max(judged, (memory?.serversAt ?? Number.NEGATIVE_INFINITY) + 1), now + 1);
        return targeted.map((server) => {
            const key = excuseKey(server, runs);
            const before = memory?.excused[key]?.filter((due) => due >= judged - settings.failedSetGraceHours * HOUR) ?? [];
            return [key, [...before, ...news.filter((due) => wasStopped(server, due, situation))]] as const;
        });
    });
    return Object.fromEntries(entries.filter(([, dues]) => dues.length > 0));
}

export function excuseKey({ id }: Server, { type }: DueRuns): string {
    return `${id}|${type}`;
}

/**
 * Whether a server was stopped when a run was due, as far as EC2 and the run before tell. If EC2 does not know when it stopped, only a run
 * that reached it shows that it ran.
 */
function wasStopped(server: Server, due: number, situation: Situation): boolean {
    const stopped = isStopped(server) ? (stopTime(server, situation) ?? Number.NEGATIVE_INFINITY) <= due : server.launchedAt > due;
    return stopped && (server.stoppedAt !== undefined || !wasReached(server, due, situation));
}

/** Whether a run reached a server at a time or later. Systems Manager also calls a run unfinished that waits for its server. */
export function wasReached(server: Server, since: number, { readings }: Pick<Situation, "readings">): boolean {
    return (
        readings.invocations?.some(
            ({ serverId, requestedAt, status }) =>
                serverId === server.id && requestedAt >= since && ![...UNDELIVERED, ...UNFINISHED].includes(status),
        ) ?? false
    );
}
