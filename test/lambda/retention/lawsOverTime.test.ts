import assert from "node:assert/strict";
import { periodsOf } from "../../../lambda/retention/periods";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import { END, idOf, LATER, seenAt } from "../../support/arbitraryHistory";
import { deletions, hash, identified, law, left, none, planOf, without } from "../../support/law";
import { expectedNeeds } from "../../support/retentionOracle";

describe("From one run of the cleaner to the next, in every history", () => {
    law("planning again after carrying it out deletes nothing new", (one) => {
        const rest = without(one.snapshots, deletions(planOf(one)));
        none(deletions(planOf({ ...one, snapshots: rest })));
    });

    law("stopping at any step and going on later leaves the same", (one) => {
        const all = deletions(planOf(one));
        const rest = without(one.snapshots, all.slice(0, one.chance % (all.length + 1)));
        assert.deepEqual(left({ ...one, snapshots: rest }), left(one));
    });

    law("a set that can't be deleted, or half of it, changes nothing for the others", (one) => {
        const sets = planOf(one).deletions.map((set) => set.map(({ snapshot }) => snapshot.id));
        const refused = new Set(sets.filter((_, i) => hash(String(i), one.chance) % 2 === 0).flatMap((ids) => ids.slice(one.chance % 2)));
        const rest = without(
            one.snapshots,
            sets.flat().filter((id) => !refused.has(id)),
        );
        assert.deepEqual(left({ ...one, snapshots: rest }), left(one));
    });

    law("two cleaners at once, interleaved at any step, leave what one leaves", (one) => {
        const first = deletions(planOf(one));
        const before = one.chance % (first.length + 1);
        // The second lists when the first is under way, and then they take turns as chance has it.
        const second = deletions(planOf({ ...one, snapshots: without(one.snapshots, first.slice(0, before)) }));
        const gone = new Set(first.slice(0, before));
        const queues = [first.slice(before), second];
        for (let step = 0; queues.some((queue) => queue.length > 0); step++) {
            const queue = queues[hash(String(step), one.chance) % 2] as string[];
            gone.add(queue.shift() ?? "");
        }
        assert.deepEqual(
            without(one.snapshots, gone)
                .map(({ id }) => id)
                .sort(),
            left(one),
        );
    });

    law(
        "cleaning once at the end leaves what cleaning after every backup leaves",
        (one) => {
            const gone = new Set<string>();
            const clean = (now: number) => {
                const there = one.runs.flatMap((run) => seenAt(run, now));
                for (const id of deletions(planOf({ ...one, snapshots: without(there, gone) }, now))) {
                    gone.add(id);
                }
            };
            const times = one.runs.map(({ time, seenAfter }) => time + Math.max(0, seenAfter) * 3_600_000);
            for (const time of [...times.sort((a, b) => a - b), END]) {
                clean(time);
            }
            assert.deepEqual(
                without(one.snapshots, gone)
                    .map(({ id }) => id)
                    .sort(),
                left(one, END),
            );
        },
        identified,
    );

    law("a replayed event deletes nothing newer, and leaves what the right event leaves", (one) => {
        const earlier = LATER - (one.chance % 60) * 86_400_000;
        const replayed = deletions(planOf(one, earlier));
        none(one.snapshots.filter(({ id, startTime }) => startTime > earlier && replayed.includes(id)));
        assert.deepEqual(left({ ...one, snapshots: without(one.snapshots, replayed) }), left(one));
    });

    law("if backups stop, nothing is deleted any more once the last periods and times of grace are over", (one) => {
        const { orphanDays, ...rules } = one.policy;
        const over = endOfCurrentPeriods(rules);
        const rest = without(one.snapshots, deletions(planOf({ ...one, policy: rules }, over)));
        none(deletions(planOf({ ...one, policy: rules, snapshots: rest }, over + (one.chance % 20_000) * 86_400_000)));
    });

    law(
        "if backups stop, only restore points that were kept for a period can still be deleted",
        (one) => {
            const { orphanDays, ...rules } = one.policy;
            const rest = without(one.snapshots, deletions(planOf({ ...one, policy: rules }, END)));
            const later = planOf({ ...one, policy: rules, snapshots: rest }, endOfCurrentPeriods(rules));
            const newest = new Set(
                expectedNeeds(one.runs, rules, END, one.lost)
                    .filter(({ rule }) => rule === "newest of its type")
                    .map(({ run, volume }) => idOf(run.number, volume)),
            );
            none(deletions(later).filter((id) => newest.has(id)));
        },
        identified,
    );
});

/** When the periods of `END` and the times of grace are over. */
function endOfCurrentPeriods({ retention, schedules, timezone, failedSetGraceHours }: RetentionPolicy): number {
    const ends = Object.keys(retention).map((type) => periodsOf(schedules[type] as string, timezone)?.at(END)?.end ?? 0);
    return Math.max(END + failedSetGraceHours * 3_600_000, ...ends);
}
