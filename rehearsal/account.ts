import { CONSISTENT_TAG, POLICY_TAG, TYPE_TAG } from "../lambda/retention/tags";
import { type DeployedWindow, type Target, windowsOf } from "./deployed";
import type { Datum } from "./embeddedAws/cloudWatch";
import { type EmbeddedIam, startIam } from "./embeddedAws/iam";
import { SnapshotStore } from "./embeddedAws/snapshotStore";
import type { Server, Volume } from "./embeddedAws/ssm";
import { applyMistakes, type Mistakes, makeMistakes } from "./mistakes";
import { makePlayedAws, type PlayedAws } from "./playedAws";
import type { Deployment } from "./program";
import { Timeline } from "./timeline";

const DAY = 86_400_000;

export interface AccountOptions {
    /** When the policy is deployed, in milliseconds since 1970. */
    readonly start: number;
    readonly days: number;
    readonly servers: number;
    /** Volumes of each server, its boot volume included. */
    readonly volumes: number;
    /** Volumes of each server that Windows has not mounted. Default: 0. The boot volume is always mounted. */
    readonly unmounted?: number;
    /** Evaluates every call. Default: the policies of the deployment. */
    readonly iam?: EmbeddedIam;
}

/** The AWS account in which a rehearsal plays. */
export interface Account {
    readonly deployment: Deployment;
    /** The windows as they were deployed. `aws.windows` has them as they are. */
    readonly windows: readonly DeployedWindow[];
    /** The servers that exist now. */
    readonly servers: Server[];
    readonly store: SnapshotStore;
    readonly timeline: Timeline;
    /** Answers the requests of the deployment's functions. */
    readonly aws: PlayedAws;
    /** The data of CloudWatch. */
    readonly metrics: Datum[];
    /** How many messages each queue of dead letters has, by its name. */
    readonly deadLetters: Map<string, number>;
    readonly mistakes: Mistakes;
    /** When something unusual last happened, in milliseconds since 1970: a fault, a failed run, or a repair. */
    readonly lastUnusual: { time: number };
    readonly iam: EmbeddedIam;
    /** First moment, in milliseconds since 1970. */
    readonly start: number;
    /** First moment after the end. */
    readonly end: number;
}

/** Makes an account with a deployment, servers, and snapshots that the policy must not touch. */
export function makeAccount(deployment: Deployment, options: AccountOptions): Account {
    const { start, days, iam = startIam(deployment) } = options;
    const windows = windowsOf(deployment);
    const servers = makeServers(
        windows.flatMap(({ targets }) => targets),
        options,
    );
    const store = new SnapshotStore();
    for (const { id } of servers.flatMap(({ volumes }) => volumes)) {
        store.volumes.add(id);
    }
    addOtherSnapshots(store, servers, windows[0]?.policy ?? "", start);
    const timeline = new Timeline();
    const aws = makePlayedAws(deployment, { servers, store, timeline, windows });
    const mistakes = makeMistakes();
    const played = { timeline, aws, metrics: [], deadLetters: new Map(), mistakes, iam: applyMistakes(iam, mistakes) };
    return { deployment, windows, servers, store, ...played, lastUnusual: { time: start }, start, end: start + days * DAY };
}

/** Finds the servers that all of these targets select. */
export function findTargetedServers(servers: readonly Server[], targets: readonly Target[]): Server[] {
    return servers.filter(
        ({ tags }) => targets.length > 0 && targets.every(({ key, values }) => values.includes(tags.get(key.replace(/^tag:/, "")) ?? "")),
    );
}

/** Makes servers with the tags of the targets, and one server without a tag, which must stay untouched. */
function makeServers(targets: readonly Target[], { start, servers, volumes, unmounted = 0 }: AccountOptions): Server[] {
    const tags = new Map(
        targets.filter(({ key }) => key.startsWith("tag:")).map(({ key, values }) => [key.slice("tag:".length), values[0] ?? ""]),
    );
    return Array.from({ length: servers + 1 }, (_, i) => ({
        id: `i-${hexadecimal(i + 1)}`,
        tags: i < servers ? tags : new Map(),
        madeAt: start - 30 * DAY,
        volumes: Array.from(
            { length: volumes },
            (_, k): Volume => ({
                id: `vol-${hexadecimal(i * volumes + k + 1)}`,
                device: k === 0 ? "/dev/sda1" : `xvd${letter(Math.floor(k / 25))}${letter((k % 25) + 1)}`,
                mounted: k === 0 || k < volumes - unmounted,
            }),
        ),
        hasVssPackage: false,
        busyUntil: 0,
    }));
}

/** Adds snapshots of a backed-up volume that do not belong to the policy. Their tags are almost the tags of the policy. */
function addOtherSnapshots(store: SnapshotStore, servers: readonly Server[], policy: string, start: number): void {
    const volumeId = servers[0]?.volumes[0]?.id ?? "vol-00000000000000001";
    const ofRestorePoint: [string, string][] = [
        [TYPE_TAG, "Day"],
        [CONSISTENT_TAG, "true"],
    ];
    const inCapitals = policy.toUpperCase();
    const tagSets: [string, string][][] = [
        [],
        ofRestorePoint,
        [...ofRestorePoint, [POLICY_TAG, `${policy}-2`]],
        [...ofRestorePoint, [POLICY_TAG, inCapitals === policy ? `${policy} ` : inCapitals]],
    ];
    for (const tags of tagSets) {
        store.add({ volumeId, startTime: start - 1000 * DAY, state: "completed", description: "somebody else's", tags: new Map(tags) });
    }
}

function hexadecimal(number: number): string {
    return number.toString(16).padStart(17, "0");
}

function letter(index: number): string {
    return String.fromCharCode("a".charCodeAt(0) + index);
}
