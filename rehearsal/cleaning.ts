import { type Periods, periodsOf } from "../lambda/retention/periods";
import type { Account } from "./account";
import { schedulesOf, startsWatch } from "./deployed";
import type { StoredSnapshot } from "./embeddedAws/snapshotStore";
import { findStartTimes, formatTime, loadFunctions, type Outcome } from "./functions";
import { type CleanerReport, findBrokenInvariants } from "./invariants";
import type { Ledger } from "./ledger";
import type { Promises } from "./promises";

/** The cleaners of an account, with their work so far. */
export interface Cleaners {
    readonly cleanings: readonly Cleaning[];
    /** Sentences about calls that IAM refused, with their times. */
    readonly refusals: readonly string[];
    close(): Promise<void>;
}

/** The outcome of one run of the cleaner. */
export interface Cleaning {
    /** The number of deleted snapshots. */
    readonly deleted: number;
    /** Sentences about invariants that the run broke, with its time. */
    readonly broken: readonly string[];
    /** Types and periods for which a kept snapshot stands in, by its id. */
    readonly standIns: ReadonlyMap<string, readonly string[]>;
}

/**
 * Loads the deployed cleaners, and runs them on their schedules.
 *
 * @param endpoint of the embedded AWS
 */
export async function startCleaners(account: Account, endpoint: string, ledger: Ledger, promises: Promises): Promise<Cleaners> {
    const { deployment, timeline, windows } = account;
    const periods = Object.fromEntries(windows.map(({ type, schedule, timezone }) => [type, periodsOf(schedule, timezone)]));
    const cleanings: Cleaning[] = [];
    const schedules = schedulesOf(deployment).filter((schedule) => !startsWatch(schedule));
    const { refusals, start, close } = await loadFunctions(account, endpoint, schedules, "cleaner");
    for (const schedule of schedules) {
        timeline.each(findStartTimes(schedule, account), async (time) => {
            const before = account.store.all().map((snapshot): StoredSnapshot => ({ ...snapshot, tags: new Map(snapshot.tags) }));
            const outcome = await start(schedule, time);
            if (outcome.kind !== "not started") {
                cleanings.push(judge(account, ledger, promises, { outcome, before, periods, time }));
            }
        });
    }
    return { cleanings, refusals, close };
}

interface CleanerRun {
    readonly outcome: Exclude<Outcome, { kind: "not started" }>;
    readonly before: readonly StoredSnapshot[];
    readonly periods: Readonly<Record<string, Periods | undefined>>;
    readonly time: number;
}

/**
 * Compares the account before and after a run.
 *
 * @throws Error of the cleaner, if nobody has broken it
 */
function judge(account: Account, ledger: Ledger, promises: Promises, { outcome, before, periods, time }: CleanerRun): Cleaning {
    const { store, windows, mistakes } = account;
    const after = store.all();
    const deleted = before.length - after.length;
    if (outcome.kind === "failed") {
        if (mistakes.takenPermissions.size + mistakes.brokenFunctions.size === 0) {
            throw new Error(outcome.error);
        }
        const broken = deleted === 0 ? [] : [`${formatTime(time)}: a run that failed deleted ${deleted} snapshots`];
        return { deleted, broken, standIns: new Map() };
    }
    const report = outcome.result as CleanerReport | undefined;
    const broken = findBrokenInvariants(ledger.sets, {
        policy: windows[0]?.policy ?? "",
        retention: promises.retention,
        standIns: promises.standIns ? { now: time, periods } : undefined,
        countCrashConsistent: promises.countCrashConsistent ?? false,
        before,
        after,
        report,
    });
    ledger.removeDeleted(store);
    return { deleted, broken: broken.map((sentence) => `${formatTime(time)}: ${sentence}`), standIns: standInsOf(report) };
}

/** Reads from the report the types and periods for which kept snapshots stand in. */
function standInsOf(report: CleanerReport | undefined): Map<string, string[]> {
    const standIns = (report?.StandIns ?? []) as readonly { SnapshotId: string; Type: string; Period: string }[];
    const periods = new Map<string, string[]>();
    for (const { SnapshotId, Type, Period } of standIns) {
        periods.set(SnapshotId, [...(periods.get(SnapshotId) ?? []), `${Type} ${Period}`]);
    }
    return periods;
}
