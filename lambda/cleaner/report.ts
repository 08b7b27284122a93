import { bytesOf, LINE_BYTES } from "../aws/logLine";
import type { BackupSet } from "../retention/backupSets";
import type { Decision, Plan } from "../retention/plan";
import type { Outcome } from "./deletion";

/** A snapshot and one sentence about it. */
export interface Line {
    readonly SnapshotId: string;
    readonly Reason: string;
}

/** A snapshot, and the type and period of a run for which it stands in. */
export interface StandInLine {
    readonly SnapshotId: string;
    readonly Type: string;
    /** Such as `2027-03`. */
    readonly Period: string;
}

/** The lists of the report, and an entry of each. */
interface Entries {
    /** Could not be deleted; `Reason` holds EC2's code and sentence. */
    readonly FailedSnapshots: Line;
    /** Planned, and left for the next run (or, with `ReportOnly`, for a run that may delete). */
    readonly RemainingSnapshots: Line;
    /** Volumes that were backed up once and no longer are: they or their server no longer exist, or their backups fail. */
    readonly StaleVolumes: { readonly VolumeId: string; readonly Reason: string };
    /** Left alone: not judged, not finished, failed, or in use by EC2. */
    readonly SkippedSnapshots: Line;
    /** Kept snapshots that stand in for a run which made no restore point of their volume. */
    readonly StandIns: StandInLine;
    /** Ids of all deleted snapshots. */
    readonly DeletedSnapshots: string;
    /** Why each of `DeletedSnapshots` was deleted. */
    readonly DeletedReasons: Line;
    /** Backup sets that were found by their times alone, named by their first snapshots. `Reason` has the cure. */
    readonly SetsFoundByTime: Line;
    /** Needed by retention, or held by an operator. */
    readonly KeptSnapshots: Line;
}

type ListName = keyof Entries;
type ListsOf<Names extends ListName> = { [Name in Names]: readonly Entries[Name][] };
type Lists = Readonly<ListsOf<ListName>>;

/** The lists in the order of their importance, which is also their order in the log. The last ones are cut first. */
const LISTS: readonly ListName[] = [
    "FailedSnapshots",
    "RemainingSnapshots",
    "StaleVolumes",
    "SkippedSnapshots",
    "StandIns",
    "DeletedSnapshots",
    "DeletedReasons",
    "SetsFoundByTime",
    "KeptSnapshots",
];

/** The report of one run of the cleaner. The run returns it and logs it: see `logLines`. */
export interface Report extends Lists {
    readonly Policy: string;
    /** ISO 8601, UTC: the time of the event. */
    readonly Time: string;
    readonly ReportOnly: boolean;
    /** `OK`; `PARTIAL` if something remains for the next run, or is left of a set that is partly deleted; `FAILED` if there are errors. */
    readonly Status: "OK" | "PARTIAL" | "FAILED";
    /** Faults of the run, one sentence each. If the list is not empty, the run ends with an error. */
    readonly Errors: readonly string[];
    /** Always complete, even if the lists are cut. */
    readonly Counts: Readonly<
        Record<"Listed" | "Deleted" | "Kept" | "Skipped" | "Failed" | "Remaining" | "StaleVolumes" | "StandIns" | "SetsFoundByTime", number>
    >;
    /** How many lines the lists leave out to fit the report into one line of the log. */
    readonly LinesLeftOut: number;
}

/** EC2's sentences are shorter. The limit keeps three errors within a line, even if all of their characters are escaped. */
const SENTENCE_LENGTH = 2_000;

/** Room for `Part` and `Parts`, and for the digits of `LinesLeftOut`. */
const NUMBERS_BYTES = 64;

/**
 * Makes the report of a run. Its lists are cut to fit into one line of the log. The ids of all deleted snapshots remain.
 *
 * @param errors faults before the deletions, one sentence each
 */
export function report(
    run: { readonly policy: string; readonly time: number; readonly reportOnly: boolean },
    plan: Plan,
    outcomes: readonly Outcome[],
    errors: readonly string[],
): Report {
    const lists = listsOf(plan, outcomes);
    const failed = outcomes.find(({ result }) => result === "failed");
    const failures = failed ? [`${lists.FailedSnapshots.length} of ${outcomes.length} deletions ${failed.reason}`] : [];
    const Errors = [...errors, ...failures].map(shorten);
    const head: Omit<Report, ListName | "LinesLeftOut"> = {
        Policy: run.policy,
        Time: new Date(run.time).toISOString(),
        ReportOnly: run.reportOnly,
        Status: Errors.length > 0 ? "FAILED" : isPartial(outcomes, run.reportOnly) ? "PARTIAL" : "OK",
        Errors,
        Counts: {
            Listed: plan.decisions.length,
            Deleted: lists.DeletedSnapshots.length,
            Kept: lists.KeptSnapshots.length,
            Skipped: lists.SkippedSnapshots.length,
            Failed: lists.FailedSnapshots.length,
            Remaining: lists.RemainingSnapshots.length,
            StaleVolumes: lists.StaleVolumes.length,
            StandIns: lists.StandIns.length,
            SetsFoundByTime: lists.SetsFoundByTime.length,
        },
    };
    const emptyLists = Object.fromEntries(LISTS.map((name) => [name, []]));
    const { cut, leftOut } = cutLists(lists, LINE_BYTES - NUMBERS_BYTES - bytesOf({ ...head, ...emptyLists, LinesLeftOut: 0 }));
    return { ...head, ...cut, LinesLeftOut: leftOut };
}

/** Fills lists until no bytes are left, and counts the lines that do not fit. */
function cutLists(lists: Lists, bytes: number): { readonly cut: Lists; readonly leftOut: number } {
    const cut: ListsOf<ListName> = { ...lists };
    let left = bytes;
    let leftOut = 0;
    const cutList = <Name extends ListName>(target: ListsOf<Name>, name: Name) => {
        const fitting: Entries[Name][] = [];
        for (const entry of lists[name]) {
            left -= bytesOf(entry) + 1;
            if (left < 0) {
                break;
            }
            fitting.push(entry);
        }
        leftOut += lists[name].length - fitting.length;
        target[name] = fitting;
    };
    for (const name of LISTS) {
        if (name === "DeletedSnapshots") {
            // All ids stay: those that do not fit are in further lines of the log.
            left -= bytesOf(lists.DeletedSnapshots);
        } else {
            cutList(cut, name);
        }
    }
    return { cut, leftOut };
}

function listsOf({ decisions, setsFoundByTime, staleVolumes }: Plan, outcomes: readonly Outcome[]): Lists {
    const by = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result);
    const is = (action: Decision["action"]) => decisions.filter((decision) => decision.action === action);
    return {
        FailedSnapshots: by("failed").map(lineOf),
        RemainingSnapshots: by("remaining").map(lineOf),
        StaleVolumes: staleVolumes.map(({ volumeId, reason }) => ({ VolumeId: volumeId, Reason: reason })),
        SkippedSnapshots: [...by("skipped"), ...is("leave")].map(lineOf),
        StandIns: is("keep").flatMap(standInsOf),
        DeletedSnapshots: by("deleted").map(({ snapshot }) => snapshot.id),
        DeletedReasons: by("deleted").map(lineOf),
        SetsFoundByTime: setsFoundByTime.map(adviceOn),
        KeptSnapshots: is("keep").map(lineOf),
    };
}

/**
 * The report as lines of JSON, each shorter than 48 KiB. If the ids of the deleted snapshots do not fit into the first line, numbered lines
 * with the other ids follow.
 */
export function logLines(whole: Report): string[] {
    const { Policy, Time, DeletedSnapshots } = whole;
    const parts: string[][] = [];
    let left = LINE_BYTES - NUMBERS_BYTES - bytesOf({ ...whole, DeletedSnapshots: [] });
    let part: string[] = [];
    for (const id of DeletedSnapshots) {
        left -= bytesOf(id) + 1;
        if (left < 0) {
            parts.push(part);
            part = [];
            left = LINE_BYTES - NUMBERS_BYTES - bytesOf({ Policy, Time, DeletedSnapshots: [id] });
        }
        part.push(id);
    }
    parts.push(part);
    if (parts.length === 1) {
        return [JSON.stringify(whole)];
    }
    return parts.map((ids, i) =>
        JSON.stringify({ ...(i === 0 ? whole : { Policy, Time }), DeletedSnapshots: ids, Part: i + 1, Parts: parts.length }),
    );
}

function lineOf({ snapshot, reason }: Outcome | Decision): Line {
    return { SnapshotId: snapshot.id, Reason: shorten(reason) };
}

function standInsOf({ snapshot, standsInFor }: Decision): StandInLine[] {
    return standsInFor.map(({ type, period }) => ({ SnapshotId: snapshot.id, Type: type, Period: period }));
}

function adviceOn({ snapshots: [first, ...others] }: BackupSet): Line {
    const company = others.length > 0 ? `, with ${others.length} other${others.length === 1 ? "" : "s"}` : "";
    return {
        SnapshotId: first?.id ?? "",
        Reason: `found by its time alone${company}, since it has no tag AwsVssConfig; update AwsVssComponents to 2.3.1 or later`,
    };
}

function shorten(sentence: string): string {
    return sentence.length > SENTENCE_LENGTH ? `${sentence.slice(0, SENTENCE_LENGTH)}…` : sentence;
}

function isPartial(outcomes: readonly Outcome[], reportOnly: boolean): boolean {
    return outcomes.some(({ result, split }) => split || (result === "remaining" && !reportOnly));
}
