import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { node24 } from "../rehearsal/embeddedAws/lambda";
import { median, number, progress, type Result } from "./result";

interface Planned {
    readonly seconds: readonly number[];
    readonly peakGiB: number;
}

/** Planning is linear in the snapshots, and fast and small enough for ten times what EC2 allows in a region. */
export async function planning(): Promise<Result[]> {
    const small = planned(10_000, 25);
    const quota = planned(100_000, 9);
    const million = planned(1_000_000, 5);
    const perSnapshot = (snapshots: number, { seconds }: Planned) => (median(seconds) / snapshots) * 1e6;
    const [one, two, three] = [perSnapshot(10_000, small), perSnapshot(100_000, quota), perSnapshot(1_000_000, million)] as const;
    const subject = "planning";
    return [
        {
            subject,
            ratio: "time per snapshot, 100,000 to 10,000",
            value: two / one,
            target: { is: "at most", limit: 1.2 },
            measured: `${number(two)} µs to ${number(one)} µs`,
        },
        {
            subject,
            ratio: "time per snapshot, 1,000,000 to 100,000",
            value: three / two,
            target: { is: "at most", limit: 1.2 },
            measured: `${number(three)} µs to ${number(two)} µs`,
        },
        {
            subject,
            ratio: "time for 1,000,000 to 2 s",
            value: median(million.seconds) / 2,
            target: { is: "at most", limit: 1 },
            measured: `${number(median(million.seconds))} s`,
        },
        {
            subject,
            ratio: "memory for 1,000,000 to 1.5 GiB",
            value: million.peakGiB / 1.5,
            target: { is: "at most", limit: 1 },
            measured: `${number(million.peakGiB)} GiB at most, the list and the process itself included`,
        },
    ];
}

/** In the Node that Lambda runs, and in a process of its own, so that no size disturbs another. */
function planned(snapshots: number, rounds: number): Planned {
    progress(`  ${number(snapshots)} snapshots`);
    const script = join(__dirname, "planningProcess.ts");
    const given = [...["--expose-gc", "--require", "ts-node/register", script], String(snapshots), String(rounds)];
    return JSON.parse(
        execFileSync(node24(), given, { cwd: join(__dirname, ".."), encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
    );
}
