import type { RestorePlan } from "../plan/steps";

/** How far a restore is. It is saved after each step, so that it can go on from another machine. Times are milliseconds since 1970. */
export interface RestoreRecord {
    readonly version: 1;
    readonly plan: RestorePlan;
    readonly state: RestoreState;
    readonly startedAt: number;
    /** The finished steps, in their order. */
    readonly done: readonly FinishedStep[];
    /** The ids of the steps that are undone. */
    readonly undone: readonly string[];
    /** The ids of what the steps made, by the ids of the steps. */
    readonly made: Readonly<Record<string, string>>;
    /** What needs a person's attention. */
    readonly findings: readonly string[];
    /** Why the last run stopped; undefined if it did not. */
    readonly failure?: string;
}

/** `applying` and `undoing` are not finished: the restore can go on, or back. */
export type RestoreState = "applying" | "applied" | "undoing" | "undone";

export interface FinishedStep {
    readonly id: string;
    readonly at: number;
}

export function isUnfinished({ state }: RestoreRecord): boolean {
    return state === "applying" || state === "undoing";
}

/** The record of a restore that begins. */
export function newRecord(plan: RestorePlan, now: number): RestoreRecord {
    return { version: 1, plan, state: "applying", startedAt: now, done: [], undone: [], made: {}, findings: [] };
}
