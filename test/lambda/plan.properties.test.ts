import assert from "node:assert/strict";
import fc from "fast-check";
import { type Plan, planCleaning } from "../../lambda/plan";
import type { Snapshot } from "../../lambda/snapshot";
import { POLICY } from "../support/history";
import { history, LATER, type Run, retention, snapshotsOf } from "../support/arbitraryHistory";

const RUNS = Number(process.env.HISTORIES ?? 500);

function plan(snapshots: readonly Snapshot[], kept: Record<string, number>): Plan {
    return planCleaning(snapshots, { ...POLICY, retention: kept }, LATER);
}

function deletedIds({ deletions }: Plan): string[] {
    return deletions
        .flat()
        .map(({ snapshot }) => snapshot.id)
        .sort();
}

function keptIds({ decisions }: Plan): string[] {
    return decisions
        .filter(({ action }) => action === "keep")
        .map(({ snapshot }) => snapshot.id)
        .sort();
}

const identified = history(fc.constant(true));
const own = (runs: readonly Run[]) => runs.filter(({ policy }) => policy === "prod");

/** Checks a law on random histories; the counterexample that it prints has as few runs as can be. */
function law(
    sentence: string,
    histories: fc.Arbitrary<Run[]>,
    holds: (runs: readonly Run[], snapshots: readonly Snapshot[], kept: Record<string, number>) => void,
) {
    it(sentence, () => {
        fc.assert(
            fc.property(histories, retention, (runs, kept) => holds(runs, runs.flatMap(snapshotsOf), kept)),
            { numRuns: RUNS },
        );
    });
}

describe("In every history, the plan", () => {
    law("decides about each snapshot of the policy once, and about no other", history(), (runs, snapshots, kept) => {
        assert.deepEqual(
            plan(snapshots, kept)
                .decisions.map(({ snapshot }) => snapshot.id)
                .sort(),
            own(runs)
                .flatMap(snapshotsOf)
                .map(({ id }) => id)
                .sort(),
        );
    });

    law("keeps the newest N restore points of each type and volume", identified, (runs, snapshots, kept) => {
        const kept_ = new Set(keptIds(plan(snapshots, kept)));
        const good = own(runs).filter(({ fate, type }) => fate === "good" && type in kept);
        for (const [type, count] of Object.entries(kept)) {
            for (const volume of new Set(good.flatMap(({ volumes }) => volumes))) {
                const times = good.filter((run) => run.type === type && run.volumes.includes(volume)).map(({ time }) => time);
                const nth = times.sort((a, b) => b - a)[count - 1] ?? Number.NEGATIVE_INFINITY;
                // Of restore points that started at the same time, any may be the Nth.
                const newest = good.filter((run) => run.type === type && run.volumes.includes(volume) && run.time > nth);
                assert.deepEqual(
                    newest.filter(({ number }) => !kept_.has(`snap-${number}-${volume}`)),
                    [],
                );
                assert.ok(
                    good.filter((run) => run.type === type && kept_.has(`snap-${run.number}-${volume}`)).length >=
                        Math.min(count, times.length),
                );
            }
        }
    });

    law("never splits a set", history(), (runs, snapshots, kept) => {
        const deleted = new Set(deletedIds(plan(snapshots, kept)));
        assert.deepEqual(
            runs.filter((run) => new Set(snapshotsOf(run).map(({ id }) => deleted.has(id))).size > 1),
            [],
        );
    });

    law("keeps the same restore points whatever other sets failed or are pending", identified, (runs, snapshots, kept) => {
        const good = runs.filter(({ fate }) => fate === "good").flatMap(snapshotsOf);
        assert.deepEqual(keptIds(plan(snapshots, kept)), keptIds(plan(good, kept)));
    });

    law("deletes nothing that is pending, of a type without retention, or another policy's", history(), (runs, snapshots, kept) => {
        const deleted = new Set(deletedIds(plan(snapshots, kept)));
        const untouchable = runs.filter(({ fate, type, policy }) => fate === "pending" || type === "Gone" || policy === "other");
        assert.deepEqual(
            untouchable.flatMap(snapshotsOf).filter(({ id }) => deleted.has(id)),
            [],
        );
    });

    law("is the same in whatever order the snapshots come", history(), (_, snapshots, kept) => {
        assert.deepEqual(plan([...snapshots].reverse(), kept), plan(snapshots, kept));
        assert.deepEqual(
            plan(
                [...snapshots].sort((a, b) => (a.volumeId < b.volumeId ? -1 : 1)),
                kept,
            ),
            plan(snapshots, kept),
        );
    });

    law("deletes no more when a count is raised", history(), (_, snapshots, kept) => {
        const before = new Set(deletedIds(plan(snapshots, kept)));
        const after = deletedIds(plan(snapshots, { ...kept, Day: (kept.Day as number) + 1 }));
        assert.deepEqual(
            after.filter((id) => !before.has(id)),
            [],
        );
    });

    law("has nothing more to delete once it was carried out", history(), (_, snapshots, kept) => {
        const gone = new Set(deletedIds(plan(snapshots, kept)));
        assert.deepEqual(
            deletedIds(
                plan(
                    snapshots.filter(({ id }) => !gone.has(id)),
                    kept,
                ),
            ),
            [],
        );
    });

    law("gives a reason for each decision", history(), (_, snapshots, kept) => {
        assert.deepEqual(
            plan(snapshots, kept).decisions.filter(
                ({ action, reason }) => !reason.startsWith({ keep: "kept", leave: "left", delete: "deleted" }[action]),
            ),
            [],
        );
    });
});
