import { Command, CommanderError, Option } from "commander";
import wrapAnsi from "wrap-ansi";
import { plain } from "../lambda/watch/plainText";
import type { CommandSpec } from "./commandSpec";
import { COMMANDS, GROUPS } from "./commands";
import { addCompletion } from "./completion";
import { EXIT, type ExitCode } from "./exitCodes";
import { Failure, failureOf } from "./failure";
import { errorDocument, resultDocument, textDocument } from "./output/document";
import { makeScreen } from "./output/screen";
import type { Screen, Session } from "./session";

/** Options of every command. */
interface GlobalOptions {
    readonly policy?: string;
    readonly profile?: string;
    readonly region?: string;
    readonly json?: boolean;
}

/**
 * Runs the command line. Results go to the standard output, everything else to the standard error.
 *
 * @param args without the program itself
 */
export async function run(args: readonly string[], version: string): Promise<ExitCode> {
    const json = args.includes("--json");
    let exitCode: ExitCode = EXIT.done;
    const screen = makeScreen();
    const printed: string[] = [];
    const program = makeProgram(version, { json, screen, printed }, (code) => {
        exitCode = code;
    });
    await addCompletion(program, args);
    try {
        await program.parseAsync([...args], { from: "user" });
        return exitCode;
    } catch (error) {
        if (error instanceof CommanderError && error.exitCode === 0) {
            if (json) {
                const command = error.code === "commander.version" ? "version" : "help";
                process.stdout.write(textDocument(command, printed.join("").trimEnd()));
            }
            return EXIT.done;
        }
        const failure = error instanceof CommanderError ? usageFailure(error) : failureOf(error);
        screen.clear();
        show(failure, json, screen, error instanceof CommanderError);
        return failure.exitCode;
    }
}

/** Where the output goes. */
interface Output {
    readonly json: boolean;
    readonly screen: Screen;
    /** Receives the texts of the help and the version in place of the standard output, for a JSON document. */
    readonly printed: string[];
}

function makeProgram(version: string, { json, screen, printed }: Output, setExitCode: (code: ExitCode) => void): Command {
    const program = new Command("vss-backup")
        .description("Shows and operates the backups of a VssBackupPolicy. It uses the AWS credentials of your shell.")
        .version(version, "--version", "print the version")
        .exitOverride()
        .configureHelp({ helpWidth: screen.columns })
        .configureOutput({
            writeOut: (text) => {
                if (json) {
                    printed.push(text);
                } else {
                    process.stdout.write(text);
                }
            },
            outputError: (message, write) => {
                if (!json) {
                    write(wrapAnsi(message, screen.columns));
                }
            },
            ...(json && { writeErr: () => {} }),
        });
    withGlobalOptions(program);
    for (const spec of COMMANDS) {
        withGlobalOptions(addCommand(program, spec)).action(async (...given: unknown[]) => {
            // Commander gives the arguments, the options, and the command itself.
            const command = given.at(-1) as Command;
            const options = command.optsWithGlobals<GlobalOptions>();
            const session = await openSession(options, screen);
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
        .addOption(new Option("--policy <name>", "the policy; by default, the only one of the account and region"))
        .addOption(new Option("--profile <name>", "a profile of the AWS CLI; by default, AWS_PROFILE"))
        .addOption(new Option("--region <name>", "the AWS region; by default, AWS_REGION or that of the profile"))
        .addOption(new Option("--json", "print one JSON document"));
}

async function openSession({ policy: name, profile, region: given }: GlobalOptions, screen: Screen): Promise<Session> {
    const { makeClients } = await import("./clients.js");
    const { checkProfile } = await import("./credentials.js");
    const { findPolicy } = await import("./policies.js");
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    await checkProfile(profile);
    const clients = makeClients({ ...(profile !== undefined && { profile }), ...(given !== undefined && { region: given }) });
    const region = await clients.ssm.config.region();
    const policy = await findPolicy(clients, name, interrupted.signal);
    return { policy, clients, region, now: Date.now(), abortSignal: interrupted.signal, screen };
}

function usageFailure({ message }: CommanderError): Failure {
    const sentence = message === "(outputHelp)" ? "The command is missing." : plain(message.replace(/^error: /, ""));
    return new Failure(sentence, "Run vss-backup --help.", EXIT.usage);
}

function show(failure: Failure, json: boolean, { columns }: Screen, isShown: boolean): void {
    if (json) {
        process.stdout.write(errorDocument(failure));
    } else if (!isShown) {
        const text = [failure.message, ...(failure.cure?.split("\n") ?? [])].map(plain).join("\n");
        process.stderr.write(`${wrapAnsi(text, columns)}\n`);
    }
}
