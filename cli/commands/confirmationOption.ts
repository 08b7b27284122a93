import type { Command } from "commander";

/** Adds the option of the commands that change something. */
export function withConfirmation(command: Command): Command {
    return command.option("--yes", "do not ask", false);
}
