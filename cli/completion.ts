import { Argument, type Command } from "commander";

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
export async function addCompletion(program: Command, [called, shell]: readonly string[]): Promise<void> {
    if (called === REQUEST || (called === NAME && shell !== undefined)) {
        const { default: complete } = await import("@bomb.sh/tab/commander");
        complete(program, { completionCommandName: NAME });
        if (called === NAME && shell === "bash") {
            process.stdout.write(WITHOUT_PACKAGE);
        }
    } else {
        const shells = new Argument("<shell>").choices(["bash", "zsh", "fish", "powershell"]);
        program.command(NAME).description("print the script of completions for a shell").addArgument(shells);
    }
}
