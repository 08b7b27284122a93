import type { RestoreRequest } from "./request";
import type { VolumeSettings } from "./world";

/** A thing that exists, or that an earlier step makes. */
export type Ref = { readonly id: string } | { readonly madeBy: string };

/** Each step can be repeated: it looks first whether it is done. Its id is unique in the plan. */
export type Step = { readonly id: string } & (
    | { readonly kind: "hold"; readonly snapshots: readonly string[]; readonly key: string }
    | { readonly kind: "backup"; readonly server: string }
    | {
          readonly kind: "createVolume";
          readonly snapshot: string;
          readonly device: string;
          readonly zone: string;
          readonly settings: VolumeSettings;
          /** MiB/s */
          readonly rate?: number;
      }
    | {
          readonly kind: "createImage";
          readonly server: string;
          readonly rootDevice: string;
          /** Devices that the image leaves out. */
          readonly without: readonly string[];
      }
    | { readonly kind: "runInstance"; readonly image: Ref; readonly launch: Launch }
    | { readonly kind: "stop"; readonly server: Ref; readonly wasRunning: boolean }
    | { readonly kind: "tag"; readonly volume: string; readonly server: string; readonly device: string }
    | {
          readonly kind: "detach";
          readonly server: Ref;
          readonly volume: Ref;
          readonly device: string;
          /** As it was, so that undo can set it again. */
          readonly deleteOnTermination: boolean;
      }
    | {
          readonly kind: "attach";
          readonly server: Ref;
          readonly volume: Ref;
          readonly device: string;
          readonly deleteOnTermination: boolean;
      }
    | { readonly kind: "start"; readonly server: Ref }
    | {
          readonly kind: "replaceRoot";
          readonly server: string;
          readonly volume: Ref;
          readonly oldVolume: string;
          readonly device: string;
          readonly deleteOnTermination: boolean;
      }
    | {
          readonly kind: "checkDisks";
          readonly server: Ref;
          readonly disks: readonly { readonly device: string; readonly volume: Ref }[];
          /** Whether Windows must show the disks online, with letters. Beside their originals, they are offline. */
          readonly mustBeOnline: boolean;
      }
    | { readonly kind: "release"; readonly snapshots: readonly string[]; readonly key: string }
);

export type StepKind = Step["kind"];

/** A step of some kinds. */
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;

/** How a server beside is started. */
export interface Launch {
    readonly instanceType: string;
    readonly subnetId: string;
    readonly securityGroupIds: readonly string[];
    readonly instanceProfileArn?: string;
    readonly keyName?: string;
    readonly rootDevice: string;
    readonly tags: Readonly<Record<string, string>>;
}

/** Storage that the account pays for because of the restore. AWS gives prices by region. */
export interface Cost {
    readonly reason: "new" | "kept" | "fresh backup" | "image";
    /** The type of the volumes, or `snapshot`. */
    readonly storage: string;
    readonly gib: number;
}

/** What a restore will do, step by step. Pure data: it can be saved, and carried out elsewhere. */
export interface RestorePlan {
    readonly version: 1;
    readonly request: RestoreRequest;
    readonly policy: string;
    /** The digest of the world that the plan was made from. */
    readonly fingerprint: string;
    /** The servers that the restore works on. While it does, no other restore may. */
    readonly servers: readonly string[];
    /** The word with which a person confirms it: the name of the server. */
    readonly word: string;
    readonly steps: readonly Step[];
    readonly warnings: readonly string[];
    readonly costs: readonly Cost[];
}

/** The id of the root volume that comes with the instance of a step. */
export function rootOf(step: string): Ref {
    return { madeBy: `${step}/root` };
}
