import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { commandLineFile } from "../build/commandLineBundle";
import { parameterName } from "../lambda/deployedPolicy";
import type { Snapshot } from "../lambda/retention/snapshot";
import { type EmbeddedAws, startAws } from "../rehearsal/embeddedAws/aws";
import { SnapshotStore } from "../rehearsal/embeddedAws/snapshotStore";
import type { Server } from "../rehearsal/embeddedAws/ssm";
import { DEPLOYED } from "../test/commandLine/support/account";
import { account, SNAPSHOTS_PER_VOLUME } from "./account";
import { median, number, progress, type Result } from "./result";

const ROUNDS = 15;
const SERVERS = 1000;
const SNAPSHOTS = SERVERS * SNAPSHOTS_PER_VOLUME;

/** EC2 lists 1,000 snapshots, and 1,000 instances, in a page. The settings of the policies are one page more. */
const PAGES = Math.ceil(SNAPSHOTS / 1000) + Math.ceil(SERVERS / 1000) + 1;

/** Measures how fast the command line starts, and counts its requests in a big account. */
export async function commandLine(): Promise<Result[]> {
    const listed = account(SNAPSHOTS);
    const aws = await startAws({
        store: storeOf(listed),
        servers: serversOf(listed),
        parameters: new Map([[parameterName("prod"), JSON.stringify(DEPLOYED)]]),
    });
    try {
        return [...(await measureStarts(aws)), ...(await countCalls(aws, listed[0]?.id ?? ""))];
    } finally {
        await aws.close();
    }
}

async function measureStarts(aws: EmbeddedAws): Promise<Result[]> {
    const times = { node: [] as number[], help: [] as number[], call: [] as number[] };
    progress(`  ${ROUNDS} starts`);
    // They take turns, so other work on the machine slows all of them.
    for (let round = 0; round < ROUNDS; round++) {
        times.node.push(timeOf(() => spawnSync(process.execPath, ["-e", "0"])));
        times.help.push(timeOf(() => spawnSync(process.execPath, [commandLineFile(), "--help"])));
        times.call.push(await timeToFirstCall(aws));
    }
    const [node, help, call] = [median(times.node), median(times.help), median(times.call)];
    const measured = (time: number) => `${number(time)} ms to ${number(node)} ms, medians of ${ROUNDS}`;
    return [
        {
            subject: "command line",
            ratio: "start of vss-backup --help to node -e 0",
            value: help / node,
            target: { is: "at most", limit: 4 },
            measured: measured(help),
        },
        {
            subject: "command line",
            ratio: "start of vss-backup points until its first request, to node -e 0",
            value: call / node,
            target: { is: "at most", limit: 10 },
            measured: measured(call),
        },
    ];
}

function timeOf(act: () => unknown): number {
    const begin = performance.now();
    act();
    return performance.now() - begin;
}

async function timeToFirstCall(aws: EmbeddedAws): Promise<number> {
    const known = aws.calls.length;
    const begin = performance.now();
    const child = start(["points"], aws);
    while (aws.calls.length === known && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const time = performance.now() - begin;
    child.kill();
    await closed(child);
    return time;
}

/** Counts the requests of the commands that list everything. */
async function countCalls(aws: EmbeddedAws, snapshotId: string): Promise<Result[]> {
    const results: Result[] = [];
    for (const args of [["points"], ["plan"], ["explain", snapshotId], ["status"]]) {
        progress(`  vss-backup ${args[0]}`);
        const known = aws.calls.length;
        const begin = performance.now();
        await closed(start(args, aws));
        const calls = aws.calls.length - known;
        const measured = `${calls} calls for ${number(SERVERS)} servers and ${number(SNAPSHOTS)} snapshots, in ${number(performance.now() - begin)} ms`;
        results.push(
            args[0] === "status"
                ? {
                      subject: "command line",
                      ratio: "calls of vss-backup status to servers",
                      value: calls / SERVERS,
                      target: { is: "at most", limit: 0.1 },
                      measured,
                  }
                : {
                      subject: "command line",
                      ratio: `calls of vss-backup ${args[0]} to pages`,
                      value: calls / PAGES,
                      target: { is: "at most", limit: 1 },
                      measured,
                  },
        );
    }
    return results;
}

function start(args: readonly string[], { endpoint }: EmbeddedAws): ChildProcess {
    const env = {
        PATH: process.env.PATH,
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "AKIABENCH",
        AWS_SECRET_ACCESS_KEY: "bench",
    };
    return spawn(process.execPath, [commandLineFile(), ...args], { env, stdio: ["ignore", "ignore", "inherit"] });
}

function closed(child: ChildProcess): Promise<void> {
    return new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once("close", () => resolve()) : resolve(),
    );
}

function storeOf(snapshots: readonly Snapshot[]): SnapshotStore {
    const store = new SnapshotStore();
    for (const { id, tags, ...rest } of snapshots) {
        store.add({ ...rest, description: "", tags: new Map(Object.entries(tags)) }, id);
    }
    return store;
}

/** A server for each volume. */
function serversOf(snapshots: readonly Snapshot[]): Server[] {
    const volumes = [...new Set(snapshots.map(({ volumeId }) => volumeId))].sort();
    return volumes.map((id, i) => ({
        id: `i-${i.toString(16).padStart(17, "0")}`,
        tags: new Map([
            ["Name", `server${i}`],
            ["VssBackup", "prod"],
        ]),
        volumes: [{ id, device: "xvdd", mounted: true }],
        hasVssPackage: true,
        busyUntil: 0,
        madeAt: 0,
    }));
}
