import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type Account, findTargetedServers } from "./account";
import { recordExecution, recordInvocation } from "./commandHistory";
import { writeContents } from "./contents";
import type { DeployedWindow } from "./deployed";
import { MISHAPS, runVssDocument, type Server, type VssCommand, type VssRun } from "./embeddedAws/ssm";
import { findFiringTimes } from "./firingTimes";
import { findObstacle } from "./obstacle";
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

/** Plays the backup windows of an account. */
export interface OpenedWindows {
    /** Opens a window by the schedule that it has now, from now on. It no longer opens by an earlier one. */
    follow(windowId: string): void;
}

/** The part of a command that chance decides. */
type Drawn = Pick<VssCommand, "mishap" | "setId" | "completeAfterMs">;

/**
 * Opens the backup windows on their schedules, and runs the VSS document on each targeted server.
 *
 * @param onRun called with each run when it has started
 */
export function openWindows(account: Account, { failures, seed }: Chance, onRun: (run: TypedRun) => void): OpenedWindows {
    const { servers, aws, mistakes, lastUnusual } = account;
    const random = xoroshiro128plus(seed);
    const draw = ({ id }: Server): Drawn => {
        // The same draws in the same order make the same rehearsal from the same seed.
        const drawn = uniformFloat64(random) < failures ? MISHAPS[uniformInt(random, 0, MISHAPS.length - 1)] : undefined;
        const setId = makeGuid(() => uniformInt(random, 0, 15));
        const completeAfterMs = uniformInt(random, 2, 40) * MINUTE;
        return { mishap: mistakes.failingServers.has(id) ? MISHAPS[2] : drawn, setId, completeAfterMs };
    };
    const failedBefore = new Set<string>();
    const open = async (window: DeployedWindow, time: number) => {
        const stored = aws.windows.find(({ id }) => id === window.id);
        if (!stored?.enabled) {
            return;
        }
        const refusals: string[] = [];
        for (const server of mistakes.windowsWithoutTask.has(window.id) ? [] : findTargetedServers(servers, window.targets)) {
            const drawn = draw(server);
            const refusal = await windowRefusal(account.iam, window, server, account.deployment.region);
            refusals.push(...(refusal ? [refusal] : []));
            const run = refusal ? failed(window, server, time, refusal) : runOn(account, window, server, time, drawn);
            if (run.status === "Failed" || failedBefore.delete(server.id)) {
                lastUnusual.time = time;
            }
            if (run.status === "Failed") {
                failedBefore.add(server.id);
            }
            onRun(run);
        }
        recordExecution(account, window, time, refusals[0]);
    };
    return followSchedules(account, open);
}

/** Opens each window by its schedule, until somebody changes it. */
function followSchedules(account: Account, open: (window: DeployedWindow, time: number) => Promise<void>): OpenedWindows {
    const { windows, aws, timeline, start, end } = account;
    const followed = new Map<string, symbol>();
    const follow = (windowId: string) => {
        const stored = aws.windows.find(({ id }) => id === windowId);
        const token = Symbol(windowId);
        followed.set(windowId, token);
        for (const window of windows.filter(({ id }) => stored && id === windowId)) {
            const from = Math.max(start, timeline.now);
            timeline.each(findFiringTimes(stored?.schedule ?? "", stored?.timezone ?? "UTC", from, end), async (time) => {
                if (followed.get(windowId) === token) {
                    await open(window, time);
                }
            });
        }
    };
    for (const { id } of aws.windows) {
        follow(id);
    }
    return { follow };
}

/** Sends the window's command to a server, if Systems Manager can. */
function runOn(account: Account, window: DeployedWindow, server: Server, time: number, drawn: Drawn): TypedRun {
    const { type, document, parameters } = window;
    const obstacle = findObstacle(server, drawn.mishap);
    if (obstacle) {
        recordInvocation(account, window, { server, time, commandId: drawn.setId, ...obstacle });
        return failed(window, server, time, obstacle.why);
    }
    writeContents(server, account.store, time);
    const run = runVssDocument({ document, parameters, server, time, ...drawn }, account.store, account.timeline);
    recordInvocation(account, window, { server, time, commandId: drawn.setId, status: run.status, why: run.why ?? "" });
    return { ...run, type };
}

function failed({ type }: DeployedWindow, server: Server, time: number, why: string): TypedRun {
    return { type, server, time, status: "Failed", why, snapshots: [] };
}

function makeGuid(drawDigit: () => number): string {
    return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => drawDigit().toString(16));
}
