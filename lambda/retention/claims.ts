import type { BackupSet, BackupSets } from "./backupSets";
import { grouped } from "./grouping";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";
import { ordinal, utc } from "./wording";

/** A restore point, and for each snapshot type the period of that type in which it was taken. */
interface RestorePoint {
    readonly set: BackupSet;
    readonly type: string | undefined;
    readonly periods: readonly (Period | undefined)[];
    /** The period of the run that made it. */
    readonly own: Period | undefined;
}

/** What one volume makes of a restore point. */
interface Claim {
    readonly point: RestorePoint;
    /** That it is kept for what it is, if it is: one sentence. */
    kept: string | undefined;
    /** For which runs it stands in, if for any: clauses. */
    standsIn: string | undefined;
    /** Why it may go, if nobody needs it: one sentence. */
    excess: string | undefined;
}

/** What retention makes of a policy's restore points. */
export interface Claimed {
    /** Whether the volume of `set.snapshots[i]` needs the restore point. */
    needs(set: BackupSet, i: number): boolean;
    /** Why it does, or why the snapshot may go if no other volume of the set does: one sentence. */
    reason(set: BackupSet, i: number): string;
    /** When the newest restore point of each volume was taken, whether it counts or not, in milliseconds since 1970. */
    readonly newest: ReadonlyMap<string, number>;
    /** Whether the snapshots of a volume may go if it no longer exists, for it has had no restore point for `orphanDays`. */
    isOld(volumeId: string): boolean;
    /** Whether they may go: it no longer exists, and is old. */
    isOrphan(volumeId: string): boolean;
    /** The restore points that count as ones of a type for the volume of `set.snapshots[i]`, stand-ins among them, newest first. */
    counted(type: string, set: BackupSet, i: number): readonly BackupSet[];
}

interface SnapshotType {
    readonly name: string;
    readonly kept: number;
    /** Why one that has so many newer ones is kept or may go: one sentence. */
    sentence(newer: number): string;
    readonly periods: Periods | undefined;
}

const DAY = 86_400_000;

/**
 * Asks each volume which restore points it needs: the newest N of each type, where one that stands in for a run without a restore point
 * counts like one of that type; or, of a volume that is gone for longer than the policy keeps its snapshots, the newest alone.
 *
 * @param restorePoints those of `sets` that are restore points of types that the policy has, newest first; those that are held, or after
 * `now`, count for nothing
 * @param lostVolumes ids of volumes that are known not to exist
 */
export function claimRestorePoints(
    { volumeAt, volumeIds }: BackupSets,
    restorePoints: readonly BackupSet[],
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): Claimed {
    const types = Object.entries(policy.retention).map(
        ([name, kept]): SnapshotType => ({
            name,
            kept,
            sentence: sentences(name, kept),
            periods: policy.standIns ? periodsOfType(name, policy) : undefined,
        }),
    );
    const points = withPeriods(
        restorePoints.filter(({ heldBy, startTime }) => heldBy === undefined && startTime <= now),
        types,
    );
    // Those that do not count are put with a volume that none is.
    const volumeOf = new Int32Array(volumeAt.length).fill(volumeIds.length);
    const pointAt = new Int32Array(volumeAt.length);
    points.forEach(({ set: { place, snapshots } }, point) => {
        for (let at = place; at < place + snapshots.length; at++) {
            volumeOf[at] = volumeAt[at] as number;
            pointAt[at] = point;
        }
    });
    // Places come newest first, and so do those of each volume.
    const { members: places, starts } = grouped(volumeOf, volumeIds.length + 1);
    const placesOf = (volume: number) => places.subarray(starts[volume], starts[volume + 1]);
    const pointOf = (place: number) => points[pointAt[place] as number] as RestorePoint;

    const newest = newestTimes(restorePoints, volumeAt, volumeIds);
    const isOld = (volumeId: string) => {
        const { orphanDays = Number.POSITIVE_INFINITY } = policy;
        if (!isKnown(volumeId)) {
            return false;
        }
        // Where there never was a restore point, nothing tells since when it is gone.
        const time = newest.get(volumeId) ?? (keepsLastCopies(policy) ? Number.POSITIVE_INFINITY : now);
        return now - time >= orphanDays * DAY;
    };
    const isOrphan = (volumeId: string) => lostVolumes.has(volumeId) && isOld(volumeId);

    const needs = new Uint8Array(volumeAt.length);
    const reasons = new Array<string>(volumeAt.length);
    let last: readonly Claim[] = [];
    volumeIds.forEach((volumeId, volume) => {
        const ofVolume = placesOf(volume);
        let own = last;
        if (isOrphan(volumeId)) {
            own = claimsOn(ofVolume, pointOf);
            claimLastCopy(volumeId, own, newest.get(volumeId) as number, policy);
        } else if (!areOn(last, ofVolume, pointOf)) {
            own = claimsOn(ofVolume, pointOf);
            types.forEach((type, i) => {
                claimType(own, type, i, now);
            });
            last = own;
        }
        let k = 0;
        for (const place of ofVolume) {
            k += (own[k] as Claim).point === pointOf(place) ? 0 : 1;
            const claim = own[k] as Claim;
            needs[place] = claim.kept || claim.standsIn ? 1 : 0;
            reasons[place] = reasonOf(claim);
        }
    });
    return {
        needs: ({ place }, i) => needs[place + i] === 1,
        reason: ({ place }, i) => reasons[place + i] as string,
        newest,
        isOld,
        isOrphan,
        counted: (type, { place }, i) => {
            const own = claimsOn(placesOf(volumeAt[place + i] as number), pointOf);
            const number = types.findIndex(({ name }) => name === type);
            return countedAs(own, type, number, now).map(({ point }) => point.set);
        },
    };
}

/** When the newest restore point of each volume was taken. */
function newestTimes(restorePoints: readonly BackupSet[], volumeAt: Int32Array, volumeIds: readonly string[]): Map<string, number> {
    const times = new Map<string, number>();
    const newest = new Float64Array(volumeIds.length).fill(Number.NEGATIVE_INFINITY);
    for (const { place, snapshots, startTime } of restorePoints) {
        for (let at = place; at < place + snapshots.length; at++) {
            const volume = volumeAt[at] as number;
            newest[volume] = Math.max(newest[volume] as number, startTime);
        }
    }
    newest.forEach((time, volume) => {
        if (time > Number.NEGATIVE_INFINITY) {
            times.set(volumeIds[volume] as string, time);
        }
    });
    return times;
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
    return newestFirst.map((set) => {
        const { type, startTime } = set;
        const { periods: ofType } = types.find(({ name }) => name === type) as SnapshotType;
        return { set, type, periods: types.map(({ periods }) => periods?.at(startTime)), own: ofType?.ofSet(startTime) };
    });
}

/** A volume's claims, given its places: one on each restore point, however many snapshots of the volume there are in it. */
function claimsOn(places: Int32Array, pointOf: (place: number) => RestorePoint): Claim[] {
    const claims: Claim[] = [];
    let last: RestorePoint | undefined;
    for (const place of places) {
        const point = pointOf(place);
        if (point !== last) {
            claims.push({ point, kept: undefined, standsIn: undefined, excess: undefined });
            last = point;
        }
    }
    return claims;
}

/** Whether claims of another volume are on the same restore points: those of a server's volumes mostly are, and are then the same. */
function areOn(claims: readonly Claim[], places: Int32Array, pointOf: (place: number) => RestorePoint): boolean {
    return claims.length === places.length && claims.every(({ point }, i) => point === pointOf(places[i] as number));
}

/** The restore points of a volume that count as ones of a type: its own, and those that stand in for a run which made none. */
function countedAs(own: readonly Claim[], type: string, i: number, now: number): Claim[] {
    const covered = new Set<Period | undefined>();
    for (const { point } of own) {
        if (point.type === type) {
            covered.add(point.own);
        }
    }
    return own.filter(({ point }) => {
        const period = point.periods[i];
        if (point.type === type) {
            return true;
        }
        const standsIn = period !== undefined && period.end <= now && !covered.has(period);
        covered.add(period);
        return standsIn;
    });
}

function claimType(own: readonly Claim[], { name, kept, sentence }: SnapshotType, i: number, now: number): void {
    countedAs(own, name, i, now).forEach((claim, newer) => {
        const { point, standsIn } = claim;
        if (point.type === name) {
            claim[newer < kept ? "kept" : "excess"] = sentence(newer);
        } else if (newer < kept) {
            const clause = `stands in for ${name} ${(point.periods[i] as Period).label}, whose run made no restore point`;
            claim.standsIn = standsIn ? `${standsIn}; ${clause}` : clause;
        }
    });
}

/** Makes each sentence once, so that a million snapshots share a few. */
function sentences(name: string, kept: number): (newer: number) => string {
    const known: string[] = [];
    return (newer) => {
        known[newer] ??=
            newer < kept
                ? `kept: ${name} ${newer + 1} of ${kept}`
                : `deleted: ${ordinal(newer + 1)} newest ${name} restore point, ${kept} ${kept === 1 ? "is" : "are"} kept`;
        return known[newer];
    };
}

function reasonOf({ kept, standsIn, excess }: Claim): string {
    if (standsIn === undefined) {
        return (kept ?? excess) as string;
    }
    return kept === undefined ? `kept: ${standsIn}` : `${kept}; ${standsIn}`;
}

function claimLastCopy(volumeId: string, own: readonly Claim[], newest: number, policy: RetentionPolicy): void {
    const keeps = keepsLastCopies(policy);
    const rest = keeps ? "which stays" : "and deleteLastCopies is set";
    own.forEach((claim, newer) => {
        claim.kept = keeps && newer === 0 ? `kept: newest restore point of ${volumeId}, which no longer exists` : undefined;
        claim.excess = `deleted: ${volumeId} no longer exists, and has had no restore point since ${utc(newest)}, ${rest}`;
    });
}

/** Whether the newest restore point of a volume that no longer exists stays for ever. */
function keepsLastCopies({ orphanDays, deleteLastCopies }: RetentionPolicy): boolean {
    return !(orphanDays === 0 && deleteLastCopies);
}
