import { compare } from "./backupSets";
import { type Periods, periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";
import { parseSchedule } from "./schedules";
import { utc } from "./wording";

/** A volume whose last runs made no restore point. */
export interface StaleVolume {
    readonly volumeId: string;
    /** One sentence. */
    readonly reason: string;
}

/**
 * Volumes that were backed up once and no longer are: without a restore point since the last period that is over began, of the type whose
 * periods are the shortest.
 *
 * @param since all volumes, and when the newest restore point of each was taken, or, without one, its oldest snapshot
 * @param newest when the newest restore point of each volume was taken
 */
export function staleVolumes(
    since: ReadonlyMap<string, number>,
    newest: ReadonlyMap<string, number>,
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): StaleVolume[] {
    const expected = Math.max(...Object.keys(policy.retention).map((type) => lastRunOver(policy.schedules[type], policy.timezone, now)));
    return [...since]
        .filter(([, time]) => time < expected)
        .sort(([a], [b]) => compare(a, b))
        .map(([volumeId, time]) => {
            const what = newest.has(volumeId) ? "no restore point" : "no restore point, only other snapshots";
            const why = lostVolumes.has(volumeId) ? "it no longer exists" : "its backups fail, or it is no longer backed up, or is gone";
            return { volumeId, reason: `${what} since ${utc(time)}: ${why}` };
        });
}

/** When the newest period began whose run must be over by now. */
function lastRunOver(expression: string | undefined, timezone: string, now: number): number {
    if (expression === undefined) {
        return Number.NEGATIVE_INFINITY;
    }
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return now - 2 * schedule.every;
    }
    const periods = periodsOf(expression, timezone) as Periods;
    const current = periods.at(now);
    return (current && periods.at(current.start - 1)?.start) ?? Number.NEGATIVE_INFINITY;
}
