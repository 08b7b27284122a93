import type { BackupSet } from "../lambda/retention/backupSets";
import type { Plan } from "../lambda/retention/plan";
import { deletionRuns } from "./planning";

/** A set that the plan deletes from a time on. */
export interface Deletion {
    readonly set: BackupSet;
    readonly wantedAt: number;
}

/** When a run deletes the last set of a queue; or how many snapshots still wait after all runs. */
export type Turn = { readonly time: number } | { readonly time?: undefined; readonly waiting: number };

/**
 * Plays runs of the cleaner, each of which deletes a limited number of snapshots. Pure.
 *
 * @param queue the oldest set first. The last set has an end only if a run gets to it
 */
export function timeInQueue(queue: readonly Deletion[], runs: readonly number[], most: number): Turn {
    const last = queue.at(-1);
    let waiting = queue;
    for (const time of runs) {
        const due = waiting.filter(({ wantedAt }) => wantedAt <= time);
        const [run = []] = deletionRuns(
            due.map(({ set }) => set.snapshots),
            most,
        );
        const deleted = new Set(due.slice(0, run.length));
        if (last !== undefined && deleted.has(last)) {
            return { time };
        }
        waiting = deleted.size === 0 ? waiting : waiting.filter((deletion) => !deleted.has(deletion));
    }
    return { waiting: waiting.flatMap(({ set }) => set.snapshots).length };
}

/**
 * Finds the first run whose plan deletes a set, for each of these sets that a plan deletes at all. Later plans delete it, too. So it halves
 * the runs in question again and again. Pure, if `planAt` is.
 */
export function firstDeletions(
    sets: readonly BackupSet[],
    runs: readonly number[],
    planAt: (time: number) => Plan,
): Map<BackupSet, number> {
    const last = runs.at(-1);
    const isDeleted = last === undefined ? () => false : deletedBy(planAt(last));
    const deleted = sets.filter(isDeleted);
    if (last === undefined || deleted.length === 0) {
        return new Map();
    }
    if (runs.length === 1) {
        return new Map(deleted.map((set) => [set, last]));
    }
    const middle = Math.floor(runs.length / 2);
    const early = firstDeletions(deleted, runs.slice(0, middle), planAt);
    const late = deleted.filter((set) => !early.has(set));
    return new Map([...early, ...firstDeletions(late, runs.slice(middle), planAt)]);
}

function deletedBy({ deletions }: Plan): (set: BackupSet) => boolean {
    const ids = new Set(deletions.flat().map(({ snapshot }) => snapshot.id));
    return ({ anchor }) => ids.has(anchor.id);
}
