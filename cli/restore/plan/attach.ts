import { labelOf, wordOf } from "../../serverLabel";
import { freeDevices } from "./devices";
import { type ChosenDisk, chooseDisks } from "./disks";
import type { Fault } from "./fault";
import { costOfNew, createStep, newVolume, type Part, refusedPart, stepId } from "./parts";
import type { RestoreRequest } from "./request";
import { isRunning, serverFaults, zoneFaults } from "./serverChecks";
import type { Step } from "./steps";
import { absentWarnings, foreignWarnings, settingsWarnings } from "./warnings";
import type { LiveServer, World } from "./world";

/** New volumes beside the disks of a server, to copy files from them. The server goes on. */
export function attachPart(world: World, request: RestoreRequest): Part {
    const { disks, foreign, faults } = chooseDisks(world, request);
    const { target } = world;
    if (target === undefined) {
        return refusedPart([...faults, missingTarget(request)]);
    }
    const names = freeDevices(
        target.disks.map(({ device }) => device),
        disks.length,
    );
    const places = disks.flatMap((disk, i) => (names[i] === undefined ? [] : [{ disk, device: names[i] }]));
    return {
        faults: [...faults, ...targetFaults(world, request, target, disks), ...(places.length < disks.length ? [fullServer(target)] : [])],
        steps: stepsFor(target, places, request),
        warnings: [
            ...foreignWarnings(foreign),
            ...(request.disks === undefined ? absentWarnings(world.server ?? world.recorded, disks) : []),
            ...settingsWarnings(disks, world.recorded),
            ...signatureWarnings(world, target, disks),
            ...(target.isManaged && isRunning(target)
                ? []
                : [`Systems Manager does not reach ${labelOf(target)} now, so nobody checks that Windows sees the disks.`]),
        ],
        costs: costOfNew(disks),
        servers: [target.id],
        word: wordOf(target),
    };
}

function missingTarget({ targetId, serverId }: RestoreRequest): Fault {
    return {
        sentence: `The server ${targetId ?? serverId} no longer exists`,
        cure: "Give a running Windows server of the same zone with --to.",
    };
}

function targetFaults(world: World, request: RestoreRequest, target: LiveServer, disks: readonly ChosenDisk[]) {
    const zones = new Set(disks.map(({ snapshot }) => zoneOf(world, snapshot.volumeId)));
    return [...serverFaults(target, world), ...[...zones].flatMap((zone) => zoneFaults(request, zone, target.zone))];
}

/** The zone in which a volume is or was. */
function zoneOf({ volumes, server, recorded }: World, volumeId: string): string | undefined {
    return volumes.find(({ id }) => id === volumeId)?.zone ?? server?.zone ?? recorded?.zone;
}

function fullServer(target: LiveServer) {
    return {
        sentence: `${labelOf(target)} has no free device for so many disks`,
        cure: "Choose fewer disks with --disk, or another server.",
    };
}

function stepsFor(target: LiveServer, places: readonly { disk: ChosenDisk; device: string }[], request: RestoreRequest): Step[] {
    const server = { id: target.id };
    const canCheck = target.isManaged && isRunning(target);
    return [
        ...places.map(({ disk }) => createStep(disk, target.zone, request)),
        ...places.map(
            ({ disk, device }): Step => ({
                id: stepId("attach", disk.device),
                kind: "attach",
                server,
                volume: newVolume(disk),
                device,
                deleteOnTermination: false,
            }),
        ),
        ...(canCheck
            ? [
                  {
                      id: "check",
                      kind: "checkDisks",
                      server,
                      disks: places.map(({ disk, device }) => ({ device, volume: newVolume(disk) })),
                      mustBeOnline: false,
                  } satisfies Step,
              ]
            : []),
    ];
}

/** A restored disk has the signature of its original, and Windows takes only one disk of a signature online. */
function signatureWarnings({ server, recorded }: World, target: LiveServer, disks: readonly ChosenDisk[]): string[] {
    const origin = server ?? recorded;
    const twins = disks.filter(({ snapshot }) => target.disks.some(({ volumeId }) => volumeId === snapshot.volumeId));
    const roots = disks.filter(({ isRoot }) => isRoot);
    const isSameImage = origin === undefined || origin.imageId === "" || origin.imageId === target.imageId;
    return [
        ...(twins.length > 0
            ? [
                  `The originals of ${twins.map(({ device }) => device).join(", ")} are on ${labelOf(target)}, with the same disk signatures. Windows keeps the new disks offline. In diskpart, give each a new signature before you set it online: uniqueid disk`,
              ]
            : []),
        ...(roots.length > 0 && twins.length === 0 && isSameImage
            ? [
                  `${labelOf(target)} may have a root disk with the same signature, since ${origin === undefined ? "the image of the lost server is unknown" : "both servers come from the same image"}. Windows then keeps the new disk offline. Use a server of another Windows version, and do not restart it with this disk.`,
              ]
            : []),
    ];
}
