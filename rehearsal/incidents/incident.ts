import type { Kind } from "../../lambda/watch/finding";
import { type Account, findTargetedServers } from "../account";
import type { Server, Volume } from "../embeddedAws/ssm";
import { findFiringTimes } from "../firingTimes";
import type { OpenedWindows } from "../openWindows";
import type { InstalledPackages } from "../vssPackage";

const HOUR = 3_600_000;

/** The account in which an incident happens. */
export interface Scene {
    readonly account: Account;
    readonly windows: OpenedWindows;
    readonly packages: InstalledPackages;
    /** Selects the server: incidents with other numbers happen to other servers. */
    readonly number: number;
}

/** An incident that has begun. */
export interface Begun {
    /** The server to which it happens; undefined if it is not about one. */
    readonly server?: string;
    /** From when the watch can know it, in milliseconds since 1970; at once if left out. */
    readonly knowable?: number;
    /** Ends it: somebody has found the cause. */
    repair(): void;
}

/** Something that happens to an account, by mistake or not. */
export interface Incident {
    /** Such as `the agent dies`. */
    readonly name: string;
    /** The kinds of findings of which one must be reported. None if no backup is in danger: then nothing may be reported. */
    readonly kinds: readonly Kind[];
    /** Kinds that may be reported, too. */
    readonly sideEffects?: readonly Kind[];
    /** How the names of alarms end that may go off for it. If there are no kinds, one of them must. */
    readonly alarms?: readonly string[];
    /** How long it lasts. */
    readonly hours: number;
    /** Begins; undefined if it can't happen to this account. */
    begin(scene: Scene): Begun | undefined;
}

/** Finds the servers that the policy backs up. */
export function findBackedUpServers({ account }: Scene): Server[] {
    return findTargetedServers(account.servers, account.windows[0]?.targets ?? []);
}

/** Makes an incident of a single server, which begins with a change and ends with another one. */
export function makeServerIncident(
    name: string,
    about: Omit<Incident, "name" | "begin">,
    change: (server: Server, scene: Scene) => (() => void) | undefined,
    knowable?: (scene: Scene) => number | undefined,
): Incident {
    return {
        name,
        ...about,
        begin(scene) {
            const servers = findBackedUpServers(scene).filter(({ state = "running" }) => state === "running");
            const server = servers[scene.number % servers.length];
            const repair = server && change(server, scene);
            const time = knowable?.(scene);
            return repair && { server: server.id, ...(time !== undefined && { knowable: time }), repair };
        },
    };
}

/** Finds when the next window closes that opens from now on; undefined if none does any more. */
export function findNextClose({ account }: Scene, windowId?: string): number | undefined {
    const { windows, timeline, start, end } = account;
    const closes = windows
        .filter(({ id }) => windowId === undefined || id === windowId)
        .flatMap(({ schedule, timezone, duration }) => {
            for (const time of findFiringTimes(schedule, timezone, start, end)) {
                if (time > timeline.now) {
                    return [time + duration * HOUR];
                }
            }
            return [];
        });
    return closes.length > 0 ? Math.min(...closes) : undefined;
}

/** The tag that the policy's windows select. */
export function readServerTag({ account }: Scene): { readonly key: string; readonly value: string } {
    const [target] = account.windows[0]?.targets ?? [];
    return { key: target?.key.replace(/^tag:/, "") ?? "", value: target?.values[0] ?? "" };
}

/** Starts a new server with the server tag and as many volumes as the others have. */
export function addServer(scene: Scene, special: Partial<Server> = {}): Server {
    const { account, packages, number } = scene;
    const { key, value } = readServerTag(scene);
    const count = account.servers[0]?.volumes.length ?? 1;
    const now = account.timeline.now;
    const server: Server = {
        id: `i-9${String(number).padStart(16, "0")}`,
        tags: new Map([[key, value]]),
        volumes: Array.from({ length: count }, (_, i) => makeVolume(scene, i)),
        hasVssPackage: false,
        busyUntil: 0,
        madeAt: now,
        ...special,
    };
    account.servers.push(server);
    for (const { id } of server.volumes) {
        account.store.volumes.add(id);
    }
    packages.installOn(server);
    return server;
}

/** Terminates a server. EC2 deletes its volumes, and keeps their snapshots. */
export function terminate({ account }: Scene, server: Server): void {
    account.servers.splice(account.servers.indexOf(server), 1);
    for (const { id } of server.volumes) {
        account.store.volumes.delete(id);
    }
}

/** Makes a volume that no server has yet. The first one of a server is its boot volume. */
export function makeVolume({ account, number }: Scene, place: number, mounted = true): Volume {
    return {
        id: `vol-9${String(number).padStart(8, "0")}${String(place).padStart(8, "0")}`,
        device: place === 0 ? "/dev/sda1" : `xvdz${String.fromCharCode("a".charCodeAt(0) + (place % 26))}`,
        attachedAt: account.timeline.now,
        mounted,
    };
}
