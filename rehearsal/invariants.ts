import type { Periods } from "../lambda/retention/periods";
import { CONSISTENT_TAG, POLICY_TAG } from "../lambda/retention/tags";
import type { StoredSnapshot } from "./embeddedAws/snapshotStore";

/** A set as it was really made. The cleaner never sees this; it has to find the sets by the tags. */
export interface MadeSet {
    readonly type: string;
    readonly startTime: number;
    readonly members: readonly { readonly id: string; readonly volumeId: string }[];
}

/** The report of one run of the cleaner. */
export interface SaidReport {
    readonly DeletedSnapshots: readonly string[];
    readonly LinesLeftOut: number;
    readonly [list: string]: unknown;
}

/** The account before and after one run. */
export interface CleaningObserved {
    readonly policy: string;
    readonly retention: Readonly<Record<string, number>>;
    /** The time of the run, and the periods of each type; undefined if nothing may stand in. */
    readonly standIns?: { readonly now: number; readonly periods: Readonly<Record<string, Periods | undefined>> } | undefined;
    /** Whether sets that are not application-consistent are restore points, too. */
    readonly countCrashConsistent?: boolean;
    readonly before: readonly StoredSnapshot[];
    readonly after: readonly StoredSnapshot[];
    /** Undefined if the run returned nothing. */
    readonly report: SaidReport | undefined;
}

/**
 * Looks at one run of the cleaner from outside, and says which invariant of the design it broke, one sentence each. It knows the sets
 * from their making, and has its own reading of the rules.
 */
export function brokenInvariants(sets: readonly MadeSet[], observed: CleaningObserved): string[] {
    const { policy, before, after, report } = observed;
    const there = new Map(before.map((snapshot) => [snapshot.id, snapshot]));
    const left = new Set(after.map(({ id }) => id));
    const own = sets.filter(({ members }) => members.every(({ id }) => (there.get(id)?.tags.get(POLICY_TAG) ?? policy) === policy));
    // Of types without retention, all are kept.
    const types = [...new Set([...Object.keys(observed.retention), ...own.map(({ type }) => type)])];
    const points = restorePoints(own, there, observed);
    const needs = neededSets(points, observed, types);
    const gone = before.filter(({ id }) => !left.has(id));
    return [
        ...lostRestorePoints(needs, left),
        ...splitSets(sets, there, left),
        ...hastyDeletions(own, points, observed, there, left),
        ...keptWithoutNeed(own, needs, observed, there),
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

/** A restore point that a volume needs, and as which one. */
interface Need {
    readonly set: MadeSet;
    readonly volumeId: string;
    /** Such as `Day 1 of 5`, or `the one of Month 2027-03`. */
    readonly as: string;
}

/** All that the volumes need, by the rules that the policy promises. Of types without retention, that is all. */
function neededSets(points: ReadonlyMap<string, readonly MadeSet[]>, observed: CleaningObserved, types: readonly string[]): Need[] {
    return types.flatMap((type) =>
        [...points].flatMap(([volumeId, ofVolume]) => [
            ...newestOf(type, ofVolume, observed).map((need) => ({ ...need, volumeId })),
            ...oneOfEachPeriod(type, ofVolume, observed).map((need) => ({ ...need, volumeId })),
        ]),
    );
}

/** The restore points of each volume, newest first. */
function restorePoints(sets: readonly MadeSet[], there: Snapshots, observed: CleaningObserved): Map<string, MadeSet[]> {
    const points = new Map<string, MadeSet[]>();
    for (const set of sets.filter((one) => isRestorePoint(one, there, observed)).sort((a, b) => b.startTime - a.startTime)) {
        for (const { volumeId } of set.members) {
            points.set(volumeId, [...(points.get(volumeId) ?? []), set]);
        }
    }
    return points;
}

/** The newest N of a type. */
function newestOf(type: string, ofVolume: readonly MadeSet[], { retention }: CleaningObserved): Omit<Need, "volumeId">[] {
    return ofVolume
        .filter((set) => set.type === type)
        .slice(0, retention[type])
        .map((set, i) => ({ set, as: `${type} ${i + 1} of ${retention[type] ?? "all"}` }));
}

/** Of the type's newest N periods that are over, the newest of the type, or else the newest of any type. */
function oneOfEachPeriod(type: string, ofVolume: readonly MadeSet[], { retention, standIns }: CleaningObserved): Omit<Need, "volumeId">[] {
    const periods = standIns?.periods[type];
    if (!standIns || !periods?.areLong) {
        return [];
    }
    const byPeriod = new Map<number, { readonly label: string; readonly sets: MadeSet[] }>();
    for (const set of ofVolume) {
        const period = set.type === type ? periods.ofRun(set.startTime) : periods.at(set.startTime);
        if (period && period.end <= standIns.now) {
            const { label, sets } = byPeriod.get(period.start) ?? { label: period.label, sets: [] };
            byPeriod.set(period.start, { label, sets: [...sets, set] });
        }
    }
    return [...byPeriod]
        .sort(([a], [b]) => b - a)
        .slice(0, retention[type])
        .flatMap(([, { label, sets }]) => {
            const set = sets.find((one) => one.type === type) ?? sets[0];
            return set ? [{ set, as: `the one of ${type} ${label}` }] : [];
        });
}

function lostRestorePoints(needs: readonly Need[], left: ReadonlySet<string>): string[] {
    return needs.flatMap(({ set: { startTime, members }, volumeId, as }) =>
        members
            .filter((member) => member.volumeId === volumeId && !left.has(member.id))
            .map(({ id }) => `${id}, ${as} of ${volumeId}, taken ${iso(startTime)}, was deleted`),
    );
}

/** Pending sets stay. Failed ones stay until each of their volumes has a newer restore point of the type. */
function hastyDeletions(
    sets: readonly MadeSet[],
    points: ReadonlyMap<string, readonly MadeSet[]>,
    observed: CleaningObserved,
    there: Snapshots,
    left: ReadonlySet<string>,
): string[] {
    return sets
        .filter((set) => set.members.some(({ id }) => there.has(id) && !left.has(id)) && !isRestorePoint(set, there, observed))
        .flatMap(({ type, startTime, members }) => {
            const pending = members.some(({ id }) => there.get(id)?.state === "pending");
            const hasNewer = ({ volumeId }: { readonly volumeId: string }) =>
                (points.get(volumeId) ?? []).some((point) => point.type === type && point.startTime > startTime);
            return pending || !members.every(hasNewer)
                ? [`the ${type} set of ${iso(startTime)}, ${pending ? "still pending" : "failed with no newer restore point"}, was deleted`]
                : [];
        });
}

/** A restore point that no volume needs is deleted, or remains for the next run; it is not kept, and not skipped. */
function keptWithoutNeed(sets: readonly MadeSet[], needs: readonly Need[], observed: CleaningObserved, there: Snapshots): string[] {
    const needed = new Set(needs.map(({ set }) => set));
    const staying = new Set(
        ["KeptSnapshots", "SkippedSnapshots"].flatMap((list) =>
            ((observed.report?.[list] ?? []) as { SnapshotId: string }[]).map(({ SnapshotId }) => SnapshotId),
        ),
    );
    return sets
        .filter(
            (set) =>
                isRestorePoint(set, there, observed) &&
                !needed.has(set) &&
                set.members.some(({ id }) => staying.has(id) && !there.get(id)?.heldBy),
        )
        .map(({ type, startTime }) => `the ${type} restore point of ${iso(startTime)} is kept, and no volume needs it`);
}

function iso(time: number): string {
    return new Date(time).toISOString();
}

function splitSets(sets: readonly MadeSet[], there: Snapshots, left: ReadonlySet<string>): string[] {
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
