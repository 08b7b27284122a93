import { failureOf } from "../../../failure";
import type { StepOf } from "../../plan/steps";
import type { ShownDisk } from "../cloud";
import { idOf, MINUTE, type Run, waitFor } from "../run";
import { serialOf } from "../windowsDisks";
import type { Handler } from "./handler";

/** Looks at the disks in Windows. What it finds is for a person: the step itself never fails, and changes nothing. */
export const CHECK_DISKS: Handler<"checkDisks"> = {
    perform: async (run, step) => ({ findings: await findingsOf(run, step) }),
    revert: async () => {},
};

async function findingsOf(run: Run, step: StepOf<"checkDisks">): Promise<string[]> {
    const server = idOf(run, step.server);
    try {
        await waitFor(run, { event: `Systems Manager reaches ${server}`, limitMs: 20 * MINUTE, cure: "" }, async () =>
            (await run.cloud.isReachable(server)) ? true : undefined,
        );
        const shown = await run.cloud.showDisks(server);
        if (!shown.some(({ serial }) => /^vol[0-9a-f]+$/.test(serial))) {
            return [
                "Windows does not tell which disk is which volume, as on servers without Nitro. Look at the disks in Windows. Never initialise one.",
            ];
        }
        return step.disks.flatMap(({ device, volume }) => findingsOfDisk(device, idOf(run, volume), shown, step.mustBeOnline));
    } catch (error) {
        const failure = failureOf(error);
        if ((error as Error).name === "AbortError") {
            throw error;
        }
        return [`The disks of ${server} could not be checked: ${failure.message} Look at them in Windows.`];
    }
}

function findingsOfDisk(device: string, volumeId: string, shown: readonly ShownDisk[], mustBeOnline: boolean): string[] {
    const disk = shown.find(({ serial }) => serial === serialOf(volumeId));
    if (disk === undefined) {
        return [
            `Windows does not show the disk at ${device} (${volumeId}). In the Device Manager, remove grey entries of AWS NVMe Elastic Block Storage Adapter, and scan for changes.`,
        ];
    }
    const { number, isOffline, isReadOnly, letters, signature } = disk;
    if (isOffline) {
        return mustBeOnline
            ? [
                  `The disk at ${device} (${volumeId}) is offline. Never initialise it. In PowerShell: Set-Disk -Number ${number} -IsOffline $false`,
              ]
            : [];
    }
    return [
        ...(signature === ""
            ? [`The disk at ${device} (${volumeId}) is raw. Never initialise it: the snapshot may have been raw, too.`]
            : []),
        ...(isReadOnly
            ? [`The disk at ${device} (${volumeId}) is read-only. In PowerShell: Set-Disk -Number ${number} -IsReadOnly $false`]
            : []),
        ...(signature !== "" && letters.length === 0 ? [`The disk at ${device} (${volumeId}) has no drive letter.`] : []),
    ];
}
