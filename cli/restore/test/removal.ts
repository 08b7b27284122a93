import { Failure } from "../../failure";
import type { Session } from "../../session";
import type { Tools } from "../apply/progress";
import { MINUTE, type Run, waitFor } from "../apply/run";
import { revertStep } from "../apply/steps/handlers";
import { takeOffline } from "../apply/steps/swapping";
import type { RestorePlan } from "../plan/steps";
import { deleteThing } from "../tagged";
import { findLeftovers, type Leftover } from "./leftovers";

/** Windows may take minutes to release a disk, and a server to end. */
const LIMIT_MS = 45 * MINUTE;

/**
 * Removes all that a test made, and takes its hold off the set. It looks at the tags before each round, so it can begin at any point of a test,
 * and again after a crash of its own.
 *
 * @param plan undefined if the record of the test is gone
 * @returns the ids of what it removed
 */
export async function removeTest(session: Session, tools: Tools, test: string, plan?: RestorePlan): Promise<string[]> {
    const run: Run = { ...tools, restore: test, startedAt: tools.clock.now(), made: {} };
    const removed = new Set<string>();
    const asked = new Set<string>();
    const waiting = {
        event: `nothing of ${test} is left`,
        limitMs: LIMIT_MS,
        cure: "Try it again: vss-backup restore test --clean-up",
    };
    await waitFor(run, waiting, async () => {
        const found = await findLeftovers(session, test);
        for (const one of found) {
            removed.add(one.id);
            await removeOne(session, run, one, { found, asked });
        }
        return found.length === 0 || undefined;
    });
    for (const step of plan?.steps ?? []) {
        if (step.kind === "hold") {
            await revertStep(run, step);
        }
    }
    return [...removed].sort();
}

interface Round {
    readonly found: readonly Leftover[];
    /** The volumes whose detachment EC2 was asked for. */
    readonly asked: Set<string>;
}

/** Does what is possible now with one thing. The next round does the rest. */
async function removeOne(session: Session, run: Run, one: Leftover, { found, asked }: Round): Promise<void> {
    const { kind, id, state, serverId } = one;
    if (["shutting-down", "deleting", "creating"].includes(state)) {
        return;
    }
    if (kind === "volume" && serverId !== undefined) {
        // A server of the test releases its volumes when it ends.
        if (!found.some((other) => other.id === serverId) && !asked.has(id)) {
            await release(run, id, serverId);
            asked.add(id);
        }
        return;
    }
    if (kind === "snapshot" && found.some((other) => other.kind === "image")) {
        return;
    }
    await deleteThing(session, one);
}

/** Lets Windows release the disk, and then EC2. It never uses force. */
async function release({ cloud, report }: Run, volumeId: string, serverId: string): Promise<void> {
    await takeOffline({ cloud }, volumeId, serverId).catch((error: Error) => {
        if (!(error instanceof Failure)) {
            throw error;
        }
        report(error.message);
    });
    const volume = await cloud.findVolume(volumeId);
    if (volume?.attachments.some(({ serverId: at, state }) => at === serverId && state === "attached")) {
        await cloud.detachVolume(volumeId, serverId);
    }
}
