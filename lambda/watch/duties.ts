import type { DueRuns } from "./dueRuns";
import type { Memory } from "./memory";
import { UNDELIVERED, UNFINISHED } from "./serverFindings";
import type { Server } from "./signals";
import { isStopped, type Situation } from "./situation";

/** Since when each snapshot type has its schedule. A schedule that the watch sees for the first time begins with its window. */
export function scheduleTimes({ now, memory, dueRuns, readings, targets }: Situation): Memory["schedules"] {
    return Object.fromEntries(
        dueRuns.map(({ type, schedule }) => {
            const known = memory?.schedules[type];
            if (known?.schedule === schedule) {
                return [type, known];
            }
            const executions = memory ? undefined : readings.executions?.filter(({ windowId }) => windowId === targets.windowIds[type]);
            return [type, { schedule, since: Math.min(now, ...(executions ?? []).map(({ startTime }) => startTime)) }];
        }),
    );
}

/** When each server was first seen with the tag, by id. */
export function firstSeenTimes({ now, memory, readings, targets }: Situation): Memory["firstSeen"] {
    const servers = readings.servers?.filter(({ tags }) => tags[targets.serverTag.key] === targets.serverTag.value);
    return servers
        ? Object.fromEntries(servers.map(({ id, firstSeen }) => [id, memory ? (memory.firstSeen[id] ?? now) : firstSeen]))
        : { ...memory?.firstSeen };
}

/**
 * From when a server must have restore points of a type: the type has its schedule, the server has the tag, and one of its present volumes
 * is attached.
 */
export function dutyBegin(server: Server, scheduleSince: number, tagSince: number): number {
    const attached = server.volumes.map(({ attachedAt }) => attachedAt);
    return Math.max(scheduleSince, tagSince, attached.length > 0 ? Math.min(...attached) : tagSince);
}

/**
 * Lists the due runs that servers need not make up for, since they were stopped. The first run of the watch after a due run judges it. Older
 * entries stay until another run of the type can be overdue.
 */
export function excusedRuns(situation: Situation): Memory["excused"] {
    const { now, memory, watched, dueRuns } = situation;
    const entries = dueRuns.flatMap((runs) => {
        const judged = runs.judged ?? now;
        const news = runs.between(Math.max(judged, (memory?.time ?? Number.NEGATIVE_INFINITY) + 1), now + 1);
        return watched.map((server) => {
            const key = excuseKey(server, runs);
            const before = memory?.excused[key]?.filter((due) => due >= judged) ?? [];
            return [key, [...before, ...news.filter((due) => wasStopped(server, due, situation))]] as const;
        });
    });
    return Object.fromEntries(entries.filter(([, dues]) => dues.length > 0));
}

export function excuseKey({ id }: Server, { type }: DueRuns): string {
    return `${id}|${type}`;
}

/** Whether a server was stopped when a run was due, as far as EC2 and the run before tell. */
function wasStopped(server: Server, due: number, { memory, readings, known }: Situation): boolean {
    const stop = known({ kind: "stopped", server: server.id });
    if (isStopped(server)) {
        return (server.stoppedAt ?? stop?.since ?? Number.POSITIVE_INFINITY) <= due;
    }
    // Systems Manager also calls a run unfinished that waits for its server.
    const ran = readings.invocations?.some(
        ({ serverId, requestedAt, status }) =>
            serverId === server.id && requestedAt >= due && ![...UNDELIVERED, ...UNFINISHED].includes(status),
    );
    const mayHaveBeenStopped = !memory || stop !== undefined;
    return server.launchedAt > due && mayHaveBeenStopped && !ran;
}
