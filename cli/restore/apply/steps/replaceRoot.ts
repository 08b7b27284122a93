import { Failure } from "../../../failure";
import { ensureAttached, ensureDetached } from "../attachments";
import { ensureRunning, ensureStopped, presentInstance } from "../power";
import { DONE, idOf, MINUTE, makerOf, type Run, waitFor } from "../run";
import type { Handler } from "./handler";

/** The error of a replacement that left the server without a root volume. The old one must be attached again. */
export class RootLost extends Failure {}

export const REPLACE_ROOT: Handler<"replaceRoot"> = {
    perform: async (run, step) => {
        const maker = makerOf(run, step.id);
        const found = await run.cloud.findRootTask(step.server, maker);
        const task = found ?? (await run.cloud.replaceRoot(maker, step.server, idOf(run, step.volume)));
        await waitFor(
            run,
            {
                event: `EC2 has replaced the root volume of ${step.server}`,
                limitMs: 60 * MINUTE,
                cure: `Look at it: aws ec2 describe-replace-root-volume-tasks --replace-root-volume-task-ids ${task.id}`,
            },
            async () => {
                const { state } = (await run.cloud.findRootTask(step.server, maker)) ?? task;
                if (state === "failed-detached") {
                    throw new RootLost(
                        `EC2 could not replace the root volume, and left ${step.server} without one.`,
                        `Attach the old one again: vss-backup restore undo ${run.restore}`,
                    );
                }
                if (state === "failed") {
                    throw new Failure(`EC2 could not replace the root volume of ${step.server}. The old one is in its place.`);
                }
                return state === "succeeded" || undefined;
            },
        );
        await ensureAttached(run, idOf(run, step.volume), { serverId: step.server, device: step.device }, step.deleteOnTermination);
        return DONE;
    },
    revert: async (run, step) => {
        const task = await run.cloud.findRootTask(step.server, makerOf(run, step.id));
        if (task && !["succeeded", "failed", "failed-detached"].includes(task.state)) {
            throw new Failure(
                `EC2 still replaces the root volume of ${step.server}.`,
                `Wait until it has ended, and run the command again: aws ec2 describe-replace-root-volume-tasks --replace-root-volume-task-ids ${task.id}`,
            );
        }
        const root = await rootOf(run, step.server);
        if (root !== step.oldVolume) {
            await ensureStopped(run, step.server);
            if (root !== undefined) {
                await ensureDetached(run, root, step.server);
            }
        }
        // Also if it is there: an undo before this one may have stopped before it set DeleteOnTermination.
        await ensureAttached(run, step.oldVolume, { serverId: step.server, device: step.device }, step.deleteOnTermination);
        await ensureRunning(run, step.server);
    },
};

async function rootOf(run: Run, serverId: string): Promise<string | undefined> {
    const { disks, rootDevice } = await presentInstance(run, serverId);
    return disks.find(({ device }) => device === rootDevice)?.volumeId;
}
