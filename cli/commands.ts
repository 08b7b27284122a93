import type { Command } from "commander";
import type { Outcome, Session } from "./session";

/** One command of the command line. */
export interface CommandSpec {
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

/** All commands that work with a policy, in the order of the help. */
export const COMMANDS: readonly CommandSpec[] = [
    {
        name: "status",
        description: "show each server's newest restore points, the problems with their cures, and the next windows",
        example: "status",
        load: async () => (await import("./commands/status.js")).status,
    },
    {
        name: "points",
        description: "list the restore points, and why each is kept",
        example: "points web01",
        shape: (command) => command.argument("[server]", "id or name of a server"),
        load: async () => (await import("./commands/points.js")).points,
    },
];
