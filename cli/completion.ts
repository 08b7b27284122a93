import { Argument, type Command, Option } from "commander";
import { textDocument } from "./output/document";

const NAME = "completion";

/** The command with which a script of a shell asks for completions. */
const REQUEST = "complete";

/** The script for bash calls a function of the package bash-completion. macOS and small images do not have it. */
const WITHOUT_PACKAGE = `if ! type _get_comp_words_by_ref > /dev/null 2>&1; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
        cur=\${COMP_WORDS[COMP_CWORD]}
        prev=\${COMP_WORDS[COMP_CWORD - 1]}
    }
fi
`;

/** Adds the command that prints a script of completions for a shell. It loads its code only if the user, or such a script, calls it. */
export async function addCompletion(program: Command, [called]: readonly string[]): Promise<void> {
    if (called === REQUEST) {
        const { default: complete } = await import("@bomb.sh/tab/commander");
        complete(program, { completionCommandName: NAME });
        return;
    }
    const shells = new Argument("<shell>").choices(["bash", "zsh", "fish", "powershell"]);
    program
        .command(NAME)
        .description("print the script of completions for a shell")
        .addArgument(shells)
        .addOption(new Option("--json", "print one JSON document"))
        .action(async (shell: string, _options: object, command: Command) => {
            const script = await scriptFor(program.name(), shell);
            const { json } = command.optsWithGlobals<{ readonly json?: boolean }>();
            process.stdout.write(json ? textDocument("completion", script) : `${script}\n`);
        });
}

/** Returns the script. The library prints it line by line. */
async function scriptFor(name: string, shell: string): Promise<string> {
    const { script } = await import("@bomb.sh/tab");
    const printed: string[] = shell === "bash" ? [WITHOUT_PACKAGE] : [];
    const { log } = console;
    console.log = (text: string) => printed.push(text);
    try {
        script(shell as "bash" | "zsh" | "fish" | "powershell", name, name);
    } finally {
        console.log = log;
    }
    // A start-up file may be read again, and bash refuses to set a read-only variable twice.
    return printed.join("\n").replace(/^readonly /gm, "");
}
