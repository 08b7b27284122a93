import { EXIT } from "../../exitCodes";
import { Failure } from "../../failure";
import type { RecordStore } from "../../restore/apply/recordStore";
import type { Fault } from "../../restore/plan/fault";
import { digestOf } from "../../restore/plan/fingerprint";
import { planRestore } from "../../restore/plan/planRestore";
import type { RestoreRequest } from "../../restore/plan/request";
import type { RestorePlan } from "../../restore/plan/steps";
import { readWorld } from "../../restore/world/readWorld";
import { readSources, type Sources } from "../../restore/world/sources";
import type { Session } from "../../session";

/** Plans a restore in the account as it is now. @throws Failure with all reasons to refuse it */
export async function planNow(session: Session, store: RecordStore, sources: Sources, request: RestoreRequest): Promise<RestorePlan> {
    const planned = planRestore(await readWorld(session, store, sources, request), request);
    if (planned.kind === "refused") {
        throw refusal(planned.faults);
    }
    return planned.plan;
}

/**
 * Refuses a plan that the account as it is now would not give.
 *
 * @throws Failure if the account or the plan has changed since
 */
export async function checkPlan(session: Session, store: RecordStore, plan: RestorePlan): Promise<void> {
    const { settings } = session.policy;
    if (plan.policy !== settings.name) {
        throw new Failure(`The plan is of policy ${plan.policy}, and not of ${settings.name}.`, "Check --policy, --profile and --region.");
    }
    const present = await planNow(session, store, await readSources(session), plan.request);
    const again = `Make a new plan: vss-backup restore plan ${plan.request.serverId} --mode ${plan.request.mode}`;
    if (present.fingerprint !== plan.fingerprint) {
        throw new Failure(`The account has changed since the plan ${plan.request.id} was made. Nothing was done.`, again, EXIT.refused);
    }
    if (digestOf(present) !== digestOf(plan)) {
        throw new Failure(`Somebody has changed the plan ${plan.request.id}. Nothing was done.`, again, EXIT.refused);
    }
}

function refusal(faults: readonly Fault[]): Failure {
    const cures = [...new Set(faults.map(({ cure }) => cure))];
    return new Failure(`The restore is refused. ${faults.map(({ sentence }) => `${sentence}.`).join(" ")}`, cures.join("\n"), EXIT.refused);
}
