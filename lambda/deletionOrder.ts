import { compare } from "./backupSets";
import type { Decision } from "./plan";
import { type SetRules, showsFailure } from "./setStatus";

/**
 * The order in which the members of a failed set go, so that what is left is harmless wherever the run may stop: the member that shows
 * the failure last, and before it those that started farthest from it. Otherwise what is left would look like a restore point, and push
 * a real one out.
 */
export function deletionOrder(set: readonly Decision[], rules: SetRules): Decision[] {
    const failed = set.find(({ snapshot }) => showsFailure(snapshot, rules)) as Decision;
    const place = ({ snapshot }: Decision) =>
        showsFailure(snapshot, rules) ? 1 : -Math.abs(snapshot.startTime - failed.snapshot.startTime);
    return [...set].sort((a, b) => place(a) - place(b) || compare(a.snapshot.id, b.snapshot.id));
}
