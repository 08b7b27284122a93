import type { Account } from "./account";
import type { DueBackups } from "./dueBackups";
import type { Ledger } from "./ledger";
import type { TypedRun } from "./openWindows";
import type { Truth } from "./watchInvariants";

const FAILING_RUNS = 3;

/** The last runs of each server. */
export class LastRuns {
    private readonly byServer = new Map<string, TypedRun[]>();

    public add(run: TypedRun): void {
        const before = this.byServer.get(run.server.id) ?? [];
        this.byServer.set(run.server.id, [...before, run].slice(-FAILING_RUNS));
    }

    /** Whether so many of the last runs of a server failed that the watch must say so. */
    public allFailed(server: string): boolean {
        const last = this.byServer.get(server) ?? [];
        return last.length === FAILING_RUNS && last.every(({ status }) => status === "Failed");
    }
}

/** Looks up what is wrong in an account now, without the watch. */
export function truthNow(
    { servers, store }: Account,
    ledger: Ledger,
    backups: DueBackups,
    lastRuns: LastRuns,
    countCrashConsistent = false,
): Omit<Truth, "run"> {
    const points = new Set(ledger.restorePoints(store, countCrashConsistent).map(({ server }) => server));
    const ids = servers.map(({ id }) => id);
    return {
        missing: backups.missing(),
        withoutPoint: ids.filter((id) => !points.has(id)),
        failing: ids.filter((id) => lastRuns.allFailed(id)),
        unmounted: servers.filter(({ volumes }) => volumes.some(({ mounted }) => !mounted)).map(({ id }) => id),
    };
}
