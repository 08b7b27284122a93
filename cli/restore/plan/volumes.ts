import { labelOf, wordOf } from "../../serverLabel";
import { isSameDevice } from "./devices";
import { type ChosenDisk, chooseDisks } from "./disks";
import type { Fault } from "./fault";
import { costOfBackup, costOfKept, costOfNew, createStep, newVolume, type Part, refusedPart, stepId } from "./parts";
import type { RestoreRequest } from "./request";
import { backupFaults, isRunning, missingServer, serverFaults } from "./serverChecks";
import type { Step } from "./steps";
import { foreignWarnings, mixWarnings, settingsWarnings, stopWarnings, unmanagedWarnings } from "./warnings";
import type { Disk, LiveServer, World } from "./world";

/** A data disk, and the one that is in its place now. */
interface Replacement {
    readonly disk: ChosenDisk;
    /** Undefined if the device is free, since the old volume is lost. */
    readonly old: Disk | undefined;
}

/** Data volumes of the server, replaced in place. The server stops for it. */
export function volumesPart(world: World, request: RestoreRequest): Part {
    const { server } = world;
    const { disks, foreign, faults } = chooseDisks(world, request);
    if (server === undefined) {
        return refusedPart([...faults, missingServer(request.serverId)]);
    }
    const replacements = disks.map((disk) => ({ disk, old: server.disks.find(({ device }) => isSameDevice(device, disk.device)) }));
    const oldIds = replacements.flatMap(({ old }) => old?.volumeId ?? []);
    const all = server.disks.map(({ volumeId }) => volumeId);
    return {
        faults: [
            ...faults,
            ...serverFaults(server, world),
            ...spotFaults(server),
            ...sharedFaults(world, oldIds),
            ...backupFaults(server, request),
        ],
        steps: stepsFor(server, replacements, request),
        warnings: [
            ...foreignWarnings(foreign),
            ...mixWarnings(server, disks, request.disks !== undefined),
            ...settingsWarnings(disks, world.recorded),
            ...stopWarnings(server),
            ...movedWarnings(replacements),
            ...unmanagedWarnings(server),
        ],
        costs: [...costOfNew(disks), ...costOfKept(world, oldIds), ...costOfBackup(world, all, request)],
        servers: [server.id],
        word: wordOf(server),
    };
}

/** EC2 stops only Spot Instances of a persistent request, and may give none back. */
function spotFaults(server: LiveServer): Fault[] {
    return server.isSpot
        ? [
              {
                  sentence: `${labelOf(server)} is a Spot Instance, which may not start again`,
                  cure: "Use the mode attach, and copy the files.",
              },
          ]
        : [];
}

function sharedFaults({ volumes }: World, ids: readonly string[]): Fault[] {
    return volumes
        .filter(({ id, attachments }) => ids.includes(id) && attachments.length > 1)
        .map(({ id }) => ({
            sentence: `Several servers share the volume ${id}`,
            cure: "Use the mode attach, and copy the files in the cluster.",
        }));
}

/** The volume at a device can be another one than when the backup was taken, such as that of an earlier restore. */
function movedWarnings(replacements: readonly Replacement[]): string[] {
    return replacements.flatMap(({ disk: { device, snapshot }, old }) => {
        if (old === undefined) {
            return [`Nothing is at ${device} now. The new volume goes there.`];
        }
        return old.volumeId === snapshot.volumeId
            ? []
            : [`At ${device}, ${old.volumeId} is in the place of ${snapshot.volumeId}, of which the snapshot is.`];
    });
}

function stepsFor(server: LiveServer, replacements: readonly Replacement[], request: RestoreRequest): Step[] {
    const { id } = server;
    const ref = { id };
    const wasRunning = isRunning(server);
    const old = replacements.flatMap((one) => one.old ?? []);
    return [
        ...(request.backup ? [{ id: "backup", kind: "backup", server: id } satisfies Step] : []),
        ...replacements.map(({ disk }) => createStep(disk, server.zone, request)),
        ...old.map(({ device, volumeId }): Step => ({ id: stepId("tag", device), kind: "tag", volume: volumeId, server: id, device })),
        { id: "stop", kind: "stop", server: ref, wasRunning },
        ...old.map(
            ({ device, volumeId, deleteOnTermination }): Step => ({
                id: stepId("detach", device),
                kind: "detach",
                server: ref,
                volume: { id: volumeId },
                device,
                deleteOnTermination,
            }),
        ),
        ...replacements.map(
            ({ disk, old: before }): Step => ({
                id: stepId("attach", disk.device),
                kind: "attach",
                server: ref,
                volume: newVolume(disk),
                device: before?.device ?? disk.device,
                deleteOnTermination: disk.deleteOnTermination,
            }),
        ),
        ...(wasRunning ? [{ id: "start", kind: "start", server: ref } satisfies Step] : []),
        ...(wasRunning && server.isManaged
            ? [
                  {
                      id: "check",
                      kind: "checkDisks",
                      server: ref,
                      disks: replacements.map(({ disk, old: before }) => ({
                          device: before?.device ?? disk.device,
                          volume: newVolume(disk),
                      })),
                      mustBeOnline: true,
                  } satisfies Step,
              ]
            : []),
    ];
}
