import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { type ActingOptions, confirm } from "../../confirmation";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { lines } from "../../output/table";
import { applyRestore } from "../../restore/apply/applyRestore";
import { newRecord, type RestoreRecord } from "../../restore/apply/record";
import { makeRecordStore, type RecordStore } from "../../restore/apply/recordStore";
import { RootLost } from "../../restore/apply/steps/replaceRoot";
import { undoRestore } from "../../restore/apply/undoRestore";
import type { RestorePlan } from "../../restore/plan/steps";
import { wordsOf } from "../../restore/plan/words";
import type { Outcome, Session } from "../../session";
import { checkPlan } from "./planning";
import { costSentences, downtimeSentence, summaryOf } from "./planText";
import { findingLines, recordOf, recordResult, restoreOf, stepsTable } from "./record";
import { type LockOptions, makeTools, whileLocked } from "./running";

type ApplyOptions = ActingOptions & LockOptions;

/** What a file must have to be a plan. The account as it is now must give the same one, so nothing else needs a check. */
const SHAPE = z.looseObject({
    version: z.literal(1),
    policy: z.string(),
    fingerprint: z.string(),
    request: z.looseObject({ id: z.string(), mode: z.string(), serverId: z.string(), from: z.string(), madeAt: z.number() }),
    steps: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
});

/** Carries out a plan, or goes on with a restore that was interrupted. */
export async function applyPlan(session: Session, given: string, options: ApplyOptions): Promise<Outcome> {
    const store = makeRecordStore(session);
    const plan = existsSync(given) ? readPlan(given) : undefined;
    const begun = plan ? await store.find(plan.request.id) : await restoreOf(store, given);
    if (begun?.state === "applied") {
        return outcome(session, begun, [`The restore ${begun.plan.request.id} is done already. Nothing was done.`]);
    }
    refuseUndone(begun);
    const applied = begun ? await goOn(session, store, begun, options) : await begin(session, store, plan as RestorePlan, options);
    return outcome(session, applied, [`Restored: ${summaryOf(applied.plan)}.`, ...nextSteps(applied.plan)]);
}

function readPlan(file: string): RestorePlan {
    try {
        return SHAPE.parse(JSON.parse(readFileSync(file, "utf8"))) as unknown as RestorePlan;
    } catch (error) {
        throw new Failure(
            `The file ${file} is no plan of a restore: ${(error as Error).message.split("\n")[0]}`,
            "Make one: vss-backup restore plan --out plan.json",
            EXIT.usage,
        );
    }
}

function refuseUndone(record: RestoreRecord | undefined): void {
    const id = record?.plan.request.id;
    if (record?.state === "undone") {
        throw new Failure(`The restore ${id} was undone.`, "Make a new plan: vss-backup restore plan", EXIT.refused);
    }
    if (record?.state === "undoing") {
        throw new Failure(`The restore ${id} is being undone.`, `Finish that first: vss-backup restore undo ${id}`, EXIT.refused);
    }
}

async function begin(session: Session, store: RecordStore, plan: RestorePlan, options: ApplyOptions): Promise<RestoreRecord> {
    await checkPlan(session, store, plan);
    const sentences = [
        `${summaryOf(plan)}, in ${plan.steps.length} steps.`,
        downtimeSentence(plan),
        ...plan.warnings,
        ...costSentences(plan),
    ];
    await confirm(session, { sentences, word: plan.word }, options);
    return whileLocked(session, plan, options, async () => {
        // Somebody may have changed something while the user read the question.
        await checkPlan(session, store, plan);
        const record = newRecord(plan, Date.now());
        await store.create(record);
        return carryOut(session, store, record, options);
    });
}

async function goOn(session: Session, store: RecordStore, { plan, done }: RestoreRecord, options: ApplyOptions): Promise<RestoreRecord> {
    const next = plan.steps[done.length];
    const sentences = [
        `${summaryOf(plan)}: ${done.length} of ${plan.steps.length} steps are done.`,
        ...(next ? [`The next step: ${wordsOf(next).action}.`] : []),
    ];
    await confirm(session, { sentences, word: plan.word }, options);
    return whileLocked(session, plan, options, async () => {
        const record = await recordOf(store, plan.request.id);
        refuseUndone(record);
        return record.state === "applied" ? record : carryOut(session, store, record, options);
    });
}

async function carryOut(session: Session, store: RecordStore, record: RestoreRecord, options: ActingOptions): Promise<RestoreRecord> {
    const tools = makeTools(session, store);
    try {
        return await applyRestore(tools, record);
    } catch (error) {
        if (error instanceof RootLost) {
            await offerRoot(session, store, record.plan, error, options);
        }
        throw error;
    }
}

/** EC2 has left the server without a root volume. Shows the commands that save it, and offers to do the same. */
async function offerRoot(session: Session, store: RecordStore, plan: RestorePlan, error: RootLost, options: ActingOptions): Promise<void> {
    session.screen.clear();
    const commands = plan.steps.flatMap((step) =>
        step.kind === "replaceRoot"
            ? [
                  `aws ec2 stop-instances --instance-ids ${step.server}`,
                  `aws ec2 attach-volume --volume-id ${step.oldVolume} --instance-id ${step.server} --device ${step.device}`,
                  `aws ec2 start-instances --instance-ids ${step.server}`,
              ]
            : [],
    );
    const sentences = [error.message, "These commands attach the old root volume again. vss-backup can do it for you:", ...commands];
    await confirm(session, { sentences, word: plan.word }, options).catch(() => {
        // The server is still without its root volume. The error says how to help it.
        throw error;
    });
    await undoRestore(makeTools(session, store), await recordOf(store, plan.request.id));
    throw new Failure(`${error.message} The old root volume is back, and the server is as before.`);
}

function nextSteps({ request }: RestorePlan): string[] {
    return [
        `To go back: vss-backup restore undo ${request.id}`,
        `To see, and then remove, what is no longer needed: vss-backup restore forget ${request.id}`,
    ];
}

function outcome(session: Session, record: RestoreRecord, sentences: readonly string[]): Outcome {
    return {
        exitCode: record.findings.length > 0 ? EXIT.findings : EXIT.done,
        result: recordResult(record),
        text: [stepsTable(session, record), findingLines(session.screen, record.findings), lines(["", ...sentences])].join(""),
    };
}
