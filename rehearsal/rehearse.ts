import { type AccountOptions, makeAccount } from "./account";
import { type Cleaners, startCleaners } from "./cleaning";
import { Ledger, type LedgerEntry } from "./ledger";
import { type Chance, openWindows, type TypedRun } from "./openWindows";
import type { Deployment } from "./program";
import type { Promises } from "./promises";
import { findUnprotectedVolumes, type UnprotectedVolume } from "./unprotectedVolumes";
import { installPackages } from "./vssPackage";

const DAY = 86_400_000;

export interface RehearsalOptions extends AccountOptions, Chance {
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
    const runs: TypedRun[] = [];

    installPackages(account);
    openWindows(account, options, (run) => {
        runs.push(run);
        ledger.record(run);
    });
    const cleaners = await startCleaners(account, ledger, promises);
    try {
        for (let day = 1; day <= options.days; day++) {
            await account.timeline.play(account.start + day * DAY);
            options.onDay?.(day);
        }
    } finally {
        await cleaners.close();
    }

    const restorePoints = ledger.restorePoints(account.store, promises.countCrashConsistent);
    return {
        timezone: account.windows[0]?.timezone ?? "UTC",
        types: account.windows.map(({ type }) => type),
        runs,
        cleanings: cleaners.cleanings.length,
        taken: runs.reduce((sum, { snapshots }) => sum + snapshots.length, 0),
        deleted: cleaners.cleanings.reduce((sum, { deleted }) => sum + deleted, 0),
        restorable: describeRestorePoints(restorePoints, cleaners),
        unprotected: findUnprotectedVolumes(account, restorePoints),
        broken: [...cleaners.cleanings.flatMap(({ broken }) => broken), ...cleaners.refusals, ...findMissingBackups(runs, options)],
    };
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
