import fc from "fast-check";
import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { POLICY, ZONES } from "./history";
import type { KnownSchedule } from "./retentionOracle";

/** How a VSS run ended. */
export type Fate = "good" | "inconsistent" | "unmarked" | "error" | "pending" | "one bad";

/** One VSS run of a random history. */
export interface Run {
    readonly number: number;
    /** `other`: another policy; `none`: without the tag; `wrong case`: with the tag's key in another letter case. */
    readonly policy: "prod" | "other" | "none" | "wrong case";
    readonly type: "Day" | "Week" | "Month" | "Gone" | "day" | "";
    /** Milliseconds since 1970. */
    readonly time: number;
    /** Hours from `time` until EC2 lists the snapshots; negative with clock skew. */
    readonly seenAfter: number;
    /** Hours from `time` until the snapshots are completed and tagged. */
    readonly doneAfter: number;
    readonly volumes: readonly string[];
    /** Seconds from one snapshot of the run to the next. */
    readonly apart: number;
    readonly fate: Fate;
    /** Whether `AwsVssConfig` has the set's id. */
    readonly identified: boolean;
    readonly held: boolean;
}

const HOUR = 3_600_000;
const BEGIN = Date.parse("2026-12-20T00:00:00Z");

/** The time of the plans: a Tuesday within a month, after most runs. So some runs lie in the future. */
export const PLAN_TIME = Date.parse("2027-02-16T07:00:00Z");

/** A time after all runs. */
export const TIME_AFTER_RUNS = Date.parse("2027-03-10T00:00:00Z");

const SERVERS = [["c1", "d1"], ["c2"], ["c3", "d3", "e3"]] as const;

const run = fc.record({
    policy: fc.constantFrom<Run["policy"]>("prod", "prod", "prod", "prod", "prod", "prod", "prod", "other", "none", "wrong case"),
    type: fc.constantFrom<Run["type"]>("Day", "Day", "Day", "Day", "Week", "Week", "Month", "Gone", "day", ""),
    // The steps are coarse, so that some runs start at the same time. The half hour makes time zones matter.
    time: fc.integer({ min: 0, max: 62 * 6 }).map((steps) => BEGIN + steps * 4 * HOUR + HOUR / 2),
    seenAfter: fc.integer({ min: -8, max: 8 }),
    doneAfter: fc.integer({ min: 0, max: 12 }),
    volumes: fc.constantFrom(...SERVERS).chain((volumes) => fc.subarray([...volumes], { minLength: 1 })),
    apart: fc.constantFrom(0, 0, 1, -1),
    fate: fc.constantFrom<Fate>("good", "good", "good", "good", "good", "inconsistent", "unmarked", "error", "pending", "one bad"),
    identified: fc.boolean(),
    held: fc.constantFrom(false, false, false, false, false, false, false, true),
});

/** Histories of several servers. A volume may be missing in some runs. `always` replaces fields of all runs. */
export function makeHistories(always: Partial<Run> = {}): fc.Arbitrary<Run[]> {
    return fc.array(run, { maxLength: 40, size: "max" }).map((runs) => runs.map((one, number) => ({ ...one, ...always, number })));
}

/** Policies of two or three types. Their zones start daylight saving at different times, by half an hour, or never. */
export const policies: fc.Arbitrary<RetentionPolicy> = fc
    .record({
        Day: fc.integer({ min: 1, max: 5 }),
        Week: fc.integer({ min: 1, max: 3 }),
        Month: fc.constantFrom(undefined, 1, 2),
        schedules: fc.record({
            Day: fc.constantFrom<KnownSchedule>("cron(0 1 ? * * *)", "cron(0 1 ? * * *)", "cron(0 1 ? * MON-FRI *)", "cron(0 0/6 ? * * *)"),
            Week: fc.constantFrom<KnownSchedule>("cron(0 3 ? * SUN *)", "cron(0 3 ? * WED *)"),
            Month: fc.constantFrom<KnownSchedule>(
                "cron(0 5 1 * ? *)",
                "cron(0 5 ? * SAT#2 *)",
                "cron(0 5 1 1,7 ? *)",
                "cron(30 23 L * ? *)",
            ),
        }),
        timezone: fc.constantFrom(...ZONES),
        standIns: fc.constantFrom(true, true, false),
        countCrashConsistent: fc.constantFrom(false, false, false, true),
        failedSetGraceHours: fc.constantFrom(24, 24, 72),
        orphanDays: fc.constantFrom(undefined, undefined, 1, 10),
    })
    .map(({ Day, Week, Month, orphanDays, ...rest }) => ({
        ...POLICY,
        ...rest,
        ...(orphanDays !== undefined && { orphanDays }),
        retention: { Day, Week, ...(Month && { Month }) },
    }));

/** Volumes that no longer exist. */
export const volumeLosses: fc.Arbitrary<ReadonlySet<string>> = fc
    .subarray(["vol-c2", "vol-d3", "vol-c1"])
    .map((volumes) => new Set(volumes));

const GUID = "-0000-4000-8000-000000000000";
const POLICY_TAGS: Readonly<Record<Run["policy"], Record<string, string>>> = {
    prod: { VssBackupPolicy: "prod" },
    other: { VssBackupPolicy: "other" },
    none: {},
    "wrong case": { vssbackuppolicy: "prod" },
};
const STATES: Partial<Record<Fate, string>> = { error: "error", pending: "pending" };

/** The snapshots of a run, as EC2 lists them when they are completed and tagged. */
export function snapshotsOf({ number, policy, type, time, volumes, apart, fate, identified, held }: Run): Snapshot[] {
    return volumes.map((volume, i) => ({
        id: idOf(number, volume),
        volumeId: `vol-${volume}`,
        startTime: time + i * apart * 1000,
        state: STATES[fate] ?? "completed",
        tags: {
            ...POLICY_TAGS[policy],
            ...(type && { SnapshotType: type }),
            ...consistency(fate, number, i),
            Device: volume.startsWith("c") ? "/dev/sda1" : "xvdb",
            ...(identified && { AwsVssConfig: `{${number.toString(16).padStart(8, "0")}${GUID}}` }),
            ...(held && i === 0 && { [HOLD_KEYS[number % 3] as string]: HOLD_VALUES[number % 2] as string }),
        },
    }));
}

/** The snapshots of a run, as EC2 lists them at a time. They may be missing or pending. */
export function snapshotsAt(run: Run, now: number): Snapshot[] {
    if (now < run.time + run.seenAfter * HOUR) {
        return [];
    }
    const isDone = now >= run.time + Math.max(0, run.seenAfter, run.doneAfter) * HOUR;
    return snapshotsOf(isDone ? run : { ...run, fate: "pending" });
}

/** In the order of ids, sets that started at the same time overlap, as in EC2. */
export function idOf(number: number, volume: string): string {
    return `snap-${volume}-${number}`;
}

/** An operator may write the key of the hold in any letter case, with any value. */
const HOLD_KEYS = ["VssBackupHold", "vssbackuphold", "VSSBACKUPHOLD"];
const HOLD_VALUES = ["", "Case 4711"];

const TRUTHS = ["true", "True", "TRUE"];

function consistency(fate: Fate, number: number, i: number): Record<string, string> {
    const word = TRUTHS[number % TRUTHS.length] as string;
    const tags: Record<Fate, Record<string, string>> = {
        good: { AppConsistent: word },
        inconsistent: { AppConsistent: "False" },
        unmarked: number % 2 ? {} : { appconsistent: "true" },
        error: {},
        pending: {},
        "one bad": { AppConsistent: i === 0 ? "false" : word },
    };
    return tags[fate];
}
