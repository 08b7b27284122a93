import type { Fault } from "./fault";
import { unfinishedCure } from "./testId";
import type { PointFacts, World } from "./world";

const OTHER_SET = "Choose another set with --from. vss-backup points lists them.";

/** Refuses a set that is not complete. A set that is complete but not application-consistent is allowed, with a warning. */
export function setFaults({ set, unfinished }: World): Fault[] {
    const archived = set.snapshots.filter(({ tier }) => tier !== "standard");
    const ids = set.snapshots.map(({ id }) => id);
    return [
        ...(set.snapshots.length === 0 ? [{ sentence: "The set has no snapshot", cure: OTHER_SET }] : []),
        ...statusFaults(set),
        ...archived.map(({ id }) => ({
            sentence: `${id} is in the archive`,
            cure: `EC2 needs up to 72 hours to bring it back: aws ec2 restore-snapshot-tier --snapshot-id ${id} --permanent-restore`,
        })),
        ...unfinished
            .filter(({ snapshots }) => snapshots.some((id) => ids.includes(id)))
            .map(({ id }) => ({
                sentence: `The restore ${id} of this set is not finished`,
                cure: unfinishedCure(id),
            })),
    ];
}

function statusFaults({ status, snapshots }: PointFacts): Fault[] {
    if (status.kind === "pending") {
        return [{ sentence: `The set is not yet a restore point: ${status.why}`, cure: `Wait for it. ${OTHER_SET}` }];
    }
    const broken = snapshots.find(({ state }) => state !== "completed");
    return broken === undefined ? [] : [{ sentence: `The set is not complete: ${broken.id} is in state ${broken.state}`, cure: OTHER_SET }];
}

/** Warns about a set that is complete but no restore point. Databases on it may need a recovery. */
export function setWarnings({ set }: World): string[] {
    const unmarked = set.snapshots.filter(({ isConsistent }) => !isConsistent);
    return unmarked.length === 0
        ? []
        : [
              `The set is not application-consistent: ${unmarked.map(({ id }) => id).join(", ")}. Its disks are as after a power failure, and databases may need a recovery.`,
          ];
}
