import { type ActingOptions, confirm } from "../../confirmation";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { lines, writeTable } from "../../output/table";
import { isUnfinished } from "../../restore/apply/record";
import { makeRecordStore } from "../../restore/apply/recordStore";
import { findRemains, type Remain, removeRemain } from "../../restore/apply/remains";
import type { Outcome, Session } from "../../session";
import { restoreOf } from "./record";
import { type LockOptions, whileLocked } from "./running";

/** Lists what a finished restore has left that nothing needs any more, and removes it if the user confirms it. */
export async function forget(session: Session, restore: string, options: ActingOptions & LockOptions): Promise<Outcome> {
    const store = makeRecordStore(session);
    const record = await restoreOf(store, restore);
    if (isUnfinished(record)) {
        throw new Failure(`The restore ${restore} is not finished.`, `Go on, or back: vss-backup restore status ${restore}`, EXIT.refused);
    }
    const remains = await findRemains(session, record);
    const removable = remains.filter(({ stays }) => stays === undefined);
    const table = writeTable(
        ["Thing", "Size", "What it is"],
        remains.map(({ id, gib, words, stays }) => [
            id,
            gib === undefined ? "" : `${gib} GiB`,
            stays === undefined ? words : `${words}; it stays: ${stays}`,
        ]),
        session.screen.columns,
    );
    session.screen.tell(remains.length === 0 ? "" : table);
    const last = isLast(remains) ? [] : ["The record of the restore stays, too, until nothing is left."];
    await confirm(
        session,
        { sentences: [`Delete ${removable.length} things of the restore ${restore} for ever.`, ...last], word: record.plan.word },
        options,
    );
    return whileLocked(session, record.plan, options, async () => {
        for (const remain of removable) {
            session.screen.progress(`Deleting ${remain.id}`);
            await removeRemain(session, restore, remain);
        }
        if (isLast(remains)) {
            await store.remove(restore);
        }
        return outcome(restore, remains);
    });
}

/** Whether nothing is left afterwards. */
function isLast(remains: readonly Remain[]): boolean {
    return remains.every(({ stays }) => stays === undefined);
}

function outcome(restore: string, remains: readonly Remain[]): Outcome {
    const removed = remains.filter(({ stays }) => stays === undefined);
    return {
        exitCode: EXIT.done,
        result: {
            restore,
            removed: removed.map(({ id }) => id),
            kept: remains.flatMap(({ id, stays }) => (stays === undefined ? [] : [{ id, reason: stays }])),
        },
        text: lines([`Deleted ${removed.length} things of the restore ${restore}.`]),
    };
}
