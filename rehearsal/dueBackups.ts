import { DEFAULTS } from "../components/defaults";
import { type Account, findTargetedServers } from "./account";
import type { DeployedWindow } from "./deployed";
import { findFiringTimes } from "./firingTimes";
import type { Ledger } from "./ledger";
import type { Promises } from "./promises";

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

/** What one window owes. */
interface Duty {
    readonly window: DeployedWindow;
    /** Due times that are not over yet, with the servers that had to be backed up then. */
    readonly dues: { readonly due: number; servers: readonly string[] }[];
    /** By server, the last due time that is over. */
    readonly owed: Map<string, number>;
}

/**
 * Follows which backups are due. A server has to be backed up if it has its tag and runs when its window opens.
 *
 * @param promises of the stack's config
 */
export function followDueBackups(
    account: Account,
    ledger: Ledger,
    { overdueGraceHours = DEFAULTS.overdueGraceHours, countCrashConsistent }: Pick<Promises, "overdueGraceHours" | "countCrashConsistent">,
): DueBackups {
    const { windows, timeline, servers, store, start, end } = account;
    const duties = windows.map((window): Duty => ({ window, dues: [], owed: new Map() }));
    for (const { window, dues } of duties) {
        timeline.each(findFiringTimes(window.schedule, window.timezone, start, end), (due) => {
            const running = findTargetedServers(servers, window.targets).filter(({ state = "running" }) => state === "running");
            dues.push({ due, servers: running.map(({ id }) => id) });
        });
    }
    return {
        missing() {
            const points = ledger.restorePoints(store, countCrashConsistent);
            return duties.flatMap((duty) => {
                const { type, duration, targets } = duty.window;
                settle(duty, new Set(findTargetedServers(servers, targets).map(({ id }) => id)), timeline.now - overdueGraceHours * HOUR);
                return [...duty.owed]
                    .filter(
                        ([id, due]) =>
                            !points.some(({ server, type: made, startTime }) => server === id && made === type && startTime >= due),
                    )
                    .map(([server, due]) => ({ server, type, due, closed: due + duration * HOUR }));
            });
        },
    };
}

/** Forgets servers without the tag, and moves the due times of windows that closed until a time to those that are owed. */
function settle({ window: { duration }, dues, owed }: Duty, targeted: ReadonlySet<string>, until: number): void {
    for (const entry of dues) {
        entry.servers = entry.servers.filter((server) => targeted.has(server));
    }
    for (const server of owed.keys()) {
        if (!targeted.has(server)) {
            owed.delete(server);
        }
    }
    const pending = dues.findIndex(({ due }) => due + duration * HOUR > until);
    for (const { due, servers } of dues.splice(0, pending === -1 ? dues.length : pending)) {
        for (const server of servers) {
            owed.set(server, due);
        }
    }
}
