import type { Cloud, CloudInstance, CloudVolume, Maker, RootTask, ShownDisk } from "../../../../cli/restore/apply/cloud";
import { isSameDevice } from "../../../../cli/restore/plan/devices";
import type { Launch } from "../../../../cli/restore/plan/steps";
import { RESTORE_TAG, STEP_TAG } from "../../../../cli/restore/plan/tags";
import type { LiveServer, VolumeSettings, World } from "../../../../cli/restore/plan/world";

interface StoredDisk {
    readonly device: string;
    readonly volumeId: string;
    deleteOnTermination: boolean;
    isLeaving: boolean;
    /** Whether a running Windows uses it. EC2 can't detach it then. */
    isUsed: boolean;
}

interface StoredInstance {
    readonly id: string;
    state: string;
    readonly rootDevice: string;
    readonly zone: string;
    disks: StoredDisk[];
    readonly tags: Map<string, string>;
}

interface StoredVolume {
    readonly id: string;
    readonly zone: string;
    readonly snapshot?: string;
    readonly tags: Map<string, string>;
}

/** How a replacement of a root volume ends. */
export type RootOutcome = "succeeded" | "failed" | "failed-detached";

/** Stands between a call and its effect. It may throw before or after the effect. */
export type Gate = <T>(name: string, isChange: boolean, effect: () => T) => T;

/** An EC2 in memory with the rules that matter for a restore. It refuses what EC2 refuses. It has no call that deletes anything. */
export class MemoryCloud implements Cloud {
    public readonly instances = new Map<string, StoredInstance>();
    public readonly volumes = new Map<string, StoredVolume>();
    public readonly snapshots = new Map<string, Map<string, string>>();
    public readonly changes: string[] = [];
    public rootOutcome: RootOutcome = "succeeded";
    public gate: Gate = (_name, _isChange, effect) => effect();
    private readonly images = new Map<string, Map<string, string>>();
    private readonly tasks = new Map<string, RootTask & { readonly server: string; readonly tags: Map<string, string> }>();
    private readonly tokens = new Map<string, string>();
    private pending: (() => void)[] = [];
    private next = 1;

    public constructor({ server, target, volumes, set }: World) {
        for (const one of [server, target].flatMap((given) => given ?? [])) {
            this.addServer(one);
        }
        for (const { id, zone, tags } of volumes) {
            this.volumes.set(id, { id, zone, tags: new Map(Object.entries(tags)) });
        }
        for (const { id } of set.snapshots) {
            this.snapshots.set(id, new Map());
        }
    }

    /** EC2 forgets client tokens after a day. */
    public forgetTokens(): void {
        this.tokens.clear();
    }

    private addServer({ id, state, rootDevice, zone, disks }: LiveServer): void {
        const stored = disks.map((disk) => ({ ...disk, isLeaving: false, isUsed: true }));
        this.instances.set(id, { id, state, rootDevice, zone, disks: stored, tags: new Map() });
        for (const { volumeId } of disks) {
            this.volumes.set(volumeId, { id: volumeId, zone, tags: new Map() });
        }
    }

    public async findInstance(id: string): Promise<CloudInstance | undefined> {
        return this.look("findInstance", () => {
            const found = this.instances.get(id);
            return found && { ...found, disks: found.disks.map((disk) => ({ ...disk })) };
        });
    }

    public async findVolume(id: string): Promise<CloudVolume | undefined> {
        return this.look("findVolume", () => {
            const attachments = [...this.instances.values()].flatMap((server) =>
                server.disks
                    .filter(({ volumeId }) => volumeId === id)
                    .map(({ device, isLeaving }) => ({ serverId: server.id, device, state: isLeaving ? "detaching" : "attached" })),
            );
            return this.volumes.has(id) ? { id, state: attachments.length > 0 ? "in-use" : "available", attachments } : undefined;
        });
    }

    public async findImageState(id: string): Promise<string | undefined> {
        return this.look("findImageState", () => (this.images.has(id) ? "available" : undefined));
    }

    public async findMade(kind: "volume" | "image" | "instance", maker: Maker): Promise<string | undefined> {
        return this.look("findMade", () => {
            const tagged: Iterable<readonly [string, ReadonlyMap<string, string>]> =
                kind === "image"
                    ? this.images
                    : [...(kind === "volume" ? this.volumes : this.instances)].map(([id, { tags }]) => [id, tags]);
            return [...tagged].find(([, tags]) => isOf(tags, maker))?.[0];
        });
    }

    public async findRootTask(serverId: string, maker: Maker): Promise<RootTask | undefined> {
        return this.look("findRootTask", () => {
            const found = [...this.tasks.values()].find(({ server, tags }) => server === serverId && isOf(tags, maker));
            return found && { id: found.id, state: found.state };
        });
    }

    public async createVolume(
        maker: Maker,
        wanted: { readonly snapshot: string; readonly zone: string; readonly settings: VolumeSettings },
    ) {
        return this.change("createVolume", () =>
            this.once(maker, () => {
                if (!this.snapshots.has(wanted.snapshot)) {
                    throw new Error("InvalidSnapshot.NotFound");
                }
                return this.addVolume(wanted.zone, maker, wanted.snapshot);
            }),
        );
    }

    public async createImage(maker: Maker): Promise<string> {
        return this.change("createImage", () => {
            if ([...this.images.values()].some((tags) => isOf(tags, maker))) {
                throw new Error("InvalidAMIName.Duplicate");
            }
            const id = this.makeId("ami");
            this.images.set(id, tagsOf(maker));
            return id;
        });
    }

    public async runInstance(maker: Maker, _imageId: string, { rootDevice }: Launch): Promise<string> {
        return this.change("runInstance", () =>
            this.once(maker, () => {
                const id = this.makeId("i");
                const zone = "eu-central-1a";
                const volumeId = this.addVolume(zone, maker);
                const disks = [{ device: rootDevice, volumeId, deleteOnTermination: true, isLeaving: false, isUsed: true }];
                const instance: StoredInstance = { id, state: "pending", rootDevice, zone, disks, tags: tagsOf(maker) };
                this.instances.set(id, instance);
                this.later(() => {
                    instance.state = "running";
                });
                return id;
            }),
        );
    }

    public async replaceRoot(maker: Maker, server: string, volumeId: string): Promise<RootTask> {
        const id = this.change("replaceRoot", () => {
            const instance = this.instance(server);
            if (instance.state !== "running") {
                throw new Error("IncorrectInstanceState");
            }
            return this.once(maker, () => {
                if (this.isAttached(volumeId)) {
                    throw new Error("IncorrectState: not available");
                }
                const task = { id: this.makeId("replacevol"), state: "pending", server, tags: tagsOf(maker) };
                this.tasks.set(task.id, task);
                this.later(() => this.endTask(task.id, instance, volumeId));
                return task.id;
            });
        });
        return { id, state: "pending" };
    }

    private endTask(id: string, instance: StoredInstance, volumeId: string): void {
        const task = this.tasks.get(id);
        if (task) {
            this.tasks.set(id, { ...task, state: this.rootOutcome });
        }
        if (this.rootOutcome !== "failed") {
            instance.disks = instance.disks.filter(({ device }) => device !== instance.rootDevice);
        }
        if (this.rootOutcome === "succeeded") {
            instance.disks.push({ device: instance.rootDevice, volumeId, deleteOnTermination: true, isLeaving: false, isUsed: true });
        }
    }

    public async startInstance(id: string): Promise<void> {
        this.change("startInstance", () => {
            const instance = this.instance(id);
            if (instance.state === "stopping") {
                throw new Error("IncorrectInstanceState");
            }
            if (!instance.disks.some(({ device }) => device === instance.rootDevice)) {
                throw new Error("InvalidParameterValue: no root");
            }
            if (instance.state === "stopped") {
                instance.state = "pending";
                this.later(() => {
                    instance.state = "running";
                });
            }
        });
    }

    public async stopInstance(id: string): Promise<void> {
        this.change("stopInstance", () => {
            const instance = this.instance(id);
            if (instance.state === "running") {
                instance.state = "stopping";
                this.later(() => {
                    instance.state = "stopped";
                });
            }
        });
    }

    public async attachVolume(volumeId: string, serverId: string, device: string): Promise<void> {
        this.change("attachVolume", () => {
            const instance = this.instance(serverId);
            const volume = this.volumes.get(volumeId);
            if (volume === undefined) {
                throw new Error("InvalidVolume.NotFound");
            }
            if (volume.zone !== instance.zone) {
                throw new Error("InvalidVolume.ZoneMismatch");
            }
            if (this.isAttached(volumeId)) {
                throw new Error("VolumeInUse");
            }
            if (instance.disks.some((disk) => isSameDevice(disk.device, device))) {
                throw new Error(`InvalidParameterValue: ${device} is already in use`);
            }
            instance.disks.push({ device, volumeId, deleteOnTermination: false, isLeaving: false, isUsed: true });
        });
    }

    public async detachVolume(volumeId: string, serverId: string): Promise<void> {
        this.change("detachVolume", () => {
            const instance = this.instance(serverId);
            const disk = instance.disks.find((one) => one.volumeId === volumeId);
            if (disk === undefined || disk.isLeaving) {
                throw new Error("IncorrectState");
            }
            if (disk.device === instance.rootDevice && instance.state !== "stopped") {
                throw new Error("OperationNotPermitted: root");
            }
            disk.isLeaving = true;
            this.release(instance, disk);
        });
    }

    public async setDeleteOnTermination(serverId: string, device: string, value: boolean): Promise<void> {
        this.change("setDeleteOnTermination", () => {
            const disk = this.instance(serverId).disks.find((one) => one.device === device);
            if (disk === undefined) {
                throw new Error("InvalidInstanceAttributeValue");
            }
            disk.deleteOnTermination = value;
        });
    }

    public async snapshotTagKeys(ids: readonly string[]): Promise<Map<string, string[]>> {
        return this.look(
            "snapshotTagKeys",
            () => new Map([...this.snapshots].filter(([id]) => ids.includes(id)).map(([id, tags]) => [id, [...tags.keys()]])),
        );
    }

    public async addTags(ids: readonly string[], tags: Readonly<Record<string, string>>): Promise<void> {
        this.change("addTags", () => {
            for (const id of ids) {
                for (const [key, value] of Object.entries(tags)) {
                    this.tagsOf(id).set(key, value);
                }
            }
        });
    }

    public async removeTags(ids: readonly string[], tags: Readonly<Record<string, string>>): Promise<void> {
        this.change("removeTags", () => {
            for (const id of ids) {
                for (const [key, value] of Object.entries(tags)) {
                    const present = this.tagsOf(id);
                    if (present.get(key) === value) {
                        present.delete(key);
                    }
                }
            }
        });
    }

    public async backUp(): Promise<void> {
        this.change("backUp", () => {});
    }

    public async isReachable(): Promise<boolean> {
        return this.look("isReachable", () => true);
    }

    public async showDisks(serverId: string): Promise<readonly ShownDisk[]> {
        return this.look("showDisks", () =>
            this.instance(serverId).disks.map(({ volumeId, device }, number) => ({
                serial: volumeId.replace("-", ""),
                number,
                isOffline: false,
                isReadOnly: false,
                signature: volumeId,
                letters: [device.slice(-1)],
            })),
        );
    }

    public async takeOffline(serverId: string, volumeId: string): Promise<void> {
        this.change("takeOffline", () => {
            const instance = this.instance(serverId);
            for (const disk of instance.disks.filter((one) => one.volumeId === volumeId)) {
                disk.isUsed = false;
                this.release(instance, disk);
            }
        });
    }

    /** Detaches a disk, unless a running Windows uses it. */
    private release(instance: StoredInstance, disk: StoredDisk): void {
        if (disk.isLeaving && !(disk.isUsed && instance.state === "running")) {
            this.later(() => {
                instance.disks = instance.disks.filter((one) => one !== disk);
            });
        }
    }

    private instance(id: string): StoredInstance {
        const found = this.instances.get(id);
        if (found === undefined) {
            throw new Error("InvalidInstanceID.NotFound");
        }
        return found;
    }

    private tagsOf(id: string): Map<string, string> {
        const tags = this.snapshots.get(id) ?? this.volumes.get(id)?.tags;
        if (tags === undefined) {
            throw new Error(`InvalidID.NotFound: ${id}`);
        }
        return tags;
    }

    private isAttached(volumeId: string): boolean {
        return [...this.instances.values()].some(({ disks }) => disks.some((disk) => disk.volumeId === volumeId));
    }

    private addVolume(zone: string, maker: Maker, snapshot?: string): string {
        const id = this.makeId("vol");
        this.volumes.set(id, { id, zone, tags: tagsOf(maker), ...(snapshot !== undefined && { snapshot }) });
        return id;
    }

    private makeId(prefix: string): string {
        return `${prefix}-2${(this.next++).toString(16).padStart(16, "0")}`;
    }

    /** EC2 makes nothing twice for one token. */
    private once({ restore, step }: Maker, make: () => string): string {
        const token = `${restore}-${step}`;
        const id = this.tokens.get(token) ?? make();
        this.tokens.set(token, id);
        return id;
    }

    /** Ends a change at the next look. */
    private later(end: () => void): void {
        this.pending.push(end);
    }

    private look<T>(name: string, read: () => T): T {
        return this.gate(name, false, () => {
            const found = read();
            const ends = this.pending;
            this.pending = [];
            for (const end of ends) {
                end();
            }
            return found;
        });
    }

    private change<T>(name: string, effect: () => T): T {
        return this.gate(name, true, () => {
            const result = effect();
            this.changes.push(name);
            return result;
        });
    }
}

function tagsOf({ restore, step }: Maker): Map<string, string> {
    return new Map([
        [RESTORE_TAG, restore],
        [STEP_TAG, step],
    ]);
}

function isOf(tags: ReadonlyMap<string, string>, { restore, step }: Maker): boolean {
    return tags.get(RESTORE_TAG) === restore && tags.get(STEP_TAG) === step;
}
