import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";

export const ROOT = join(__dirname, "..", "..");

export const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** The README's code blocks of a language, in order. */
export function blocks(language: string): string[] {
    return [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
        .filter(([, given]) => given === language)
        .map(([, , text]) => text as string);
}

const COMMANDS = ["npm", "pulumi", "aws", "jq"];

/** Runs a block in bash with stand-ins for the commands that it calls, and gives their calls. */
export function callsOf(block: string, says: Readonly<Record<string, string>>): string[][] {
    const folder = mkdtempSync(join(tmpdir(), "readme-"));
    try {
        const log = join(folder, "log");
        writeFileSync(log, "");
        for (const command of COMMANDS) {
            symlinkSync(join(__dirname, "standIn.js"), join(folder, command));
        }
        const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, STAND_IN_LOG: log, STAND_IN_SAYS: JSON.stringify(says) };
        execFileSync("bash", ["-euc", block], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
        return readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line));
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** What the compiler says of programs that are not on the disk, with this project's own settings. */
export function compilerErrors(programs: readonly string[]): string[] {
    const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, ROOT);
    const texts = new Map(programs.map((text, i) => [join(ROOT, `readme-${i}.ts`), text]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => texts.has(file) || fileExists(file);
    host.readFile = (file) => texts.get(file) ?? readFile(file);
    host.getSourceFile = (file, version, ...rest) => {
        const text = texts.get(file);
        return text === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, text, version);
    };
    const program = ts.createProgram([...texts.keys()], options, host);
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
