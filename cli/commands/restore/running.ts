import { randomUUID } from "node:crypto";
import { clock } from "../../output/times";
import { makeClock, makeCloud } from "../../restore/apply/awsCloud";
import { withLocks } from "../../restore/apply/lock";
import type { Tools } from "../../restore/apply/progress";
import type { RecordStore } from "../../restore/apply/recordStore";
import type { RestorePlan } from "../../restore/plan/steps";
import type { Session } from "../../session";

/** The option of the commands that work on a server. */
export interface LockOptions {
    /** Replaces the lock of a run that has crashed. */
    readonly takeOver: boolean;
}

export function makeTools(session: Session, store: RecordStore, restoreClock = makeClock(session)): Tools {
    const { timezone } = session.policy.settings;
    return {
        cloud: makeCloud(session, restoreClock),
        clock: restoreClock,
        save: (record) => store.save(record),
        report: (line) => session.screen.progress(`${clock(Date.now(), timezone)} ${line}`),
    };
}

/** Does something while nobody else works on the servers of a plan, or restores from its set. */
export function whileLocked<T>(session: Session, plan: RestorePlan, { takeOver }: LockOptions, act: () => Promise<T>): Promise<T> {
    const holder = { restore: plan.request.id, subjects: [...plan.servers, plan.request.from], takesOver: takeOver, run: randomUUID() };
    return withLocks(session, holder, act);
}
