import { WINDOW_HOURS } from "../retention/schedules";
import { utc } from "../retention/wording";
import type { DueRuns } from "./dueRuns";
import type { BackupWindow, WindowExecution } from "./signals";
import type { Draft, Situation } from "./situation";

/** How much earlier than due Systems Manager may open a window. */
const EARLY_MS = 60_000;

/** How long Systems Manager surely keeps executions. AWS does not document it; commands are kept for 30 days. */
const HISTORY_MS = 29 * 86_400_000;

/** Statuses of an execution that has no result yet. */
const UNFINISHED = ["PENDING", "IN_PROGRESS", "CANCELLING"];

const CHANGED_CURE = "Put it back with pulumi refresh, and then pulumi up.";

/** Finds windows that do not do what the policy wants of them. */
export function windowFindings(situation: Situation, schedules: Readonly<Record<string, { readonly since: number }>>): Draft[] {
    return situation.dueRuns.flatMap((runs) => {
        const id = situation.targets.windowIds[runs.type] ?? "";
        return [
            ...wrongSettings(runs, id, situation),
            ...badExecution(runs, id, situation),
            ...noExecution(runs, id, situation, schedules),
        ];
    });
}

function wrongSettings({ type, schedule }: DueRuns, id: string, { readings, settings }: Situation): Draft[] {
    if (!readings.windows) {
        return [];
    }
    const window = readings.windows.find((candidate) => candidate.id === id);
    const problem = { severity: "problem", type, about: id } as const;
    if (!window) {
        return [{ ...problem, kind: "window missing", sentence: `The window of ${type} (${id}) does not exist.`, cure: CHANGED_CURE }];
    }
    const changes = changesOf(window, { schedule, timezone: settings.timezone, duration: WINDOW_HOURS, cutoff: settings.windowCutoff });
    return [
        ...(window.enabled
            ? []
            : [
                  {
                      ...problem,
                      kind: "window disabled" as const,
                      sentence: `The window of ${type} (${id}) is disabled, so it takes no backups.`,
                      cure: `aws ssm update-maintenance-window --window-id ${id} --enabled`,
                  },
              ]),
        ...(changes.length === 0
            ? []
            : [
                  {
                      ...problem,
                      kind: "window changed" as const,
                      sentence: `The window of ${type} (${id}) was changed by hand: ${changes.join(", ")}.`,
                      cure: CHANGED_CURE,
                  },
              ]),
    ];
}

function changesOf(window: BackupWindow, expected: Pick<BackupWindow, "schedule" | "timezone" | "duration" | "cutoff">): string[] {
    return (["schedule", "timezone", "duration", "cutoff"] as const)
        .filter((key) => window[key] !== expected[key])
        .map((key) => `its ${key} is ${window[key]}, not ${expected[key]}`);
}

/** Finds out if the newest execution of a window that has ended failed, or was skipped. One that has not ended says nothing. */
function badExecution({ type }: DueRuns, id: string, { readings, known }: Situation): Draft[] {
    if (!readings.executions) {
        return [];
    }
    const newest = executionsOf(id, readings.executions).find(({ status }) => !UNFINISHED.includes(status));
    if (!newest) {
        // Systems Manager keeps an execution for about a month. The next one of a monthly window can come later.
        return (["window failed", "window skipped"] as const).flatMap((kind) => known({ kind, type, about: id }) ?? []);
    }
    if (newest.status === "SUCCESS") {
        return [];
    }
    const isSkipped = newest.status.startsWith("SKIPPED");
    const details = newest.details === "" ? "" : `: ${newest.details}`;
    return [
        {
            kind: isSkipped ? "window skipped" : "window failed",
            severity: "problem",
            type,
            about: id,
            since: newest.startTime,
            sentence: `The window of ${type} of ${utc(newest.startTime)} ended with ${newest.status}${details}.`,
            cure: isSkipped
                ? "An earlier execution was still active. See if a run hangs, and cancel it: aws ssm list-commands"
                : `aws ssm describe-maintenance-window-executions --window-id ${id} --max-results 10`,
        },
    ];
}

/** Finds out if a window did not open for a due run. */
function noExecution(
    runs: DueRuns,
    id: string,
    { now, readings, known }: Situation,
    schedules: Readonly<Record<string, { readonly since: number }>>,
): Draft[] {
    const due = runs.judged;
    if (!readings.executions || due === undefined || due < (schedules[runs.type]?.since ?? now)) {
        return [];
    }
    const isMissing = readings.windows?.every((window) => window.id !== id) ?? false;
    const opened = executionsOf(id, readings.executions).some(({ startTime }) => startTime >= due - EARLY_MS);
    const name = { kind: "window never executed", type: runs.type, about: id } as const;
    // If Systems Manager no longer keeps the execution, the run before knows if it was missing.
    return opened || (due < now - HISTORY_MS && !known(name))
        ? []
        : [
              {
                  ...name,
                  severity: "problem",
                  since: due,
                  sentence: `The window of ${runs.type} (${id}) did not open for its run of ${utc(due)}.`,
                  cure: isMissing ? CHANGED_CURE : `Look at the window: aws ssm get-maintenance-window --window-id ${id}`,
              },
          ];
}

function executionsOf(id: string, executions: readonly WindowExecution[]): WindowExecution[] {
    return executions.filter(({ windowId }) => windowId === id).toSorted((a, b) => b.startTime - a.startTime);
}
