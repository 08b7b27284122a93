import assert from "node:assert/strict";
import type { Report } from "../../lambda/cleaner/report";
import type { Snapshot } from "../../lambda/retention/snapshot";
import type { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";
import { type CleaningOptions, type CleaningResult, storeSnapshots, tryCleaner } from "./cleaning";
import { backUp, type SetSketch } from "./history";

/** Snapshots of one set. Their ids contain the day and the volume, as hexadecimal digits: `snap-29c`. */
export function makeSetOfDay(at: string, sketch: Omit<SetSketch, "at"> = {}): Snapshot[] {
    return backUp({ at, ...sketch }).map((snapshot) => ({ ...snapshot, id: `snap-${at.slice(8, 10)}${snapshot.id.at(-1)}` }));
}

/** Restore points of two volumes: those of two days that the cleaner may delete, and those of two days that retention needs. */
export function makeFourDays(): Snapshot[] {
    return ["2027-01-29", "2027-01-30", "2027-01-31", "2027-02-01"].flatMap((at) => makeSetOfDay(at));
}

type Lines = Readonly<Record<string, string>>;

/** The content of a report. The lists have snapshot or volume ids as keys, and the counts follow from the lists. */
export interface ReportContent {
    readonly Status?: Report["Status"];
    readonly Time?: string;
    readonly Errors?: readonly string[];
    readonly deleted?: Lines;
    readonly failed?: Lines;
    readonly remaining?: Lines;
    readonly skipped?: Lines;
    readonly kept?: Lines;
    readonly stale?: Lines;
    readonly standIns?: Report["StandIns"];
}

export const DELETED_LINES: Lines = {
    "snap-29c": "deleted: 4th newest Day restore point, 2 are kept",
    "snap-29d": "deleted: 4th newest Day restore point, 2 are kept",
    "snap-30c": "deleted: 3rd newest Day restore point, 2 are kept",
    "snap-30d": "deleted: 3rd newest Day restore point, 2 are kept",
};

export const KEPT_LINES: Lines = {
    "snap-31c": "kept: Day 2 of 2",
    "snap-31d": "kept: Day 2 of 2",
    "snap-01c": "kept: Day 1 of 2",
    "snap-01d": "kept: Day 1 of 2",
};

/** The report of a run over `makeFourDays` without errors. */
export const COMPLETE_REPORT: ReportContent = { deleted: DELETED_LINES, kept: KEPT_LINES };

/** The ids of all snapshots of `makeFourDays`, and of those that retention needs. */
export const ALL_IDS = [...Object.keys(DELETED_LINES), ...Object.keys(KEPT_LINES)];
export const NEEDED_IDS = Object.keys(KEPT_LINES);

/** The whole report with this content. */
export function makeReport({
    Status = "OK",
    Time = "2027-02-01T07:00:00.000Z",
    Errors = [],
    deleted = {},
    failed = {},
    remaining = {},
    skipped = {},
    kept = {},
    stale = {},
    standIns = [],
}: ReportContent): Report {
    const count = (lines: Lines) => Object.keys(lines).length;
    const lines = (of: Lines) => Object.entries(of).map(([SnapshotId, Reason]) => ({ SnapshotId, Reason }));
    return {
        Policy: "prod",
        Time,
        ReportOnly: false,
        Status,
        Errors,
        Counts: {
            Listed: [deleted, failed, remaining, skipped, kept].reduce((sum, of) => sum + count(of), 0),
            Deleted: count(deleted),
            Kept: count(kept),
            Skipped: count(skipped),
            Failed: count(failed),
            Remaining: count(remaining),
            StaleVolumes: count(stale),
            StandIns: standIns.length,
            SetsFoundByTime: 0,
        },
        FailedSnapshots: lines(failed),
        RemainingSnapshots: lines(remaining),
        StaleVolumes: Object.entries(stale).map(([VolumeId, Reason]) => ({ VolumeId, Reason })),
        SkippedSnapshots: lines(skipped),
        StandIns: standIns,
        DeletedSnapshots: Object.keys(deleted),
        DeletedReasons: lines(deleted),
        SetsFoundByTime: [],
        KeptSnapshots: lines(kept),
        LinesLeftOut: 0,
    };
}

export function listIds(store: SnapshotStore): string[] {
    return store
        .all()
        .map(({ id }) => id)
        .sort();
}

/**
 * Runs the cleaner of a policy that keeps two Day restore points. Asserts the report, the log and the snapshots that remain. The run must
 * fail if the report has errors, and only then.
 */
export async function assertRun(
    snapshots: readonly Snapshot[] | SnapshotStore,
    cleaning: CleaningOptions,
    content: ReportContent,
    remainingIds: readonly string[],
): Promise<CleaningResult> {
    const store = Array.isArray(snapshots) ? storeSnapshots(snapshots) : (snapshots as SnapshotStore);
    const { failure, ...run } = await tryCleaner(store, { ...cleaning, settings: { retention: { Day: 2 }, ...cleaning.settings } });
    const Errors = content.Errors ?? [];
    const expected = makeReport(content);
    assert.deepEqual(
        { report: run.report, log: run.log, failure: failure && [failure.name, failure.message], ids: listIds(store) },
        {
            report: expected,
            log: `${JSON.stringify(expected)}\n`,
            failure:
                Errors.length === 0 ? undefined : ["CleaningFailed", `${Errors.join("; ")}. The report in the log says what was done.`],
            ids: [...remainingIds].sort(),
        },
    );
    return run;
}
