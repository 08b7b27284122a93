import { Failure } from "../../failure";
import { isSameDevice } from "../plan/devices";
import type { Step } from "../plan/steps";
import type { Cloud } from "./cloud";
import { ensureStopped } from "./power";
import { begunSteps, openStop, runOf, type Tools } from "./progress";
import type { RestoreRecord } from "./record";
import { idOf } from "./run";
import { revertStep } from "./steps/handlers";
import { isRemoved } from "./steps/swapping";

/**
 * Undoes the steps that are done or begun, the last one first. It deletes nothing: what the restore made stays. It can be interrupted and
 * repeated, too.
 *
 * @throws Failure before anything is changed, if the old volumes can't all be put back
 */
export async function undoRestore(tools: Tools, given: RestoreRecord): Promise<RestoreRecord> {
    const faults = await undoFaults(tools.cloud, given);
    if (faults.length > 0) {
        throw new Failure(`The restore can't be undone: ${faults.join(". ")}.`, "Nothing was changed. Attach the volumes by hand.");
    }
    let record: RestoreRecord = { ...given, state: "undoing" };
    await tools.save(record);
    const stop = openStop(given);
    if (stop?.kind === "stop") {
        const run = runOf(tools, record, stop, "Undo step");
        await ((await isRemoved(run, stop.server)) ? undefined : ensureStopped(run, idOf(run, stop.server)));
    }
    for (const step of begunSteps(given).toReversed()) {
        if (!record.undone.includes(step.id)) {
            await revertStep(runOf(tools, record, step, "Undo step"), step);
            record = { ...record, undone: [...record.undone, step.id] };
            await tools.save(record);
        }
    }
    const undone: RestoreRecord = { ...record, state: "undone" };
    await tools.save(undone);
    return undone;
}

/** Looks whether each old volume exists, and whether its device has no third volume. */
async function undoFaults(cloud: Cloud, record: RestoreRecord): Promise<string[]> {
    const open = begunSteps(record).filter(({ id }) => !record.undone.includes(id));
    const faults = await Promise.all(open.map((step) => faultsOf(cloud, record, step)));
    return faults.flat();
}

async function faultsOf(cloud: Cloud, record: RestoreRecord, step: Step): Promise<string[]> {
    const old = oldDisk(step);
    if (old === undefined) {
        return [];
    }
    const [volume, server] = await Promise.all([cloud.findVolume(old.volume), cloud.findInstance(old.server)]);
    const there = server?.disks.find(({ device }) => isSameDevice(device, old.device))?.volumeId;
    const isOurs = there === undefined || there === old.volume || Object.values(record.made).includes(there);
    const elsewhere = volume?.attachments.find(({ serverId }) => serverId !== old.server);
    return [
        ...(volume ? [] : [`the old volume ${old.volume} no longer exists`]),
        ...(server ? [] : [`the server ${old.server} no longer exists`]),
        ...(isOurs ? [] : [`${there} is at ${old.device}, which this restore did not attach`]),
        ...(elsewhere ? [`the old volume ${old.volume} is attached to ${elsewhere.serverId}`] : []),
    ];
}

/** The disk that a step replaced on a server which existed before. */
function oldDisk(step: Step): { readonly volume: string; readonly server: string; readonly device: string } | undefined {
    if (step.kind === "replaceRoot") {
        return { volume: step.oldVolume, server: step.server, device: step.device };
    }
    return step.kind === "detach" && "id" in step.volume && "id" in step.server
        ? { volume: step.volume.id, server: step.server.id, device: step.device }
        : undefined;
}
