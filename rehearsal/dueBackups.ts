import { type Account, findTargetedServers } from "./account";
import type { DeployedWindow } from "./deployed";
import { findFiringTimes } from "./firingTimes";
import type { Ledger } from "./ledger";

const HOUR = 3_600_000;

/** A type of which a server has no restore point although one was due. */
export interface MissingBackup {
    readonly server: string;
    readonly type: string;
    /** When it was due, in milliseconds since 1970. */
    readonly due: number;
    /** When its window closed. */
    readonly closed: number;
}

/** The backups that were due. Knows them from the deployed schedules and from the runs, and not from the watch. */
export interface DueBackups {
    /**
     * Lists the restore points that are missing now, the last ones that were due of each server and type. A server that has no tag now owes
     * nothing any more: with a new tag it begins anew. To notice that, ask each hour.
     */
    missing(): MissingBackup[];
}

/** The due times of one window, and the servers that had to be backed up then. */
interface Duty {
    readonly window: DeployedWindow;
    readonly dues: { readonly due: number; servers: readonly string[] }[];
}

/**
 * Follows which backups are due. A server has to be backed up if it has its tag and runs when its window opens.
 *
 * @param graceHours after the end of a window
 */
export function followDueBackups(account: Account, ledger: Ledger, graceHours: number, countCrashConsistent = false): DueBackups {
    const { windows, timeline, servers, store, start, end } = account;
    const duties = windows.map((window): Duty => ({ window, dues: [] }));
    for (const { window, dues } of duties) {
        timeline.each(findFiringTimes(window.schedule, window.timezone, start, end), (due) => {
            const running = findTargetedServers(servers, window.targets).filter(({ state = "running" }) => state === "running");
            dues.push({ due, servers: running.map(({ id }) => id) });
        });
    }
    return {
        missing() {
            const points = ledger.restorePoints(store, countCrashConsistent);
            const exists = (server: string, type: string, due: number) =>
                points.some((point) => point.server === server && point.type === type && point.startTime >= due);
            return duties.flatMap(({ window, dues }) => {
                const { type, duration, targets } = window;
                const targeted = new Set(findTargetedServers(servers, targets).map(({ id }) => id));
                for (const duty of dues) {
                    duty.servers = duty.servers.filter((server) => targeted.has(server));
                }
                const place = dues.findLastIndex(({ due }) => due + (duration + graceHours) * HOUR <= timeline.now);
                dues.splice(0, Math.max(0, place));
                const last = place >= 0 ? dues[0] : undefined;
                return (last?.servers ?? [])
                    .filter((server) => last && !exists(server, type, last.due))
                    .map((server) => ({ server, type, due: last?.due ?? 0, closed: (last?.due ?? 0) + duration * HOUR }));
            });
        },
    };
}
