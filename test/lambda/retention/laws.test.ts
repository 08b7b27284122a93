import assert from "node:assert/strict";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { idOf, PLAN_TIME, snapshotsOf } from "../../support/arbitraryHistory";
import { ZONES } from "../../support/history";
import {
    assertEmpty,
    checkLaw,
    hash,
    identifiedHistories,
    idsOf,
    idsOfDeletions,
    idsOfRemaining,
    planOf,
    removeSnapshots,
    runsOfPolicy,
} from "../../support/law";
import { expectedKept, expectedNeeds, expectedStandIns, isCounted } from "../../support/retentionOracle";

/** Schedules to which another policy might be changed. */
const SCHEDULES = ["cron(0 1 ? * * *)", "cron(0 3 ? * WED *)", "cron(0 5 1 * ? *)", "cron(0 5 1 1,7 ? *)", "rate(6 hours)"];

describe("In every history", () => {
    checkLaw("each snapshot of the policy gets one decision, and other snapshots never appear", (one) => {
        const plan = planOf(one);
        assert.deepEqual(
            [...idsOf(plan, "keep"), ...idsOf(plan, "leave"), ...idsOf(plan, "delete")].sort(),
            runsOfPolicy(one.runs)
                .flatMap(snapshotsOf)
                .map(({ id }) => id)
                .sort(),
        );
        assert.deepEqual(idsOfDeletions(plan).sort(), idsOf(plan, "delete"));
    });

    checkLaw(
        "each restore point that a volume needs by the rules is kept",
        (one) => {
            const kept = new Set(idsOf(planOf(one), "keep"));
            assertEmpty(expectedKept(one.runs, one.policy, PLAN_TIME, one.lost).filter((id) => !kept.has(id)));
        },
        identifiedHistories,
    );

    checkLaw(
        "restore points that no volume needs are deleted",
        (one) => {
            const needed = new Set(expectedKept(one.runs, one.policy, PLAN_TIME, one.lost));
            const sets = runsOfPolicy(one.runs).filter((run) => isCounted(run, one.policy, PLAN_TIME) && !run.held);
            const needless = sets.filter(({ number, volumes }) => !volumes.some((volume) => needed.has(idOf(number, volume))));
            const deleted = new Set(idsOfDeletions(planOf(one)));
            assertEmpty(needless.flatMap(snapshotsOf).filter(({ id }) => !deleted.has(id)));
        },
        identifiedHistories,
    );

    checkLaw("a set is never split", (one) => {
        const deleted = new Set(idsOfDeletions(planOf(one)));
        assertEmpty(one.runs.filter((run) => new Set(snapshotsOf(run).map(({ id }) => deleted.has(id))).size > 1));
    });

    checkLaw(
        "sets that failed or are not finished never change which restore points are kept",
        (one) => {
            const good = one.runs.filter((run) => isCounted(run, one.policy, Number.POSITIVE_INFINITY) || run.held).flatMap(snapshotsOf);
            assert.deepEqual(idsOf(planOf(one), "keep"), idsOf(planOf({ ...one, snapshots: good }), "keep"));
        },
        identifiedHistories,
    );

    checkLaw("held sets are kept", (one) => {
        const kept = new Set(idsOf(planOf(one), "keep"));
        assertEmpty(
            runsOfPolicy(one.runs)
                .filter(({ held }) => held)
                .flatMap(snapshotsOf)
                .filter(({ id }) => !kept.has(id)),
        );
    });

    checkLaw(
        "a held set changes nothing for other sets, except for how long a volume had no restore point",
        (one) => {
            const { orphanDays, ...rules } = one.policy;
            const decided = (snapshots: readonly Snapshot[]) =>
                planOf({ ...one, policy: rules, snapshots }).decisions.map(
                    ({ snapshot, action, reason }) => `${snapshot.id} ${action} ${reason}`,
                );
            const held = new Set(one.runs.filter((run) => run.held).flatMap((run) => snapshotsOf(run).map(({ id }) => id)));
            assert.deepEqual(
                decided(one.snapshots).filter((line) => !held.has(line.split(" ")[0] as string)),
                decided(removeSnapshots(one.snapshots, held)),
            );
        },
        identifiedHistories,
    );

    checkLaw("raising a count never deletes more", (one) => {
        const types = Object.keys(one.policy.retention);
        const type = types[one.chance % types.length] as string;
        const retention = { ...one.policy.retention, [type]: (one.policy.retention[type] as number) + 1 + (one.chance % 3) };
        const before = new Set(idsOfDeletions(planOf(one)));
        assertEmpty(idsOfDeletions(planOf({ ...one, policy: { ...one.policy, retention } })).filter((id) => !before.has(id)));
    });

    checkLaw("having kept more before a count was lowered changes nothing", (one) => {
        const more = Object.entries(one.policy.retention).map(([type, count]) => [type, count + (hash(type, one.chance) % 4)]);
        const before = { ...one.policy, retention: Object.fromEntries(more) };
        const rest = removeSnapshots(one.snapshots, idsOfDeletions(planOf({ ...one, policy: before })));
        assert.deepEqual(idsOfRemaining({ ...one, snapshots: rest }), idsOfRemaining(one));
    });

    checkLaw("the order in which the snapshots come does not matter", (one) => {
        const shuffled = [...one.snapshots].sort((a, b) => hash(a.id, one.chance) - hash(b.id, one.chance));
        assert.deepEqual(planOf({ ...one, snapshots: shuffled }), planOf(one));
    });

    checkLaw(
        "the plan names the stand-ins, unless a run of the type is not finished",
        (one) => {
            assert.deepEqual(
                planOf(one)
                    .decisions.flatMap(({ snapshot, standsInFor }) => standsInFor.map(({ type }) => `${snapshot.id} ${type}`))
                    .sort(),
                expectedStandIns(one.runs, one.policy, PLAN_TIME, one.lost).sort(),
            );
        },
        identifiedHistories,
    );

    checkLaw("a stand-in pushes nothing out", (one) => {
        const kept = new Set(idsOf(planOf(one), "keep"));
        assertEmpty(idsOf(planOf({ ...one, policy: { ...one.policy, standIns: false } }), "keep").filter((id) => !kept.has(id)));
    });

    checkLaw(
        "a change of schedules or of the time zone deletes none of the newest N",
        (one) => {
            const byRank = { ...one.policy, standIns: false };
            const types = Object.keys(one.policy.retention);
            const schedules = Object.fromEntries(types.map((type, i) => [type, SCHEDULES[(one.chance + i) % SCHEDULES.length] as string]));
            const timezone = ZONES[one.chance % ZONES.length] as string;
            const deleted = new Set(idsOfDeletions(planOf({ ...one, policy: { ...one.policy, schedules, timezone } })));
            assertEmpty(expectedKept(one.runs, byRank, PLAN_TIME, one.lost).filter((id) => deleted.has(id)));
        },
        identifiedHistories,
    );

    checkLaw("for each type, at most 2N restore points of a volume are kept", (one) => {
        const { decisions } = planOf(one);
        for (const [type, count] of Object.entries(one.policy.retention)) {
            const reason = new RegExp(`^kept: (.*; )?(${type} \\d|(newest|stands in for|reserved for) ${type} )`);
            const kept = decisions.filter((decision) => reason.test(decision.reason)).map(({ snapshot }) => snapshot.volumeId);
            assertEmpty([...new Set(kept)].filter((volume) => kept.filter((other) => other === volume).length > 2 * count));
        }
    });

    checkLaw(
        "the newest restore point of a volume that no longer exists stays, and all newer snapshots",
        (one) => {
            const deleted = new Set(idsOfDeletions(planOf(one)));
            const copies = expectedNeeds(one.runs, one.policy, PLAN_TIME, one.lost).filter(({ rule }) => rule === "last copy");
            const staying = copies.flatMap(({ volume, run }) =>
                runsOfPolicy(one.runs)
                    .filter(({ volumes, time }) => volumes.includes(volume) && time > run.time + 10_000)
                    .map(({ number }) => idOf(number, volume)),
            );
            assertEmpty([...copies.map(({ volume, run }) => idOf(run.number, volume)), ...staying].filter((id) => deleted.has(id)));
        },
        identifiedHistories,
    );

    checkLaw("snapshots that are pending, newer than the run, or of a type without retention are not deleted", (one) => {
        const deleted = new Set(idsOfDeletions(planOf(one)));
        const untouchable = one.runs.filter(
            ({ fate, type, time, policy: owner }) =>
                fate === "pending" || !Object.hasOwn(one.policy.retention, type) || time > PLAN_TIME || owner !== "prod",
        );
        assertEmpty(untouchable.flatMap(snapshotsOf).filter(({ id }) => deleted.has(id)));
    });

    checkLaw("each decision has its reason in one sentence", (one) => {
        const words = { keep: "kept", leave: "left", delete: "deleted" };
        assertEmpty(
            planOf(one).decisions.filter(
                ({ action, reason }) =>
                    !new RegExp(`^${words[action]}(: | with its set: )[^\\n]+[^.\\n]$`).test(reason) ||
                    / (NaN|undefined|null)\b/.test(reason),
            ),
        );
    });
});
