/** A reason to refuse a restore, and the next step. */
export interface Fault {
    /** Without a full stop. */
    readonly sentence: string;
    readonly cure: string;
}
