import { type Account, findTargetedServers } from "./account";
import type { DueBackups } from "./dueBackups";
import type { Server } from "./embeddedAws/ssm";
import type { Ledger, LedgerEntry } from "./ledger";
import type { TypedRun } from "./openWindows";
import type { Truth } from "./watchInvariants";

const HOUR = 3_600_000;
const FAILING_RUNS = 3;

/** At most one window of each default type opens within an hour. */
const KEPT_RUNS = 2 * FAILING_RUNS;

/** The last runs of each server. */
export class LastRuns {
    private readonly byServer = new Map<string, TypedRun[]>();

    public add(run: TypedRun): void {
        const before = this.byServer.get(run.server.id) ?? [];
        this.byServer.set(run.server.id, [...before, run].slice(-KEPT_RUNS));
    }

    /** Whether so many of the last runs of a server failed that the watch may say so. Runs of the last hour may be in progress. */
    public allFailed(server: string, now: number): boolean {
        const runs = this.byServer.get(server) ?? [];
        return [runs, runs.filter(({ time }) => time <= now - HOUR)].some((known) => {
            const last = known.slice(-FAILING_RUNS);
            return last.length === FAILING_RUNS && last.every(({ status }) => status === "Failed");
        });
    }
}

/** Looks up what is wrong in an account now, without the watch. */
export function findTruth(
    { servers, store, windows, timeline }: Account,
    ledger: Ledger,
    backups: DueBackups,
    lastRuns: LastRuns,
    countCrashConsistent = false,
): Omit<Truth, "run"> {
    const newest = new Map(ledger.restorePoints(store, countCrashConsistent).map((point) => [point.server, point]));
    const ids = servers.map(({ id }) => id);
    return {
        missing: backups.missing(),
        withoutPoint: ids.filter((id) => !newest.has(id)),
        failing: ids.filter((id) => lastRuns.allFailed(id, timeline.now)),
        uncovered: servers.filter((server) => hasUncovered(server, newest.get(server.id))).map(({ id }) => id),
        watched: findTargetedServers(servers, windows[0]?.targets ?? []).map(({ id }) => id),
    };
}

/** Whether a restore point has not all volumes that the server had then and has still. Excluded boot volumes count, too. */
function hasUncovered({ volumes, madeAt = 0 }: Server, point: LedgerEntry | undefined): boolean {
    const covered = new Set(point?.members.map(({ volumeId }) => volumeId));
    return point !== undefined && volumes.some(({ id, attachedAt = madeAt }) => !covered.has(id) && attachedAt <= point.startTime);
}
