import { type ActingOptions, confirm } from "../../confirmation";
import { EXIT } from "../../exitCodes";
import { lines } from "../../output/table";
import { begunSteps } from "../../restore/apply/progress";
import type { RestoreRecord } from "../../restore/apply/record";
import { makeRecordStore } from "../../restore/apply/recordStore";
import { undoRestore } from "../../restore/apply/undoRestore";
import { wordsOf } from "../../restore/plan/words";
import type { Outcome, Session } from "../../session";
import { summaryOf } from "./planText";
import { recordOf, recordResult, restoreOf, stepsTable } from "./record";
import { type LockOptions, makeTools, whileLocked } from "./running";

/** Puts everything back as it was before a restore, finished or not. It deletes nothing. */
export async function undo(session: Session, restore: string, options: ActingOptions & LockOptions): Promise<Outcome> {
    const store = makeRecordStore(session);
    const record = await restoreOf(store, restore);
    const { plan } = record;
    if (record.state === "undone") {
        return outcome(session, record, `The restore ${restore} is undone already. Nothing was done.`);
    }
    await confirm(session, { sentences: sentencesFor(record), word: plan.word }, options);
    const undone = await whileLocked(session, plan, options, async () => {
        const present = await recordOf(store, restore);
        return present.state === "undone" ? present : undoRestore(makeTools(session, store), present);
    });
    return outcome(session, undone, `Undone. To see, and then remove, what the restore made: vss-backup restore forget ${restore}`);
}

function sentencesFor(record: RestoreRecord): string[] {
    const { plan, undone } = record;
    const downtime = begunSteps(record)
        .filter(({ id, kind }) => !undone.includes(id) && (plan.request.mode === "volumes" || kind === "replaceRoot"))
        .reduce((sum, step) => sum + wordsOf(step).downtimeMinutes, 0);
    return [
        `Undo the restore ${plan.request.id}: ${summaryOf(plan)}. The old volumes come back, and the new ones stay, detached.`,
        downtime === 0 ? "The server goes on meanwhile." : `The server does not work for about ${downtime} minutes. This is an estimate.`,
        "What was written since the restore is on the new volumes.",
    ];
}

function outcome(session: Session, record: RestoreRecord, sentence: string): Outcome {
    return {
        exitCode: EXIT.done,
        result: recordResult(record),
        text: [stepsTable(session, record), lines(["", sentence])].join(""),
    };
}
