import { periodsOf } from "./periods";
import type { RetentionPolicy } from "./retentionPolicy";
import { parseSchedule } from "./schedules";
import { compareIds } from "./snapshot";
import type { Volume } from "./volumes";
import { utc } from "./wording";

/** A volume without a restore point in its last runs. */
export interface StaleVolume {
    readonly volumeId: string;
    /** One sentence. */
    readonly reason: string;
}

/**
 * Finds volumes that were backed up once and no longer are. Such a volume has no restore point since the last period that is over began.
 * The type with the shortest periods counts.
 */
export function staleVolumes(
    volumes: readonly Volume[],
    policy: RetentionPolicy,
    now: number,
    lostVolumes: ReadonlySet<string>,
): StaleVolume[] {
    const expected = Math.max(
        ...Object.keys(policy.retention).map((type) => startOfLastPeriodOver(policy.schedules[type], policy.timezone, now)),
    );
    return volumes
        .filter(({ newest, oldest }) => (newest ?? oldest) < expected)
        .toSorted((a, b) => compareIds(a.id, b.id))
        .map(({ id, newest, oldest }) => {
            const what = newest === undefined ? "no restore point, only other snapshots" : "no restore point";
            const why = lostVolumes.has(id) ? "it no longer exists" : "its backups fail, or it is no longer backed up, or is gone";
            return { volumeId: id, reason: `${what} since ${utc(newest ?? oldest)}: ${why}` };
        });
}

/** The start of the last finished period. A `rate` has no periods, so two of its intervals count. */
function startOfLastPeriodOver(expression: string | undefined, timezone: string, now: number): number {
    if (expression === undefined) {
        return Number.NEGATIVE_INFINITY;
    }
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "rate") {
        return now - 2 * schedule.every;
    }
    const periods = periodsOf(expression, timezone);
    const current = periods?.at(now);
    return (current && periods?.at(current.start - 1)?.start) ?? Number.NEGATIVE_INFINITY;
}
