import type { DeployedPolicy } from "../lambda/deployedPolicy";
import type { Clients } from "./clients";
import type { ExitCode } from "./exitCodes";
import type { Clock } from "./restore/apply/cloud";
import type { Choice } from "./userCommands";

/** What each command works with. */
export interface Session {
    readonly policy: DeployedPolicy;
    readonly clients: Clients;
    /** Makes the same clients for what must be done after Ctrl-C. */
    readonly clientsWith: (abortSignal: AbortSignal) => Clients;
    readonly region: string;
    /** Milliseconds since 1970. */
    readonly now: number;
    /** Aborted by Ctrl-C. */
    readonly abortSignal: AbortSignal;
    readonly screen: Screen;
    /** What the user chose by options. Commands for the user repeat it. */
    readonly choice: Choice;
    /** With which a restore waits; that of this machine if left out. */
    readonly clock?: Clock;
}

/** The terminal, or the file or pipe in its place. */
export interface Screen {
    /** Columns of the standard output; 80 if it is no terminal. */
    readonly columns: number;
    /** Whether the standard output shows colours. Never if NO_COLOR is set. */
    readonly isColored: boolean;
    /** Whether a person can answer questions. */
    readonly isInteractive: boolean;
    /** Writes a text to the standard error. */
    tell(text: string): void;
    /** Shows a line on the standard error, which replaces the one before it on a terminal. */
    progress(line: string): void;
    /** Removes that line from a terminal. */
    clear(): void;
}

/** The result of a command, for a program and for a person. */
export interface Outcome {
    readonly exitCode: ExitCode;
    /** The part `result` of the JSON document. Times are ISO 8601 in UTC. */
    readonly result: object;
    /** The text for the standard output. */
    readonly text: string;
}

/** The same session for what Ctrl-C must not stop. */
export function unstoppable(session: Session): Session {
    const { signal: abortSignal } = new AbortController();
    return { ...session, abortSignal, clients: session.clientsWith(abortSignal) };
}
