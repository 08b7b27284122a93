import assert from "node:assert/strict";
import fc from "fast-check";
import { type Plan, planCleaning } from "../../lambda/retention/plan";
import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { makeHistories, PLAN_TIME, policies, type Run, snapshotsOf, volumeLosses } from "./arbitraryHistory";
import { HISTORIES } from "./sample";

/** One random case. */
export interface Case {
    readonly runs: readonly Run[];
    readonly snapshots: readonly Snapshot[];
    readonly policy: RetentionPolicy;
    /** Volumes that no longer exist. */
    readonly lost: ReadonlySet<string>;
    /** A random number of 32 bits for choices. */
    readonly chance: number;
}

export function planOf({ snapshots, policy: rules, lost }: Case, now = PLAN_TIME): Plan {
    return planCleaning(snapshots, rules, now, lost);
}

export function idsOf({ decisions }: Plan, action: "keep" | "leave" | "delete"): string[] {
    return decisions
        .filter((decision) => decision.action === action)
        .map(({ snapshot }) => snapshot.id)
        .sort();
}

/** Ids in the order in which a cleaner deletes them. */
export function idsOfDeletions({ deletions: sets }: Plan): string[] {
    return sets.flat().map(({ snapshot }) => snapshot.id);
}

export function removeSnapshots(snapshots: readonly Snapshot[], removedIds: Iterable<string>): Snapshot[] {
    const ids = new Set(removedIds);
    return snapshots.filter(({ id }) => !ids.has(id));
}

/** The ids of the snapshots that remain after one cleaning. */
export function idsOfRemaining(one: Case, now = PLAN_TIME): string[] {
    return removeSnapshots(one.snapshots, idsOfDeletions(planOf(one, now)))
        .map(({ id }) => id)
        .sort();
}

export function assertEmpty(found: readonly unknown[]): void {
    assert.deepEqual(found, []);
}

/** Checks a law on random histories. It prints a counterexample with as few runs as possible. */
export function checkLaw(sentence: string, holds: (one: Case) => void, histories = makeHistories()) {
    it(sentence, () => {
        fc.assert(
            fc.property(histories, policies, volumeLosses, fc.nat(), (runs, rules, lostVolumes, chance) =>
                holds({ runs, snapshots: runs.flatMap(snapshotsOf), policy: rules, lost: lostVolumes, chance }),
            ),
            { numRuns: HISTORIES },
        );
    });
}

/** Gives each text a number that depends only on the text and the chance. */
export function hash(text: string, chance: number): number {
    return [...text].reduce((sum, letter) => (Math.imul(sum ^ letter.charCodeAt(0), 16_777_619) >>> 0) ^ (sum >>> 13), chance | 1) >>> 0;
}

/** The runs of the policy `prod`. */
export function runsOfPolicy(runs: readonly Run[]): Run[] {
    return runs.filter((run) => run.policy === "prod");
}

/** Histories in which each set has its id, so that each run is exactly one set. */
export const identifiedHistories = makeHistories({ identified: true });
