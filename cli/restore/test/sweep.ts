import { RECORDS_PATH } from "../../../lambda/deployedPolicy";
import { parametersBelow } from "../../parameters";
import type { Session } from "../../session";
import type { RestoreRecord } from "../apply/record";
import type { RecordStore } from "../apply/recordStore";
import { isTest } from "../plan/testId";
import { findLeftovers } from "./leftovers";

/** A test that has not removed itself: it runs, or it has crashed. */
export interface OpenTest {
    readonly id: string;
    /** Undefined if somebody has removed it. */
    readonly record?: RestoreRecord;
}

/** Finds the tests of the policy that are not removed, and things of tests of which nobody has a record. */
export async function findOpenTests(session: Session, store: RecordStore): Promise<OpenTest[]> {
    // A test has a record before it makes anything. So a thing without one is of no running test, if the things are read first.
    const things = await findLeftovers(session);
    const records = (await store.list()).filter(({ plan }) => isTest(plan.request.id));
    const known = new Set(await listTestsOfAll(session));
    const orphans = new Set(things.map(({ test }) => test).filter((test) => !known.has(test)));
    return [...records.map((record) => ({ id: record.plan.request.id, record })), ...[...orphans].sort().map((id) => ({ id }))];
}

/** Lists the ids of the tests of all policies, since a thing has no policy. */
async function listTestsOfAll({ clients, abortSignal }: Session): Promise<string[]> {
    const found: string[] = [];
    for await (const { Name = "" } of parametersBelow(clients.ssm, RECORDS_PATH, { isRecursive: true, abortSignal })) {
        const [, , , folder, id = ""] = Name.split("/");
        if (folder === "restores" && isTest(id)) {
            found.push(id);
        }
    }
    return found;
}
