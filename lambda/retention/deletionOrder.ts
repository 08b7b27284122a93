import { compare } from "./backupSets";
import type { Decision } from "./plan";
import { type SetRules, showsFailure } from "./setStatus";

/**
 * The order in which the members of a failed set go, so that what is left is harmless wherever the run may stop: those that show the
 * failure last, and before them those that started farthest from the very last. Otherwise what is left would look like a restore point, and
 * push a real one out.
 */
export function failedOrder(set: readonly Decision[], rules: SetRules): Decision[] {
    const byId = set.toSorted((a, b) => compare(a.snapshot.id, b.snapshot.id));
    const last = byId.findLast(({ snapshot }) => showsFailure(snapshot, rules)) as Decision;
    const place = ({ snapshot }: Decision) => (showsFailure(snapshot, rules) ? 1 : -Math.abs(snapshot.startTime - last.snapshot.startTime));
    return byId.sort((a, b) => place(a) - place(b));
}

/**
 * The order in which the members of a restore point go: the earliest last, so that what is left keeps its place in time. Of those that
 * started together the boot volume's goes first, as it stands in the set: if an image holds one of them, it is that, and the set stays whole.
 */
export function restorePointOrder(set: readonly Decision[]): Decision[] {
    return set.toSorted((a, b) => b.snapshot.startTime - a.snapshot.startTime);
}
