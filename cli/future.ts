import type { BackupSet } from "../lambda/retention/backupSets";
import { planCleaning } from "../lambda/retention/plan";
import type { RetentionPolicy } from "../lambda/retention/retentionPolicy";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import type { Snapshot } from "../lambda/retention/snapshot";
import { CONSISTENT_TAG, POLICY_TAG, SET_TAG, TYPE_TAG } from "../lambda/retention/tags";

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
    return "deletedAt" in near || soon === end ? near : futureUntil(present, end);
}

function futureUntil(present: Present, end: number): Future {
    const { set, policy, now } = present;
    const snapshots = [...relatedSnapshots(present), ...futureSnapshots(present, end)];
    const decisionAt = (time: number) => {
        const begun = snapshots.filter(({ startTime }) => !(startTime > time && startTime > now));
        const { decisions } = planCleaning(begun, policy, time, present.lostVolumes);
        return decisions.find(({ snapshot }) => snapshot.id === set.anchor.id);
    };
    const runs = runsOf(present.cleanerSchedule, policy.timezone, now, end, now);
    const last = decisionAt(runs.at(-1) ?? now);
    return last?.action === "delete"
        ? { deletedAt: firstOf(runs, (time) => decisionAt(time)?.action === "delete") ?? end }
        : { staysBecause: last?.reason ?? "" };
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

/** Finds the first time for which something is so. From then on, it must always be so. */
function firstOf(times: readonly number[], isSo: (time: number) => boolean): number | undefined {
    let [low, high] = [0, times.length];
    while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if (isSo(times[middle] as number)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return times[low];
}

/** The snapshots of all sets that share a volume with the set. No others change its future. */
function relatedSnapshots({ set, sets }: Present): Snapshot[] {
    const volumes = new Set(set.snapshots.map(({ volumeId }) => volumeId));
    return sets.filter(({ snapshots }) => snapshots.some(({ volumeId }) => volumes.has(volumeId))).flatMap(({ snapshots }) => snapshots);
}

/** The restore points that the windows will make of the set's volumes until a time. */
function futureSnapshots({ set, sets, policy, now, isBackedUp }: Present, end: number): Snapshot[] {
    const volumes = [...new Set(set.snapshots.map(({ volumeId }) => volumeId))].filter(isBackedUp);
    return Object.keys(policy.retention).flatMap((type) => {
        const newest = sets.find((other) => other.type === type && other.startTime <= now)?.startTime ?? now;
        const times = runsOf(policy.schedules[type], policy.timezone, now, end, newest);
        return times.flatMap((startTime) =>
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
        );
    });
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
