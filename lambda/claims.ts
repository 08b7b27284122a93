import type { BackupSet } from "./backupSets";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";

/** A restore point, and for each snapshot type the period of that type in which it was taken. */
interface RestorePoint {
    readonly set: BackupSet;
    readonly periods: readonly (Period | undefined)[];
    readonly claims: Map<string, Claim>;
}

/** What one volume wants of a restore point. */
export interface Claim {
    /** 1 for the newest of its type, stand-ins counted; undefined where a volume that is gone has no use for ranks. */
    rank?: number;
    /** Why the volume needs it, a clause each; none if it does not. */
    readonly reasons: string[];
}

/** The claims of its volumes on a restore point, by volume id. */
export type Claims = ReadonlyMap<string, Claim>;

/** What retention makes of a policy's restore points. */
export interface Claimed {
    /** The claims on each restore point. */
    readonly claims: ReadonlyMap<BackupSet, Claims>;
    /** Whether the snapshots of a volume may go if it no longer exists, for it has had no restore point for `orphanDays`. */
    isOld(volumeId: string): boolean;
    /** Whether they may go: it no longer exists, and is old. */
    isOrphan(volumeId: string): boolean;
    /** The restore points that count as ones of a type for a volume, stand-ins among them, newest first. */
    counted(type: string, volumeId: string): readonly BackupSet[];
}

interface SnapshotType {
    readonly name: string;
    readonly kept: number;
    readonly periods: Periods | undefined;
}

const DAY = 86_400_000;

/**
 * Asks each volume which restore points it needs: the newest N of each type, where one that stands in for a run without a restore point
 * counts like one of that type; or, of a volume that is gone for longer than the policy keeps its snapshots, the newest alone.
 *
 * @param restorePoints those that count, newest first, of types that the policy has
 * @param newest when the newest restore point of each volume was taken, whether it counts or not
 * @param lostVolumes ids of volumes that are known not to exist
 */
export function claimRestorePoints(
    restorePoints: readonly BackupSet[],
    newest: ReadonlyMap<string, number>,
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): Claimed {
    const types = Object.entries(policy.retention).map(
        ([name, kept]): SnapshotType => ({ name, kept, periods: policy.standIns ? periodsOfType(name, policy) : undefined }),
    );
    const points = withPeriods(restorePoints, types);
    const volumes = byVolume(points);
    const isOld = (volumeId: string) => {
        const { orphanDays } = policy;
        if (!isKnown(volumeId)) {
            return false;
        }
        // Where there never was a restore point, nothing tells since when it is gone.
        const time = newest.get(volumeId) ?? (keepsLastCopies(policy) ? Number.POSITIVE_INFINITY : now);
        return orphanDays !== undefined && now - time >= orphanDays * DAY;
    };
    const isOrphan = (volumeId: string) => lostVolumes.has(volumeId) && isOld(volumeId);
    for (const [volumeId, own] of volumes) {
        if (isOrphan(volumeId)) {
            claimLastCopy(volumeId, own[0] as RestorePoint, policy);
        } else {
            types.forEach((type, i) => {
                claimType(volumeId, own, type, i, now);
            });
        }
    }
    const names = types.map(({ name }) => name);
    return {
        claims: new Map(points.map(({ set, claims }) => [set, claims])),
        isOld,
        isOrphan,
        counted: (type, volumeId) => countedAs(volumes.get(volumeId) ?? [], type, names.indexOf(type), now).map(({ set }) => set),
    };
}

/** Whether a snapshot tells its volume: EC2 gives copies one that never existed. */
function isKnown(volumeId: string): boolean {
    return volumeId !== "" && volumeId !== "vol-ffffffff";
}

function periodsOfType(name: string, { schedules, timezone }: RetentionPolicy): Periods | undefined {
    const schedule = schedules[name];
    return schedule === undefined ? undefined : periodsOf(schedule, timezone);
}

function withPeriods(newestFirst: readonly BackupSet[], types: readonly SnapshotType[]): RestorePoint[] {
    let latest: (Period | undefined)[] = [];
    return newestFirst.map((set) => {
        // Most lie in the same period as the one before.
        latest = types.map(({ periods }, i) => {
            const period = latest[i];
            return period && period.start <= set.startTime ? period : periods?.at(set.startTime);
        });
        return { set, periods: latest, claims: new Map() };
    });
}

function byVolume(points: readonly RestorePoint[]): Map<string, RestorePoint[]> {
    const volumes = new Map<string, RestorePoint[]>();
    for (const point of points) {
        for (const { volumeId } of point.set.snapshots) {
            const own = volumes.get(volumeId);
            if (own === undefined) {
                volumes.set(volumeId, [point]);
            } else if (own.at(-1) !== point) {
                own.push(point);
            }
        }
    }
    return volumes;
}

/** The restore points of a volume that count as ones of a type: its own, and those that stand in for a run which made none. */
function countedAs(own: readonly RestorePoint[], type: string, i: number, now: number): RestorePoint[] {
    const covered = new Set<Period | undefined>();
    for (const { set, periods } of own) {
        if (set.type === type) {
            covered.add(periods[i]);
        }
    }
    return own.filter(({ set, periods }) => {
        const period = periods[i];
        if (set.type === type) {
            return true;
        }
        const standsIn = period !== undefined && period.end <= now && !covered.has(period);
        covered.add(period);
        return standsIn;
    });
}

function claimType(volumeId: string, own: readonly RestorePoint[], { name, kept }: SnapshotType, i: number, now: number): void {
    countedAs(own, name, i, now).forEach(({ set, periods, claims }, newer) => {
        const needed = newer < kept;
        if (set.type === name) {
            const claim = claimOf(claims, volumeId);
            claim.rank = newer + 1;
            if (needed) {
                claim.reasons.unshift(`${name} ${newer + 1} of ${kept}`);
            }
        } else if (needed) {
            claimOf(claims, volumeId).reasons.push(`stands in for ${name} ${periods[i]?.label}, whose run made no restore point`);
        }
    });
}

function claimLastCopy(volumeId: string, { claims }: RestorePoint, policy: RetentionPolicy): void {
    if (keepsLastCopies(policy)) {
        claimOf(claims, volumeId).reasons.push(`newest restore point of ${volumeId}, which no longer exists`);
    }
}

/** Whether the newest restore point of a volume that no longer exists stays for ever. */
export function keepsLastCopies({ orphanDays, deleteLastCopies }: RetentionPolicy): boolean {
    return !(orphanDays === 0 && deleteLastCopies);
}

function claimOf(claims: Map<string, Claim>, volumeId: string): Claim {
    const claim = claims.get(volumeId) ?? { reasons: [] };
    claims.set(volumeId, claim);
    return claim;
}
