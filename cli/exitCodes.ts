/** The exit codes of all commands. Scripts must treat an unknown code as a failure. */
export const EXIT = {
    done: 0,
    error: 1,
    /** The command line is wrong. */
    usage: 2,
    /** Some of it was done, and some was not; or the doctor got no answer to a question. */
    partly: 3,
    /** The command worked, and found problems. */
    findings: 4,
    /** Nobody confirmed the action, or the policy forbids it. Nothing was done. */
    refused: 5,
    /** Ctrl-C. */
    interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
