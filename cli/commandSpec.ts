import type { Command } from "commander";
import type { Outcome, Session } from "./session";

/** One command of the command line. */
export interface CommandSpec {
    /** A command below another one has the names of both, as in `restore plan`. */
    readonly name: string;
    /** One line. */
    readonly description: string;
    /** A command line that works, without `vss-backup`. */
    readonly example: string;
    /** Adds arguments and options. */
    readonly shape?: (command: Command) => Command;
    /** Loads its code, so that others start without it. */
    readonly load: () => Promise<(session: Session, ...given: never[]) => Promise<Outcome>>;
}
