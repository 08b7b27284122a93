import type { BackupSet } from "./backupSets";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";

/** A restore point, and for each snapshot type the period of that type in which it was taken. */
interface RestorePoint {
    readonly set: BackupSet;
    readonly periods: readonly (Period | undefined)[];
}

/** What one volume wants of a restore point. */
export interface Claim {
    readonly point: RestorePoint;
    /** 1 for the newest of its type, stand-ins counted; undefined where a volume that is gone has no use for ranks. */
    rank: number | undefined;
    /** Why the volume needs it, in clauses; undefined if it does not. */
    reason: string | undefined;
}

/** What retention makes of a policy's restore points. */
export interface Claimed {
    /** The claims on each restore point that counts, in the order of its snapshots. */
    readonly claims: ReadonlyMap<BackupSet, readonly Claim[]>;
    /** When the newest restore point of each volume was taken, whether it counts or not, in milliseconds since 1970. */
    readonly newest: ReadonlyMap<string, number>;
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
    /** Why the newest ones are kept. */
    readonly places: readonly string[];
    readonly periods: Periods | undefined;
}

const DAY = 86_400_000;

/**
 * Asks each volume which restore points it needs: the newest N of each type, where one that stands in for a run without a restore point
 * counts like one of that type; or, of a volume that is gone for longer than the policy keeps its snapshots, the newest alone.
 *
 * @param restorePoints newest first, of types that the policy has; those that are held, or after `now`, count for nothing
 * @param lostVolumes ids of volumes that are known not to exist
 */
export function claimRestorePoints(
    restorePoints: readonly BackupSet[],
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): Claimed {
    const types = Object.entries(policy.retention).map(
        ([name, kept]): SnapshotType => ({
            name,
            kept,
            places: Array.from({ length: kept }, (_, newer) => `${name} ${newer + 1} of ${kept}`),
            periods: policy.standIns ? periodsOfType(name, policy) : undefined,
        }),
    );
    const counts = ({ heldBy, startTime }: BackupSet) => heldBy === undefined && startTime <= now;
    const volumes = new Map<string, Claim[]>();
    const claims = new Map(
        withPeriods(restorePoints.filter(counts), types).map((point) => [
            point.set,
            point.set.snapshots.map(({ volumeId }) => claimOf(volumes, volumeId, point)),
        ]),
    );
    const newest = new Map([...volumes].map(([volumeId, own]) => [volumeId, (own[0] as Claim).point.set.startTime]));
    for (const { snapshots, startTime } of restorePoints.filter((set) => !counts(set))) {
        for (const { volumeId } of snapshots) {
            newest.set(volumeId, Math.max(startTime, newest.get(volumeId) ?? startTime));
        }
    }
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
    let last: readonly Claim[] = [];
    for (const [volumeId, own] of volumes) {
        if (isOrphan(volumeId)) {
            claimLastCopy(volumeId, own[0] as Claim, policy);
        } else if (areOfSamePoints(own, last)) {
            copyClaims(last, own);
        } else {
            types.forEach((type, i) => {
                claimType(own, type, i, now);
            });
            last = own;
        }
    }
    const names = types.map(({ name }) => name);
    return {
        claims,
        newest,
        isOld,
        isOrphan,
        counted: (type, volumeId) => countedAs(volumes.get(volumeId) ?? [], type, names.indexOf(type), now).map(({ point }) => point.set),
    };
}

/** The volumes of a server, which come one after the other, are mostly in the same sets: so they need the same. */
function areOfSamePoints(own: readonly Claim[], others: readonly Claim[]): boolean {
    return own.length === others.length && own.every(({ point }, i) => point === others[i]?.point);
}

function copyClaims(from: readonly Claim[], to: readonly Claim[]): void {
    to.forEach((claim, i) => {
        const { rank, reason } = from[i] as Claim;
        claim.rank = rank;
        claim.reason = reason;
    });
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
        return { set, periods: latest };
    });
}

/** A volume's claim on a restore point: one, however many snapshots of the volume there are in it. */
function claimOf(volumes: Map<string, Claim[]>, volumeId: string, point: RestorePoint): Claim {
    const own = volumes.get(volumeId);
    const latest = own?.at(-1);
    if (latest?.point === point) {
        return latest;
    }
    const claim: Claim = { point, rank: undefined, reason: undefined };
    if (own) {
        own.push(claim);
    } else {
        volumes.set(volumeId, [claim]);
    }
    return claim;
}

/** The restore points of a volume that count as ones of a type: its own, and those that stand in for a run which made none. */
function countedAs(own: readonly Claim[], type: string, i: number, now: number): Claim[] {
    const covered = new Set<Period | undefined>();
    for (const { point } of own) {
        if (point.set.type === type) {
            covered.add(point.periods[i]);
        }
    }
    return own.filter(({ point }) => {
        const period = point.periods[i];
        if (point.set.type === type) {
            return true;
        }
        const standsIn = period !== undefined && period.end <= now && !covered.has(period);
        covered.add(period);
        return standsIn;
    });
}

function claimType(own: readonly Claim[], { name, kept, places }: SnapshotType, i: number, now: number): void {
    countedAs(own, name, i, now).forEach((claim, newer) => {
        const { point, reason } = claim;
        const needed = newer < kept;
        if (point.set.type === name) {
            claim.rank = newer + 1;
            if (needed) {
                claim.reason = clauses(places[newer], reason);
            }
        } else if (needed) {
            claim.reason = clauses(reason, `stands in for ${name} ${point.periods[i]?.label}, whose run made no restore point`);
        }
    });
}

function clauses(one: string | undefined, other: string | undefined): string | undefined {
    return one && other ? `${one}; ${other}` : (one ?? other);
}

function claimLastCopy(volumeId: string, claim: Claim, policy: RetentionPolicy): void {
    if (keepsLastCopies(policy)) {
        claim.reason = `newest restore point of ${volumeId}, which no longer exists`;
    }
}

/** Whether the newest restore point of a volume that no longer exists stays for ever. */
export function keepsLastCopies({ orphanDays, deleteLastCopies }: RetentionPolicy): boolean {
    return !(orphanDays === 0 && deleteLastCopies);
}
