import assert from "node:assert/strict";
import { Failure } from "../../../cli/failure";
import type { ShownDisk } from "../../../cli/restore/apply/cloud";
import type { Run } from "../../../cli/restore/apply/run";
import { CHECK_DISKS } from "../../../cli/restore/apply/steps/checkDisks";
import type { StepOf } from "../../../cli/restore/plan/steps";
import { MemoryCloud } from "./support/memoryCloud";
import { DATA, MADE_AT, SERVER, world } from "./support/world";

const GOOD: ShownDisk = {
    serial: DATA.replace("-", ""),
    number: 1,
    isOffline: false,
    isReadOnly: false,
    signature: "AAAA",
    letters: ["D"],
};

function stepOf(mustBeOnline: boolean): StepOf<"checkDisks"> {
    return { id: "check", kind: "checkDisks", server: { id: SERVER }, disks: [{ device: "xvdd", volume: { id: DATA } }], mustBeOnline };
}

/** What the step finds if Windows shows these disks, or if the look fails. */
async function findingsOf(
    shown: readonly ShownDisk[] | Error,
    mustBeOnline = true,
    isReachable = true,
): Promise<readonly string[] | undefined> {
    let time = MADE_AT;
    const cloud = Object.assign(new MemoryCloud(world()), {
        isReachable: async () => isReachable,
        showDisks: async () => {
            if (shown instanceof Error) {
                throw shown;
            }
            return shown;
        },
    });
    const clock = {
        now: () => time,
        pause: async (ms: number) => {
            time += ms;
        },
    };
    const run: Run = { cloud, clock, restore: "r", startedAt: MADE_AT, made: {}, report: () => {} };
    return (await CHECK_DISKS.perform(run, stepOf(mustBeOnline))).findings;
}

describe("The check of the disks in Windows", () => {
    const findings: readonly (readonly [title: string, shown: readonly ShownDisk[], findings: readonly string[]])[] = [
        ["finds nothing if all is well", [GOOD], []],
        [
            "tells that Windows does not show a disk",
            [{ ...GOOD, serial: "vol0" }],
            [
                `Windows does not show the disk at xvdd (${DATA}). In the Device Manager, remove grey entries of AWS NVMe Elastic Block Storage Adapter, and scan for changes.`,
            ],
        ],
        [
            "gives the command that sets a disk online, and warns to initialise it",
            [{ ...GOOD, number: 3, isOffline: true, letters: [] }],
            [`The disk at xvdd (${DATA}) is offline. Never initialise it. In PowerShell: Set-Disk -Number 3 -IsOffline $false`],
        ],
        [
            "gives the command for a read-only disk",
            [{ ...GOOD, isReadOnly: true }],
            [`The disk at xvdd (${DATA}) is read-only. In PowerShell: Set-Disk -Number 1 -IsReadOnly $false`],
        ],
        [
            "tells that a disk is raw",
            [{ ...GOOD, signature: "", letters: [] }],
            [`The disk at xvdd (${DATA}) is raw. Never initialise it: the snapshot may have been raw, too.`],
        ],
        ["tells that a disk has no letter", [{ ...GOOD, letters: [] }], [`The disk at xvdd (${DATA}) has no drive letter.`]],
        [
            "says so if Windows does not tell the volumes of its disks",
            [{ ...GOOD, serial: "" }],
            [
                "Windows does not tell which disk is which volume, as on servers without Nitro. Look at the disks in Windows. Never initialise one.",
            ],
        ],
    ];
    for (const [title, shown, expected] of findings) {
        it(title, async () => {
            assert.deepEqual(await findingsOf(shown), expected);
        });
    }

    it("accepts an offline disk beside its original", async () => {
        assert.deepEqual(await findingsOf([{ ...GOOD, isOffline: true }], false), []);
    });

    it("never fails the restore, but tells what to do", async () => {
        assert.deepEqual(
            [await findingsOf(new Failure("The script failed.")), await findingsOf([GOOD], true, false)],
            [
                [`The disks of ${SERVER} could not be checked: The script failed. Look at them in Windows.`],
                [
                    `The disks of ${SERVER} could not be checked: After 20 minutes, this has not happened: Systems Manager reaches ${SERVER}. Look at them in Windows.`,
                ],
            ],
        );
    });

    it("ends at once after Ctrl-C", async () => {
        const interruption = Object.assign(new Error("aborted"), { name: "AbortError" });
        await assert.rejects(findingsOf(interruption), interruption);
    });
});
