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
    const own = sets.filter(({ members }) => members.every(({ id }) => (there.get(id)?.tags.get(POLICY_TAG) ?? policy) === policy));
    const gone = before.filter(({ id }) => !left.has(id));
    return [
        ...lostRestorePoints(own, retention, there, left),
        ...splitSets(sets, there, left),
        ...hastyDeletions(own, there, left),
        ...keptWithoutNeed(own, retention, there, report),
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

type Snapshots = ReadonlyMap<string, StoredSnapshot>;

/** Whether a snapshot could be restored, as the account has it. */
export function isGood(snapshot: StoredSnapshot | undefined): boolean {
    return snapshot?.state === "completed" && snapshot.tags.get(CONSISTENT_TAG)?.toLowerCase() === "true";
}

function isRestorePoint({ members }: MadeSet, there: Snapshots): boolean {
    return members.every(({ id }) => isGood(there.get(id)));
}

/** Members of restore points with their ranks per type and volume, 1 for the newest. */
function ranked(
    sets: readonly MadeSet[],
    there: Snapshots,
): { readonly set: MadeSet; readonly id: string; readonly volumeId: string; readonly rank: number }[] {
    const seen = new Map<string, number>();
    const newestFirst = sets.filter((set) => isRestorePoint(set, there)).sort((a, b) => b.startTime - a.startTime);
    return newestFirst.flatMap((set) =>
        set.members.map(({ id, volumeId }) => {
            const key = `${set.type} ${volumeId}`;
            const rank = (seen.get(key) ?? 0) + 1;
            seen.set(key, rank);
            return { set, id, volumeId, rank };
        }),
    );
}

function lostRestorePoints(
    sets: readonly MadeSet[],
    retention: CleaningObserved["retention"],
    there: Snapshots,
    left: ReadonlySet<string>,
): string[] {
    return ranked(sets, there)
        .filter(({ set, id, rank }) => rank <= (retention[set.type] ?? Number.POSITIVE_INFINITY) && !left.has(id))
        .map(
            ({ set: { type, startTime }, id, volumeId, rank }) =>
                `${id}, ${type} ${rank} of ${retention[type]} of ${volumeId}, taken ${iso(startTime)}, was deleted`,
        );
}

/** Pending sets stay, and failed ones until each of their volumes has a newer restore point of the type. */
function hastyDeletions(sets: readonly MadeSet[], there: Snapshots, left: ReadonlySet<string>): string[] {
    const good = sets.filter((set) => isRestorePoint(set, there));
    return sets
        .filter((set) => set.members.some(({ id }) => there.has(id) && !left.has(id)) && !isRestorePoint(set, there))
        .flatMap(({ type, startTime, members }) => {
            const pending = members.some(({ id }) => there.get(id)?.state === "pending");
            const stands = (volumeId: string) =>
                good.some(
                    (set) => set.type === type && set.startTime > startTime && set.members.some((member) => member.volumeId === volumeId),
                );
            return pending || !members.every(({ volumeId }) => stands(volumeId))
                ? [`the ${type} set of ${iso(startTime)}, ${pending ? "still pending" : "failed with no newer restore point"}, was deleted`]
                : [];
        });
}

/** Restore points that no volume needs any more are deleted, or said to be left for a reason; they are not kept, nor taken for something else. */
function keptWithoutNeed(
    sets: readonly MadeSet[],
    retention: CleaningObserved["retention"],
    there: Snapshots,
    report: SaidReport | undefined,
): string[] {
    const needed = new Set(
        ranked(sets, there)
            .filter(({ set, rank }) => rank <= (retention[set.type] ?? Number.POSITIVE_INFINITY))
            .map(({ set }) => set),
    );
    const held = new Set(
        ["KeptSnapshots", "SkippedSnapshots"].flatMap((list) =>
            ((report?.[list] ?? []) as { SnapshotId: string }[]).map(({ SnapshotId }) => SnapshotId),
        ),
    );
    return sets
        .filter(
            (set) => isRestorePoint(set, there) && !needed.has(set) && set.members.some(({ id }) => held.has(id) && !there.get(id)?.heldBy),
        )
        .map(({ type, startTime }) => `the ${type} restore point of ${iso(startTime)} is kept, and no volume needs it`);
}

function iso(time: number): string {
    return new Date(time).toISOString();
}

function splitSets(sets: readonly MadeSet[], there: ReadonlyMap<string, StoredSnapshot>, left: ReadonlySet<string>): string[] {
    return sets.flatMap(({ type, startTime, members }) => {
        const present = members.filter(({ id }) => there.has(id));
        const staying = present.filter(({ id }) => left.has(id));
        return staying.length > 0 && staying.length < present.length
            ? [
                  `the ${type} set of ${iso(startTime)} was split: ${staying.map(({ id }) => id).join(", ")} of ${present.length} snapshots stayed`,
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
