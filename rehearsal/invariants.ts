import { CONSISTENT_TAG, POLICY_TAG } from "../lambda/tags";
import type { StoredSnapshot } from "./embeddedAws/snapshotStore";

/** A set as it was really made. The cleaner never sees this; it has to find the sets by the tags. */
export interface MadeSet {
    readonly type: string;
    readonly startTime: number;
    readonly members: readonly { readonly id: string; readonly volumeId: string }[];
}

/** What one run of the cleaner said that it did. */
export interface SaidReport {
    readonly DeletedSnapshots: readonly string[];
    readonly LinesLeftOut: number;
    readonly [list: string]: unknown;
}

/** The account before and after one run. */
export interface CleaningObserved {
    readonly policy: string;
    readonly retention: Readonly<Record<string, number>>;
    readonly before: readonly StoredSnapshot[];
    readonly after: readonly StoredSnapshot[];
    /** Undefined where the run returned nothing. */
    readonly report: SaidReport | undefined;
}

/**
 * Looks at one run of the cleaner from outside, and says which invariant of the design it broke, one sentence each. It shares nothing
 * with the plan: it knows the sets from their making.
 */
export function brokenInvariants(sets: readonly MadeSet[], { policy, retention, before, after, report }: CleaningObserved): string[] {
    const there = new Map(before.map((snapshot) => [snapshot.id, snapshot]));
    const left = new Set(after.map(({ id }) => id));
    const gone = before.filter(({ id }) => !left.has(id));
    return [
        ...lostRestorePoints(sets, retention, there, left),
        ...splitSets(sets, there, left),
        ...gone
            .filter(({ tags }) => tags.get(POLICY_TAG) !== policy)
            .map(({ id }) => `${id}, which does not bear the policy's tag, was deleted`),
        ...reportFaults(
            report,
            before.filter(({ tags }) => tags.get(POLICY_TAG) === policy).map(({ id }) => id),
            gone.map(({ id }) => id),
        ),
    ];
}

function lostRestorePoints(
    sets: readonly MadeSet[],
    retention: CleaningObserved["retention"],
    there: ReadonlyMap<string, StoredSnapshot>,
    left: ReadonlySet<string>,
): string[] {
    const isRestorePoint = ({ members }: MadeSet) =>
        members.every(({ id }) => {
            const snapshot = there.get(id);
            return snapshot?.state === "completed" && snapshot.tags.get(CONSISTENT_TAG)?.toLowerCase() === "true";
        });
    const seen = new Map<string, number>();
    const newestFirst = sets.filter(isRestorePoint).sort((a, b) => b.startTime - a.startTime);
    return newestFirst.flatMap(({ type, startTime, members }) =>
        members.flatMap(({ id, volumeId }) => {
            const key = `${type} ${volumeId}`;
            const rank = (seen.get(key) ?? 0) + 1;
            seen.set(key, rank);
            return rank <= (retention[type] ?? Number.POSITIVE_INFINITY) && !left.has(id)
                ? [`${id}, ${type} ${rank} of ${retention[type]} of ${volumeId}, taken ${new Date(startTime).toISOString()}, was deleted`]
                : [];
        }),
    );
}

function splitSets(sets: readonly MadeSet[], there: ReadonlyMap<string, StoredSnapshot>, left: ReadonlySet<string>): string[] {
    return sets.flatMap(({ type, startTime, members }) => {
        const present = members.filter(({ id }) => there.has(id));
        const staying = present.filter(({ id }) => left.has(id));
        return staying.length > 0 && staying.length < present.length
            ? [
                  `the ${type} set of ${new Date(startTime).toISOString()} was split: ${staying.map(({ id }) => id).join(", ")} of ${present.length} snapshots stayed`,
              ]
            : [];
    });
}

const LISTS = ["KeptSnapshots", "SkippedSnapshots", "FailedSnapshots", "RemainingSnapshots"];

/** Silence is never success: each snapshot stands in the report once, with a reason, and what it calls deleted is gone. */
function reportFaults(report: SaidReport | undefined, listed: readonly string[], gone: readonly string[]): string[] {
    if (!report?.DeletedSnapshots) {
        return [`the run reported nothing, and gone are ${sorted(gone)}`];
    }
    const lines = LISTS.flatMap((list) => (report[list] ?? []) as { SnapshotId: string; Reason: string }[]);
    const said = [...report.DeletedSnapshots, ...lines.map(({ SnapshotId }) => SnapshotId)];
    return [
        ...(sorted(report.DeletedSnapshots) === sorted(gone)
            ? []
            : [`the report calls deleted ${sorted(report.DeletedSnapshots)}, and gone are ${sorted(gone)}`]),
        ...(report.LinesLeftOut > 0 || sorted(said) === sorted(listed)
            ? []
            : [`the report speaks of ${sorted(said)}, and there were ${sorted(listed)}`]),
        ...lines.filter(({ Reason }) => !Reason).map(({ SnapshotId }) => `the report has no reason for ${SnapshotId}`),
    ];
}

function sorted(ids: readonly string[]): string {
    return [...ids].sort().join(" ") || "none";
}
