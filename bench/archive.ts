import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { CLIENTS } from "../build/lambdaBundles";
import { schedulesOf } from "../rehearsal/deployed";
import { findNode24, readArchive, unpack } from "../rehearsal/embeddedAws/lambda";
import { prod } from "./prod";
import { median, number, progress, type Result } from "./result";

const ROUNDS = 15;

/** Measures the archives. They are small, and a handler starts about as fast as its AWS clients alone. */
export async function archive(): Promise<Result[]> {
    const deployment = await prod();
    const results: Result[] = [];
    for (const [name, clients] of Object.entries(CLIENTS)) {
        const code = schedulesOf(deployment).find(({ arn }) => arn.endsWith(`-${name}`))?.function.code;
        if (!code) {
            throw new Error(`The program deploys no ${name}.`);
        }
        results.push(await measureStarts(name, code, clients), ...(await measureFiles(name, code)));
    }
    return results;
}

async function measureStarts(name: string, code: pulumi.asset.AssetArchive, clients: Readonly<Record<string, string>>): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    try {
        await unpack(code, folder);
        const loading = Object.entries(clients).map(([path, client]) => `new (require("${path}").${client})({});`);
        const scripts = { handler: timed('require("./index.js").handler;'), clients: timed(loading.join(" ")) };
        const times = { handler: [] as number[], clients: [] as number[] };
        progress(`  ${ROUNDS} starts of the ${name}`);
        // The scripts take turns, so other work on the machine slows both.
        for (let round = 0; round < ROUNDS; round++) {
            times.handler.push(measureStart(folder, scripts.handler));
            times.clients.push(measureStart(folder, scripts.clients));
        }
        const [handler, alone] = [median(times.handler), median(times.clients)];
        return {
            subject: `archive of the ${name}`,
            ratio: "start of the handler to loading its AWS clients alone",
            value: handler / alone,
            target: { is: "at most", limit: 1.3 },
            measured: `${number(handler)} ms to ${number(alone)} ms, medians of ${ROUNDS} in Node 24`,
        };
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function measureFiles(name: string, code: pulumi.asset.AssetArchive): Promise<Result[]> {
    const files = Object.entries(await readArchive(code)).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) }));
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return files.map(({ path, bytes }) => ({
        subject: `archive of the ${name}`,
        ratio: `${path} to the archive`,
        value: bytes / total,
        measured: `${number(bytes)} of ${number(total)} bytes`,
    }));
}

/** Makes a script that prints its milliseconds, from the moment at which Node is ready. */
function timed(script: string): string {
    return `const begin = performance.now(); ${script} console.log(performance.now() - begin);`;
}

function measureStart(folder: string, script: string): number {
    const env = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIABENCH", AWS_SECRET_ACCESS_KEY: "bench", WATCH_TARGETS: "{}" };
    return Number(execFileSync(findNode24(), ["-e", script], { cwd: folder, env, encoding: "utf8" }));
}
