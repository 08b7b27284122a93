import { type Periods, periodsOf } from "../lambda/retention/periods";
import type { Account } from "./account";
import { type DeployedSchedule, schedulesOf } from "./deployed";
import { startEc2 } from "./embeddedAws/ec2";
import { type EmbeddedLambda, startLambda } from "./embeddedAws/lambda";
import type { StoredSnapshot } from "./embeddedAws/snapshotStore";
import { findFiringTimes } from "./firingTimes";
import { type CleanerReport, findBrokenInvariants } from "./invariants";
import type { Ledger } from "./ledger";
import type { Promises } from "./promises";
import { logRefusal, startRefusal } from "./refusals";

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

/** Starts the deployed cleaners against an EC2 of the account, and runs them on their schedules. */
export async function startCleaners(account: Account, ledger: Ledger, promises: Promises): Promise<Cleaners> {
    const { deployment, store, timeline, iam, start, end, windows } = account;
    const periods = Object.fromEntries(windows.map(({ type, schedule, timezone }) => [type, periodsOf(schedule, timezone)]));
    const cleanings: Cleaning[] = [];
    const refusals: string[] = [];
    const ec2 = await startEc2(store, { iam });
    const lambdas: EmbeddedLambda[] = [];
    const close = async () => {
        await Promise.all(lambdas.map((lambda) => lambda.close()));
        await ec2.close();
    };
    try {
        for (const schedule of schedulesOf(deployment)) {
            const environment = { AWS_ENDPOINT_URL_EC2: ec2.endpoint, AWS_ACCESS_KEY_ID: iam.accessKey(schedule.started.role) };
            const lambda = await startLambda({ function: schedule.function, region: deployment.region, environment, skipPauses: true });
            lambdas.push(lambda);
            timeline.each(findFiringTimes(schedule.expression, schedule.timezone, start, end, "skipped"), async (time) => {
                const due = isoSeconds(time);
                const refused = await startRefusal(iam, schedule);
                if (refused) {
                    refusals.push(`${due}: the cleaner was not started: ${refused}`);
                    return;
                }
                cleanings.push(await cleanOnce(account, ledger, promises, periods, { schedule, lambda, time }));
                const unlogged = await logRefusal(iam, schedule);
                refusals.push(...(unlogged ? [`${due}: the cleaner's log was not written: ${unlogged}`] : []));
            });
        }
    } catch (error) {
        await close();
        throw error;
    }
    return { cleanings, refusals, close };
}

interface CleanerRun {
    readonly schedule: DeployedSchedule;
    readonly lambda: EmbeddedLambda;
    readonly time: number;
}

/** Invokes the cleaner as its schedule does, and compares the account before and after. */
async function cleanOnce(
    { store, windows }: Account,
    ledger: Ledger,
    promises: Promises,
    periods: Readonly<Record<string, Periods | undefined>>,
    { schedule, lambda, time }: CleanerRun,
): Promise<Cleaning> {
    const due = isoSeconds(time);
    const before = store.all().map((snapshot): StoredSnapshot => ({ ...snapshot, tags: new Map(snapshot.tags) }));
    const event = JSON.parse(schedule.input.replace("<aws.scheduler.scheduled-time>", due));
    const report = (await lambda.invoke(event)) as CleanerReport | undefined;
    const after = store.all();
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
    return { deleted: before.length - after.length, broken: broken.map((sentence) => `${due}: ${sentence}`), standIns: standInsOf(report) };
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

/** Writes a time as EventBridge Scheduler does. */
function isoSeconds(time: number): string {
    return new Date(time).toISOString().replace(".000Z", "Z");
}
