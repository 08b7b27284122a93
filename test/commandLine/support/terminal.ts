import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { spawn } from "@lydell/node-pty";
import { commandLineFile } from "../../../build/commandLineBundle";
import { environmentOf, type ProcessOptions } from "./vssBackup";

/** A process of `vss-backup` in a pseudo-terminal, as a person sees it. */
export interface Terminal {
    /** All that the terminal got so far, without control characters, with plain line ends. */
    readonly text: string;
    /** All that the terminal got so far, as it came. */
    readonly raw: string;
    /** Waits until the terminal has got a text. */
    waitFor(text: string): Promise<void>;
    /** Presses keys. */
    type(keys: string): void;
    /** The exit code, when the process has ended. */
    readonly ended: Promise<number>;
}

export const KEYS = { enter: "\r", ctrlC: "\u0003", ctrlD: "\u0004" } as const;

/** Starts `vss-backup` in a terminal, uses it, and waits until it has ended. */
export async function inTerminal<T>(
    args: readonly string[],
    endpoint: string,
    use: (terminal: Terminal) => Promise<T>,
    { columns = 80, ...options }: ProcessOptions & { readonly columns?: number } = {},
): Promise<T> {
    const home = mkdtempSync(join(tmpdir(), "vss-backup-home-"));
    try {
        const env = environmentOf(home, endpoint, options);
        return await openTerminal([process.execPath, options.file ?? commandLineFile(), ...args], { home, env, columns }, use);
    } finally {
        rmSync(home, { recursive: true, force: true });
    }
}

/** Starts bash in a terminal, with a command `vss-backup`, uses it, and waits until it has ended. */
export async function inBash<T>(use: (terminal: Terminal) => Promise<T>): Promise<T> {
    const home = mkdtempSync(join(tmpdir(), "vss-backup-home-"));
    try {
        writeFileSync(join(home, "vss-backup"), `#!/bin/sh\nexec "${process.execPath}" "${commandLineFile()}" "$@"\n`, { mode: 0o755 });
        const env = { HOME: home, PATH: `${home}:${process.env.PATH}`, PS1: "$ ", INPUTRC: "/dev/null" };
        return await openTerminal(["bash", "--norc", "--noprofile"], { home, env, columns: 200 }, use);
    } finally {
        rmSync(home, { recursive: true, force: true });
    }
}

interface Room {
    readonly home: string;
    readonly env: Readonly<Record<string, string>>;
    readonly columns: number;
}

async function openTerminal<T>(
    [command = "", ...args]: readonly string[],
    { home, env, columns }: Room,
    use: (terminal: Terminal) => Promise<T>,
): Promise<T> {
    const shell = spawn(command, args, { cwd: home, env: { ...env, TERM: "xterm-256color" }, cols: columns, rows: 24 });
    let raw = "";
    let look = () => {};
    const plain = () => stripVTControlCharacters(raw).replace(/\r+\n/g, "\n");
    shell.onData((text) => {
        raw += text;
        look();
    });
    const ended = new Promise<number>((resolve) => shell.onExit(({ exitCode }) => resolve(exitCode)));
    try {
        const result = await use({
            get text() {
                return plain();
            },
            get raw() {
                return raw;
            },
            type: (keys) => shell.write(keys),
            waitFor: (text) =>
                new Promise((resolve, reject) => {
                    look = () => {
                        if (plain().includes(text)) {
                            resolve();
                        }
                    };
                    ended.then((code) => reject(new Error(`The process ended with ${code} and never printed ${text}: ${plain()}`)));
                    look();
                }),
            ended,
        });
        await ended;
        return result;
    } finally {
        shell.kill();
    }
}
