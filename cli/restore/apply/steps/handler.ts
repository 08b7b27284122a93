import type { StepKind, StepOf } from "../../plan/steps";
import type { Run, StepResult } from "../run";

/** Carries out the steps of a kind, and undoes them. Both look first whether it is done, so both can be repeated. */
export interface Handler<K extends StepKind> {
    perform(run: Run, step: StepOf<K>): Promise<StepResult>;
    /** Undoes what the step may have begun. What it made stays. */
    revert(run: Run, step: StepOf<K>): Promise<void>;
}
