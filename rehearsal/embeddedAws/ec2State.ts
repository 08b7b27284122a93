import { createHash } from "node:crypto";
import { type AwsCall, AwsError } from "./call";
import type { Server } from "./ssm";
import type { StoredRun } from "./state";
import type { Disk } from "./volumeStore";

/** Changes that take EC2 a while. */
export type ChangeKind =
    | "createVolume"
    | "initializeVolume"
    | "deleteVolume"
    | "attachVolume"
    | "detachVolume"
    | "startInstance"
    | "checkInstance"
    | "stopInstance"
    | "terminateInstance"
    | "createImage"
    | "replaceRoot";

/** How a replacement of a boot volume ends. */
export type RootOutcome = "succeeded" | "failed" | "failed-detached";

/** How EC2 behaves. A test may change it at any time. */
export interface Ec2Behaviour {
    /** How many reads of EC2 still show the state before a change, by its kind; none if left out. */
    reads: Partial<Record<ChangeKind, number>>;
    rootOutcome: RootOutcome;
    /** How the creation of a volume ends. EC2 can't create a volume if it may not use its key. */
    volumeOutcome: "available" | "error";
    /** The most volumes of a server. */
    mostVolumes: number;
    /** The platform that EC2 finds for a registered image; that of the disk if left out. */
    registeredPlatform: string | undefined;
    /** Runs a script on a server instead of Windows. It returns undefined for a script that Windows runs. */
    runScript: ((server: Server, script: string) => StoredRun | undefined) | undefined;
}

/** A volume of each instance of an image. */
export interface ImageVolume {
    readonly device: string;
    /** None for an empty volume, and for an image of AWS. */
    readonly snapshotId?: string;
    readonly sizeGib: number;
    readonly type: string;
    readonly deleteOnTermination: boolean;
    /** Of an image of AWS. */
    readonly disk?: Disk;
}

export interface StoredImage {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    /** The account's, if left out. */
    readonly ownerId?: string;
    state: "pending" | "available" | "failed";
    readonly platformDetails: string;
    readonly rootDevice: string;
    readonly volumes: readonly ImageVolume[];
    readonly createdAt: number;
    readonly tags: Map<string, string>;
}

/** A replacement of a boot volume. */
export interface RootTask {
    readonly id: string;
    readonly serverId: string;
    state: string;
    readonly startedAt: number;
    completedAt?: number;
    readonly snapshotId?: string;
    readonly imageId?: string;
    readonly deletesReplaced: boolean;
    readonly tags: Map<string, string>;
}

/** A security group without rules, but with EC2's first rule for outgoing traffic. */
export interface StoredGroup {
    readonly id: string;
    readonly name: string;
    readonly description: string;
    readonly vpcId: string;
    readonly tags: Map<string, string>;
    /** Whether it permits all outgoing traffic. */
    permitsEgress: boolean;
}

export interface StoredSubnet {
    readonly id: string;
    readonly vpcId: string;
    readonly zone: string;
}

/** What EC2 has beside snapshots, volumes and servers. Changes go on with each read of EC2, so no test has to wait. */
export class Ec2State {
    public readonly images = new Map<string, StoredImage>();
    public readonly rootTasks = new Map<string, RootTask>();
    public readonly groups = new Map<string, StoredGroup>();
    public readonly subnets = new Map<string, StoredSubnet>();
    /** The name of the role of each instance profile; that of the profile if left out. */
    public readonly profileRoles = new Map<string, string>();
    public readonly behaviour: Ec2Behaviour;
    private changes: { reads: number; readonly finish: () => void }[] = [];
    private readonly tokens = new Map<string, { readonly request: string; readonly id: string }>();
    private nextNumber = 1;

    public constructor(behaviour: Partial<Ec2Behaviour> = {}) {
        const usual: Ec2Behaviour = {
            reads: {},
            rootOutcome: "succeeded",
            volumeOutcome: "available",
            mostVolumes: 28,
            registeredPlatform: undefined,
            runScript: undefined,
        };
        this.behaviour = { ...usual, ...behaviour };
    }

    /** Finishes a change at a later read. */
    public later(kind: ChangeKind, finish: () => void): void {
        this.changes.push({ reads: this.behaviour.reads[kind] ?? 0, finish });
    }

    /** Lets time go on by one read. */
    public read(): void {
        if (this.changes.length === 0) {
            return;
        }
        const due = this.changes.filter((change) => change.reads-- <= 0);
        this.changes = this.changes.filter((change) => !due.includes(change));
        for (const { finish } of due) {
            finish();
        }
    }

    /** Makes an id that nothing in the account has. */
    public makeId(prefix: string): string {
        return `${prefix}-0ec2${(this.nextNumber++).toString(16).padStart(13, "0")}`;
    }

    /**
     * Makes a thing, unless an equal request with the same client token has made it. Returns the id of the thing.
     *
     * @throws AwsError if the token belongs to another request
     * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
     */
    public makeOnce({ action, parameters }: AwsCall, make: () => string): string {
        const token = parameters.get("ClientToken");
        if (token === null) {
            return make();
        }
        const given = [...parameters].filter(([name]) => name !== "DryRun").sort();
        const request = createHash("sha256").update(JSON.stringify(given)).digest("hex");
        const key = `${action} ${token}`;
        const known = this.tokens.get(key);
        if (known && known.request !== request) {
            const message = "The client token you have provided is associated with a resource that uses different parameters.";
            throw new AwsError("IdempotentParameterMismatch", message);
        }
        const { id } = known ?? { id: make() };
        this.tokens.set(key, { request, id });
        return id;
    }
}
