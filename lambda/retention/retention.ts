import type { BackupSet } from "./backupSets";
import { type Period, type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";
import { WINDOW_HOURS } from "./schedules";
import { ordinal, utc } from "./wording";

/** Whether a volume needs a restore point, and why, or why not: one sentence. */
export interface Verdict {
    readonly needed: boolean;
    readonly reason: string;
}

/** What a policy says about one snapshot type. */
export interface Rule {
    readonly type: string;
    /** How many restore points are kept. */
    readonly count: number;
    /** The periods in which a restore point may stand in for this type; undefined if none may. */
    readonly periods: Periods | undefined;
}

export function rulesOf({ retention, standIns, schedules, timezone }: RetentionPolicy): Rule[] {
    return Object.entries(retention).map(([type, count]) => {
        const schedule = schedules[type];
        return { type, count, periods: standIns && schedule !== undefined ? periodsOf(schedule, timezone) : undefined };
    });
}

/** A type's own restore points of a volume, and those that stand in for one of its runs. */
export function countedAs(points: readonly BackupSet[], { type, periods }: Rule, now: number): BackupSet[] {
    const covered = new Set(points.filter((point) => point.type === type).map((point) => periods && ofSet(periods, point.startTime)));
    return points.filter((point) => {
        if (point.type === type) {
            return true;
        }
        const period = periods?.at(point.startTime);
        const standsIn = period !== undefined && period.end <= now && !covered.has(period);
        covered.add(period);
        return standsIn;
    });
}

/** The period of the run that made a set: the one before if its window reaches into the next period. */
function ofSet(periods: Periods, startTime: number): Period | undefined {
    const period = periods.at(startTime);
    const before = period && periods.at(period.start - 1);
    const lateUntil = period && Math.min(period.run, (before?.run ?? Number.NEGATIVE_INFINITY) + WINDOW_HOURS * 3_600_000);
    return lateUntil !== undefined && startTime < lateUntil ? before : period;
}

/** Which restore points a volume needs: the newest of each type. */
export function judgeVolume(points: readonly BackupSet[], rules: readonly Rule[], now: number): Map<BackupSet, Verdict> {
    const kept = new Map<BackupSet, string[]>();
    const excess = new Map<BackupSet, string>();
    const keep = (point: BackupSet, why: string) => kept.set(point, [...(kept.get(point) ?? []), why]);
    for (const { type, count } of rules) {
        countedAs(points, ruleOf(rules, type), now).forEach((point, newer) => {
            if (point.type === type && newer >= count) {
                excess.set(
                    point,
                    `deleted: ${ordinal(newer + 1)} newest ${type} restore point, ${count} ${count === 1 ? "is" : "are"} kept`,
                );
            } else if (point.type === type) {
                kept.set(point, [`${type} ${newer + 1} of ${count}`, ...(kept.get(point) ?? [])]);
            } else if (newer < count) {
                keep(
                    point,
                    `stands in for ${type} ${ruleOf(rules, type).periods?.at(point.startTime)?.label}, whose run made no restore point`,
                );
            }
        });
    }
    return new Map(
        points.map((point) => {
            const why = kept.get(point);
            return [point, why ? { needed: true, reason: `kept: ${why.join("; ")}` } : { needed: false, reason: excess.get(point) ?? "" }];
        }),
    );
}

function ruleOf(rules: readonly Rule[], wanted: string): Rule {
    return rules.find(({ type }) => type === wanted) as Rule;
}

/** Which restore points of a volume that no longer exists are needed: the newest. */
export function judgeLostVolume(
    id: string,
    points: readonly BackupSet[],
    newest: number,
    { orphanDays, deleteLastCopies }: RetentionPolicy,
): Map<BackupSet, Verdict> {
    const keeps = !(orphanDays === 0 && deleteLastCopies);
    const rest = keeps ? "which stays" : "and deleteLastCopies is set";
    return new Map(
        points.map((point, newer) => [
            point,
            keeps && newer === 0
                ? { needed: true, reason: `kept: newest restore point of ${id}, which no longer exists` }
                : { needed: false, reason: `deleted: ${id} no longer exists, and has had no restore point since ${utc(newest)}, ${rest}` },
        ]),
    );
}
