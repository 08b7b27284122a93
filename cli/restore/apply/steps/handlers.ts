import type { Step, StepKind } from "../../plan/steps";
import type { Run, StepResult } from "../run";
import { CHECK_DISKS } from "./checkDisks";
import type { Handler } from "./handler";
import { HOLD, RELEASE } from "./hold";
import { BACKUP, CREATE_IMAGE, CREATE_VOLUME, RUN_INSTANCE } from "./making";
import { REPLACE_ROOT } from "./replaceRoot";
import { ATTACH, DETACH, START, STOP, TAG } from "./swapping";

const HANDLERS: { readonly [K in StepKind]: Handler<K> } = {
    hold: HOLD,
    backup: BACKUP,
    createVolume: CREATE_VOLUME,
    createImage: CREATE_IMAGE,
    runInstance: RUN_INSTANCE,
    tag: TAG,
    stop: STOP,
    detach: DETACH,
    attach: ATTACH,
    start: START,
    replaceRoot: REPLACE_ROOT,
    checkDisks: CHECK_DISKS,
    release: RELEASE,
};

/** Carries out a step, unless it is done. */
export function performStep(run: Run, step: Step): Promise<StepResult> {
    return handlerOf(step).perform(run, step);
}

/** Undoes a step that is done or begun, or does nothing. */
export function revertStep(run: Run, step: Step): Promise<void> {
    return handlerOf(step).revert(run, step);
}

function handlerOf(step: Step) {
    return HANDLERS[step.kind] as unknown as {
        perform(run: Run, step: Step): Promise<StepResult>;
        revert(run: Run, step: Step): Promise<void>;
    };
}
