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
interface Kept {
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
 * 2. The type's newest N periods that are over and have a restore point keep one each. See `keptByPeriods`.
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
        ofType(points, rule.type).forEach((point, newer) => {
            verdicts.set(point, judgeByRank(rule, newer));
        });
    }
    for (const rule of rules) {
        for (const { period, point } of keptByPeriods(points, rule, now)) {
            const before = verdicts.get(point);
            if (before) {
                verdicts.set(
                    point,
                    point.type === rule.type ? keepAsOwn(before, rule, period) : keepAsStandIn(before, rule, period, pending),
                );
            }
        }
    }
    return verdicts;
}

/** The sets of one type, in the same order. */
export function ofType(sets: readonly BackupSet[], type: string | undefined): BackupSet[] {
    return sets.filter((set) => set.type === type);
}

/** Rule 1: keeps a restore point of the type that has fewer than N newer ones. */
function judgeByRank({ type, count }: Rule, newer: number): Verdict {
    const needed = newer < count;
    const reason = needed
        ? `kept: ${type} ${newer + 1} of ${count}`
        : `deleted: ${ordinal(newer + 1)} newest ${type} restore point, ${count} ${count === 1 ? "is" : "are"} kept`;
    return { needed, reason, standsInFor: [] };
}

/**
 * Rule 2: of the type's newest N periods that are over and have any restore point, each keeps one: the newest of the type's own, or, if
 * there is none, the newest of any type, which stands in.
 *
 * @param points a volume's restore points, newest first
 */
function keptByPeriods(points: readonly BackupSet[], rule: Rule, now: number): Kept[] {
    const kept = new Map<Period, BackupSet>();
    for (const point of points) {
        const period = periodOf(point, rule);
        const newer = period && kept.get(period);
        if (period && period.end <= now && (!newer || (point.type === rule.type && newer.type !== rule.type))) {
            kept.set(period, point);
        }
    }
    return [...kept]
        .map(([period, point]) => ({ period, point }))
        .sort((a, b) => b.period.start - a.period.start)
        .slice(0, rule.count);
}

/** A type's own set belongs to the period of the run that made it, each other one to the period that it lies in. */
function periodOf({ type, startTime }: BackupSet, rule: Rule): Period | undefined {
    return type === rule.type ? rule.periods?.ofRun(startTime) : rule.periods?.at(startTime);
}

/** Keeps the newest of a type's own restore points of a period. If the first rule keeps it already, that says enough. */
function keepAsOwn(before: Verdict, { type }: Rule, { label }: Period): Verdict {
    return before.needed ? before : addNeed(before, `newest ${type} of ${label}`);
}

/**
 * Keeps a restore point that stands in for a run of a type. While the run is not finished, the restore point is only reserved: if the run
 * fails in the end, newer backups must not have pushed it out.
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
 * Says of a volume that no longer exists, and has had no restore point for `orphanDays`: the newest restore point stays for ever.
 *
 * @param points the volume's restore points, newest first
 * @param newest its newest restore point; if that one is held, it is none of `points`
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
