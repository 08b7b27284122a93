import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type Account, findTargetedServers } from "./account";
import { MISHAPS, runVssDocument, type VssRun } from "./embeddedAws/ssm";
import { findFiringTimes } from "./firingTimes";
import { windowRefusal } from "./refusals";

const MINUTE = 60_000;

/** A VSS run and the snapshot type of its window. */
export interface TypedRun extends VssRun {
    readonly type: string;
}

export interface Chance {
    /** Share of VSS runs that fail, from 0 to 1. */
    readonly failures: number;
    readonly seed: number;
}

/**
 * Opens the backup windows on their schedules, and runs the VSS document on each targeted server.
 *
 * @param onRun called with each run when it has started
 */
export function openWindows(account: Account, { failures, seed }: Chance, onRun: (run: TypedRun) => void): void {
    const { windows, servers, store, timeline, iam, deployment, start, end } = account;
    const random = xoroshiro128plus(seed);
    for (const window of windows) {
        const { type, schedule, timezone, targets, document, parameters } = window;
        timeline.each(findFiringTimes(schedule, timezone, start, end), async (time) => {
            for (const server of findTargetedServers(servers, targets)) {
                // The same draws in the same order make the same rehearsal from the same seed.
                const mishap = uniformFloat64(random) < failures ? MISHAPS[uniformInt(random, 0, MISHAPS.length - 1)] : undefined;
                const setId = makeGuid(() => uniformInt(random, 0, 15));
                const completeAfterMs = uniformInt(random, 2, 40) * MINUTE;
                const why = await windowRefusal(iam, window, server, deployment.region);
                const run: VssRun = why
                    ? { server, time, status: "Failed", why, snapshots: [] }
                    : runVssDocument({ document, parameters, server, time, mishap, setId, completeAfterMs }, store, timeline);
                onRun({ ...run, type });
            }
        });
    }
}

function makeGuid(drawDigit: () => number): string {
    return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => drawDigit().toString(16));
}
