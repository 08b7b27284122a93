import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { type Period, type Periods, periodsOf } from "../lambda/periods";
import { occurrences, parseSchedule } from "../lambda/schedules";
import { CONSISTENT_TAG, POLICY_TAG, TYPE_TAG } from "../lambda/tags";
import { associationsOf, type DeployedWindow, schedulesOf, type Target, windowsOf } from "./deployed";
import { type EmbeddedEc2, startEc2 } from "./embeddedAws/ec2";
import { type EmbeddedIam, startIam } from "./embeddedAws/iam";
import { type EmbeddedLambda, startLambda } from "./embeddedAws/lambda";
import { SnapshotStore } from "./embeddedAws/snapshotStore";
import { isBootVolume, MISHAPS, runVssDocument, type Server, type VssRun } from "./embeddedAws/ssm";
import { brokenInvariants, isGood, type MadeSet, type SaidReport } from "./invariants";
import type { Deployment } from "./program";
import type { Promises } from "./promises";
import { logRefusal, startRefusal, windowRefusal } from "./refusals";
import { Timeline } from "./timeline";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export interface RehearsalOptions {
    /** When the policy is deployed, in milliseconds since 1970. */
    readonly start: number;
    readonly days: number;
    readonly servers: number;
    /** Volumes of each server, its boot volume included. */
    readonly volumes: number;
    /** How many of each server's volumes Windows has not mounted, 0 if left out. Its boot volume is always mounted. */
    readonly unmounted?: number;
    /** Share of VSS runs that fail, from 0 to 1. */
    readonly failures: number;
    readonly seed: number;
    /** Called after each virtual day. */
    readonly onDay?: (days: number) => void;
    /** Judges every call; by the deployment's own policies if left out. */
    readonly iam?: EmbeddedIam;
}

/** A VSS run and the snapshot type of its window. */
export interface TypedRun extends VssRun {
    readonly type: string;
}

/** A restore point that stands at the end. */
export interface Restorable {
    readonly type: string;
    /** When its run began, in milliseconds since 1970. */
    readonly time: number;
    readonly server: string;
    readonly snapshots: readonly string[];
    /** Types and periods whose runs made no restore point, and for which it stands in, such as `Month 2027-03`. */
    readonly standsInFor: readonly string[];
}

/** A volume of a backed-up server that is in no restore point at the end. */
export interface UnprotectedVolume {
    readonly server: string;
    readonly volume: string;
    readonly device: string;
    readonly why: "not mounted in Windows" | "boot volume, excluded" | "no run completed";
}

export interface Rehearsal {
    readonly timezone: string;
    /** Snapshot types, in the order of their windows. */
    readonly types: readonly string[];
    readonly runs: readonly TypedRun[];
    /** Runs of the cleaner. */
    readonly cleanings: number;
    readonly taken: number;
    readonly deleted: number;
    readonly restorable: readonly Restorable[];
    readonly unprotected: readonly UnprotectedVolume[];
    /** Invariants of the design that were broken, and when; none if all is well. */
    readonly broken: readonly string[];
}

type LedgerEntry = MadeSet & { readonly server: string };

/**
 * Plays what a program registered against the embedded AWS, on a virtual clock. The same deployment and options give the same rehearsal.
 *
 * @param promises what the policy promises to keep, for the invariants; the cleaner has its own from the closure
 */
export async function rehearse(deployment: Deployment, promises: Promises, options: RehearsalOptions): Promise<Rehearsal> {
    const { start, days, iam = startIam(deployment) } = options;
    const end = start + days * DAY;
    const timeline = new Timeline();
    const store = new SnapshotStore();
    const windows = windowsOf(deployment);
    const servers = makeServers(
        windows.flatMap(({ targets }) => targets),
        options,
    );
    for (const { id } of servers.flatMap(({ volumes }) => volumes)) {
        store.volumes.add(id);
    }
    const periods = Object.fromEntries(windows.map(({ type, schedule, timezone }) => [type, remembered(periodsOf(schedule, timezone))]));
    const runs: TypedRun[] = [];
    const ledger: LedgerEntry[] = [];
    let standingIn: ReadonlyMap<string, readonly string[]> = new Map();
    const cleanings: { readonly deleted: number; readonly broken: readonly string[] }[] = [];

    installPackages(deployment, servers, timeline, start, end);
    openWindows(deployment, servers, store, timeline, iam, options, (run) => {
        runs.push(run);
        if (run.snapshots.length > 0) {
            ledger.push({
                type: run.type,
                server: run.server.id,
                startTime: run.time,
                members: run.snapshots.map(({ id, volumeId }) => ({ id, volumeId })),
            });
        }
    });
    addStrangers(store, servers, windows[0]?.policy ?? "", start);

    const refusals: string[] = [];
    const ec2 = await startEc2(store, { iam });
    const lambdas: EmbeddedLambda[] = [];
    try {
        for (const schedule of schedulesOf(deployment)) {
            const lambda = await startCleaner(schedule.function, deployment.region, ec2, iam.accessKey(schedule.started.role));
            lambdas.push(lambda);
            timeline.each(firing(schedule.expression, schedule.timezone, start, end, "skipped"), async (time) => {
                const due = new Date(time).toISOString().replace(".000Z", "Z");
                const refused = await startRefusal(iam, schedule);
                if (refused) {
                    refusals.push(`${due}: the cleaner was not started: ${refused}`);
                    return;
                }
                const before = store.all().map((snapshot) => ({ ...snapshot, tags: new Map(snapshot.tags) }));
                const report = (await lambda.invoke(JSON.parse(schedule.input.replace("<aws.scheduler.scheduled-time>", due)))) as
                    | SaidReport
                    | undefined;
                const unlogged = await logRefusal(iam, schedule);
                refusals.push(...(unlogged ? [`${due}: the cleaner's log was not written: ${unlogged}`] : []));
                const after = store.all();
                const broken = brokenInvariants(ledger, {
                    policy: windows[0]?.policy ?? "",
                    retention: promises.retention,
                    standIns: promises.standIns ? { now: time, periods } : undefined,
                    countCrashConsistent: promises.countCrashConsistent ?? false,
                    before,
                    after,
                    report,
                });
                cleanings.push({ deleted: before.length - after.length, broken: broken.map((sentence) => `${due}: ${sentence}`) });
                standingIn = standInsOf(report);
                forgetDeleted(ledger, store);
            });
        }
        for (let day = 1; day <= days; day++) {
            await timeline.play(start + day * DAY);
            options.onDay?.(day);
        }
    } finally {
        await Promise.all(lambdas.map((lambda) => lambda.close()));
        await ec2.close();
    }
    const standing = ledger.filter(({ members }) => members.every(({ id }) => isGood(store.get(id), promises.countCrashConsistent)));
    return {
        timezone: windows[0]?.timezone ?? "UTC",
        types: windows.map(({ type }) => type),
        runs,
        cleanings: cleanings.length,
        taken: runs.reduce((sum, { snapshots }) => sum + snapshots.length, 0),
        deleted: cleanings.reduce((sum, cleaning) => sum + cleaning.deleted, 0),
        restorable: standing.map(({ type, server, startTime, members }) => ({
            type,
            time: startTime,
            server,
            snapshots: members.map(({ id }) => id),
            standsInFor: [...new Set(members.flatMap(({ id }) => standingIn.get(id) ?? []))],
        })),
        unprotected: unprotectedVolumes(windows, servers, new Set(standing.flatMap(({ members }) => members.map((one) => one.volumeId)))),
        broken: [
            ...cleanings.flatMap((cleaning) => cleaning.broken),
            ...refusals,
            // A plan that never backs up breaks no other promise.
            ...(runs.length > 0 && options.failures < 1 && runs.every(({ snapshots }) => snapshots.length === 0)
                ? [`no run took a snapshot: ${runs[0]?.why}`]
                : []),
        ],
    };
}

/** State Manager applies an association when it is made, and then on its schedule, in UTC. */
function installPackages(deployment: Deployment, servers: readonly Server[], timeline: Timeline, start: number, end: number): void {
    for (const { expression, targets } of associationsOf(deployment)) {
        const install = () => {
            for (const server of targeted(servers, targets)) {
                server.hasVssPackage = true;
            }
        };
        timeline.at(start, install);
        timeline.each(firing(expression, "UTC", start, end), install);
    }
}

function openWindows(
    deployment: Deployment,
    servers: readonly Server[],
    store: SnapshotStore,
    timeline: Timeline,
    iam: EmbeddedIam,
    { start, days, failures, seed }: RehearsalOptions,
    onRun: (run: TypedRun) => void,
): void {
    const chance = xoroshiro128plus(seed);
    for (const window of windowsOf(deployment)) {
        const { type, schedule, timezone, targets, document, parameters } = window;
        timeline.each(firing(schedule, timezone, start, start + days * DAY), async (time) => {
            for (const server of targeted(servers, targets)) {
                const mishap = uniformFloat64(chance) < failures ? MISHAPS[uniformInt(chance, 0, MISHAPS.length - 1)] : undefined;
                const setId = guid(() => uniformInt(chance, 0, 15));
                const completeAfterMs = uniformInt(chance, 2, 40) * MINUTE;
                const why = await windowRefusal(iam, window, server, deployment.region);
                const run: VssRun = why
                    ? { server, time, status: "Failed", why, snapshots: [] }
                    : runVssDocument({ document, parameters, server, time, mishap, setId, completeAfterMs }, store, timeline);
                onRun({ ...run, type });
            }
        });
    }
}

/** When a schedule fires; a rate counts from when it was deployed. */
function* firing(expression: string, timezone: string, start: number, end: number, gap?: "skipped"): Generator<number> {
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "cron") {
        yield* occurrences(schedule.pattern, timezone, start, end, gap);
        return;
    }
    for (let time = start + schedule.every; time < end; time += schedule.every) {
        yield time;
    }
}

/** Servers that bear what the targets name, and one without the tag, which must stay untouched. */
function makeServers(targets: readonly Target[], { servers, volumes, unmounted = 0 }: RehearsalOptions): Server[] {
    const tags = new Map(
        targets.filter(({ key }) => key.startsWith("tag:")).map(({ key, values }) => [key.slice("tag:".length), values[0] ?? ""]),
    );
    return Array.from({ length: servers + 1 }, (_, i) => ({
        id: `i-${(i + 1).toString(16).padStart(17, "0")}`,
        tags: i < servers ? tags : new Map(),
        volumes: Array.from({ length: volumes }, (_, k) => ({
            id: `vol-${(i * volumes + k + 1).toString(16).padStart(17, "0")}`,
            device: k === 0 ? "/dev/sda1" : `xvd${String.fromCharCode(97 + Math.floor(k / 25))}${String.fromCharCode(97 + (k % 25) + 1)}`,
            mounted: k === 0 || k < volumes - unmounted,
        })),
        hasVssPackage: false,
        busyUntil: 0,
    }));
}

function targeted(servers: readonly Server[], targets: readonly Target[]): Server[] {
    return servers.filter(
        ({ tags }) => targets.length > 0 && targets.every(({ key, values }) => values.includes(tags.get(key.replace(/^tag:/, "")) ?? "")),
    );
}

/** Volumes of the servers that the windows target, and that are in none of the restore points. */
function unprotectedVolumes(
    windows: readonly DeployedWindow[],
    servers: readonly Server[],
    restorable: ReadonlySet<string>,
): UnprotectedVolume[] {
    const backedUp = servers.filter((server) => windows.some(({ targets }) => targeted([server], targets).length > 0));
    const excludesBoot = windows.every(({ parameters }) => parameters.ExcludeBootVolume === "True");
    return backedUp.flatMap(({ id: server, volumes }) =>
        volumes
            .filter(({ id }) => !restorable.has(id))
            .map((volume) => ({
                server,
                volume: volume.id,
                device: volume.device,
                why: !volume.mounted
                    ? "not mounted in Windows"
                    : excludesBoot && isBootVolume(volume)
                      ? "boot volume, excluded"
                      : "no run completed",
            })),
    );
}

/** Snapshots that others made, of the same volumes and with all but the policy's own tag: none of them may ever go. */
function addStrangers(store: SnapshotStore, servers: readonly Server[], policy: string, start: number): void {
    const volumeId = servers[0]?.volumes[0]?.id ?? "vol-00000000000000001";
    const good: [string, string][] = [
        [TYPE_TAG, "Day"],
        [CONSISTENT_TAG, "true"],
    ];
    for (const tags of [
        [],
        good,
        [...good, [POLICY_TAG, `${policy}-2`]],
        [...good, [POLICY_TAG, policy.toUpperCase() === policy ? `${policy} ` : policy.toUpperCase()]],
    ]) {
        store.add({
            volumeId,
            startTime: start - 1000 * DAY,
            state: "completed",
            description: "somebody else's",
            tags: new Map(tags as [string, string][]),
        });
    }
}

/** The servers' runs begin together, and each is looked at again and again. */
function remembered(periods: Periods | undefined): Periods | undefined {
    return periods && { at: rememberedFor(periods.at), ofSet: rememberedFor(periods.ofSet) };
}

function rememberedFor(find: (time: number) => Period | undefined): (time: number) => Period | undefined {
    const known = new Map<number, Period | undefined>();
    return (time) => {
        if (!known.has(time)) {
            known.set(time, find(time));
        }
        return known.get(time);
    };
}

function startCleaner(
    deployed: Parameters<typeof startLambda>[0]["function"],
    region: string,
    ec2: EmbeddedEc2,
    accessKey: string,
): Promise<EmbeddedLambda> {
    const environment = { AWS_ENDPOINT_URL_EC2: ec2.endpoint, AWS_ACCESS_KEY_ID: accessKey };
    return startLambda({ function: deployed, region, environment, skipPauses: true });
}

/** For which periods the kept snapshots stand in, as the report says, by id. */
function standInsOf(report: SaidReport | undefined): Map<string, string[]> {
    const kept = (report?.KeptSnapshots ?? []) as readonly { SnapshotId: string; Reason: string }[];
    return new Map(
        kept.map(({ SnapshotId, Reason }) => [
            SnapshotId,
            [...Reason.matchAll(/stands in for (.+?), whose/g)].map(([, what]) => what ?? ""),
        ]),
    );
}

function forgetDeleted(ledger: LedgerEntry[], store: SnapshotStore): void {
    const standing = ledger.filter(({ members }) => members.some(({ id }) => store.get(id)));
    ledger.splice(0, ledger.length, ...standing);
}

function guid(digit: () => number): string {
    return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => digit().toString(16));
}
