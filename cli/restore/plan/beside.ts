import { labelOf, wordOf } from "../../serverLabel";
import { type ChosenDisk, chooseDisks, factsOf } from "./disks";
import type { Fault } from "./fault";
import { costOfNew, createStep, newVolume, type Part, refusedPart, stepId } from "./parts";
import type { RestoreRequest } from "./request";
import { busyFaults, zoneFaults } from "./serverChecks";
import { type Cost, type Launch, type Ref, rootOf, type Step } from "./steps";
import { inheritedTags } from "./tags";
import { absentWarnings, domainWarnings, foreignWarnings, recordWarnings, settingsWarnings } from "./warnings";
import type { ServerFacts, World } from "./world";

const RUN = "run";
const IMAGE = "image";

/** A new server beside the old one, or in place of a lost one, with the disks of the set. */
export function besidePart(world: World, request: RestoreRequest): Part {
    const facts = factsOf(world);
    const { disks, foreign, faults } = chooseDisks(world, request);
    if (facts === undefined) {
        return refusedPart([...faults, unknownServer(request.serverId)]);
    }
    const launch = launchOf(world, facts, request);
    const zone = world.subnet?.zone ?? facts.zone;
    return {
        faults: [
            ...faults,
            ...(disks.some(({ isRoot }) => isRoot) ? [] : [rootlessSet()]),
            ...zoneFaults(request, facts.zone, zone),
            ...subnetFaults(world, request),
            ...groupFaults(world, request),
            ...(world.server === undefined ? imageFaults(world, facts, request) : []),
            ...busyFaults(facts, world),
        ],
        steps: stepsFor(world, disks, { launch, zone, request, facts }),
        warnings: [
            ...foreignWarnings(foreign),
            ...absentWarnings(facts, disks),
            ...settingsWarnings(disks, world.recorded),
            ...recordWarnings(world),
            ...domainWarnings(world, request.madeAt),
            ...twinWarnings(world, facts),
            "The new server has another id and another private address. Load balancers, DNS and alarms still name the old one.",
        ],
        costs: [...costOfNew(disks), ...imageCost(world, facts)],
        servers: [facts.id],
        word: wordOf(facts),
    };
}

function unknownServer(serverId: string): Fault {
    return {
        sentence: `The server ${serverId} no longer exists, and the watch has not recorded it`,
        cure: "Start a Windows server by hand, and give it the disks: vss-backup restore plan --mode attach --to",
    };
}

function rootlessSet(): Fault {
    return {
        sentence: "The set has no snapshot of the root disk",
        cure: "Choose another set with --from. With excludeBootVolume, a policy backs up no root disk.",
    };
}

function subnetFaults({ subnet }: World, { subnetId }: RestoreRequest): Fault[] {
    return subnetId !== undefined && subnet === undefined ? [{ sentence: `There is no subnet ${subnetId}`, cure: "Check --subnet." }] : [];
}

/** Beside a live server, the new one must not speak with the same network: it has the same name, and runs the same programs. */
function groupFaults({ server }: World, { securityGroupIds = [] }: RestoreRequest): Fault[] {
    return server !== undefined && securityGroupIds.length === 0
        ? [
              {
                  sentence: `${labelOf(server)} still exists, and the new server would have its name, its programs and its account in the domain`,
                  cure: "Give a security group that isolates the new server: --security-group",
              },
          ]
        : [];
}

function imageFaults({ image }: World, { imageId }: ServerFacts, request: RestoreRequest): Fault[] {
    const wanted = request.imageId ?? imageId;
    const cure = "Give a Windows image of the same version and licence with --image. The set replaces its disk.";
    if (image === undefined) {
        return [{ sentence: `The image ${wanted} no longer exists`, cure }];
    }
    return [
        ...(image.state === "available" ? [] : [{ sentence: `The image ${image.id} is in state ${image.state}`, cure }]),
        ...(image.isWindows ? [] : [{ sentence: `The image ${image.id} is no Windows image`, cure }]),
    ];
}

function launchOf({ policy, server, subnet, image }: World, facts: ServerFacts, request: RestoreRequest): Launch {
    const { instanceProfileArn, keyName } = facts;
    // A copy beside the original is no server of the policy: it would be backed up as if it were another server.
    const isKept = ([key]: readonly [string, string]) => server === undefined || key !== policy.serverTagKey;
    const tags = Object.fromEntries(Object.entries(inheritedTags(facts.tags)).filter(isKept));
    return {
        instanceType: facts.instanceType,
        subnetId: subnet?.id ?? facts.subnetId,
        securityGroupIds: request.securityGroupIds ?? facts.securityGroupIds,
        ...(instanceProfileArn !== undefined && { instanceProfileArn }),
        ...(keyName !== undefined && { keyName }),
        rootDevice: server === undefined ? (image?.rootDevice ?? facts.rootDevice) : facts.rootDevice,
        tags: { ...tags, Name: `${facts.name} (restored)`.trim() },
    };
}

function stepsFor(
    { server, image }: World,
    disks: readonly ChosenDisk[],
    {
        launch,
        zone,
        request,
        facts,
    }: { readonly launch: Launch; readonly zone: string; readonly request: RestoreRequest; readonly facts: ServerFacts },
): Step[] {
    const made: Ref = { madeBy: RUN };
    const attach = (disk: ChosenDisk): Step => ({
        id: stepId("attach", disk.device),
        kind: "attach",
        server: made,
        volume: newVolume(disk),
        device: disk.isRoot ? launch.rootDevice : disk.device,
        deleteOnTermination: disk.deleteOnTermination,
    });
    return [
        ...disks.map((disk) => createStep(disk, zone, request)),
        ...(server === undefined
            ? []
            : [
                  {
                      id: IMAGE,
                      kind: "createImage",
                      server: server.id,
                      rootDevice: server.rootDevice,
                      without: server.disks.filter(({ device }) => device !== server.rootDevice).map(({ device }) => device),
                  } satisfies Step,
              ]),
        {
            id: RUN,
            kind: "runInstance",
            image: server === undefined ? { id: image?.id ?? facts.imageId } : { madeBy: IMAGE },
            launch,
        },
        { id: "stop", kind: "stop", server: made, wasRunning: false },
        {
            id: "detach-placeholder",
            kind: "detach",
            server: made,
            volume: rootOf(RUN),
            device: launch.rootDevice,
            deleteOnTermination: true,
        },
        ...disks.map(attach),
        { id: "start", kind: "start", server: made },
        {
            id: "check",
            kind: "checkDisks",
            server: made,
            disks: disks.map((disk) => ({ device: disk.isRoot ? launch.rootDevice : disk.device, volume: newVolume(disk) })),
            mustBeOnline: true,
        },
    ];
}

function twinWarnings({ server }: World, facts: ServerFacts): string[] {
    return server === undefined
        ? []
        : [
              `The new server starts as a copy of ${labelOf(facts)}: it has the same name, SID and account in the domain. Its programs run, too. Keep it isolated.`,
          ];
}

function imageCost({ server, volumes }: World, facts: ServerFacts): Cost[] {
    const root = facts.disks.find(({ device }) => device === facts.rootDevice)?.volumeId;
    const gib = volumes.find(({ id }) => id === root)?.sizeGib ?? 0;
    return server === undefined ? [] : [{ reason: "image", storage: "snapshot", gib }];
}
