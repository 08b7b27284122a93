import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { lines, wrapLine, writeTable } from "../../output/table";
import { clock, iso } from "../../output/times";
import type { RestoreRecord } from "../../restore/apply/record";
import type { RecordStore } from "../../restore/apply/recordStore";
import { isTest, unfinishedCure } from "../../restore/plan/testId";
import { wordsOf } from "../../restore/plan/words";
import type { Session } from "../../session";

/** Finds the record of a restore. @throws Failure if there is none */
export async function recordOf(store: RecordStore, restore: string): Promise<RestoreRecord> {
    const record = await store.find(restore);
    if (record === undefined) {
        throw new Failure(`There is no restore ${restore}.`, "vss-backup restore status lists the restores.");
    }
    return record;
}

/** Finds the record of a restore that is no test. @throws Failure if there is none */
export async function restoreOf(store: RecordStore, restore: string): Promise<RestoreRecord> {
    if (isTest(restore)) {
        throw new Failure(`${restore} is a restore test, which removes itself.`, unfinishedCure(restore), EXIT.refused);
    }
    return recordOf(store, restore);
}

/** Describes a restore for a program. */
export function recordResult({ plan, state, startedAt, done, undone, made, findings, failure }: RestoreRecord): object {
    const { id, mode, serverId } = plan.request;
    return {
        restore: id,
        mode,
        server: serverId,
        state,
        startedAt: iso(startedAt),
        steps: plan.steps.map((step) => {
            const finished = done.find((one) => one.id === step.id);
            return {
                id: step.id,
                kind: step.kind,
                action: wordsOf(step).action,
                ...(finished && { doneAt: iso(finished.at) }),
                undone: undone.includes(step.id),
            };
        }),
        made,
        findings,
        ...(failure !== undefined && { failure }),
    };
}

/** Writes the steps of a restore with their times. */
export function stepsTable({ policy: { settings }, screen }: Session, { plan, done, undone }: RestoreRecord): string {
    const rows = plan.steps.map((step, i) => {
        const finished = done.find(({ id }) => id === step.id);
        const time = finished ? clock(finished.at, settings.timezone) : "not done";
        return [String(i + 1), wordsOf(step).action, undone.includes(step.id) ? "undone" : time];
    });
    return writeTable(["#", "Step", "Done"], rows, screen.columns);
}

/** Writes what needs a person's attention. */
export function findingLines({ columns }: Session["screen"], findings: readonly string[]): string {
    return findings.length === 0 ? "" : lines(["", "FINDINGS", ...findings.flatMap((finding) => wrapLine(`- ${finding}`, columns, "  "))]);
}
