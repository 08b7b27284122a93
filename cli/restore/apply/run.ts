import { Failure } from "../../failure";
import type { Ref } from "../plan/steps";
import type { Clock, Cloud, Maker } from "./cloud";

const SECOND = 1000;
export const MINUTE = 60 * SECOND;

const POLL_MS = 5 * SECOND;

/** What each step works with. */
export interface Run {
    readonly cloud: Cloud;
    readonly clock: Clock;
    readonly restore: string;
    readonly startedAt: number;
    /** The ids of what earlier steps made, by the ids of the steps. */
    readonly made: Readonly<Record<string, string>>;
    /** Shows a line of progress. */
    report(line: string): void;
}

/** What a step did. */
export interface StepResult {
    /** The ids of what it made. */
    readonly made?: Readonly<Record<string, string>>;
    readonly findings?: readonly string[];
}

export const DONE: StepResult = {};

/** Returns the id of a thing that exists, or that an earlier step made. */
export function idOf({ made }: Run, ref: Ref): string {
    if ("id" in ref) {
        return ref.id;
    }
    const id = made[ref.madeBy];
    if (id === undefined) {
        throw new Error(`The step ${ref.madeBy} has made nothing`);
    }
    return id;
}

export function makerOf({ restore }: Run, step: string): Maker {
    return { restore, step };
}

/** How long to wait, for what, and what the user can do if it does not come. */
interface Waiting {
    /** Such as `web01 stops`. */
    readonly event: string;
    readonly limitMs: number;
    readonly cure: string;
}

/**
 * Looks again and again until something is there.
 *
 * @throws Failure after the limit
 */
export async function waitFor<T>(
    { clock, report }: Run,
    { event, limitMs, cure }: Waiting,
    look: () => Promise<T | undefined>,
): Promise<T> {
    const start = clock.now();
    let shown = "";
    for (;;) {
        const found = await look();
        if (found !== undefined) {
            return found;
        }
        const waited = clock.now() - start;
        if (waited >= limitMs) {
            throw new Failure(`After ${Math.round(waited / MINUTE)} minutes, this has not happened: ${event}.`, cure);
        }
        const line = `Waiting until ${event}${waited < MINUTE ? "" : ` (${Math.floor(waited / MINUTE)} min)`}`;
        if (line !== shown) {
            report(line);
            shown = line;
        }
        await clock.pause(POLL_MS);
    }
}

/** Sends a request. Its error does not count if the request had its effect, such as when only the response was lost. */
export async function sendOnce(request: () => Promise<void>, hasEffect: () => Promise<boolean>): Promise<void> {
    try {
        await request();
    } catch (error) {
        if (!(await hasEffect())) {
            throw error;
        }
    }
}
