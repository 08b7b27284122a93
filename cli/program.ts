import { Command, CommanderError, Option } from "commander";
import wrapAnsi from "wrap-ansi";
import { plain } from "../lambda/watch/plainText";
import type { CommandSpec } from "./commandSpec";
import { COMMANDS, GROUPS } from "./commands";
import { readName } from "./commands/names";
import { addCompletion } from "./completion";
import { EXIT, type ExitCode } from "./exitCodes";
import { Failure, failureOf } from "./failure";
import { helpFor } from "./helpText";
import { asksForJson } from "./jsonOption";
import { errorDocument, resultDocument, textDocument } from "./output/document";
import { commandLines } from "./output/findings";
import { makeScreen } from "./output/screen";
import { lines } from "./output/table";
import type { Screen, Session } from "./session";
import { type Choice, withChoice } from "./userCommands";

/** Options of every command. */
interface GlobalOptions extends Choice {
    readonly json?: boolean;
}

/**
 * Runs the command line. Results go to the standard output, everything else to the standard error.
 *
 * @param args without the program itself
 */
export async function run(args: readonly string[], version: string): Promise<ExitCode> {
    let exitCode: ExitCode = EXIT.done;
    const screen = makeScreen();
    const output: Output = { json: false, screen, printed: [], choice: {} };
    const program = makeProgram(version, output, (code) => {
        exitCode = code;
    });
    output.json = asksForJson(args, program);
    await addCompletion(program, args);
    try {
        await program.parseAsync([...args], { from: "user" });
        return exitCode;
    } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) {
            if (output.json) {
                const command = error.code === "commander.version" ? "version" : "help";
                process.stdout.write(textDocument(command, output.printed.join("").trimEnd()));
            }
            return EXIT.done;
        }
        const failure = error instanceof CommanderError ? usageFailure(error) : failureOf(error);
        screen.clear();
        show(failure, output, error instanceof CommanderError);
        return failure.exitCode;
    }
}

/** Where the output goes. */
interface Output {
    /** Known when the arguments are. */
    json: boolean;
    readonly screen: Screen;
    /** Receives the texts of the help and the version in place of the standard output, for a JSON document. */
    readonly printed: string[];
    /** Known when a command starts. */
    choice: Choice;
}

function makeProgram(version: string, output: Output, setExitCode: (code: ExitCode) => void): Command {
    const { screen, printed } = output;
    const program = new Command("vss-backup")
        .description("Shows and operates the backups of a VssBackupPolicy. It uses the AWS credentials of your shell.")
        .version(version, "--version", "print the version")
        .exitOverride()
        .configureHelp(helpFor(screen.columns))
        .configureOutput({
            writeOut: (text) => {
                if (output.json) {
                    printed.push(text);
                } else {
                    process.stdout.write(text);
                }
            },
            outputError: (message, write) => {
                if (!output.json) {
                    write(wrapAnsi(message, screen.columns));
                }
            },
            writeErr: (text) => {
                if (!output.json) {
                    process.stderr.write(text);
                }
            },
        });
    withGlobalOptions(program);
    for (const spec of COMMANDS) {
        withGlobalOptions(addCommand(program, spec)).action(async (...given: unknown[]) => {
            // Commander gives the arguments, the options, and the command itself.
            const command = given.at(-1) as Command;
            const options = command.optsWithGlobals<GlobalOptions>();
            output.choice = choiceOf(options);
            const session = await openSession(output.choice, screen);
            const perform = (await spec.load()) as (
                session: Session,
                ...given: unknown[]
            ) => ReturnType<Awaited<ReturnType<CommandSpec["load"]>>>;
            const outcome = await perform(session, ...given.slice(0, -1));
            screen.clear();
            process.stdout.write(options.json ? resultDocument(spec.name, session, outcome) : outcome.text);
            setExitCode(outcome.exitCode);
        });
    }
    return program;
}

function addCommand(program: Command, { name, description, example, shape }: CommandSpec): Command {
    const [own = name, ...groups] = name.split(" ").toReversed();
    const command = groups
        .reduceRight(groupIn, program)
        .command(own)
        .description(description)
        .addHelpText("after", `\nExample:\n  vss-backup ${example}`);
    return shape ? shape(command) : command;
}

/** Finds the command above other commands, or makes it. */
function groupIn(above: Command, name: string): Command {
    return above.commands.find((command) => command.name() === name) ?? above.command(name).description(GROUPS[name] ?? "");
}

function withGlobalOptions(command: Command): Command {
    return command
        .addOption(option("--policy <name>", "the policy; by default, the only one of the account and region", "the name of a policy"))
        .addOption(option("--profile <name>", "a profile of the AWS CLI; by default, AWS_PROFILE", "the name of a profile"))
        .addOption(
            option("--region <name>", "the AWS region; by default, AWS_REGION or that of the profile", "a region such as eu-central-1"),
        )
        .addOption(new Option("--json", "print one JSON document"));
}

function option(flags: string, description: string, what: string): Option {
    return new Option(flags, description).argParser(readName(what));
}

function choiceOf({ policy, profile, region }: GlobalOptions): Choice {
    return { ...(policy !== undefined && { policy }), ...(profile !== undefined && { profile }), ...(region !== undefined && { region }) };
}

async function openSession(choice: Choice, screen: Screen): Promise<Session> {
    const { makeClients } = await import("./clients.js");
    const { checkProfile } = await import("./credentials.js");
    const { findPolicy } = await import("./policies.js");
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    await checkProfile(choice.profile);
    const clients = makeClients(choice, interrupted.signal);
    const region = await clients.ssm.config.region();
    const policy = await findPolicy(clients, choice.policy, interrupted.signal);
    const clientsWith = (abortSignal: AbortSignal) => makeClients(choice, abortSignal);
    return { policy, clients, clientsWith, region, now: Date.now(), abortSignal: interrupted.signal, screen, choice };
}

function usageFailure({ message }: CommanderError): Failure {
    const sentence = message === "(outputHelp)" ? "The command is missing." : plain(message.replace(/^error: /, ""));
    return new Failure(sentence, "Run vss-backup --help.", EXIT.usage);
}

function show(given: Failure, { json, screen, choice }: Output, isShown: boolean): void {
    const failure = forUser(given, choice);
    if (json) {
        process.stdout.write(errorDocument(failure));
    } else if (!isShown) {
        const text = [failure.message, ...(failure.cure?.split("\n") ?? [])].map(plain);
        process.stderr.write(lines(text.flatMap((line) => commandLines(line, screen.columns))));
    }
}

/** Adds the options that the user gave to the commands of a cure. */
function forUser({ message, cure, exitCode, permission }: Failure, choice: Choice): Failure {
    const written = cure
        ?.split("\n")
        .map((line) => withChoice(line, choice))
        .join("\n");
    return new Failure(message, written, exitCode, permission);
}
