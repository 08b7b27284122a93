import { compare, type SetRules, showsFailure } from "./backupSets";
import type { Decision } from "./plan";
import { DEVICE_TAG } from "./tags";

/**
 * The order in which the members of a set go, so that what is left is harmless wherever the run may stop.
 *
 * Of a failed set, the member that shows the failure goes last, and before it those that started farthest from it: otherwise what is left
 * would look like a restore point, and push a real one out. Of a restore point, the boot volume's snapshot goes first: if an image holds
 * one of them, it is that, and the set stays whole.
 */
export function deletionOrder(set: readonly Decision[], rules: SetRules): Decision[] {
    const failed = set.find(({ snapshot }) => showsFailure(snapshot, rules));
    const place = ({ snapshot }: Decision) => {
        if (!failed) {
            return snapshot.tags[DEVICE_TAG] === "/dev/sda1" ? 0 : 1;
        }
        return showsFailure(snapshot, rules) ? 1 : -Math.abs(snapshot.startTime - failed.snapshot.startTime);
    };
    return [...set].sort((a, b) => place(a) - place(b) || compare(a.snapshot.id, b.snapshot.id));
}
