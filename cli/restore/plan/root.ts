import { labelOf, wordOf } from "../../serverLabel";
import { isSameDevice } from "./devices";
import { allDisks, type ChosenDisk, chooseDisks, isOfServer, rootDeviceOf } from "./disks";
import type { Fault } from "./fault";
import { costOfBackup, costOfKept, costOfNew, createStep, newVolume, type Part, refusedPart } from "./parts";
import type { RestoreRequest } from "./request";
import { backupFaults, missingServer, serverFaults } from "./serverChecks";
import { volumeAt } from "./settings";
import type { Step } from "./steps";
import { REPLACED_DEVICE_TAG, REPLACED_SERVER_TAG } from "./tags";
import { domainWarnings, foreignWarnings, mixWarnings, settingsWarnings, unmanagedWarnings } from "./warnings";
import type { LiveServer, World } from "./world";

/** The root volume of a running server, replaced by EC2, which restarts the server. */
export function rootPart(world: World, request: RestoreRequest): Part {
    const { server } = world;
    const { disks, foreign, faults } = chooseDisks(world, request);
    if (server === undefined) {
        return refusedPart([...faults, missingServer(request.serverId)]);
    }
    const oldVolume = volumeAt(server, server.rootDevice);
    const all = server.disks.map(({ volumeId }) => volumeId);
    return {
        faults: [
            ...faults,
            ...serverFaults(server, world),
            ...(server.state === "stopped" ? [stoppedServer(server)] : []),
            ...(oldVolume === undefined ? [lostRoot(server)] : []),
            ...disks.flatMap((disk) => lineageFaults(world, disk)),
            ...(server.state === "stopped" ? [] : backupFaults(server, request)),
        ],
        steps: disks.flatMap((disk) => stepsFor(server, disk, oldVolume ?? "", request)),
        warnings: [
            ...foreignWarnings(foreign),
            ...settingsWarnings(disks, world.recorded),
            ...mixWarnings(server, disks, false).map(
                () => "The data disks stay as they are now. Programs on the root disk find newer data.",
            ),
            ...domainWarnings(world, request.madeAt),
            ...unmanagedWarnings(server),
        ],
        costs: [
            ...costOfNew(disks),
            ...costOfKept(world, oldVolume === undefined ? [] : [oldVolume]),
            ...costOfBackup(world, all, request),
        ],
        servers: [server.id],
        word: wordOf(server),
    };
}

/** EC2 takes only a snapshot of the present or a former root volume of the instance, and no copy of one. */
function lineageFaults(world: World, { snapshot }: ChosenDisk): Fault[] {
    const { server, recorded, volumes } = world;
    const root = rootDeviceOf(world);
    const isRoot =
        allDisks(server, recorded).some((disk) => disk.volumeId === snapshot.volumeId && isSameDevice(disk.device, root)) ||
        volumes.some(
            ({ id, tags }) =>
                id === snapshot.volumeId && tags[REPLACED_SERVER_TAG] === server?.id && isSameDevice(tags[REPLACED_DEVICE_TAG] ?? "", root),
        );
    return isRoot
        ? []
        : [
              {
                  sentence: isOfServer(world, server?.id ?? "", snapshot.volumeId)
                      ? `${snapshot.id} is of the data disk ${snapshot.volumeId}`
                      : `${snapshot.id} is no snapshot of a root volume of this server: it is of ${snapshot.volumeId}, or a copy`,
                  cure: "EC2 replaces a root volume only from the server's own snapshots. Use the mode server or attach.",
              },
          ];
}

function stoppedServer(server: LiveServer): Fault {
    return {
        sentence: `${labelOf(server)} is stopped, and EC2 replaces the root volume only of a running server`,
        cure: `Start it: aws ec2 start-instances --instance-ids ${server.id}`,
    };
}

function lostRoot(server: LiveServer): Fault {
    return { sentence: `${labelOf(server)} has no root volume`, cure: "Use the mode server to make a new one." };
}

function stepsFor(server: LiveServer, disk: ChosenDisk, oldVolume: string, request: RestoreRequest): Step[] {
    const { id, rootDevice, isManaged } = server;
    const deleteOnTermination = server.disks.find(({ volumeId }) => volumeId === oldVolume)?.deleteOnTermination ?? true;
    return [
        ...(request.backup ? [{ id: "backup", kind: "backup", server: id } satisfies Step] : []),
        createStep(disk, server.zone, request),
        { id: "tag-root", kind: "tag", volume: oldVolume, server: id, device: rootDevice },
        {
            id: "replace-root",
            kind: "replaceRoot",
            server: id,
            volume: newVolume(disk),
            oldVolume,
            device: rootDevice,
            deleteOnTermination,
        },
        ...(isManaged
            ? [
                  {
                      id: "check",
                      kind: "checkDisks",
                      server: { id },
                      disks: [{ device: rootDevice, volume: newVolume(disk) }],
                      mustBeOnline: true,
                  } satisfies Step,
              ]
            : []),
    ];
}
