import assert from "node:assert/strict";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { idOf, LATER, snapshotsOf } from "../../support/arbitraryHistory";
import { ZONES } from "../../support/history";
import { deletions, hash, identified, idsOf, law, left, none, ownRuns, planOf, without } from "../../support/law";
import { expectedKept, expectedNeeds, expectedStandIns, isCounted } from "../../support/retentionOracle";

/** Schedules to which another policy might be changed. */
const SCHEDULES = ["cron(0 1 ? * * *)", "cron(0 3 ? * WED *)", "cron(0 5 1 * ? *)", "cron(0 5 1 1,7 ? *)", "rate(6 hours)"];

describe("In every history", () => {
    law("each snapshot of the policy gets one decision, and those of others never appear", (one) => {
        const plan = planOf(one);
        assert.deepEqual(
            [...idsOf(plan, "keep"), ...idsOf(plan, "leave"), ...idsOf(plan, "delete")].sort(),
            ownRuns(one.runs)
                .flatMap(snapshotsOf)
                .map(({ id }) => id)
                .sort(),
        );
        assert.deepEqual(deletions(plan).sort(), idsOf(plan, "delete"));
    });

    law(
        "what a volume needs by the rules is kept",
        (one) => {
            const kept = new Set(idsOf(planOf(one), "keep"));
            none(expectedKept(one.runs, one.policy, LATER, one.lost).filter((id) => !kept.has(id)));
        },
        identified,
    );

    law(
        "restore points that no volume needs are deleted",
        (one) => {
            const needed = new Set(expectedKept(one.runs, one.policy, LATER, one.lost));
            const sets = ownRuns(one.runs).filter((run) => isCounted(run, one.policy, LATER) && !run.held);
            const needless = sets.filter(({ number, volumes }) => !volumes.some((volume) => needed.has(idOf(number, volume))));
            const deleted = new Set(deletions(planOf(one)));
            none(needless.flatMap(snapshotsOf).filter(({ id }) => !deleted.has(id)));
        },
        identified,
    );

    law("a set is never split", (one) => {
        const deleted = new Set(deletions(planOf(one)));
        none(one.runs.filter((run) => new Set(snapshotsOf(run).map(({ id }) => deleted.has(id))).size > 1));
    });

    law(
        "sets that failed or are not finished never change which restore points are kept",
        (one) => {
            const good = one.runs.filter((run) => isCounted(run, one.policy, Number.POSITIVE_INFINITY) || run.held).flatMap(snapshotsOf);
            assert.deepEqual(idsOf(planOf(one), "keep"), idsOf(planOf({ ...one, snapshots: good }), "keep"));
        },
        identified,
    );

    law("held sets are kept", (one) => {
        const kept = new Set(idsOf(planOf(one), "keep"));
        none(
            ownRuns(one.runs)
                .filter(({ held }) => held)
                .flatMap(snapshotsOf)
                .filter(({ id }) => !kept.has(id)),
        );
    });

    law(
        "a held set changes nothing for the others, but that a volume with it is gone for less long",
        (one) => {
            const { orphanDays, ...rules } = one.policy;
            const decided = (snapshots: readonly Snapshot[]) =>
                planOf({ ...one, policy: rules, snapshots }).decisions.map(
                    ({ snapshot, action, reason }) => `${snapshot.id} ${action} ${reason}`,
                );
            const held = new Set(one.runs.filter((run) => run.held).flatMap((run) => snapshotsOf(run).map(({ id }) => id)));
            assert.deepEqual(
                decided(one.snapshots).filter((line) => !held.has(line.split(" ")[0] as string)),
                decided(without(one.snapshots, held)),
            );
        },
        identified,
    );

    law("raising a count never deletes more", (one) => {
        const types = Object.keys(one.policy.retention);
        const type = types[one.chance % types.length] as string;
        const retention = { ...one.policy.retention, [type]: (one.policy.retention[type] as number) + 1 + (one.chance % 3) };
        const before = new Set(deletions(planOf(one)));
        none(deletions(planOf({ ...one, policy: { ...one.policy, retention } })).filter((id) => !before.has(id)));
    });

    law("having kept more before a count was lowered changes nothing", (one) => {
        const more = Object.entries(one.policy.retention).map(([type, count]) => [type, count + (hash(type, one.chance) % 4)]);
        const before = { ...one.policy, retention: Object.fromEntries(more) };
        const rest = without(one.snapshots, deletions(planOf({ ...one, policy: before })));
        assert.deepEqual(left({ ...one, snapshots: rest }), left(one));
    });

    law("the order in which the snapshots come does not matter", (one) => {
        const shuffled = [...one.snapshots].sort((a, b) => hash(a.id, one.chance) - hash(b.id, one.chance));
        assert.deepEqual(planOf({ ...one, snapshots: shuffled }), planOf(one));
    });

    law(
        "the plan names the stand-ins, unless a run of the type is not finished",
        (one) => {
            assert.deepEqual(
                planOf(one)
                    .decisions.flatMap(({ snapshot, standsInFor }) => standsInFor.map(({ type }) => `${snapshot.id} ${type}`))
                    .sort(),
                expectedStandIns(one.runs, one.policy, LATER, one.lost).sort(),
            );
        },
        identified,
    );

    law("a stand-in pushes nothing out", (one) => {
        const kept = new Set(idsOf(planOf(one), "keep"));
        none(idsOf(planOf({ ...one, policy: { ...one.policy, standIns: false } }), "keep").filter((id) => !kept.has(id)));
    });

    law(
        "a change of schedules or of the time zone deletes none of the newest N",
        (one) => {
            const byRank = { ...one.policy, standIns: false };
            const types = Object.keys(one.policy.retention);
            const schedules = Object.fromEntries(types.map((type, i) => [type, SCHEDULES[(one.chance + i) % SCHEDULES.length] as string]));
            const timezone = ZONES[one.chance % ZONES.length] as string;
            const deleted = new Set(deletions(planOf({ ...one, policy: { ...one.policy, schedules, timezone } })));
            none(expectedKept(one.runs, byRank, LATER, one.lost).filter((id) => deleted.has(id)));
        },
        identified,
    );

    law("for each type, at most 2N restore points of a volume are kept", (one) => {
        const { decisions } = planOf(one);
        for (const [type, count] of Object.entries(one.policy.retention)) {
            const reason = new RegExp(`^kept: (.*; )?(${type} \\d|(newest|stands in for|reserved for) ${type} )`);
            const kept = decisions.filter((decision) => reason.test(decision.reason)).map(({ snapshot }) => snapshot.volumeId);
            none([...new Set(kept)].filter((volume) => kept.filter((other) => other === volume).length > 2 * count));
        }
    });

    law(
        "of a volume that no longer exists the newest restore point and all newer snapshots stay",
        (one) => {
            const deleted = new Set(deletions(planOf(one)));
            const copies = expectedNeeds(one.runs, one.policy, LATER, one.lost).filter(({ rule }) => rule === "last copy");
            const staying = copies.flatMap(({ volume, run }) =>
                ownRuns(one.runs)
                    .filter(({ volumes, time }) => volumes.includes(volume) && time > run.time + 10_000)
                    .map(({ number }) => idOf(number, volume)),
            );
            none([...copies.map(({ volume, run }) => idOf(run.number, volume)), ...staying].filter((id) => deleted.has(id)));
        },
        identified,
    );

    law("what is pending, after the time of the run, or of a type without retention is never deleted", (one) => {
        const deleted = new Set(deletions(planOf(one)));
        const untouchable = one.runs.filter(
            ({ fate, type, time, policy: owner }) =>
                fate === "pending" || !Object.hasOwn(one.policy.retention, type) || time > LATER || owner !== "prod",
        );
        none(untouchable.flatMap(snapshotsOf).filter(({ id }) => deleted.has(id)));
    });

    law("each decision has its reason in one sentence", (one) => {
        const words = { keep: "kept", leave: "left", delete: "deleted" };
        none(
            planOf(one).decisions.filter(
                ({ action, reason }) =>
                    !new RegExp(`^${words[action]}(: | with its set: )[^\\n]+[^.\\n]$`).test(reason) ||
                    / (NaN|undefined|null)\b/.test(reason),
            ),
        );
    });
});
