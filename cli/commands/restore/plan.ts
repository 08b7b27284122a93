import { writeFileSync } from "node:fs";
import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import { iso } from "../../output/times";
import { newRecord } from "../../restore/apply/record";
import { makeRecordStore, write } from "../../restore/apply/recordStore";
import type { RestorePlan } from "../../restore/plan/steps";
import { downtimeOf, wordsOf } from "../../restore/plan/words";
import { setOf } from "../../restore/world/choosing";
import { readSources } from "../../restore/world/sources";
import type { Outcome, Session } from "../../session";
import { planNow } from "./planning";
import { planText } from "./planText";
import { makeRequest, type RequestOptions } from "./request";
import { planSql } from "./sql";

interface PlanOptions extends RequestOptions {
    /** The name of a database of SQL Server. */
    readonly sql?: string;
    /** A file for the plan. */
    readonly out?: string;
}

/** Shows what a restore will do. It changes nothing. */
export async function planRestore(session: Session, wanted: string, options: PlanOptions): Promise<Outcome> {
    if (options.sql !== undefined) {
        return planSql(session, wanted, { ...options, sql: options.sql });
    }
    const store = makeRecordStore(session);
    const sources = await readSources(session);
    const request = await makeRequest(session, sources, wanted, options);
    const plan = await planNow(session, store, sources, request);
    // A plan that can't be saved must not begin.
    write(newRecord(plan, session.now));
    const { startTime } = setOf(session, sources, request.from);
    if (options.out !== undefined) {
        save(options.out, plan);
    }
    return {
        exitCode: EXIT.done,
        result: {
            ...planResult(plan),
            setTime: iso(startTime),
            ...(options.out !== undefined && { file: options.out }),
            plan,
        },
        text: planText(
            session,
            plan,
            startTime,
            options.out === undefined
                ? "To carry it out, save it with --out plan.json. Then: vss-backup restore apply plan.json"
                : `To carry it out: vss-backup restore apply ${options.out}`,
        ),
    };
}

/** Describes a plan for a program. */
function planResult(plan: RestorePlan): object {
    const { id, mode, serverId, from } = plan.request;
    return {
        restore: id,
        mode,
        server: serverId,
        from,
        steps: plan.steps.map((step) => ({ id: step.id, kind: step.kind, ...wordsOf(step) })),
        warnings: plan.warnings,
        downtimeMinutes: downtimeOf(plan),
        costs: plan.costs,
    };
}

function save(file: string, plan: RestorePlan): void {
    try {
        writeFileSync(file, `${JSON.stringify(plan, null, 2)}\n`);
    } catch (error) {
        throw new Failure(`The plan could not be saved: ${(error as Error).message}`, "Check --out.");
    }
}
