import { reasonOf, runsCommand, UNFINISHED } from "../../lambda/watch/serverFindings";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import type { Invocation, Server } from "../../lambda/watch/signals";
import { isStopped } from "../../lambda/watch/situation";
import type { WatchTargets } from "../../lambda/watch/watchSettings";
import { type Backups, serverLabel } from "../account";
import type { Row } from "./row";

/**
 * Shows why the last run of each type failed on each server. It is a note if somebody has made up for the run, or if the server is stopped.
 * Pure.
 */
export function runRows(
    servers: readonly Server[],
    invocations: readonly Invocation[],
    backups: Backups,
    { targets, clock }: { readonly targets: WatchTargets; readonly clock: (time: number) => string },
): Row[] {
    const runs = servers.flatMap((server) => lastRuns(server, invocations).map((run) => ({ server, run })));
    const failed = runs.filter(({ run }) => run.status !== "Success");
    return failed.length === 0
        ? [{ check: "runs", result: "ok", sentence: `The last runs succeeded on all servers that had one. There are ${runs.length}.` }]
        : failed.map(({ server, run }) => rowOf(server, run, isOver(server, run, backups), targets, clock));
}

/** The last finished run of each type on a server. */
function lastRuns({ id }: Server, invocations: readonly Invocation[]): Invocation[] {
    const newest = new Map<string | undefined, Invocation>();
    for (const run of invocations) {
        const before = newest.get(run.type);
        if (run.serverId === id && !UNFINISHED.includes(run.status) && (before === undefined || before.requestedAt < run.requestedAt)) {
            newest.set(run.type, run);
        }
    }
    return [...newest.values()];
}

function isOver(server: Server, { type, requestedAt }: Invocation, { byServer }: Backups): boolean {
    const points = byServer.of(server).filter((set) => isRestorePoint(set) && (type === undefined || set.type === type));
    return isStopped(server) || points.some(({ startTime }) => startTime >= requestedAt);
}

function rowOf(server: Server, run: Invocation, isNote: boolean, targets: WatchTargets, clock: (time: number) => string): Row {
    const reason = reasonOf(run.output);
    const name = run.type === undefined ? "run by hand" : `${run.type} run`;
    return {
        check: "runs",
        result: isNote ? "note" : "problem",
        sentence: `The last ${name} on ${serverLabel(server)}, of ${clock(run.requestedAt)}, ended with ${run.status}${reason === "" ? "." : `: ${reason}`}`,
        cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${runsCommand(server, targets)}`,
    };
}
