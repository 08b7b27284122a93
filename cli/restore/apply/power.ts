import { Failure } from "../../failure";
import type { CloudInstance } from "./cloud";
import { MINUTE, type Run, waitFor } from "./run";

/** Windows may install updates while it stops or starts. */
const LIMIT_MS = 30 * MINUTE;

/** Finds an instance. @throws Failure if it is gone */
export async function presentInstance({ cloud }: Run, id: string): Promise<CloudInstance> {
    const instance = await cloud.findInstance(id);
    if (instance === undefined || ["shutting-down", "terminated"].includes(instance.state)) {
        throw new Failure(`The server ${id} no longer exists.`, "Use the mode server to make a new one.");
    }
    return instance;
}

/** Stops an instance unless it is stopped, and waits. */
export async function ensureStopped(run: Run, id: string): Promise<void> {
    let isAsked = false;
    await waitFor(
        run,
        {
            event: `${id} is stopped`,
            limitMs: LIMIT_MS,
            cure: `Look at it: aws ec2 get-console-screenshot --instance-id ${id}`,
        },
        async () => {
            const { state } = await presentInstance(run, id);
            if (state === "running" && !isAsked) {
                await run.cloud.stopInstance(id);
                isAsked = true;
            }
            return state === "stopped" || undefined;
        },
    );
}

/** Starts an instance unless it is running, and waits. */
export async function ensureRunning(run: Run, id: string): Promise<void> {
    let isAsked = false;
    await waitFor(
        run,
        { event: `${id} is running`, limitMs: LIMIT_MS, cure: `Start it: aws ec2 start-instances --instance-ids ${id}` },
        async () => {
            const { state } = await presentInstance(run, id);
            if (state === "stopped" && !isAsked) {
                await run.cloud.startInstance(id);
                isAsked = true;
            }
            return state === "running" || undefined;
        },
    );
}
