import { setMaxListeners } from "node:events";
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import { timeOf } from "../aws/eventTime";
import { type Health, health } from "./health";
import type { Memory } from "./memory";
import { memoryLines } from "./memoryLog";
import { metricsLine } from "./metrics";
import { readSignals, type WatchClients } from "./reading";
import { recordServers } from "./recording/recordServers";
import { type Delivery, sendReports } from "./reporting";
import { type WatchReport, watchReport } from "./reportLine";
import type { Signal } from "./signals";
import type { WatchSettings, WatchTargets } from "./watchSettings";

/** The part of Lambda's context that a run uses. */
export interface WatchContext {
    getRemainingTimeInMillis?(): number;
}

/** The error of a run that could not send its report. */
export class ReportNotSent extends Error {
    public override readonly name = "ReportNotSent";

    public constructor(errors: readonly string[]) {
        super(`${errors.join("; ")}. The report is in the log, and the next run sends one.`);
    }
}

/** Configures each client of a container. `adaptive` waits as the services demand, which allow few requests a second. */
export const watchClientConfig = {
    retryMode: "adaptive",
    maxAttempts: 8,
    // The second time-out is for the first byte of a response, the third for each byte after it.
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, socketTimeout: 30_000, throwOnRequestTimeout: true },
} satisfies EC2ClientConfig;

/** In the last 45 s the run reads no more, and in the last 15 s it waits for no response: it must write its lines before Lambda ends it. */
const LAST_READ_MS = 45_000;
const LAST_ANSWER_MS = 15_000;

/** Lambda's longest time-out, for a run outside Lambda. */
const LAMBDA_LIMIT_MS = 900_000;

/**
 * One run of the watch: read, record what a restore needs, judge, send a report if one is due, and write metrics, report and memory to the log.
 *
 * @param event `time`: when the run was due, ISO 8601, as EventBridge puts it into events; `report`: true if the report of the day is due
 * @param read reads AWS
 * @param record writes what a restore needs
 * @throws Error before any request, if the event has no time
 * @throws ReportNotSent after the lines are written, if a report could not be sent
 */
export async function watch(
    clients: WatchClients,
    settings: WatchSettings,
    targets: WatchTargets,
    event: { readonly time?: unknown; readonly report?: unknown },
    context?: WatchContext,
    read: typeof readSignals = readSignals,
    record: typeof recordServers = recordServers,
): Promise<WatchReport> {
    const now = timeOf(event, "watch");
    const remaining = context?.getRemainingTimeInMillis?.() ?? LAMBDA_LIMIT_MS;
    const untilLastRead = AbortSignal.timeout(Math.max(0, remaining - LAST_READ_MS));
    const untilLastAnswer = AbortSignal.timeout(Math.max(0, remaining - LAST_ANSWER_MS));
    // All listings run at the same time, and each request listens. Without this, Node writes a warning to the log.
    setMaxListeners(0, untilLastRead);

    const { signals: listed, memory } = await read(clients, settings, targets, now, untilLastRead);
    const signals = { ...listed, recording: await record(clients, settings, targets, listed.snapshots, untilLastRead) };
    const last = "value" in memory ? memory.value : undefined;
    const judge = (before: Signal<Memory | undefined>) => health(now, settings, targets, signals, before);
    const found = judge(memory);
    const delivery = await sendReports(clients.sns, settings, targets, {
        health: found,
        last,
        isDue: event.report === true,
        healthSince: (reported) => judge({ value: last && { ...last, reported } }),
        abortSignal: untilLastAnswer,
    });

    const result = watchReport(found, settings, delivery.sent, delivery.errors);
    writeLines([metricsLine(found, settings), JSON.stringify(result), ...linesForNextRun(settings, found, memory, delivery)]);
    if (delivery.errors.length > 0) {
        throw new ReportNotSent(delivery.errors);
    }
    return result;
}

/** The memory of this run; nothing if that of the run before could not be read: the next run may be able to read it, and must find it. */
function linesForNextRun({ name }: WatchSettings, { memory }: Health, before: Signal<Memory | undefined>, delivery: Delivery): string[] {
    return "unread" in before ? [] : memoryLines(name, { ...memory, ...delivery.memory });
}

function writeLines(lines: readonly string[]): void {
    // console.log would put words of its own before the line.
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
