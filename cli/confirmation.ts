import { createInterface } from "node:readline";
import { EXIT } from "./exitCodes";
import { Failure } from "./failure";
import { commandLines } from "./output/findings";
import { lines } from "./output/table";
import type { Session } from "./session";
import { withChoice } from "./userCommands";

/** Something that changes the account. */
export interface Intent {
    /** What the command will do. */
    readonly sentences: readonly string[];
    /** What the user types to confirm it: the name of the policy or of a server. */
    readonly word: string;
}

/** Options of the commands that change something. */
export interface ActingOptions {
    /** The user has confirmed the action on the command line. */
    readonly yes: boolean;
}

/**
 * Prints what a command will do, and asks the user to confirm it.
 *
 * @throws Failure if nobody confirms it; then nothing may be done
 */
export async function confirm(
    { screen, abortSignal, choice }: Session,
    { sentences, word }: Intent,
    { yes }: ActingOptions,
): Promise<void> {
    screen.tell(lines(sentences.flatMap((sentence) => commandLines(withChoice(sentence, choice), screen.columns))));
    if (yes) {
        return;
    }
    if (!screen.isInteractive) {
        throw new Failure("Nobody confirmed the action. Nothing was done.", "Without a terminal, add --yes.", EXIT.refused);
    }
    const typed = await ask(`Type ${word} to go on: `, abortSignal);
    if (typed.trim() !== word) {
        throw new Failure(`You did not type ${word}. Nothing was done.`, undefined, EXIT.refused);
    }
}

/** Reads a line from the terminal. Without a line, the input has ended. */
function ask(question: string, signal: AbortSignal): Promise<string> {
    const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
    return new Promise<string>((resolve, reject) => {
        const interrupt = () => reject(new Failure("The command was interrupted. Nothing was done.", undefined, EXIT.interrupted));
        const close = () => {
            // The cursor is still behind the question.
            process.stderr.write("\n");
            resolve("");
        };
        // A terminal in this mode gives Ctrl-C to the program, and sends no signal.
        terminal.once("SIGINT", interrupt).once("close", close);
        signal.addEventListener("abort", interrupt, { once: true });
        terminal.question(question, (typed) => {
            terminal.off("close", close);
            resolve(typed);
        });
    }).finally(() => {
        terminal.close();
    });
}
