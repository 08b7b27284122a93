import { EXIT } from "../../exitCodes";
import { Failure, failureOf } from "../../failure";
import type { RestorePlan, StepKind } from "../plan/steps";
import { openStop, runOf, type Tools } from "./progress";
import type { RestoreRecord } from "./record";
import { performStep } from "./steps/handlers";
import { RootLost } from "./steps/replaceRoot";
import { undoRestore } from "./undoRestore";

/** Steps in the middle of which a server lacks some of its disks. */
const SWAPPING: readonly StepKind[] = ["stop", "detach", "attach", "start", "replaceRoot"];

/**
 * Carries out the steps of a plan that are not done. It saves the record after each one, so it can go on at any step. If a step fails while
 * the server lacks disks, it puts the old ones back.
 *
 * @throws Failure that says how to go on, and what was put back
 */
export async function applyRestore(tools: Tools, given: RestoreRecord): Promise<RestoreRecord> {
    let record = given;
    let stop = openStop(given);
    for (const step of record.plan.steps.slice(record.done.length)) {
        try {
            if (stop) {
                await performStep(runOf(tools, record, stop, "Step"), stop);
                stop = undefined;
            }
            const { made = {}, findings = [] } = await performStep(runOf(tools, record, step, "Step"), step);
            record = {
                ...withoutFailure(record),
                done: [...record.done, { id: step.id, at: tools.clock.now() }],
                made: { ...record.made, ...made },
                findings: [...record.findings, ...findings],
            };
            await tools.save(record);
        } catch (error) {
            throw await stopped(tools, record, step.kind, error);
        }
    }
    const applied: RestoreRecord = { ...record, state: "applied" };
    await tools.save(applied);
    return applied;
}

/** Explains why a run ends before its plan. An in-place restore does not leave a server without its disks, if it can help it. */
async function stopped(tools: Tools, record: RestoreRecord, kind: StepKind, error: unknown): Promise<Failure> {
    const failure = failureOf(error);
    const { id } = record.plan.request;
    const goOn = `Go on: vss-backup restore apply ${id}\nGo back: vss-backup restore undo ${id}`;
    if (failure.exitCode === EXIT.interrupted) {
        return new Failure(`The restore ${id} was interrupted. It can go on or back at any time.`, goOn, EXIT.interrupted);
    }
    const failed = { ...record, failure: failure.message };
    // The record may be the very thing that can't be saved. A server without its disks is worse.
    let isSaved = true;
    const save = (one: RestoreRecord) =>
        tools.save(one).then(
            () => {
                isSaved = true;
            },
            () => {
                isSaved = false;
            },
        );
    const lenient: Tools = { ...tools, save };
    if (error instanceof RootLost) {
        await lenient.save(failed);
        return error;
    }
    if (!isInPlace(record.plan) || !SWAPPING.includes(kind)) {
        await lenient.save(failed);
        return new Failure(failure.message, joined(failure.cure, goOn), failure.exitCode, failure.permission);
    }
    try {
        await undoRestore(lenient, failed);
    } catch (second) {
        const { message } = failureOf(second);
        return new Failure(
            `${failure.message} The old volumes could not be put back, either: ${message}`,
            joined(failure.cure, `Put them back: vss-backup restore undo ${id}`),
            EXIT.partly,
        );
    }
    return new Failure(
        `${failure.message} The old volumes are back, and the server is as before.`,
        isSaved ? failure.cure : joined(failure.cure, `This could not be saved. When the cause is gone: vss-backup restore undo ${id}`),
        failure.exitCode,
        failure.permission,
    );
}

function isInPlace({ request: { mode } }: RestorePlan): boolean {
    return mode === "volumes" || mode === "root";
}

function withoutFailure({ failure: _, ...record }: RestoreRecord): RestoreRecord {
    return record;
}

function joined(cure: string | undefined, next: string): string {
    return cure === undefined ? next : `${cure}\n${next}`;
}
