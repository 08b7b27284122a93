import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLineFile } from "../../../build/commandLineBundle";
import { DOCUMENTS } from "../../../cli/output/schemas";
import { type AwsOptions, type EmbeddedAws, startAws } from "../../../rehearsal/embeddedAws/aws";
import type { AwsCall } from "../../../rehearsal/embeddedAws/call";
import type { AwsState } from "../../../rehearsal/embeddedAws/state";
import { NOW } from "./account";

/** How a process of `vss-backup` starts. */
export interface ProcessOptions {
    /** Milliseconds since 1970. */
    readonly now?: number;
    /** Replaces variables of the environment; undefined removes one. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** The file to start; the bundle of the sources if left out. */
    readonly file?: string;
    /** Receives the process when it has started. */
    readonly onStart?: (child: ChildProcess) => void;
}

/** What a process of `vss-backup` printed, and its exit code. */
export interface Printed {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/**
 * Runs `vss-backup` with these arguments against an endpoint, as a user starts it: in a process of its own, without a terminal. It checks each
 * JSON document by the schema.
 */
export async function startVssBackup(args: readonly string[], endpoint: string, options: ProcessOptions = {}): Promise<Printed> {
    const home = mkdtempSync(join(tmpdir(), "vss-backup-home-"));
    try {
        const child = spawn(process.execPath, [options.file ?? commandLineFile(), ...args], {
            cwd: home,
            env: environmentOf(home, endpoint, options),
            stdio: ["ignore", "pipe", "pipe"],
        });
        options.onStart?.(child);
        const [stdout, stderr, status] = await Promise.all([
            textOf(child.stdout),
            textOf(child.stderr),
            new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
        ]);
        if (args.includes("--json") && !args.includes("complete")) {
            const document = JSON.parse(stdout) as unknown;
            assert.deepEqual(DOCUMENTS.parse(document), document);
        }
        return { status, stdout, stderr };
    } finally {
        rmSync(home, { recursive: true, force: true });
    }
}

/** Makes the environment of a process. It has nothing from the environment of the tests but the path. */
export function environmentOf(home: string, endpoint: string, { now = NOW, env = {} }: ProcessOptions = {}): Record<string, string> {
    const whole: Record<string, string | undefined> = {
        PATH: process.env.PATH,
        HOME: home,
        USERPROFILE: home,
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "AKIATEST",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_DISABLED: "true",
        NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "fixedClock.js"))}`,
        FIXED_TIME: String(now),
        ...env,
    };
    return Object.fromEntries(Object.entries(whole).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
    let text = "";
    for await (const chunk of stream.setEncoding("utf8")) {
        text += chunk;
    }
    return text;
}

/** What a process printed, and the calls that AWS received. */
export interface Run extends Printed {
    readonly calls: readonly AwsCall[];
}

/** Runs `vss-backup` once against an embedded AWS with an account. */
export async function vssBackup(
    args: readonly string[],
    state: Partial<AwsState>,
    options: ProcessOptions & { readonly aws?: AwsOptions } = {},
): Promise<Run> {
    return withEmbeddedAws(state, options.aws, async (aws) => {
        const printed = await startVssBackup(args, aws.endpoint, options);
        return { ...printed, calls: aws.calls };
    });
}

/** Starts an embedded AWS with an account, uses it, and stops it. */
export async function withEmbeddedAws<T>(
    state: Partial<AwsState>,
    options: AwsOptions = {},
    use: (aws: EmbeddedAws) => Promise<T>,
): Promise<T> {
    const aws = await startAws(state, options);
    try {
        return await use(aws);
    } finally {
        await aws.close();
    }
}

/** The actions among calls that change something. */
export function changes(calls: readonly AwsCall[]): string[] {
    return calls.map(({ action }) => action).filter((action) => !/^(Describe|Filter|Get|List)/.test(action));
}
