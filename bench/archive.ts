import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schedulesOf } from "../rehearsal/deployed";
import { findNode24, readArchive, unpack } from "../rehearsal/embeddedAws/lambda";
import { prod } from "./prod";
import { median, number, progress, type Result } from "./result";

const ROUNDS = 15;

/** Each script prints its milliseconds, from the moment at which Node is ready. */
const STARTS = {
    handler: 'const begin = performance.now(); require("./index.js").handler; console.log(performance.now() - begin)',
    client: 'const begin = performance.now(); const { EC2Client } = require("@aws-sdk/client-ec2"); new EC2Client({}); console.log(performance.now() - begin)',
} as const;

/** Measures the archive. It is small, and the handler starts about as fast as the EC2 client alone. */
export async function archive(): Promise<Result[]> {
    const code = schedulesOf(await prod()).find(({ arn }) => arn.endsWith("-cleaner"))?.function.code;
    if (!code) {
        throw new Error("The program deploys no cleaner.");
    }
    const files = Object.entries(await readArchive(code)).map(([path, text]) => ({ path, bytes: Buffer.byteLength(text) }));
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const folder = mkdtempSync(join(tmpdir(), "archive-"));
    try {
        await unpack(code, folder);
        const times: Record<keyof typeof STARTS, number[]> = { handler: [], client: [] };
        progress(`  ${ROUNDS} starts`);
        // The scripts take turns, so other work on the machine slows both.
        for (let round = 0; round < ROUNDS; round++) {
            for (const script of ["handler", "client"] as const) {
                times[script].push(measureStart(folder, STARTS[script]));
            }
        }
        const [handler, client] = [median(times.handler), median(times.client)];
        return [
            {
                subject: "archive",
                ratio: "start of the handler to loading the EC2 client alone",
                value: handler / client,
                target: { is: "at most", limit: 1.3 },
                measured: `${number(handler)} ms to ${number(client)} ms, medians of ${ROUNDS} in Node 24`,
            },
            ...files.map(({ path, bytes }) => ({
                subject: "archive",
                ratio: `${path} to the archive`,
                value: bytes / total,
                measured: `${number(bytes)} of ${number(total)} bytes`,
            })),
        ];
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

function measureStart(folder: string, script: string): number {
    const env = { AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "AKIABENCH", AWS_SECRET_ACCESS_KEY: "bench" };
    return Number(execFileSync(findNode24(), ["-e", script], { cwd: folder, env, encoding: "utf8" }));
}
