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
        ({ kind, server, type, since }) =>
            kind === "overdue" &&
            since > now - KEPT_MS &&
            !listed.some((run) => run.serverId === server && run.type === type && run.requestedAt >= since - HOUR),
    );
    const times = [...new Set(missing.map(({ since }) => since))].toSorted((a, b) => b - a).slice(0, RUNS);
    try {
        return { invocations: (await Promise.all(times.map((time) => listRun(session, time)))).flat(), rows: [] };
    } catch (error) {
        abortSignal.throwIfAborted();
        const sentence = `Older runs could not be read: ${failureOf(error).message}`;
        return { invocations: [], rows: [{ check: "runs", result: "unknown", sentence }] };
    }
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
