import type { BackupSet } from "../../lambda/retention/backupSets";
import { utc } from "../../lambda/retention/wording";
import type { Finding } from "../../lambda/watch/finding";
import { reasonOf, runCommand, UNFINISHED } from "../../lambda/watch/serverFindings";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import type { Invocation, Server } from "../../lambda/watch/signals";
import { isStopped } from "../../lambda/watch/situation";
import type { WatchTargets } from "../../lambda/watch/watchSettings";
import { type Backups, serverLabel } from "../account";
import { isOf, type OlderRuns, runsSince } from "./olderRuns";
import type { Row } from "./row";

/** Everything that explains the runs. */
export interface Runs {
    readonly servers: readonly Server[];
    readonly invocations: readonly Invocation[];
    readonly backups: Backups;
    readonly findings: readonly Finding[];
    readonly targets: WatchTargets;
    readonly unknown: OlderRuns["unknown"];
}

/** A part of a row, and the run that it is about. */
type Cause = Pick<Row, "result" | "sentence" | "cure">;

/**
 * Shows why the last run of each type made no restore point on each server: it failed, its set failed, it has not ended, or nobody sent it. It
 * is a note if somebody has made up for the run, or if the server is stopped. Pure.
 */
export function runRows(runs: Runs): Row[] {
    const causes = runs.servers.flatMap((server) => {
        const ofServer = runs.invocations.filter(({ serverId }) => serverId === server.id);
        const overdue = runs.findings.filter((finding) => finding.kind === "overdue" && finding.server === server.id);
        const types = new Set([...ofServer.map(({ type }) => type), ...overdue.map(({ type }) => type)]);
        return [...types].flatMap((type) => {
            const ofType = ofServer.filter((run) => run.type === type).toSorted((a, b) => b.requestedAt - a.requestedAt);
            const missing = overdue.find((finding) => finding.type === type);
            return missing === undefined ? lastCause(server, ofType, runs) : [overdueCause(server, missing, ofType, runs)];
        });
    });
    const ended = runs.servers.some(({ id }) => runs.invocations.some((run) => run.serverId === id && isEnded(run)));
    return causes.length === 0 && ended
        ? [{ check: "runs", result: "ok", sentence: "The last runs succeeded on all servers that had one." }]
        : causes.map((cause) => ({ check: "runs", ...cause }));
}

function isEnded({ status }: Invocation): boolean {
    return !UNFINISHED.includes(status);
}

/** Why the last run of a type that has ended is no good. */
function lastCause(server: Server, ofType: readonly Invocation[], runs: Runs): Cause[] {
    const last = ofType.find(isEnded);
    if (last === undefined) {
        return [];
    }
    return last.status === "Success" ? failedSet(server, last, runs) : [failedRun(server, last, runs)];
}

/** Why there is no restore point although one is overdue. */
function overdueCause(server: Server, finding: Finding, ofType: readonly Invocation[], runs: Runs): Cause {
    const since = runsSince(
        finding.since,
        ofType.filter((run) => isOf(finding, run)),
    );
    const run = since.find(isEnded) ?? since[0];
    if (run === undefined) {
        return noRun(server, finding, runs);
    }
    const cure = `See it: ${runCommand(server, runs.targets, run)}`;
    if (!isEnded(run)) {
        return { result: "problem", sentence: `${sentenceStart(server, run)}, has not ended: it is ${run.status}.`, cure };
    }
    if (run.status !== "Success") {
        return failedRun(server, run, runs);
    }
    const set = setOf(server, run, runs);
    return set === undefined || isRestorePoint(set)
        ? { result: "problem", sentence: `${sentenceStart(server, run)}, succeeded, and EC2 lists no snapshot of it.`, cure }
        : badSet(server, run, set, "problem");
}

function noRun(server: Server, { type = "", since }: Finding, { targets, unknown }: Runs): Cause {
    const run = `${type} run of ${utc(since)} on ${serverLabel(server)}`;
    return unknown.has(since)
        ? { result: "unknown", sentence: `Nobody knows how the ${run} ended, because Systems Manager lists it no more.` }
        : {
              result: "problem",
              sentence: `Systems Manager sent no command for the ${run}.`,
              cure: `See if the window opened: aws ssm describe-maintenance-window-executions --window-id ${targets.windowIds[type] ?? ""} --max-results 10`,
          };
}

function failedRun(server: Server, run: Invocation, runs: Runs): Cause {
    const reason = reasonOf(run.output);
    return {
        result: isOver(server, run, runs) ? "note" : "problem",
        sentence: `${sentenceStart(server, run)}, ended with ${run.status}${reason === "" ? "." : `: ${reason}`}`,
        cure: `Look up the reason in docs/troubleshooting.md; see all of it: ${runCommand(server, runs.targets, run)}`,
    };
}

/** The set of a run that succeeded, if it has failed all the same. */
function failedSet(server: Server, run: Invocation, runs: Runs): Cause[] {
    const set = setOf(server, run, runs);
    return set?.status.kind === "failed" ? [badSet(server, run, set, isOver(server, run, runs) ? "note" : "problem")] : [];
}

function badSet(server: Server, run: Invocation, { anchor, status }: BackupSet, result: Row["result"]): Cause {
    return {
        result,
        sentence: `${sentenceStart(server, run)}, succeeded, but its set is no restore point: ${"why" in status ? status.why : ""}.`,
        cure: `Look up the reason in docs/troubleshooting.md; see the set: vss-backup explain ${anchor.id}`,
    };
}

/** The set that began next after a run; undefined if EC2 lists none. */
function setOf(server: Server, { type, requestedAt }: Invocation, { backups }: Runs): BackupSet | undefined {
    return backups.byServer.of(server).findLast((set) => set.startTime >= requestedAt && (type === undefined || set.type === type));
}

function isOver(server: Server, { type, requestedAt }: Invocation, { backups }: Runs): boolean {
    const points = backups.byServer.of(server).filter((set) => isRestorePoint(set) && (type === undefined || set.type === type));
    return isStopped(server) || points.some(({ startTime }) => startTime >= requestedAt);
}

function sentenceStart(server: Server, { type, requestedAt }: Invocation): string {
    return `The last ${type === undefined ? "run by hand" : `${type} run`} on ${serverLabel(server)}, of ${utc(requestedAt)}`;
}
