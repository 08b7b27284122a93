import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command and its arguments. */
export type Call = readonly string[];

const COMMANDS = ["npm", "npx", "git", "pulumi", "aws", "jq", "vss-backup"];

/**
 * Runs a block in bash. The script `standIn.sh` replaces the commands that the block calls.
 *
 * @param outputs the output of calls; a key is the call in one line
 * @returns the calls
 */
export function runBlock(block: string, outputs: Readonly<Record<string, string>>): Call[] {
    const folder = mkdtempSync(join(tmpdir(), "documents-"));
    try {
        const [log, answers] = [join(folder, "log"), join(folder, "outputs")];
        writeFileSync(log, "");
        mkdirSync(answers);
        for (const [call, output] of Object.entries(outputs)) {
            writeFileSync(join(answers, call), output);
        }
        // The folder that `git clone` would make.
        mkdirSync(join(folder, "pulumi-vss-backup"));
        for (const command of COMMANDS) {
            symlinkSync(join(__dirname, "standIn.sh"), join(folder, command));
        }
        const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, STAND_IN_LOG: log, STAND_IN_OUTPUTS: answers };
        execFileSync("bash", ["-euc", block], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
        const calls = readFileSync(log, "utf8").split("\0\x1e\0");
        return calls.slice(0, -1).map((call) => call.split("\0"));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** The stack's config after the calls of `pulumi config set`. */
export function configOf(calls: readonly Call[]): Record<string, string> {
    return Object.fromEntries(
        calls.filter((call) => call.slice(0, 3).join(" ") === "pulumi config set").map((call) => configEntry(call.slice(3))),
    );
}

function configEntry(words: Call): [string, string] {
    const [path, value] = words.filter((word) => word !== "--path") as [string, string];
    const [key, name] = path.split(/[.[]/) as [string, string?];
    const entry = /^\d+$/.test(value) ? Number(value) : value;
    const inside = name === "0]" ? [entry] : { [name ?? ""]: entry };
    return [key, name === undefined ? value : JSON.stringify(inside)];
}

/** Lines of a POSIX shell with their lines for PowerShell. */
const TRANSLATIONS: Readonly<Record<string, string>> = {
    'eval "$(pulumi stack output backUpNow --json | jq -r .Day)"':
        "Invoke-Expression (pulumi stack output backUpNowPowerShell --json | ConvertFrom-Json).Day",
    'printf \'{"time": "%s"}\' "$(date -u +%FT%TZ)" > event.json':
        '@{ time = (Get-Date).ToUniversalTime().ToString("s") + "Z" } | ConvertTo-Json | Set-Content -Encoding ascii event.json',
    "pulumi stack output restorePolicyJson > restore-policy.json":
        "pulumi stack output restorePolicyJson | Set-Content -Encoding ascii restore-policy.json",
};

/** Translates a block for PowerShell. */
export function translateForPowerShell(block: string): string {
    return block
        .split("\n")
        .map((line) => TRANSLATIONS[line] ?? line)
        .join("\n");
}

/**
 * Finds the lines of a block that PowerShell and a POSIX shell read in different ways. Examples are `&&`, a comma outside of quotes and a
 * variable. Both shells read `"…$(command)…"` in the same way.
 */
export function findUnportableLines(block: string): string[] {
    const QUOTED = /'[^'"]*'|"([^"$`\\]|\$\([\w ]+\))*"/g;
    return block.split("\n").filter((line) => /["'`$&|;\\,<>(){}[\]*?!#%^~]|(^|\s)(@|-- )/.test(line.replace(QUOTED, "")));
}
