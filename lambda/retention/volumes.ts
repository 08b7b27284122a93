import type { BackupSet } from "./backupSets";
import { judgeLostVolume, judgeVolume, rulesOf, type Verdict } from "./retention";
import type { RetentionPolicy } from "./retentionPolicy";

const DAY = 86_400_000;

/** One volume of a policy, and the verdicts on its restore points. */
export interface Volume {
    readonly id: string;
    /** When its newest restore point was taken, in milliseconds since 1970; undefined without one. Held ones are restore points, too. */
    readonly newest: number | undefined;
    /** When its oldest set was taken, in milliseconds since 1970. */
    readonly oldest: number;
    /** Whether its older snapshots may be deleted if it no longer exists, since it has had no restore point for `orphanDays`. */
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
    now: number,
    lostVolumes: ReadonlySet<string>,
): Map<string, Volume> {
    const rules = rulesOf(policy);
    return new Map(
        [...byVolume(sets)].map(([id, setsOfVolume]) => {
            const restorePoints = setsOfVolume.filter(({ status }) => status.kind === "restorePoint");
            const [newest] = restorePoints;
            const oldest = setsOfVolume.at(-1)?.startTime ?? Number.NaN;
            const isOrphanCandidate = isKnown(id) && newest !== undefined && now - newest.startTime >= orphanAge(policy);
            const isOrphan = isOrphanCandidate && lostVolumes.has(id);
            const points = restorePoints.filter((set) => counts(set, now));
            const pending = setsOfVolume.filter((set) => set.status.kind === "pending" && counts(set, now));
            const verdicts = isOrphan ? judgeLostVolume(id, points, newest) : judgeVolume(points, pending, rules, now);
            return [id, { id, newest: newest?.startTime, oldest, isOrphanCandidate, isOrphan, points, verdicts }];
        }),
    );
}

/** Whether a set counts: nobody holds it, and it started at the time of the plan or before. */
function counts({ heldBy, startTime }: BackupSet, now: number): boolean {
    return heldBy === undefined && startTime <= now;
}

/** Milliseconds without a restore point after which a volume that no longer exists is an orphan. */
function orphanAge({ orphanDays = Number.POSITIVE_INFINITY }: RetentionPolicy): number {
    return orphanDays * DAY;
}

/** Whether a snapshot names a volume that can exist. EC2 gives copies the id of a volume that never existed. */
function isKnown(volumeId: string): boolean {
    return volumeId !== "" && volumeId !== "vol-ffffffff";
}

function byVolume(sets: readonly BackupSet[]): Map<string, BackupSet[]> {
    const volumes = new Map<string, BackupSet[]>();
    for (const set of sets) {
        for (const { volumeId } of set.snapshots) {
            const setsOfVolume = volumes.get(volumeId);
            // A set may hold several snapshots of a volume.
            if (setsOfVolume && setsOfVolume.at(-1) !== set) {
                setsOfVolume.push(set);
            } else if (!setsOfVolume) {
                volumes.set(volumeId, [set]);
            }
        }
    }
    return volumes;
}
