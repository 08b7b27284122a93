import { latestUntil, parseSchedule } from "../retention/schedules";
import { counted, utc } from "../retention/wording";
import type { CleanerRun } from "./signals";
import type { Draft, Situation } from "./situation";

const HOUR = 3_600_000;

/** From when a run of the cleaner is due until its report must be in the log: EventBridge Scheduler retries for an hour. */
const REPORT_MS = 2 * HOUR;

/** Runs in which the same deletion is refused, or the backlog grows, before the watch says so. */
const REPEATED_RUNS = 3;

/** Finds out if the cleaner failed, did not run, or makes no progress. */
export function cleanerFindings(situation: Situation): Draft[] {
    const { readings, targets } = situation;
    if (!readings.cleanerRuns) {
        return [];
    }
    const runs = readings.cleanerRuns.toSorted((a, b) => b.time - a.time);
    const look = `aws logs tail ${targets.cleanerLogGroup} --since 2d`;
    return [...failed(runs, look), ...late(runs, look, situation), ...heldBack(runs, look, situation)];
}

function failed(runs: readonly CleanerRun[], look: string): Draft[] {
    const [newest] = runs;
    if (newest?.status !== "FAILED") {
        return [];
    }
    const good = runs.findIndex(({ status }) => status !== "FAILED");
    const failures = good === -1 ? runs : runs.slice(0, good);
    return [
        {
            kind: "cleaner failed",
            severity: "problem",
            since: Math.min(...failures.map(({ time }) => time)),
            sentence: `The cleaner's run of ${utc(newest.time)} failed: ${newest.errors[0] ?? "its report names no error"}.`,
            cure: look,
        },
    ];
}

function late(runs: readonly CleanerRun[], look: string, { now, settings, options }: Situation): Draft[] {
    const due = lastDue(settings.cleanerSchedule, settings.timezone, now - REPORT_MS);
    if (due < options.cleanerSchedule.since || runs.some(({ time }) => time >= due)) {
        return [];
    }
    return [
        {
            kind: "cleaner late",
            severity: "problem",
            since: due,
            sentence: `The cleaner has no report of its run that was due at ${utc(due)}. It was not started, or it did not end.`,
            cure: look,
        },
    ];
}

/** When the cleaner was last due; for a rate, the latest time by which it must have run again. EventBridge Scheduler starts nothing at a skipped time. */
function lastDue(expression: string, timezone: string, until: number): number {
    const schedule = parseSchedule(expression, "no seconds");
    return schedule.kind === "rate"
        ? until - schedule.every
        : (latestUntil(schedule.pattern, timezone, until, "skipped") ?? Number.NEGATIVE_INFINITY);
}

function heldBack(runs: readonly CleanerRun[], look: string, { settings }: Situation): Draft[] {
    const last = runs.slice(0, REPEATED_RUNS);
    const [newest] = last;
    if (last.length < REPEATED_RUNS || !newest) {
        return [];
    }
    const repeated = newest.failedIds.filter((id) => last.every(({ failedIds }) => failedIds.includes(id)));
    const backlogs = last.map(({ remaining }) => remaining);
    const grows = !settings.reportOnly && backlogs.every((backlog, i) => i === 0 || backlog < (backlogs[i - 1] ?? 0));
    const held = { kind: "cleaner held back", severity: "problem", since: Math.min(...last.map(({ time }) => time)) } as const;
    return [
        ...(repeated.length === 0
            ? []
            : [
                  {
                      ...held,
                      about: "refusals",
                      sentence: `EC2 refused the deletion of ${counted(repeated.length, "snapshot")} in each of the last ${REPEATED_RUNS} runs, such as ${repeated[0]}.`,
                      cure: look,
                  },
              ]),
        ...(grows
            ? [
                  {
                      ...held,
                      about: "backlog",
                      sentence: `The cleaner's backlog grows: ${newest.remaining} snapshots wait for deletion, after ${backlogs.at(-1)} two runs before.`,
                      cure: "Set maxDeletionsPerRun higher, or let the cleaner run more often: cleanerSchedule",
                  },
              ]
            : []),
    ];
}
