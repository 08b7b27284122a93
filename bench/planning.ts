import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findNode24 } from "../rehearsal/embeddedAws/lambda";
import { median, number, progress, type Result } from "./result";

interface Planned {
    readonly seconds: readonly number[];
    readonly peakMiB: number;
}

/** Measures planning. The 100,000 snapshots of EC2's quota take less than a second and 512 MiB. The time grows with their number. */
export async function planning(): Promise<Result[]> {
    const small = measure(10_000, 25);
    const quota = measure(100_000, 9);
    const perSnapshot = (snapshots: number, { seconds }: Planned) => (median(seconds) / snapshots) * 1e6;
    const [one, two] = [perSnapshot(10_000, small), perSnapshot(100_000, quota)] as const;
    const subject = "planning";
    return [
        {
            subject,
            ratio: "time for 100,000 to 1 s",
            value: median(quota.seconds),
            target: { is: "at most", limit: 1 },
            measured: `${number(median(quota.seconds))} s`,
        },
        {
            subject,
            ratio: "memory for 100,000 to 512 MiB",
            value: quota.peakMiB / 512,
            target: { is: "at most", limit: 1 },
            measured: `${number(quota.peakMiB)} MiB at most, including the list and the process itself`,
        },
        {
            subject,
            ratio: "time per snapshot, 100,000 to 10,000",
            value: two / one,
            target: { is: "at most", limit: 1.5 },
            measured: `${number(two)} µs to ${number(one)} µs`,
        },
    ];
}

/** Plans in the Node version that Lambda runs. Each size has its own process, so that no size disturbs another. */
function measure(snapshots: number, rounds: number): Planned {
    progress(`  ${number(snapshots)} snapshots`);
    const script = join(__dirname, "planningProcess.ts");
    const args = [...["--expose-gc", "--require", "ts-node/register", script], String(snapshots), String(rounds)];
    return JSON.parse(
        execFileSync(findNode24(), args, { cwd: join(__dirname, ".."), encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
    );
}
