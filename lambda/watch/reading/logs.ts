import { type CloudWatchLogsClient, paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { idOf, readPages } from "../../aws/pages";
import type { Report } from "../../cleaner/report";
import type { Memory } from "../memory";
import { readMemory } from "../memoryLog";
import type { CleanerRun } from "../signals";
import type { WatchSettings, WatchTargets } from "../watchSettings";
import { lastRuns, lookBack } from "./lookBack";

const HOUR = 3_600_000;

/** The cleaner's runs that the watch looks at. */
const RUNS = 4;

/** How far back the memory may be, one after the other. A run of an hour or two ago nearly always has left one. */
const MEMORY_HOURS = [4, 28, 30 * 24];

/** The part of a log group that is read. Times are milliseconds since 1970. */
interface LogPart {
    readonly group: string;
    /** JSON lines whose property has this value. */
    readonly property: string;
    readonly value: string;
    readonly from: number;
    /** Excluded; undefined for the present. */
    readonly to?: number | undefined;
}

/**
 * Lists the last runs of the cleaner from its reports, the newest first. Retries of a run count as one run with it.
 *
 * @throws the service's error if the listing can't be completed
 */
export async function listCleanerRuns(
    logs: CloudWatchLogsClient,
    settings: WatchSettings,
    { cleanerLogGroup }: WatchTargets,
    now: number,
    abortSignal: AbortSignal,
): Promise<CleanerRun[]> {
    const { name, cleanerSchedule, timezone } = settings;
    const from = lookBack(lastRuns(cleanerSchedule, timezone, now, RUNS), now);
    const lines = await listLines(logs, { group: cleanerLogGroup, property: "Policy", value: name, from }, abortSignal);
    const runs = new Map<number, CleanerRun>();
    for (const attempt of lines.flatMap((line) => runOf(line, settings))) {
        const deleted = attempt.deleted + (runs.get(attempt.time)?.deleted ?? 0);
        runs.set(attempt.time, { ...attempt, deleted });
    }
    return [...runs.values()].toSorted((a, b) => b.time - a.time);
}

/**
 * Reads one line of a report. The first line has everything but ids of deleted snapshots, so further lines give no run. A run that somebody
 * started to see what it would delete is none either.
 */
function runOf(line: string, { name, reportOnly }: WatchSettings): CleanerRun[] {
    const report = reportIn(line);
    return report?.Policy === name && report.Counts && (reportOnly || !report.ReportOnly)
        ? [
              {
                  time: Date.parse(report.Time),
                  status: report.Status,
                  errors: report.Errors,
                  kept: report.Counts.Kept,
                  deleted: report.Counts.Deleted,
                  failed: report.Counts.Failed,
                  remaining: report.Counts.Remaining,
                  failedIds: report.FailedSnapshots.map(({ SnapshotId }) => SnapshotId),
              },
          ]
        : [];
}

/** A line that is not JSON is no report. */
function reportIn(line: string): Report | undefined {
    try {
        return JSON.parse(line) as Report;
    } catch {
        return undefined;
    }
}

/**
 * Reads the memory of the run before from the watch's own log; undefined if no run has left one in 30 days.
 *
 * @throws the service's error if a listing can't be completed
 */
export async function findMemory(
    logs: CloudWatchLogsClient,
    { name }: WatchSettings,
    { watchLogGroup }: WatchTargets,
    now: number,
    abortSignal: AbortSignal,
): Promise<Memory | undefined> {
    let lines: string[] = [];
    let to: number | undefined;
    for (const hours of MEMORY_HOURS) {
        const from = now - hours * HOUR;
        const part = { group: watchLogGroup, property: "Watch", value: name, from, to };
        lines = [...(await listLines(logs, part, abortSignal)), ...lines];
        const memory = readMemory(lines, now);
        if (memory) {
            return memory;
        }
        to = from;
    }
    return undefined;
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
function listLines(logs: CloudWatchLogsClient, { group, property, value, from, to }: LogPart, abortSignal: AbortSignal): Promise<string[]> {
    return readPages({
        service: "CloudWatch Logs",
        open: () =>
            paginateFilterLogEvents(
                { client: logs },
                {
                    logGroupName: group,
                    filterPattern: `{ $.${property} = "${value}" }`,
                    startTime: Math.max(0, from),
                    ...(to !== undefined && { endTime: to - 1 }),
                },
                { abortSignal },
            ),
        listOf: ({ events }) => events,
        read: ({ eventId, message = "" }) => [idOf("CloudWatch Logs", "an event", eventId), message],
    });
}
