import assert from "node:assert/strict";
import fc from "fast-check";
import { type Plan, planCleaning } from "../../lambda/retention/plan";
import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { history, LATER, lost, policy, type Run, snapshotsOf } from "./arbitraryHistory";
import { HISTORIES } from "./sample";

/** One random case. */
export interface Case {
    readonly runs: readonly Run[];
    readonly snapshots: readonly Snapshot[];
    readonly policy: RetentionPolicy;
    /** Volumes that are gone. */
    readonly lost: ReadonlySet<string>;
    /** A number to choose by, evenly spread over 32 bits. */
    readonly chance: number;
}

export function planOf({ snapshots, policy: rules, lost: gone }: Case, now = LATER): Plan {
    return planCleaning(snapshots, rules, now, gone);
}

export function idsOf({ decisions }: Plan, action: "keep" | "leave" | "delete"): string[] {
    return decisions
        .filter((decision) => decision.action === action)
        .map(({ snapshot }) => snapshot.id)
        .sort();
}

/** Ids in the order in which a cleaner deletes them. */
export function deletions({ deletions: sets }: Plan): string[] {
    return sets.flat().map(({ snapshot }) => snapshot.id);
}

export function without(snapshots: readonly Snapshot[], gone: Iterable<string>): Snapshot[] {
    const ids = new Set(gone);
    return snapshots.filter(({ id }) => !ids.has(id));
}

/** What one cleaner leaves of them. */
export function left(one: Case, now = LATER): string[] {
    return without(one.snapshots, deletions(planOf(one, now)))
        .map(({ id }) => id)
        .sort();
}

export function none(found: readonly unknown[]): void {
    assert.deepEqual(found, []);
}

/** Checks a law on random histories; the counterexample that it prints has as few runs as can be. */
export function law(sentence: string, holds: (one: Case) => void, histories = history()) {
    it(sentence, () => {
        fc.assert(
            fc.property(histories, policy, lost, fc.nat(), (runs, rules, gone, chance) =>
                holds({ runs, snapshots: runs.flatMap(snapshotsOf), policy: rules, lost: gone, chance }),
            ),
            { numRuns: HISTORIES },
        );
    });
}

/** Spreads texts evenly, the same way for the same chance. */
export function hash(text: string, chance: number): number {
    return [...text].reduce((sum, letter) => (Math.imul(sum ^ letter.charCodeAt(0), 16_777_619) >>> 0) ^ (sum >>> 13), chance | 1) >>> 0;
}

/** The runs of the policy itself. */
export function ownRuns(runs: readonly Run[]): Run[] {
    return runs.filter((run) => run.policy === "prod");
}

/** Histories in which each set has its id, so that the runs tell which sets there are. */
export const identified = history({ identified: true });
