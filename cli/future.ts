import { type BackupSet, newestFirst } from "../lambda/retention/backupSets";
import { type Plan, planCleaning } from "../lambda/retention/plan";
import type { RetentionPolicy } from "../lambda/retention/retentionPolicy";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import type { Snapshot } from "../lambda/retention/snapshot";
import { CONSISTENT_TAG, POLICY_TAG, SET_TAG, TYPE_TAG } from "../lambda/retention/tags";
import { type Deletion, firstDeletions, timeInQueue } from "./deletionQueue";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How far ahead to look at first, because most sets are deleted soon. */
const SOON_MS = 60 * DAY;

/** The most that is looked ahead. */
const MOST_MS = 25 * 366 * DAY;

/** A backup set, and all that its future depends on. */
export interface Present {
    readonly set: BackupSet;
    /** All sets of the policy. */
    readonly sets: readonly BackupSet[];
    readonly policy: RetentionPolicy;
    /** AWS's expression for the cleaner's schedule. */
    readonly cleanerSchedule: string;
    /** How many snapshots one run of the cleaner may delete. */
    readonly maxDeletionsPerRun: number;
    readonly now: number;
    readonly lostVolumes: ReadonlySet<string>;
    /** Whether each run of a window makes a restore point of a volume. */
    isBackedUp(volumeId: string): boolean;
}

/** When the cleaner deletes a set; or why it never does, as far as anybody can see now. */
export type Future = { readonly deletedAt: number } | { readonly staysBecause: string };

/** A set that is not finished, as it will be when it is a restore point. */
export function finishedSet(set: BackupSet): BackupSet {
    const snapshots = set.snapshots.map((snapshot) => ({
        ...snapshot,
        state: "completed",
        tags: { ...snapshot.tags, [CONSISTENT_TAG]: "true" },
    }));
    return { ...set, snapshots, status: { kind: "restorePoint" } };
}

/**
 * Finds until when a set stays, if all goes on as now: each run of each window makes a restore point, and the cleaner runs on its
 * schedule. It asks the plan of the cleaner for each answer. Once the plan deletes a set, later plans would do so, too. So it can halve the
 * time in question again and again. Pure.
 */
export function futureOf(present: Present): Future {
    const end = endOf(present);
    const soon = Math.min(end, present.now + SOON_MS);
    const near = futureUntil(present, soon);
    const future = "deletedAt" in near || soon === end ? near : futureUntil(present, end);
    return "deletedAt" in future ? whenItsTurnComes(present, future.deletedAt) : future;
}

/** Finds when the plan deletes a set for the first time. */
function futureUntil(present: Present, end: number): Future {
    const { set } = present;
    const planAt = forecast(present, set, coming(present, end));
    const runs = runsOf(present.cleanerSchedule, present.policy.timezone, present.now, end, present.now);
    const last = decisionAbout(set, planAt(runs.at(-1) ?? present.now));
    return last?.action === "delete"
        ? { deletedAt: firstDeletions([set], runs, planAt).get(set) ?? end }
        : { staysBecause: last?.reason ?? "" };
}

function decisionAbout({ anchor }: BackupSet, { decisions }: Plan): Plan["decisions"][number] | undefined {
    return decisions.find(({ snapshot }) => snapshot.id === anchor.id);
}

/**
 * Finds the run that deletes a set. A run deletes a limited number of snapshots, those of the oldest sets first. So only older sets can make
 * a set wait.
 *
 * @param wantedAt when the plan deletes the set for the first time
 */
function whenItsTurnComes(present: Present, wantedAt: number): Future {
    const { set, sets, policy, cleanerSchedule, maxDeletionsPerRun, now } = present;
    const older = sets.filter((other) => other.heldBy === undefined && newestFirst(set, other) < 0).toReversed();
    if ([set, ...older].flatMap(({ snapshots }) => snapshots).length <= maxDeletionsPerRun) {
        return { deletedAt: wantedAt };
    }
    const wanted = new Map<BackupSet, number>();
    for (let [judgedUntil, until] = [now, wantedAt]; ; ) {
        for (const [other, time] of wantedTimes(
            present,
            older.filter((one) => !wanted.has(one)),
            judgedUntil,
            until,
        )) {
            wanted.set(other, time);
        }
        const queue = older.flatMap((other): Deletion[] => {
            const time = wanted.get(other);
            return time === undefined ? [] : [{ set: other, wantedAt: time }];
        });
        const runs = runsOf(cleanerSchedule, policy.timezone, now, until + 1, now);
        const turn = timeInQueue([...queue, { set, wantedAt }], runs, maxDeletionsPerRun);
        if (turn.time !== undefined) {
            return { deletedAt: turn.time };
        }
        judgedUntil = until;
        until = timeOfRun(cleanerSchedule, policy.timezone, until, Math.ceil(turn.waiting / maxDeletionsPerRun));
        if (until === judgedUntil) {
            return { staysBecause: "the schedule of the cleaner ends before it gets to the set" };
        }
    }
}

/** Finds when the plan deletes sets for the first time, after one time and until another. Sets of the same volumes share their plans. */
function wantedTimes(present: Present, sets: readonly BackupSet[], after: number, until: number): Map<BackupSet, number> {
    const groups = new Map<string, BackupSet[]>();
    for (const set of sets) {
        const key = [...volumesOf(set)].sort().join();
        groups.set(key, [...(groups.get(key) ?? []), set]);
    }
    const runs = runsOf(present.cleanerSchedule, present.policy.timezone, present.now, until + 1, present.now);
    const newRuns = runs.filter((time) => time > after);
    const shared = coming(present, until + 1);
    return new Map(
        [...groups.values()].flatMap((group) => [...firstDeletions(group, newRuns, forecast(present, group[0] as BackupSet, shared))]),
    );
}

/** What the forecasts of all sets share. */
interface Coming {
    /** When the windows of each type make restore points. */
    readonly times: ReadonlyMap<string, readonly number[]>;
    readonly setsByVolume: ReadonlyMap<string, readonly BackupSet[]>;
}

/** Finds what the windows do until a time. */
function coming({ sets, policy, now }: Present, end: number): Coming {
    const setsByVolume = new Map<string, BackupSet[]>();
    for (const set of sets) {
        for (const volume of volumesOf(set)) {
            const ofVolume = setsByVolume.get(volume) ?? [];
            ofVolume.push(set);
            setsByVolume.set(volume, ofVolume);
        }
    }
    const times = Object.keys(policy.retention).map((type) => {
        const newest = sets.find((other) => other.type === type && other.startTime <= now)?.startTime ?? now;
        return [type, runsOf(policy.schedules[type], policy.timezone, now, end, newest)] as const;
    });
    return { times: new Map(times), setsByVolume };
}

/** Makes a function that plans the cleaning of a set's volumes for a time that is to come, and remembers its plans. */
function forecast(present: Present, set: BackupSet, shared: Coming): (time: number) => Plan {
    const { policy, now, lostVolumes } = present;
    const snapshots = [...relatedSnapshots(set, shared), ...futureSnapshots(present, set, shared)];
    const plans = new Map<number, Plan>();
    return (time) => {
        const begun = snapshots.filter(({ startTime }) => !(startTime > time && startTime > now));
        const plan = plans.get(time) ?? planCleaning(begun, policy, time, lostVolumes);
        plans.set(time, plan);
        return plan;
    };
}

function volumesOf({ snapshots }: BackupSet): Set<string> {
    return new Set(snapshots.map(({ volumeId }) => volumeId));
}

/**
 * Finds the end of the time in which the plan can change its mind about a set. After N runs of a type, N newer restore points exist. After one
 * more period, N newer periods are over. A few further runs do no harm.
 */
function endOf({ policy, cleanerSchedule, now }: Present): number {
    const times = Object.entries(policy.retention).map(([type, count]) =>
        timeOfRun(policy.schedules[type], policy.timezone, now, count + 4),
    );
    const orphaned = policy.orphanDays === undefined ? now : now + (policy.orphanDays + 1) * DAY;
    const last = Math.min(now + MOST_MS, Math.max(now + policy.failedSetGraceHours * HOUR, orphaned, ...times));
    return timeOfRun(cleanerSchedule, policy.timezone, last, 2) + 1;
}

/** When a schedule fires for the nth time after a time; for a shorter schedule, when it fires last. */
function timeOfRun(expression: string | undefined, timezone: string, after: number, n: number): number {
    const schedule = expression === undefined ? undefined : parseSchedule(expression, "seconds allowed");
    if (schedule?.kind !== "cron") {
        return after + n * (schedule?.every ?? 0);
    }
    let time = after;
    let count = 0;
    for (const run of occurrences(schedule.pattern, timezone, after + 1, after + MOST_MS)) {
        time = run;
        count += 1;
        if (count === n) {
            break;
        }
    }
    return time;
}

/** The snapshots of all sets that share a volume with the set. No others change its future. */
function relatedSnapshots(set: BackupSet, { setsByVolume }: Coming): Snapshot[] {
    const related = new Set([...volumesOf(set)].flatMap((volume) => setsByVolume.get(volume) ?? []));
    return [...related].flatMap(({ snapshots }) => snapshots);
}

/** The restore points that the windows will make of the set's volumes. */
function futureSnapshots({ policy, isBackedUp }: Present, set: BackupSet, { times }: Coming): Snapshot[] {
    const volumes = [...volumesOf(set)].filter(isBackedUp);
    return [...times].flatMap(([type, starts]) =>
        starts.flatMap((startTime) =>
            volumes.map((volumeId) => ({
                id: `future ${type} ${startTime} ${volumeId}`,
                volumeId,
                startTime,
                state: "completed",
                tags: {
                    [POLICY_TAG]: policy.name,
                    [TYPE_TAG]: type,
                    [CONSISTENT_TAG]: "true",
                    [SET_TAG]: `future ${type} ${startTime}`,
                },
            })),
        ),
    );
}

/** Lists when a schedule fires after now, until a time. Only AWS knows when a rate fires. So it counts from the last run that is known. */
function runsOf(expression: string | undefined, timezone: string, now: number, end: number, last: number): number[] {
    if (expression === undefined) {
        return [];
    }
    const schedule = parseSchedule(expression, "seconds allowed");
    if (schedule.kind === "cron") {
        return [...occurrences(schedule.pattern, timezone, now + 1, end)];
    }
    const { every } = schedule;
    const first = last + (Math.floor((now - last) / every) + 1) * every;
    return Array.from({ length: Math.max(0, Math.ceil((end - first) / every)) }, (_, i) => first + i * every);
}
