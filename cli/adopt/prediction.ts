import type { BackupSet } from "../../lambda/retention/backupSets";
import { planCleaning } from "../../lambda/retention/plan";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { POLICY_TAG } from "../../lambda/retention/tags";
import { counted } from "../../lambda/retention/wording";
import { deletionRuns, readLostVolumes } from "../planning";
import type { Session } from "../session";
import { idsOf } from "./tagging";

/** What the cleaner deletes after an adoption. */
export interface Prediction {
    /** The snapshots that its next run deletes. */
    readonly next: readonly string[];
    /** How many snapshots are left for later runs. */
    readonly later: number;
    /** Whether it deletes nothing because the policy has reportOnly. */
    readonly isReportOnly: boolean;
}

/**
 * Makes the function that predicts the deletions after an adoption. It asks EC2 only once, so it works after a failure, too.
 *
 * @param adoptable all sets that may be adopted
 */
export async function makePredictor(
    session: Session,
    listed: readonly Snapshot[],
    adoptable: readonly BackupSet[],
): Promise<(adopted: readonly BackupSet[]) => Prediction> {
    const { settings } = session.policy;
    const lost = await readLostVolumes(session, withPolicy(listed, adoptable, settings.name), [settings]);
    return (adopted) => {
        const { deletions } = planCleaning(withPolicy(listed, adopted, settings.name), settings, session.now, lost);
        const [next = []] = settings.reportOnly ? [] : deletionRuns(deletions, settings.maxDeletionsPerRun);
        return {
            next: next.flat().map(({ snapshot }) => snapshot.id),
            later: settings.reportOnly ? 0 : deletions.flat().length - next.flat().length,
            isReportOnly: settings.reportOnly,
        };
    };
}

/** Says what the cleaner deletes, such as "would delete 2 snapshots". */
export function predictionWords({ next, later, isReportOnly }: Prediction, verb: "deletes" | "would delete"): string {
    if (isReportOnly) {
        return "deletes nothing, because reportOnly is true";
    }
    return `${verb} ${counted(next.length, "snapshot")}${later === 0 ? "" : `, and later runs ${later} more`}`;
}

function withPolicy(listed: readonly Snapshot[], adopted: readonly BackupSet[], policy: string): Snapshot[] {
    const ids = new Set(idsOf(adopted));
    return listed.map((snapshot) => (ids.has(snapshot.id) ? { ...snapshot, tags: { ...snapshot.tags, [POLICY_TAG]: policy } } : snapshot));
}
