import { EXIT } from "../../exitCodes";
import { Failure, failureOf } from "../../failure";
import { applyRestore } from "../../restore/apply/applyRestore";
import { makeClock } from "../../restore/apply/awsCloud";
import type { Clock } from "../../restore/apply/cloud";
import { newRecord } from "../../restore/apply/record";
import { makeRecordStore, type RecordStore } from "../../restore/apply/recordStore";
import type { RestorePlan } from "../../restore/plan/steps";
import { MOST_TEST_MS } from "../../restore/plan/testId";
import { type Check, checkRestored } from "../../restore/test/checks";
import { findLeftovers } from "../../restore/test/leftovers";
import { removeTest } from "../../restore/test/removal";
import { recordResult } from "../../restore/test/result";
import { type Session, unstoppable } from "../../session";
import { makeTools } from "./running";

/** A test that has ended. */
export interface Tested {
    readonly checks: readonly Check[];
    readonly result: "passed" | "failed";
    readonly removed: readonly string[];
}

/** Restores, checks, records the result, and removes all of it. It removes it also if something fails, and after Ctrl-C. */
export async function runTest(session: Session, store: RecordStore, plan: RestorePlan, script: string | undefined): Promise<Tested> {
    const { id } = plan.request;
    await store.create(newRecord(plan, makeClock(session).now()));
    const ended = await perform(session, store, plan, script).catch((error: unknown) => failureOf(error));
    const isError = ended instanceof Failure;
    try {
        const removed = await removeOpen(session, { id, plan });
        if (!isError) {
            return { ...ended, removed };
        }
    } catch (error) {
        const { message, permission } = failureOf(error);
        const before = isError ? `${ended.message} ` : `The test has ${ended.result}. `;
        throw new Failure(
            `${before}It could not remove all that it made: ${message}`,
            "Remove it: vss-backup restore test --clean-up",
            EXIT.error,
            permission,
        );
    }
    throw withoutWay(ended);
}

/** Removes a test and its record. Ctrl-C does not stop it. */
export async function removeOpen(session: Session, { id, plan }: { readonly id: string; readonly plan?: RestorePlan }): Promise<string[]> {
    const whole = unstoppable(session);
    const store = makeRecordStore(whole);
    const removed = await removeTest(whole, makeTools(whole, store), id, plan);
    await store.remove(id);
    return removed;
}

async function perform(
    session: Session,
    store: RecordStore,
    plan: RestorePlan,
    script: string | undefined,
): Promise<Omit<Tested, "removed">> {
    const tools = makeTools(session, store, withDeadline(makeClock(session)));
    const startedAt = tools.clock.now();
    const checks = await restoreAndCheck(session, tools, plan, { startedAt, script });
    const result = checks.every(({ passed }) => passed) ? "passed" : "failed";
    await recordResult(session, tools.cloud, plan, { time: tools.clock.now(), result });
    return { checks, result };
}

async function restoreAndCheck(
    session: Session,
    tools: ReturnType<typeof makeTools>,
    plan: RestorePlan,
    { startedAt, script }: { readonly startedAt: number; readonly script: string | undefined },
): Promise<readonly Check[]> {
    const { id } = plan.request;
    try {
        const { made } = await applyRestore(tools, newRecord(plan, startedAt));
        return await checkRestored(session, { ...tools, restore: id, startedAt, made }, plan, script);
    } catch (error) {
        const broken = session.abortSignal.aborted
            ? []
            : (await findLeftovers(session, id)).filter(({ kind, state }) => kind === "volume" && state === "error");
        if (broken.length === 0) {
            throw error;
        }
        // A snapshot of which EC2 can make no volume is no backup.
        return broken.map((volume) => ({ check: "disk", about: volume.id, passed: false, sentence: failureOf(error).message }));
    }
}

/** Ends a test that takes too long, so that the next one knows that its lock is old. */
function withDeadline(clock: Clock): Clock {
    const end = clock.now() + MOST_TEST_MS;
    return {
        now: clock.now,
        pause: async (ms) => {
            if (clock.now() > end) {
                throw new Error(`The test took more than ${MOST_TEST_MS / 3_600_000} hours.`);
            }
            await clock.pause(ms);
        },
    };
}

/** A restore can go on, or back. A test does neither. */
function withoutWay({ message, exitCode, permission }: Failure): Failure {
    return exitCode === EXIT.interrupted
        ? new Failure("The test was interrupted. It has removed what it made.", undefined, exitCode)
        : new Failure(`The test has no result: ${message}`, "All that it made is removed.", exitCode, permission);
}
