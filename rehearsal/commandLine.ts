import { Command, InvalidArgumentError, Option } from "commander";
import { DateTime } from "luxon";
import { WIDTH, wrapWords } from "./display/width";

/** The options of `npm start`. */
export interface Options {
    readonly stack: string;
    readonly days: number;
    readonly servers: number;
    readonly volumes: number;
    readonly unmounted: number;
    readonly failures: number;
    readonly seed: number;
    readonly start: number;
    readonly watch: "none" | "eventful" | "all";
    readonly incidents: "none" | "default";
    readonly json: boolean;
}

const FIRST_START = "1970-01-01";
const LAST_START = "2999-12-31";

const command = new Command("npm start --")
    .description(
        "Plays the program of this repository, with a stack's own config, against an embedded AWS on a virtual clock. Needs no AWS account and no network.",
    )
    .exitOverride()
    .configureHelp({ helpWidth: WIDTH })
    .configureOutput({ outputError: (message, write) => write(wrapWords(message)) })
    .option("--stack <name>", "stack whose Pulumi.<name>.yaml is used", "prod")
    .addOption(wholeNumber("--days <n>", "virtual days", 1, 36_525, 365))
    .addOption(wholeNumber("--servers <n>", "Windows servers", 1, 1000, 3))
    .addOption(wholeNumber("--volumes <n>", "volumes of each server, with its boot volume", 1, 127, 2))
    .addOption(wholeNumber("--unmounted <n>", "volumes of each server that Windows has not mounted, never the boot volume", 0, 126, 0))
    .addOption(
        new Option("--failures <share>", "share of VSS runs that fail, 0 to 1")
            .argParser((text) => {
                const value = Number(text);
                if (text.trim() === "" || !(value >= 0 && value <= 1)) {
                    throw new InvalidArgumentError("Give a number from 0 to 1.");
                }
                return value;
            })
            .default(0.02),
    )
    .addOption(wholeNumber("--seed <n>", "start of the random numbers: the same seed gives the same rehearsal", 0, 2 ** 31 - 1, 1))
    .addOption(
        new Option("--start <day>", `first day in UTC, ${FIRST_START} to ${LAST_START}`)
            .argParser((text) => {
                const date = DateTime.fromISO(text, { zone: "utc" });
                if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !date.isValid || text < FIRST_START || text > LAST_START) {
                    throw new InvalidArgumentError(`Give a day from ${FIRST_START} to ${LAST_START}.`);
                }
                return date.toMillis();
            })
            .default(Date.UTC(2027, 0, 1), "2027-01-01"),
    )
    .addOption(
        new Option("--watch <runs>", "runs of the watch to play: none, those of eventful hours and of reports, or all, which takes minutes")
            .choices(["none", "eventful", "all"])
            .default("eventful"),
    )
    .addOption(new Option("--incidents <set>", "what goes wrong on purpose").choices(["none", "default"]).default("default"))
    .option("--json", "print one JSON document and nothing else", false);

function wholeNumber(flags: string, description: string, least: number, most: number, byDefault: number): Option {
    return new Option(flags, `${description}, ${least} to ${most}`)
        .argParser((text) => {
            const value = Number(text);
            if (!/^\d+$/.test(text) || value < least || value > most) {
                throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
            }
            return value;
        })
        .default(byDefault);
}

/**
 * Reads the options of a command line.
 *
 * @param args without the command itself
 * @throws CommanderError if an option is wrong, and after `--help`. Commander has already printed the message.
 * @throws Error if options do not fit each other
 */
export function readOptions(args: readonly string[]): Options {
    const options = command.parse(args, { from: "user" }).opts<Options>();
    if (options.unmounted >= options.volumes) {
        const most = options.volumes - 1;
        throw new Error(
            `--unmounted ${options.unmounted} is too many for --volumes ${options.volumes}. Give ${most} at most: the boot volume is always mounted.`,
        );
    }
    return options;
}
