import type { BackupSet } from "./backupSets";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";
import { ordinal, utc } from "./wording";

/** A snapshot type, and a period in which its run made no restore point of a volume. */
export interface MissedRun {
    readonly type: string;
    /** Such as `2027-03`. */
    readonly period: string;
}

/** Whether a volume needs a restore point, and why: one sentence. */
export interface Verdict {
    readonly needed: boolean;
    readonly reason: string;
    /** The runs for which it stands in. */
    readonly standsInFor: readonly MissedRun[];
}

/** How one snapshot type is kept. */
export interface Rule {
    readonly type: string;
    /** N: how many restore points are kept, and how many periods keep one. */
    readonly count: number;
    /** The type's periods, if they are a week or longer; undefined if the type keeps no restore point for a period. */
    readonly periods: Periods | undefined;
}

/** The restore point that a period keeps. */
interface KeptForPeriod {
    readonly period: Period;
    readonly point: BackupSet;
}

/** The rules of a policy, one for each of its snapshot types. */
export function rulesOf({ retention, standIns, schedules, timezone }: RetentionPolicy): Rule[] {
    return Object.entries(retention).map(([type, count]) => {
        const schedule = schedules[type];
        const periods = standIns && schedule !== undefined ? periodsOf(schedule, timezone) : undefined;
        return { type, count, periods: periods?.areLong ? periods : undefined };
    });
}

/**
 * Says why a volume needs each of its restore points, or why it does not. Each rule only ever keeps:
 *
 * 1. The newest N restore points of the type are kept, without exception.
 * 2. The newest N periods of the type that are over and have a restore point keep one each. See `keptByPeriods`.
 *
 * @param points the volume's restore points of all types, newest first
 * @param pending the volume's sets that are not finished
 */
export function judgeVolume(
    points: readonly BackupSet[],
    pending: readonly BackupSet[],
    rules: readonly Rule[],
    now: number,
): Map<BackupSet, Verdict> {
    const verdicts = new Map<BackupSet, Verdict>();
    for (const rule of rules) {
        ofType(points, rule.type).forEach((point, rank) => {
            verdicts.set(point, judgeByRank(rule, rank));
        });
    }
    for (const rule of rules) {
        for (const { period, point } of keptByPeriods(points, rule, now)) {
            const before = judgedOrThrow(verdicts.get(point), point.anchor.id);
            if (point.type === rule.type) {
                verdicts.set(point, keepAsNewestOfPeriod(before, rule, period));
            } else {
                verdicts.set(point, keepAsStandIn(before, rule, period, pending));
            }
        }
    }
    return verdicts;
}

/** The sets of one type, in the same order. */
export function ofType(sets: readonly BackupSet[], type: string | undefined): BackupSet[] {
    return sets.filter((set) => set.type === type);
}

/** @throws Error if a volume or restore point was not judged. That would be a fault of the plan, and nothing may be deleted then. */
export function judgedOrThrow<T>(judged: T | undefined, id: string): T {
    if (judged === undefined) {
        throw new Error(`Nothing can be planned: ${id} was not judged`);
    }
    return judged;
}

/**
 * Rule 1: keeps a restore point of the type that has fewer than N newer ones.
 *
 * @param rank how many newer ones it has
 */
function judgeByRank({ type, count }: Rule, rank: number): Verdict {
    const needed = rank < count;
    const reason = needed
        ? `kept: ${type} ${rank + 1} of ${count}`
        : `deleted: ${ordinal(rank + 1)} newest ${type} restore point, ${count} ${count === 1 ? "is" : "are"} kept`;
    return { needed, reason, standsInFor: [] };
}

/**
 * Rule 2: takes the periods of the type that are over and have a restore point of any type. The newest N of them keep one each. That is the
 * newest of the type itself. If there is none, the newest of any type stands in.
 *
 * @param points a volume's restore points, newest first
 */
function keptByPeriods(points: readonly BackupSet[], rule: Rule, now: number): KeptForPeriod[] {
    const kept = new Map<Period, BackupSet>();
    for (const point of points) {
        const period = periodOf(point, rule);
        if (period === undefined || period.end > now) {
            continue;
        }
        const keptSoFar = kept.get(period);
        if (keptSoFar === undefined || (point.type === rule.type && keptSoFar.type !== rule.type)) {
            kept.set(period, point);
        }
    }
    return [...kept]
        .map(([period, point]) => ({ period, point }))
        .sort((a, b) => b.period.start - a.period.start)
        .slice(0, rule.count);
}

/** A set of the type belongs to the period of the run that made it. A set of another type belongs to the period that it started in. */
function periodOf({ type, startTime }: BackupSet, rule: Rule): Period | undefined {
    return type === rule.type ? rule.periods?.ofRun(startTime) : rule.periods?.at(startTime);
}

/** Keeps the newest restore point of a type in a period. If the first rule keeps it already, that reason is enough. */
function keepAsNewestOfPeriod(before: Verdict, { type }: Rule, { label }: Period): Verdict {
    return before.needed ? before : addNeed(before, `newest ${type} of ${label}`);
}

/**
 * Keeps a restore point that stands in for a run of a type. While the run is not finished, the restore point is only reserved. If the run
 * fails later, newer backups must not have pushed it out.
 */
function keepAsStandIn(before: Verdict, rule: Rule, period: Period, pending: readonly BackupSet[]): Verdict {
    const run = `${rule.type} ${period.label}`;
    if (ofType(pending, rule.type).some((set) => periodOf(set, rule) === period)) {
        return addNeed(before, `reserved for ${run}, whose run is not finished`);
    }
    const { standsInFor, ...verdict } = addNeed(before, `stands in for ${run}, whose run made no restore point`);
    return { ...verdict, standsInFor: [...standsInFor, { type: rule.type, period: period.label }] };
}

/** Adds a reason for which a restore point is needed. */
function addNeed(before: Verdict, reason: string): Verdict {
    return { ...before, needed: true, reason: before.needed ? `${before.reason}; ${reason}` : `kept: ${reason}` };
}

/**
 * Judges a volume that no longer exists, and has had no restore point for `orphanDays`. Its newest restore point always stays.
 *
 * @param points the volume's restore points, newest first
 * @param newest its newest restore point; if it is held, it is not in `points`
 */
export function judgeLostVolume(id: string, points: readonly BackupSet[], newest: BackupSet): Map<BackupSet, Verdict> {
    const lastCopy =
        points[0] === newest ? `newest restore point of ${id}, which` : `newest restore point of ${id} that is not held; ${id}`;
    const since = `${id} no longer exists, and has had no restore point since ${utc(newest.startTime)}`;
    return new Map(
        points.map((point, rank) => [
            point,
            rank === 0
                ? { needed: true, reason: `kept: ${lastCopy} no longer exists`, standsInFor: [] }
                : { needed: false, reason: `deleted: ${since}; the newest one stays`, standsInFor: [] },
        ]),
    );
}
