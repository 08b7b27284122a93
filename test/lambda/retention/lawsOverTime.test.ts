import assert from "node:assert/strict";
import { periodsOf } from "../../../lambda/retention/periods";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import { idOf, PLAN_TIME, snapshotsAt, TIME_AFTER_RUNS } from "../../support/arbitraryHistory";
import {
    assertEmpty,
    checkLaw,
    hash,
    identifiedHistories,
    idsOfDeletions,
    idsOfRemaining,
    planOf,
    removeSnapshots,
} from "../../support/law";
import { expectedNeeds } from "../../support/retentionOracle";

describe("From one run of the cleaner to the next, in every history", () => {
    checkLaw("a second plan after a cleaning deletes nothing more", (one) => {
        const rest = removeSnapshots(one.snapshots, idsOfDeletions(planOf(one)));
        assertEmpty(idsOfDeletions(planOf({ ...one, snapshots: rest })));
    });

    checkLaw("a cleaning that stops at any step and continues later leaves the same snapshots", (one) => {
        const all = idsOfDeletions(planOf(one));
        const rest = removeSnapshots(one.snapshots, all.slice(0, one.chance % (all.length + 1)));
        assert.deepEqual(idsOfRemaining({ ...one, snapshots: rest }), idsOfRemaining(one));
    });

    checkLaw("a set that EC2 does not delete, or only in half, changes nothing for other sets", (one) => {
        const sets = planOf(one).deletions.map((set) => set.map(({ snapshot }) => snapshot.id));
        const refused = new Set(sets.filter((_, i) => hash(String(i), one.chance) % 2 === 0).flatMap((ids) => ids.slice(one.chance % 2)));
        const rest = removeSnapshots(
            one.snapshots,
            sets.flat().filter((id) => !refused.has(id)),
        );
        assert.deepEqual(idsOfRemaining({ ...one, snapshots: rest }), idsOfRemaining(one));
    });

    checkLaw("two cleaners at the same time leave the same snapshots as one", (one) => {
        const first = idsOfDeletions(planOf(one));
        const before = one.chance % (first.length + 1);
        // The second lists when the first is under way, and then they take turns as chance has it.
        const second = idsOfDeletions(planOf({ ...one, snapshots: removeSnapshots(one.snapshots, first.slice(0, before)) }));
        const gone = new Set(first.slice(0, before));
        const queues = [first.slice(before), second];
        for (let step = 0; queues.some((queue) => queue.length > 0); step++) {
            const queue = queues[hash(String(step), one.chance) % 2] as string[];
            gone.add(queue.shift() ?? "");
        }
        assert.deepEqual(
            removeSnapshots(one.snapshots, gone)
                .map(({ id }) => id)
                .sort(),
            idsOfRemaining(one),
        );
    });

    checkLaw(
        "cleaning once at the end leaves the same snapshots as cleaning after every backup",
        (one) => {
            const gone = new Set<string>();
            const clean = (now: number) => {
                const there = one.runs.flatMap((run) => snapshotsAt(run, now));
                for (const id of idsOfDeletions(planOf({ ...one, snapshots: removeSnapshots(there, gone) }, now))) {
                    gone.add(id);
                }
            };
            const times = one.runs.map(({ time, seenAfter }) => time + Math.max(0, seenAfter) * 3_600_000);
            for (const time of [...times.sort((a, b) => a - b), TIME_AFTER_RUNS]) {
                clean(time);
            }
            assert.deepEqual(
                removeSnapshots(one.snapshots, gone)
                    .map(({ id }) => id)
                    .sort(),
                idsOfRemaining(one, TIME_AFTER_RUNS),
            );
        },
        identifiedHistories,
    );

    checkLaw("a replayed event deletes nothing newer, and leaves the same snapshots as the right event", (one) => {
        const earlier = PLAN_TIME - (one.chance % 60) * 86_400_000;
        const replayed = idsOfDeletions(planOf(one, earlier));
        assertEmpty(one.snapshots.filter(({ id, startTime }) => startTime > earlier && replayed.includes(id)));
        assert.deepEqual(idsOfRemaining({ ...one, snapshots: removeSnapshots(one.snapshots, replayed) }), idsOfRemaining(one));
    });

    checkLaw("if backups stop, nothing more is deleted after the last periods and times of grace", (one) => {
        const { orphanDays, ...rules } = one.policy;
        const over = endOfCurrentPeriods(rules);
        const rest = removeSnapshots(one.snapshots, idsOfDeletions(planOf({ ...one, policy: rules }, over)));
        assertEmpty(idsOfDeletions(planOf({ ...one, policy: rules, snapshots: rest }, over + (one.chance % 20_000) * 86_400_000)));
    });

    checkLaw(
        "if backups stop, only restore points that were kept for a period can still be deleted",
        (one) => {
            const { orphanDays, ...rules } = one.policy;
            const rest = removeSnapshots(one.snapshots, idsOfDeletions(planOf({ ...one, policy: rules }, TIME_AFTER_RUNS)));
            const later = planOf({ ...one, policy: rules, snapshots: rest }, endOfCurrentPeriods(rules));
            const newest = new Set(
                expectedNeeds(one.runs, rules, TIME_AFTER_RUNS, one.lost)
                    .filter(({ rule }) => rule === "newest of its type")
                    .map(({ run, volume }) => idOf(run.number, volume)),
            );
            assertEmpty(idsOfDeletions(later).filter((id) => newest.has(id)));
        },
        identifiedHistories,
    );
});

/** When the periods of `TIME_AFTER_RUNS` and the times of grace are over. */
function endOfCurrentPeriods({ retention, schedules, timezone, failedSetGraceHours }: RetentionPolicy): number {
    const ends = Object.keys(retention).map((type) => periodsOf(schedules[type] as string, timezone)?.at(TIME_AFTER_RUNS)?.end ?? 0);
    return Math.max(TIME_AFTER_RUNS + failedSetGraceHours * 3_600_000, ...ends);
}
