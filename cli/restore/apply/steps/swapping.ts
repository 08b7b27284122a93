import type { Ref } from "../../plan/steps";
import { REPLACED_BY_TAG, REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG } from "../../plan/tags";
import { ensureAttached, ensureDetached, presentVolume } from "../attachments";
import { ensureRunning, ensureStopped } from "../power";
import { DONE, idOf, type Run } from "../run";
import type { Handler } from "./handler";

export const TAG: Handler<"tag"> = {
    perform: async (run, { volume, server, device }) => {
        await presentVolume(run, volume);
        await run.cloud.addTags([volume], replacedTags(run, server, device));
        return DONE;
    },
    revert: async (run, { volume, server, device }) => {
        if (await run.cloud.findVolume(volume)) {
            await run.cloud.removeTags([volume], replacedTags(run, server, device));
        }
    },
};

function replacedTags({ restore }: Run, server: string, device: string): Record<string, string> {
    return { [REPLACED_BY_TAG]: restore, [REPLACED_DEVICE_TAG]: device, [REPLACED_SERVER_TAG]: server };
}

export const STOP: Handler<"stop"> = {
    perform: async (run, { server }) => {
        // Somebody may have deleted a new volume before a run that goes on. Then the server must not stop for nothing.
        for (const id of Object.values(run.made).filter((made) => made.startsWith("vol-"))) {
            await presentVolume(run, id);
        }
        await ensureStopped(run, idOf(run, server));
        return DONE;
    },
    revert: async (run, { server, wasRunning }) => {
        if (wasRunning) {
            await ensureRunning(run, idOf(run, server));
        }
    },
};

export const START: Handler<"start"> = {
    perform: async (run, { server }) => {
        await ensureRunning(run, idOf(run, server));
        return DONE;
    },
    revert: async (run, { server }) => {
        if (!(await isRemoved(run, server))) {
            await ensureStopped(run, idOf(run, server));
        }
    },
};

export const DETACH: Handler<"detach"> = {
    perform: async (run, { server, volume }) => {
        await ensureDetached(run, idOf(run, volume), idOf(run, server));
        return DONE;
    },
    revert: async (run, { server, volume, device, deleteOnTermination }) => {
        if (!(await isRemoved(run, server))) {
            await ensureAttached(run, idOf(run, volume), { serverId: idOf(run, server), device }, deleteOnTermination);
        }
    },
};

/** Whether somebody has terminated a server that the restore made. Then nothing of it is left to undo. */
export async function isRemoved(run: Run, server: Ref): Promise<boolean> {
    const found = await run.cloud.findInstance(idOf(run, server));
    return "madeBy" in server && (found === undefined || ["shutting-down", "terminated"].includes(found.state));
}

/** A running Windows does not release a disk that it uses, and EC2 then waits for ever. Without Systems Manager, a person must do it. */
export async function takeOffline({ cloud }: Pick<Run, "cloud">, volumeId: string, serverId: string): Promise<void> {
    const instance = await cloud.findInstance(serverId);
    const isThere = instance?.disks.some((disk) => disk.volumeId === volumeId);
    if (instance?.state === "running" && isThere && (await cloud.isReachable(serverId))) {
        await cloud.takeOffline(serverId, volumeId);
    }
}

export const ATTACH: Handler<"attach"> = {
    perform: async (run, { server, volume, device, deleteOnTermination }) => {
        await ensureAttached(run, idOf(run, volume), { serverId: idOf(run, server), device }, deleteOnTermination);
        return DONE;
    },
    revert: async (run, { server, volume }) => {
        // Somebody may have removed the new volume already, or the server with it, or may use it elsewhere.
        const found = await run.cloud.findVolume(idOf(run, volume));
        if (!found?.attachments.some(({ serverId }) => serverId === idOf(run, server))) {
            return;
        }
        await takeOffline(run, idOf(run, volume), idOf(run, server));
        await ensureDetached(run, idOf(run, volume), idOf(run, server));
    },
};
