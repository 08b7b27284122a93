import type { Ref, RestorePlan, Step, StepKind } from "./steps";

/** A step for a person. */
export interface StepWords {
    readonly action: string;
    /** Minutes for which the server does not work because of this step: an estimate. */
    readonly downtimeMinutes: number;
    readonly risk: string;
    readonly undo: string;
}

type Words<K extends StepKind> = (step: Extract<Step, { readonly kind: K }>) => StepWords;

const NOTHING = "nothing to undo";

const WORDS: { readonly [K in StepKind]: Words<K> } = {
    hold: ({ snapshots, key }) => ({
        action: `Put the tag ${key} on the ${snapshots.length} snapshots of the set, if it is not there`,
        downtimeMinutes: 0,
        risk: "none",
        undo: "the tag is taken off at the end",
    }),
    backup: ({ server }) => ({
        action: `Take a backup of the present state of ${server}`,
        downtimeMinutes: 0,
        risk: "the run fails; nothing else was done then",
        undo: "the backup stays, as any other",
    }),
    createVolume: ({ snapshot, device, zone, settings, rate }) => ({
        action: `Make a volume of ${settings.sizeGib} GiB ${settings.type} for ${device} from ${snapshot} in ${zone}${rate === undefined ? "" : `, loaded at ${rate} MiB/s`}`,
        downtimeMinutes: 0,
        risk: "a quota, or a key that your role may not use; nothing else was done then",
        undo: "the volume stays; vss-backup restore forget lists it",
    }),
    createImage: ({ server }) => ({
        action: `Make an image of the root disk of ${server}, which goes on`,
        downtimeMinutes: 0,
        risk: "a quota",
        undo: "the image stays; vss-backup restore forget lists it",
    }),
    runInstance: ({ image, launch }) => ({
        action: `Start a new ${launch.instanceType} from ${nameOf(image)} in ${launch.subnetId}, with ${launch.securityGroupIds.join(", ")}`,
        downtimeMinutes: 0,
        risk: "a quota, or no capacity in the zone",
        undo: "the new server is stopped, and stays; vss-backup restore forget lists it",
    }),
    tag: ({ volume, device }) => ({
        action: `Tag the old volume ${volume} of ${device}`,
        downtimeMinutes: 0,
        risk: "none",
        undo: "the tags are removed",
    }),
    stop: ({ server }) => ({
        action: `Stop ${nameOf(server)}`,
        downtimeMinutes: 5,
        risk: "Windows hangs while it stops; data on instance store disks is lost",
        undo: "the server is started, if it was running",
    }),
    detach: ({ server, volume, device }) => ({
        action: `Detach ${nameOf(volume)} at ${device} from ${nameOf(server)}; it is kept`,
        downtimeMinutes: 1,
        risk: "EC2 does not let it go; the old volumes are then put back",
        undo: "it is attached again",
    }),
    attach: ({ server, volume, device }) => ({
        action: `Attach ${nameOf(volume)} to ${nameOf(server)} at ${device}`,
        downtimeMinutes: 0,
        risk: "Windows keeps the disk offline",
        undo: "it is detached, and kept",
    }),
    start: ({ server }) => ({
        action: `Start ${nameOf(server)}`,
        downtimeMinutes: 5,
        risk: "no capacity in the zone; disks that are not yet loaded are slow",
        undo: "the server is stopped",
    }),
    replaceRoot: ({ server, volume, oldVolume }) => ({
        action: `Let EC2 put ${nameOf(volume)} in the place of the root volume ${oldVolume} of ${server}, and restart the server`,
        downtimeMinutes: 10,
        risk: "EC2 may leave the server without a root volume; then undo attaches the old one",
        undo: "the old root volume is put back, with another restart",
    }),
    checkDisks: ({ server, mustBeOnline }) => ({
        action: `Look in Windows on ${nameOf(server)} for the disks${mustBeOnline ? ", whether they are online" : ""}`,
        downtimeMinutes: 0,
        risk: "Systems Manager does not reach the server; then look yourself",
        undo: NOTHING,
    }),
    release: ({ key }) => ({
        action: `Take the tag ${key} off again, where this restore put it`,
        downtimeMinutes: 0,
        risk: "none",
        undo: NOTHING,
    }),
};

/** Describes a step for a person. */
export function wordsOf(step: Step): StepWords {
    return (WORDS[step.kind] as (step: Step) => StepWords)(step);
}

/** Names a thing, also one that does not exist yet. */
function nameOf(ref: Ref): string {
    if ("id" in ref) {
        return ref.id;
    }
    return NAMES[ref.madeBy] ?? `the new volume of step ${ref.madeBy}`;
}

const NAMES: Readonly<Record<string, string>> = {
    run: "the new server",
    image: "the new image",
    "run/root": "its first root volume",
};

/** Minutes for which the old server does not work: an estimate. */
export function downtimeOf({ steps, request }: RestorePlan): number {
    return request.mode === "server" ? 0 : steps.reduce((sum, step) => sum + wordsOf(step).downtimeMinutes, 0);
}
