import type { BackupSet } from "./backupSets";
import { judgeLostVolume, judgeVolume, type Rule, type Verdict } from "./retention";
import type { RetentionPolicy } from "./retentionPolicy";

const DAY = 86_400_000;

/** One volume of a policy, and what becomes of its restore points. */
export interface Volume {
    readonly id: string;
    /** When its newest restore point was taken, in milliseconds since 1970; undefined without one. Held ones are restore points, too. */
    readonly newest: number | undefined;
    /** When its oldest set was taken, in milliseconds since 1970. */
    readonly oldest: number;
    /** Whether its snapshots may be deleted if it no longer exists, since it has had no restore point for `orphanDays`. */
    readonly isOrphanCandidate: boolean;
    /** Whether it no longer exists, and is such a candidate. */
    readonly isOrphan: boolean;
    /** Its restore points that count, newest first. Held ones and those after the time of the plan do not count. */
    readonly points: readonly BackupSet[];
    readonly verdicts: ReadonlyMap<BackupSet, Verdict>;
}

/** Judges each volume of these sets, given newest first. */
export function judgeVolumes(
    sets: readonly BackupSet[],
    policy: RetentionPolicy,
    rules: readonly Rule[],
    now: number,
    lostVolumes: ReadonlySet<string>,
): Map<string, Volume> {
    return new Map([...byVolume(sets)].map(([id, own]) => [id, judge(id, own, policy, rules, now, lostVolumes.has(id))]));
}

function judge(
    id: string,
    own: readonly BackupSet[],
    policy: RetentionPolicy,
    rules: readonly Rule[],
    now: number,
    isLost: boolean,
): Volume {
    const restorePoints = own.filter(({ status }) => status.kind === "restorePoint");
    const points = restorePoints.filter(({ heldBy, startTime }) => heldBy === undefined && startTime <= now);
    const newest = restorePoints[0]?.startTime;
    const keeps = !(policy.orphanDays === 0 && policy.deleteLastCopies);
    const since = newest ?? (keeps ? Number.POSITIVE_INFINITY : now);
    const isOrphanCandidate = isKnown(id) && policy.orphanDays !== undefined && now - since >= policy.orphanDays * DAY;
    const isOrphan = isLost && isOrphanCandidate;
    return {
        id,
        newest,
        oldest: own.at(-1)?.startTime ?? Number.NaN,
        isOrphanCandidate,
        isOrphan,
        points,
        verdicts: isOrphan ? judgeLostVolume(id, points, newest ?? 0, policy) : judgeVolume(points, rules, now),
    };
}

/** Whether a snapshot says which volume it is of: EC2 gives copies one that never existed. */
function isKnown(volumeId: string): boolean {
    return volumeId !== "" && volumeId !== "vol-ffffffff";
}

function byVolume(sets: readonly BackupSet[]): Map<string, BackupSet[]> {
    const volumes = new Map<string, BackupSet[]>();
    for (const set of sets) {
        for (const { volumeId } of set.snapshots) {
            const own = volumes.get(volumeId);
            // A set may hold several snapshots of a volume.
            if (own && own.at(-1) !== set) {
                own.push(set);
            } else if (!own) {
                volumes.set(volumeId, [set]);
            }
        }
    }
    return volumes;
}
