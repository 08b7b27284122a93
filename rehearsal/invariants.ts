import type { Periods } from "../lambda/retention/periods";
import { CONSISTENT_TAG, POLICY_TAG } from "../lambda/retention/tags";
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
    /** The time of the run, and the periods of each type in which a restore point may stand in for it; undefined where none may. */
    readonly standIns?: { readonly now: number; readonly periods: Readonly<Record<string, Periods | undefined>> } | undefined;
    /** Whether the policy takes sets that are not application-consistent for restore points. */
    readonly countCrashConsistent?: boolean;
    readonly before: readonly StoredSnapshot[];
    readonly after: readonly StoredSnapshot[];
    /** Undefined where the run returned nothing. */
    readonly report: SaidReport | undefined;
}

/**
 * Looks at one run of the cleaner from outside, and says which invariant of the design it broke, one sentence each. It shares nothing
 * with the plan: it knows the sets from their making.
 */
export function brokenInvariants(sets: readonly MadeSet[], observed: CleaningObserved): string[] {
    const { policy, before, after, report } = observed;
    const there = new Map(before.map((snapshot) => [snapshot.id, snapshot]));
    const left = new Set(after.map(({ id }) => id));
    const own = sets.filter(({ members }) => members.every(({ id }) => (there.get(id)?.tags.get(POLICY_TAG) ?? policy) === policy));
    // Of a type without retention, all are kept.
    const types = [...new Set([...Object.keys(observed.retention), ...own.map(({ type }) => type)])];
    const ranks = ranked(own, observed, there, types);
    const gone = before.filter(({ id }) => !left.has(id));
    return [
        ...lostRestorePoints(ranks, observed, left),
        ...splitSets(sets, there, left),
        ...hastyDeletions(own, ranks, observed, there, left),
        ...keptWithoutNeed(own, ranks, observed, there),
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
export function isGood(snapshot: StoredSnapshot | undefined, countCrashConsistent = false): boolean {
    return snapshot?.state === "completed" && (countCrashConsistent || snapshot.tags.get(CONSISTENT_TAG)?.toLowerCase() === "true");
}

function isRestorePoint({ members }: MadeSet, there: Snapshots, { countCrashConsistent }: CleaningObserved): boolean {
    return members.every(({ id }) => isGood(there.get(id), countCrashConsistent));
}

/** A restore point as one of a snapshot type: its own, or one that it stands in for. */
interface Rank {
    readonly set: MadeSet;
    readonly volumeId: string;
    readonly type: string;
    /** 1 for the newest of that type and volume. */
    readonly rank: number;
}

function ranked(sets: readonly MadeSet[], observed: CleaningObserved, there: Snapshots, types: readonly string[]): Rank[] {
    const { standIns } = observed;
    const newestFirst = sets.filter((set) => isRestorePoint(set, there, observed)).sort((a, b) => b.startTime - a.startTime);
    const volumes = new Map<string, MadeSet[]>();
    for (const set of newestFirst) {
        for (const { volumeId } of set.members) {
            volumes.set(volumeId, [...(volumes.get(volumeId) ?? []), set]);
        }
    }
    return types.flatMap((type) => {
        const ofType = standIns?.periods[type];
        const periods = new Map(
            newestFirst.map((set) => [set, set.type === type ? ofType?.ofRun(set.startTime) : ofType?.at(set.startTime)]),
        );
        return [...volumes].flatMap(([volumeId, own]) => {
            const standsIn = (set: MadeSet) => {
                const missed = periods.get(set);
                const within = own.filter((one) => periods.get(one) === missed);
                return missed && missed.end <= (standIns?.now ?? 0) && within[0] === set && within.every((one) => one.type !== type);
            };
            return own.filter((set) => set.type === type || standsIn(set)).map((set, i) => ({ set, volumeId, type, rank: i + 1 }));
        });
    });
}

function lostRestorePoints(ranks: readonly Rank[], { retention }: CleaningObserved, left: ReadonlySet<string>): string[] {
    return ranks
        .filter(({ type, rank }) => rank <= (retention[type] ?? Number.POSITIVE_INFINITY))
        .flatMap(({ set: { startTime, members }, volumeId, type, rank }) =>
            members
                .filter((member) => member.volumeId === volumeId && !left.has(member.id))
                .map(({ id }) => `${id}, ${type} ${rank} of ${retention[type]} of ${volumeId}, taken ${iso(startTime)}, was deleted`),
        );
}

/** Pending sets stay, and failed ones until each of their volumes has a newer restore point of the type. */
function hastyDeletions(
    sets: readonly MadeSet[],
    ranks: readonly Rank[],
    observed: CleaningObserved,
    there: Snapshots,
    left: ReadonlySet<string>,
): string[] {
    return sets
        .filter((set) => set.members.some(({ id }) => there.has(id) && !left.has(id)) && !isRestorePoint(set, there, observed))
        .flatMap(({ type, startTime, members }) => {
            const pending = members.some(({ id }) => there.get(id)?.state === "pending");
            const stands = (volumeId: string) =>
                ranks.some((rank) => rank.type === type && rank.volumeId === volumeId && rank.set.startTime > startTime);
            return pending || !members.every(({ volumeId }) => stands(volumeId))
                ? [`the ${type} set of ${iso(startTime)}, ${pending ? "still pending" : "failed with no newer restore point"}, was deleted`]
                : [];
        });
}

/** Restore points that no volume needs any more are deleted, or said to be left for a reason; they are not kept, nor taken for something else. */
function keptWithoutNeed(sets: readonly MadeSet[], ranks: readonly Rank[], observed: CleaningObserved, there: Snapshots): string[] {
    const { retention, report } = observed;
    const needed = new Set(ranks.filter(({ type, rank }) => rank <= (retention[type] ?? Number.POSITIVE_INFINITY)).map(({ set }) => set));
    const held = new Set(
        ["KeptSnapshots", "SkippedSnapshots"].flatMap((list) =>
            ((report?.[list] ?? []) as { SnapshotId: string }[]).map(({ SnapshotId }) => SnapshotId),
        ),
    );
    return sets
        .filter(
            (set) =>
                isRestorePoint(set, there, observed) &&
                !needed.has(set) &&
                set.members.some(({ id }) => held.has(id) && !there.get(id)?.heldBy),
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
