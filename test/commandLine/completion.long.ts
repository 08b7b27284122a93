import assert from "node:assert/strict";
import { inBash, KEYS } from "./support/terminal";
import { startVssBackup } from "./support/vssBackup";

/** The completions of a command line, without their descriptions. The last word is the one to complete. */
async function completions(...words: string[]): Promise<string[]> {
    const { stdout } = await startVssBackup(["complete", "--", ...words], "");
    const lines = stdout.trim().split("\n");
    return lines.slice(0, -1).map((line) => line.split("\t")[0] ?? "");
}

describe("Completion", () => {
    it("knows the commands", async () => {
        assert.deepEqual(await completions("re"), ["release", "restore"]);
    });

    it("knows the options of a command", async () => {
        assert.deepEqual(await completions("clean", "--"), ["--yes", "--apply", "--policy", "--profile", "--region", "--json", "--help"]);
    });

    it("completes in bash, also without the package bash-completion, and if the script is read twice", async () => {
        const text = await inBash(async (terminal) => {
            terminal.type(`source <(vss-backup completion bash); source <(vss-backup completion bash); echo "rea"dy${KEYS.enter}`);
            await terminal.waitFor("ready");
            terminal.type("vss-backup hol\t");
            await terminal.waitFor("vss-backup hold ");
            terminal.type("--rea\t");
            await terminal.waitFor("hold --reason ");
            // Ctrl-U removes the line.
            terminal.type(`\u0015exit${KEYS.enter}`);
            await terminal.ended;
            return terminal.text;
        });
        assert.doesNotMatch(text, /not found|error/i);
    });

    for (const [shell, registers] of [
        ["bash", "complete -F __vss_backup_complete vss-backup"],
        ["zsh", "compdef _vss-backup vss-backup"],
        ["fish", "complete -c vss-backup"],
        ["powershell", "Register-ArgumentCompleter -CommandName 'vss-backup'"],
    ] as const) {
        it(`has a script for ${shell}, which asks the command line`, async () => {
            const { status, stdout, stderr } = await startVssBackup(["completion", shell], "");
            assert.deepEqual([status, stderr, stdout.includes(registers), /vss-backup complete '?--/.test(stdout)], [0, "", true, true]);
        });
    }

    it("refuses another shell", async () => {
        assert.deepEqual(await startVssBackup(["completion", "csh"], ""), {
            status: 2,
            stdout: "",
            stderr: "error: command-argument value 'csh' is invalid for argument 'shell'. Allowed\nchoices are bash, zsh, fish, powershell.\n",
        });
    });
});
