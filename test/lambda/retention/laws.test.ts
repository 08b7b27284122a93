import assert from "node:assert/strict";
import fc from "fast-check";
import { periodsOf } from "../../../lambda/retention/periods";
import { type Plan, planCleaning } from "../../../lambda/retention/plan";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { END, history, idOf, LATER, lost, policy, type Run, seenAt, snapshotsOf } from "../../support/arbitraryHistory";
import { expectedKept, isCounted } from "../../support/retentionOracle";
import { HISTORIES } from "../../support/sample";

/** One random case. */
interface Case {
    readonly runs: readonly Run[];
    readonly snapshots: readonly Snapshot[];
    readonly policy: RetentionPolicy;
    /** Volumes that are gone. */
    readonly lost: ReadonlySet<string>;
    /** A number to choose by, evenly spread over 32 bits. */
    readonly chance: number;
}

function planOf({ snapshots, policy: rules, lost: gone }: Case, now = LATER): Plan {
    return planCleaning(snapshots, rules, now, gone);
}

function idsOf({ decisions }: Plan, action: "keep" | "leave" | "delete"): string[] {
    return decisions
        .filter((decision) => decision.action === action)
        .map(({ snapshot }) => snapshot.id)
        .sort();
}

/** Ids in the order in which a cleaner deletes them. */
function deletions({ deletions: sets }: Plan): string[] {
    return sets.flat().map(({ snapshot }) => snapshot.id);
}

function without(snapshots: readonly Snapshot[], gone: Iterable<string>): Snapshot[] {
    const ids = new Set(gone);
    return snapshots.filter(({ id }) => !ids.has(id));
}

/** What one cleaner leaves of them. */
function left(one: Case, now = LATER): string[] {
    return without(one.snapshots, deletions(planOf(one, now)))
        .map(({ id }) => id)
        .sort();
}

function none(found: readonly unknown[]): void {
    assert.deepEqual(found, []);
}

/** Checks a law on random histories; the counterexample that it prints has as few runs as can be. */
function law(sentence: string, holds: (one: Case) => void, histories = history()) {
    it(sentence, () => {
        fc.assert(
            fc.property(histories, policy, lost, fc.nat(), (runs, rules, gone, chance) =>
                holds({ runs, snapshots: runs.flatMap(snapshotsOf), policy: rules, lost: gone, chance }),
            ),
            { numRuns: HISTORIES },
        );
    });
}

const own = (runs: readonly Run[]) => runs.filter((run) => run.policy === "prod");
const identified = history({ identified: true });

describe("In every history", () => {
    law("each snapshot of the policy is decided about once, and those of others or without the tag never appear", (one) => {
        const plan = planOf(one);
        assert.deepEqual(
            [...idsOf(plan, "keep"), ...idsOf(plan, "leave"), ...idsOf(plan, "delete")].sort(),
            own(one.runs)
                .flatMap(snapshotsOf)
                .map(({ id }) => id)
                .sort(),
        );
        assert.deepEqual(deletions(plan).sort(), idsOf(plan, "delete"));
    });

    law(
        "the newest N restore points of each type and volume are kept, where a stand-in counts as one of the type that it stands in for",
        (one) => {
            const kept = new Set(idsOf(planOf(one), "keep"));
            none(expectedKept(one.runs, one.policy, LATER, one.lost).filter((id) => !kept.has(id)));
        },
        identified,
    );

    law(
        "restore points that no volume needs are not kept",
        (one) => {
            const needed = new Set(expectedKept(one.runs, one.policy, LATER, one.lost));
            const sets = own(one.runs).filter((run) => isCounted(run, one.policy, LATER) && !run.held);
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
            own(one.runs)
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

    law("a replayed event of an earlier time leaves what the right one leaves, and takes nothing that began after it", (one) => {
        const earlier = LATER - (one.chance % 60) * 86_400_000;
        const replayed = deletions(planOf(one, earlier));
        none(one.snapshots.filter(({ id, startTime }) => startTime > earlier && replayed.includes(id)));
        assert.deepEqual(left({ ...one, snapshots: without(one.snapshots, replayed) }), left(one));
    });

    law("a stand-in never shortens what another type keeps", (one) => {
        const keptOf = (type: string, rules: RetentionPolicy) =>
            planOf({ ...one, policy: rules })
                .decisions.filter(({ reason }) => new RegExp(`^kept: (.*; )?${type} \\d+ of `).test(reason))
                .map(({ snapshot }) => snapshot.id);
        for (const type of Object.keys(one.policy.retention)) {
            const others = Object.keys(one.policy.retention).filter((other) => other !== type);
            const rates = Object.fromEntries(others.map((other) => [other, "rate(1 day)"]));
            const alone = { ...one.policy, schedules: { ...one.policy.schedules, ...rates } };
            assert.deepEqual(keptOf(type, one.policy), keptOf(type, alone));
        }
    });

    law("if backups stop, nothing is deleted any more once the last periods and times of grace are over", (one) => {
        const { orphanDays, ...rules } = one.policy;
        const types = Object.keys(rules.retention);
        const over = types.map((type) => periodsOf(rules.schedules[type] as string, rules.timezone)?.at(END)?.end ?? 0);
        const first = Math.max(END + rules.failedSetGraceHours * 3_600_000, ...over);
        const rest = without(one.snapshots, deletions(planOf({ ...one, policy: rules }, first)));
        none(deletions(planOf({ ...one, policy: rules, snapshots: rest }, first + (one.chance % 20_000) * 86_400_000)));
    });

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

/** Spreads texts evenly, the same way for the same chance. */
function hash(text: string, chance: number): number {
    return [...text].reduce((sum, letter) => (Math.imul(sum ^ letter.charCodeAt(0), 16_777_619) >>> 0) ^ (sum >>> 13), chance | 1) >>> 0;
}
