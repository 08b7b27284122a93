import type { Step } from "../plan/steps";
import { wordsOf } from "../plan/words";
import type { Clock, Cloud } from "./cloud";
import type { RestoreRecord } from "./record";
import type { Run } from "./run";

/** What a run of `apply` or `undo` works with. */
export interface Tools {
    readonly cloud: Cloud;
    readonly clock: Clock;
    /** Saves the record, so that the restore can go on from another machine. */
    save(record: RestoreRecord): Promise<void>;
    /** Shows a line of progress. */
    report(line: string): void;
}

/** The steps that are done, and the next one: an interrupted run may have begun it. */
export function begunSteps({ plan, done }: RestoreRecord): readonly Step[] {
    return plan.steps.slice(0, done.length + 1);
}

export function runOf({ cloud, clock, report }: Tools, record: RestoreRecord, step: Step, verb: "Step" | "Undo step"): Run {
    const { steps, request } = record.plan;
    const number = `${verb} ${steps.indexOf(step) + 1} of ${steps.length}`;
    report(`${number}: ${wordsOf(step).action}`);
    return {
        cloud,
        clock,
        restore: request.id,
        startedAt: record.startedAt,
        made: record.made,
        report: (line) => report(`${number}: ${line}`),
    };
}

/**
 * The step that stopped the server on whose disks a run goes on; undefined if it needs no stopped server. While nobody watched, somebody may
 * have started the server.
 */
export function openStop({ plan, done, undone }: RestoreRecord): Step | undefined {
    const isDone = ({ id }: Step) => done.some((one) => one.id === id) && !undone.includes(id);
    const isStarted = plan.steps.some((step) => step.kind === "start" && isDone(step));
    return isStarted ? undefined : plan.steps.find((step) => step.kind === "stop" && isDone(step));
}
