import { paginateListCommandInvocations } from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../lambda/aws/pages";
import type { Finding } from "../../lambda/watch/finding";
import { invocationOf } from "../../lambda/watch/reading/invocations";
import { filterTime } from "../../lambda/watch/reading/lookBack";
import { isOfOtherPolicy } from "../../lambda/watch/runComment";
import type { Invocation } from "../../lambda/watch/signals";
import { failureOf } from "../failure";
import type { Session } from "../session";
import type { Row } from "./row";

const HOUR = 3_600_000;

/** Systems Manager keeps commands for 30 days. */
const KEPT_MS = 30 * 24 * HOUR;

/** A window starts its commands within an hour. */
const WINDOW_MS = 2 * HOUR;

/** The most runs that are looked up. */
const RUNS = 5;

/** Runs that the listing of the watch does not have any more. */
export interface OlderRuns {
    readonly invocations: readonly Invocation[];
    /** Since when nobody knows the runs of some overdue backups: AWS does not list them any more, or they were not looked up. */
    readonly unknown: ReadonlySet<number>;
    /** A row if they cannot be read. */
    readonly rows: readonly Row[];
}

/**
 * Lists the runs of overdue backups that are older than the listing of the watch, such as that of a month. It makes one listing for each run, and
 * none for a server.
 */
export async function readOlderRuns(session: Session, findings: readonly Finding[], listed: readonly Invocation[]): Promise<OlderRuns> {
    const { now, abortSignal } = session;
    const missing = findings.filter(
        (finding) =>
            finding.kind === "overdue" &&
            runsSince(
                finding.since,
                listed.filter((run) => isOf(finding, run)),
            ).length === 0,
    );
    const all = [...new Set(missing.map(({ since }) => since))].toSorted((a, b) => b - a);
    const times = all.filter((since) => since > now - KEPT_MS).slice(0, RUNS);
    try {
        const invocations = (await Promise.all(times.map((time) => listRun(session, time)))).flat();
        return { invocations, unknown: new Set(all.filter((since) => !times.includes(since))), rows: [] };
    } catch (error) {
        abortSignal.throwIfAborted();
        const sentence = `Older runs could not be read: ${failureOf(error).message}`;
        return { invocations: [], unknown: new Set(all), rows: [{ check: "runs", result: "unknown", sentence }] };
    }
}

/** Whether a run is one of those that an overdue backup should have. */
export function isOf({ server, type }: Finding, run: Invocation): boolean {
    return run.serverId === server && run.type === type;
}

/** The runs that were due at a time or later. Systems Manager may start one a little early. */
export function runsSince(due: number, runs: readonly Invocation[]): Invocation[] {
    return runs.filter(({ requestedAt }) => requestedAt >= due - HOUR);
}

/** Lists what the run that was due at a time did on each server, in pages of 50. */
async function listRun({ clients, policy, abortSignal }: Session, due: number): Promise<Invocation[]> {
    const Filters = [
        { key: "InvokedAfter" as const, value: filterTime(due - HOUR) },
        { key: "InvokedBefore" as const, value: filterTime(due + WINDOW_MS) },
        { key: "DocumentName" as const, value: policy.targets.document },
    ];
    const found = await readPages({
        service: "Systems Manager",
        open: () => paginateListCommandInvocations({ client: clients.ssm, pageSize: 50 }, { Details: true, Filters }, { abortSignal }),
        listOf: ({ CommandInvocations }) => CommandInvocations,
        read: (run) => [`${run.CommandId} ${idOf("Systems Manager", "an invocation", run.InstanceId)}`, run],
    });
    return found
        .filter(({ Comment = "" }) => !isOfOtherPolicy(Comment, policy.settings.name))
        .map((run) => invocationOf(run, policy.settings));
}
