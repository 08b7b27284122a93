import type { Periods } from "../lambda/retention/periods";
import { CONSISTENT_TAG, POLICY_TAG } from "../lambda/retention/tags";
import type { StoredSnapshot } from "./embeddedAws/snapshotStore";

/** A set that the rehearsal made. The cleaner never sees this: it must find the sets by their tags. */
export interface MadeSet {
    readonly type: string;
    readonly startTime: number;
    readonly members: readonly { readonly id: string; readonly volumeId: string }[];
}

/** The report of one run of the cleaner. */
export interface CleanerReport {
    readonly DeletedSnapshots: readonly string[];
    readonly LinesLeftOut: number;
    readonly [list: string]: unknown;
}

/** The account before and after one run. */
export interface ObservedCleaning {
    readonly policy: string;
    readonly retention: Readonly<Record<string, number>>;
    /** The time of the run, and the periods of each type; undefined if the policy has no stand-ins. */
    readonly standIns?: { readonly now: number; readonly periods: Readonly<Record<string, Periods | undefined>> } | undefined;
    /** Whether crash-consistent sets are restore points, too. */
    readonly countCrashConsistent?: boolean;
    readonly before: readonly StoredSnapshot[];
    readonly after: readonly StoredSnapshot[];
    /** Undefined if the run returned nothing. */
    readonly report: CleanerReport | undefined;
}

/**
 * Finds the invariants of the design that one run of the cleaner broke, one sentence each. It compares the account before and after the run.
 * It knows the sets from the rehearsal, and implements the rules independently of the cleaner.
 */
export function findBrokenInvariants(sets: readonly MadeSet[], observed: ObservedCleaning): string[] {
    const { policy, before, after, report } = observed;
    const byId = new Map(before.map((snapshot) => [snapshot.id, snapshot]));
    const remaining = new Set(after.map(({ id }) => id));
    const ofPolicy = sets.filter(({ members }) => members.every(({ id }) => (byId.get(id)?.tags.get(POLICY_TAG) ?? policy) === policy));
    // A type without retention keeps all of its sets.
    const types = [...new Set([...Object.keys(observed.retention), ...ofPolicy.map(({ type }) => type)])];
    const points = findRestorePoints(ofPolicy, byId, observed);
    const needs = findNeeds(points, observed, types);
    const deleted = before.filter(({ id }) => !remaining.has(id));
    return [
        ...findLostRestorePoints(needs, remaining),
        ...findSplitSets(sets, byId, remaining),
        ...findHastyDeletions(ofPolicy, points, observed, byId, remaining),
        ...findNeedlessRestorePoints(ofPolicy, needs, observed, byId),
        ...deleted
            .filter(({ tags }) => tags.get(POLICY_TAG) !== policy)
            .map(({ id }) => `${id}, which has no tag of the policy, was deleted`),
        ...findReportFaults(
            report,
            before.filter(({ tags }) => tags.get(POLICY_TAG) === policy).map(({ id }) => id),
            deleted.map(({ id }) => id),
        ),
    ];
}

type Snapshots = ReadonlyMap<string, StoredSnapshot>;

/** Returns whether the stored snapshot can be restored. */
export function isGood(snapshot: StoredSnapshot | undefined, countCrashConsistent = false): boolean {
    return snapshot?.state === "completed" && (countCrashConsistent || snapshot.tags.get(CONSISTENT_TAG)?.toLowerCase() === "true");
}

function isRestorePoint({ members }: MadeSet, byId: Snapshots, { countCrashConsistent }: ObservedCleaning): boolean {
    return members.every(({ id }) => isGood(byId.get(id), countCrashConsistent));
}

/** A restore point that a volume needs, and its place in the policy. */
interface Need {
    readonly set: MadeSet;
    readonly volumeId: string;
    /** Such as `Day 1 of 5`, or `the one of Month 2027-03`. */
    readonly place: string;
}

/** Finds the restore points that the volumes need by the rules of the policy. A type without retention needs all. */
function findNeeds(points: ReadonlyMap<string, readonly MadeSet[]>, observed: ObservedCleaning, types: readonly string[]): Need[] {
    return types.flatMap((type) =>
        [...points].flatMap(([volumeId, ofVolume]) => [
            ...newestOf(type, ofVolume, observed).map((need) => ({ ...need, volumeId })),
            ...oneOfEachPeriod(type, ofVolume, observed).map((need) => ({ ...need, volumeId })),
        ]),
    );
}

/** Finds the restore points of each volume, newest first. */
function findRestorePoints(sets: readonly MadeSet[], byId: Snapshots, observed: ObservedCleaning): Map<string, MadeSet[]> {
    const points = new Map<string, MadeSet[]>();
    for (const set of sets.filter((one) => isRestorePoint(one, byId, observed)).sort((a, b) => b.startTime - a.startTime)) {
        for (const { volumeId } of set.members) {
            points.set(volumeId, [...(points.get(volumeId) ?? []), set]);
        }
    }
    return points;
}

/** Finds the newest N restore points of a type. */
function newestOf(type: string, ofVolume: readonly MadeSet[], { retention }: ObservedCleaning): Omit<Need, "volumeId">[] {
    return ofVolume
        .filter((set) => set.type === type)
        .slice(0, retention[type])
        .map((set, i) => ({ set, place: `${type} ${i + 1} of ${retention[type] ?? "all"}` }));
}

/** Finds one restore point for each of the type's newest N periods that are over: the newest of the type, or else of any type. */
function oneOfEachPeriod(type: string, ofVolume: readonly MadeSet[], { retention, standIns }: ObservedCleaning): Omit<Need, "volumeId">[] {
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
            return set ? [{ set, place: `the one of ${type} ${label}` }] : [];
        });
}

function findLostRestorePoints(needs: readonly Need[], remaining: ReadonlySet<string>): string[] {
    return needs.flatMap(({ set: { startTime, members }, volumeId, place }) =>
        members
            .filter((member) => member.volumeId === volumeId && !remaining.has(member.id))
            .map(({ id }) => `${id}, ${place} of ${volumeId}, taken ${iso(startTime)}, was deleted`),
    );
}

/** Finds deleted sets that had to stay: pending ones, and failed ones with a volume that has no newer restore point of the type. */
function findHastyDeletions(
    sets: readonly MadeSet[],
    points: ReadonlyMap<string, readonly MadeSet[]>,
    observed: ObservedCleaning,
    byId: Snapshots,
    remaining: ReadonlySet<string>,
): string[] {
    return sets
        .filter((set) => set.members.some(({ id }) => byId.has(id) && !remaining.has(id)) && !isRestorePoint(set, byId, observed))
        .flatMap(({ type, startTime, members }) => {
            const pending = members.some(({ id }) => byId.get(id)?.state === "pending");
            const hasNewer = ({ volumeId }: { readonly volumeId: string }) =>
                (points.get(volumeId) ?? []).some((point) => point.type === type && point.startTime > startTime);
            return pending || !members.every(hasNewer)
                ? [`the ${type} set of ${iso(startTime)}, ${pending ? "still pending" : "failed with no newer restore point"}, was deleted`]
                : [];
        });
}

/** Finds restore points that the run kept or skipped although no volume needs them. The run must delete them or name them as remaining. */
function findNeedlessRestorePoints(
    sets: readonly MadeSet[],
    needs: readonly Need[],
    observed: ObservedCleaning,
    byId: Snapshots,
): string[] {
    const needed = new Set(needs.map(({ set }) => set));
    const staying = new Set(
        ["KeptSnapshots", "SkippedSnapshots"].flatMap((list) =>
            ((observed.report?.[list] ?? []) as { SnapshotId: string }[]).map(({ SnapshotId }) => SnapshotId),
        ),
    );
    return sets
        .filter(
            (set) =>
                isRestorePoint(set, byId, observed) &&
                !needed.has(set) &&
                set.members.some(({ id }) => staying.has(id) && !byId.get(id)?.heldBy),
        )
        .map(({ type, startTime }) => `the ${type} restore point of ${iso(startTime)} is kept, and no volume needs it`);
}

function iso(time: number): string {
    return new Date(time).toISOString();
}

function findSplitSets(sets: readonly MadeSet[], byId: Snapshots, remaining: ReadonlySet<string>): string[] {
    return sets.flatMap(({ type, startTime, members }) => {
        const present = members.filter(({ id }) => byId.has(id));
        const staying = present.filter(({ id }) => remaining.has(id));
        return staying.length > 0 && staying.length < present.length
            ? [
                  `the ${type} set of ${iso(startTime)} was split: ${staying.map(({ id }) => id).join(", ")} of ${present.length} snapshots remained`,
              ]
            : [];
    });
}

const LISTS = ["KeptSnapshots", "SkippedSnapshots", "FailedSnapshots", "RemainingSnapshots"];

/** Finds faults of the report. It must list each snapshot once, give a reason for each that remains, and list the deleted ones as deleted. */
function findReportFaults(report: CleanerReport | undefined, listed: readonly string[], deleted: readonly string[]): string[] {
    if (!report?.DeletedSnapshots) {
        return [`the run returned no report, and deleted ${sorted(deleted)}`];
    }
    const lines = LISTS.flatMap((list) => (report[list] ?? []) as { SnapshotId: string; Reason: string }[]);
    const reported = [...report.DeletedSnapshots, ...lines.map(({ SnapshotId }) => SnapshotId)];
    return [
        ...(sorted(report.DeletedSnapshots) === sorted(deleted)
            ? []
            : [`the report lists as deleted ${sorted(report.DeletedSnapshots)}, but the run deleted ${sorted(deleted)}`]),
        ...(report.LinesLeftOut > 0 || sorted(reported) === sorted(listed)
            ? []
            : [`the report lists ${sorted(reported)}, but the policy had ${sorted(listed)}`]),
        ...lines.filter(({ Reason }) => !Reason).map(({ SnapshotId }) => `the report has no reason for ${SnapshotId}`),
    ];
}

function sorted(ids: readonly string[]): string {
    return [...ids].sort().join(" ") || "none";
}
