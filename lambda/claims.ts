import type { BackupSet } from "./backupSets";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";

/** A restore point, and for each snapshot type the period of that type in which it was taken. */
interface RestorePoint {
    readonly set: BackupSet;
    /** Held ones are kept anyway, and count for nothing. */
    readonly held: boolean;
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
    /** The claims on each restore point that counts. */
    readonly claims: ReadonlyMap<BackupSet, Claims>;
    /** When the newest restore point of each volume was taken, held or not, in milliseconds since 1970. */
    readonly newest: ReadonlyMap<string, number>;
    /** Volumes that are gone for longer than `orphanDays`. */
    readonly expired: ReadonlySet<string>;
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
 * @param restorePoints newest first, of types that the policy has
 * @param isHeld whether an operator holds a set
 * @param lostVolumes ids of volumes that are known not to exist
 */
export function claimRestorePoints(
    restorePoints: readonly BackupSet[],
    isHeld: (set: BackupSet) => boolean,
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): Claimed {
    const types = Object.entries(policy.retention).map(
        ([name, kept]): SnapshotType => ({ name, kept, periods: policy.standIns ? periodsOfType(name, policy) : undefined }),
    );
    const volumes = new Map<string, RestorePoint[]>();
    const claims = new Map<BackupSet, Claims>();
    const latest: (Period | undefined)[] = [];
    for (const set of restorePoints) {
        // Newest first, so most lie in the same period as the one before.
        types.forEach(({ periods }, i) => {
            const period = latest[i];
            latest[i] = period && period.start <= set.startTime && set.startTime < period.end ? period : periods?.at(set.startTime);
        });
        const point = { set, held: isHeld(set), periods: [...latest], claims: new Map<string, Claim>() };
        if (!point.held) {
            claims.set(set, point.claims);
        }
        for (const { volumeId } of set.snapshots) {
            const own = volumes.get(volumeId);
            if (own === undefined) {
                volumes.set(volumeId, [point]);
            } else if (own.at(-1) !== point) {
                own.push(point);
            }
        }
    }

    const newest = new Map<string, number>();
    const expired = new Set<string>();
    for (const [volumeId, own] of volumes) {
        const time = (own[0] as RestorePoint).set.startTime;
        newest.set(volumeId, time);
        if (lostVolumes.has(volumeId) && policy.orphanDays !== undefined && now - time >= policy.orphanDays * DAY) {
            expired.add(volumeId);
            claimLastCopy(volumeId, own, policy);
        } else {
            types.forEach((type, i) => {
                claimType(volumeId, own, type, i, now);
            });
        }
    }
    return { claims, newest, expired };
}

function periodsOfType(name: string, { schedules, timezone }: RetentionPolicy): Periods | undefined {
    const schedule = schedules[name];
    return schedule === undefined ? undefined : periodsOf(schedule, timezone);
}

function claimType(volumeId: string, own: readonly RestorePoint[], { name, kept }: SnapshotType, i: number, now: number): void {
    const covered = new Set<Period | undefined>();
    for (const { set, periods } of own) {
        if (set.type === name) {
            covered.add(periods[i]);
        }
    }
    let rank = 0;
    for (const { set, held, periods, claims } of own) {
        const period = periods[i];
        if (held) {
            continue;
        }
        if (set.type === name) {
            rank += 1;
            const claim = claimOf(claims, volumeId);
            claim.rank = rank;
            if (rank <= kept) {
                claim.reasons.unshift(`${name} ${rank} of ${kept}`);
            }
        } else if (period && period.end <= now && !covered.has(period)) {
            covered.add(period);
            rank += 1;
            if (rank <= kept) {
                claimOf(claims, volumeId).reasons.push(`stands in for ${name} ${period.label}, whose run made no restore point`);
            }
        }
    }
}

function claimLastCopy(volumeId: string, own: readonly RestorePoint[], { orphanDays, deleteLastCopies }: RetentionPolicy): void {
    const last = own.find(({ held }) => !held);
    if (last && !(orphanDays === 0 && deleteLastCopies)) {
        claimOf(last.claims, volumeId).reasons.push(`newest restore point of ${volumeId}, which no longer exists`);
    }
}

function claimOf(claims: Map<string, Claim>, volumeId: string): Claim {
    const claim = claims.get(volumeId) ?? { reasons: [] };
    claims.set(volumeId, claim);
    return claim;
}
