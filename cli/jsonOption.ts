import type { Command } from "commander";

/**
 * Whether the user asks for a JSON document. An error may come before Commander reads the option, so this looks first. It passes over the values of
 * other options, which may be `--json`, too.
 */
export function asksForJson(args: readonly string[], program: Command): boolean {
    const options = [program, ...program.commands].flatMap((command) => command.options);
    const withValue = new Set(options.filter(({ required }) => required).map(({ long }) => long));
    for (let i = 0; i < args.length && args[i] !== "--"; i += withValue.has(args[i]) ? 2 : 1) {
        if (args[i] === "--json") {
            return true;
        }
    }
    return false;
}
