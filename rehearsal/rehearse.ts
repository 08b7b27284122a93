import { type Account, type AccountOptions, makeAccount } from "./account";
import { type Cleaners, startCleaners } from "./cleaning";
import { schedulesOf, startsWatch } from "./deployed";
import { type Drill, type PlannedDrill, planDrill } from "./drill/drill";
import { followDueBackups } from "./dueBackups";
import { startAws } from "./embeddedAws/aws";
import { type PlannedIncident, playIncidents } from "./incidents/playIncidents";
import { judgeWatch, type Watched } from "./judgeWatch";
import { Ledger, type LedgerEntry } from "./ledger";
import { type Chance, openWindows, type TypedRun } from "./openWindows";
import { lookAsOperator, type Shown } from "./operator";
import type { Deployment } from "./program";
import type { Promises } from "./promises";
import { findTruth, LastRuns } from "./truth";
import { findUnprotectedVolumes, type UnprotectedVolume } from "./unprotectedVolumes";
import { installPackages } from "./vssPackage";
import type { Truth } from "./watchInvariants";
import { type PlayedRuns, startWatch, type Watching, type WatchOptions } from "./watching";

const DAY = 86_400_000;

export interface RehearsalOptions extends AccountOptions, Chance {
    /** Which runs of the watch are played; none if left out, since they take most of the time. */
    readonly watch?: PlayedRuns | "none";
    /** Plans what goes wrong; nothing if left out. Without a watch, nothing goes wrong on purpose. */
    readonly incidents?: (account: Account) => readonly PlannedIncident[];
    /** Whether to run commands of the command line at the end. */
    readonly asOperator?: boolean;
    /** Whether to lose a server, and to restore it. */
    readonly drill?: boolean;
    /** Called after each virtual day. */
    readonly onDay?: (days: number) => void;
}

/** A restore point at the end of the rehearsal. */
export interface Restorable {
    readonly type: string;
    /** When its run began, in milliseconds since 1970. */
    readonly time: number;
    readonly server: string;
    readonly snapshots: readonly string[];
    /** Types and periods for which it stands in, such as `Month 2027-03`. Their runs made no restore point. */
    readonly standsInFor: readonly string[];
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
    /** What the watch found and said; undefined if the rehearsal leaves it out. */
    readonly watch?: Watched;
    /** A loss, and what came back; undefined if there was none, or nothing to restore. */
    readonly drill?: Drill;
    /** The output of the command line at the end; undefined if it was not run. */
    readonly operator?: Shown;
    /** Sentences about broken invariants, with their times. The list is empty if every invariant held. */
    readonly broken: readonly string[];
}

/**
 * Plays a deployment against the embedded AWS on a virtual clock. The same deployment and options give the same rehearsal.
 *
 * @param promises for the invariants; the cleaner has the retention in its closure
 */
export async function rehearse(deployment: Deployment, promises: Promises, options: RehearsalOptions): Promise<Rehearsal> {
    const account = makeAccount(deployment, options);
    const ledger = new Ledger();
    const lastRuns = new LastRuns();
    const runs: TypedRun[] = [];
    const packages = installPackages(account);
    const windows = openWindows(account, options, (run) => {
        runs.push(run);
        lastRuns.add(run);
        ledger.record(run);
    });
    const isWatched = (options.watch ?? "none") !== "none" && schedulesOf(deployment).some(startsWatch);
    const incidents = playIncidents(account, windows, packages, (isWatched && options.incidents?.(account)) || []);
    const backups = followDueBackups(account, ledger, promises);
    const points = () => ledger.restorePoints(account.store, promises.countCrashConsistent);
    const planned: PlannedDrill = options.drill ? planDrill(account, options.seed, points) : { drill: undefined, broken: [] };
    const truths: Truth[] = [];
    const { cleaners, watching, operator } = await play(account, ledger, promises, options, {
        missing: () => backups.missing(),
        onRun(run) {
            truths.push({ run, ...findTruth(account, ledger, backups, lastRuns, promises.countCrashConsistent) });
        },
    });

    const restorePoints = points();
    const watched = isWatched && watching ? await judgeWatch(account, watching, incidents, truths) : undefined;
    return {
        timezone: account.windows[0]?.timezone ?? "UTC",
        types: account.windows.map(({ type }) => type),
        runs,
        cleanings: cleaners.cleanings.length,
        taken: runs.reduce((sum, { snapshots }) => sum + snapshots.length, 0),
        deleted: cleaners.cleanings.reduce((sum, { deleted }) => sum + deleted, 0),
        restorable: describeRestorePoints(restorePoints, cleaners),
        unprotected: findUnprotectedVolumes(account, restorePoints),
        ...(watched && { watch: watched.watch }),
        ...(planned.drill && { drill: planned.drill }),
        ...(operator && { operator }),
        broken: [
            ...cleaners.cleanings.flatMap(({ broken }) => broken),
            ...cleaners.refusals,
            ...(watched?.broken ?? []),
            ...planned.broken,
            ...findMissingBackups(runs, options),
        ],
    };
}

interface Played {
    readonly cleaners: Cleaners;
    /** Undefined if the rehearsal leaves the watch out. */
    readonly watching: Watching | undefined;
    readonly operator: Shown | undefined;
}

/** Starts the functions of the deployment, and plays the days. */
async function play(
    account: Account,
    ledger: Ledger,
    promises: Promises,
    options: RehearsalOptions,
    watched: Pick<WatchOptions, "missing" | "onRun">,
): Promise<Played> {
    const { watch = "none" } = options;
    const aws = await startAws(account.aws, { iam: account.iam });
    const running: { close(): Promise<void> }[] = [aws];
    try {
        const cleaners = await startCleaners(account, aws.endpoint, ledger, promises);
        running.push(cleaners);
        const watching = watch === "none" ? undefined : await startWatch(account, aws.endpoint, { ...watched, runs: watch });
        running.push(...(watching ? [watching] : []));
        for (let day = 1; day <= options.days; day++) {
            await account.timeline.play(account.start + day * DAY);
            options.onDay?.(day);
        }
        const operator = options.asOperator ? await lookAsOperator(account, aws.endpoint) : undefined;
        return { cleaners, watching, operator };
    } finally {
        await Promise.all(running.map((one) => one.close()));
    }
}

function describeRestorePoints(restorePoints: readonly LedgerEntry[], { cleanings }: Cleaners): Restorable[] {
    const standIns = cleanings.at(-1)?.standIns;
    return restorePoints.map(({ type, server, startTime, members }) => ({
        type,
        time: startTime,
        server,
        snapshots: members.map(({ id }) => id),
        standsInFor: [...new Set(members.flatMap(({ id }) => standIns?.get(id) ?? []))],
    }));
}

/** Finds out whether no run took a snapshot. Such a policy breaks no other promise. */
function findMissingBackups(runs: readonly TypedRun[], { failures }: RehearsalOptions): string[] {
    const nothingTaken = runs.length > 0 && runs.every(({ snapshots }) => snapshots.length === 0);
    return nothingTaken && failures < 1 ? [`no run took a snapshot: ${runs[0]?.why}`] : [];
}
