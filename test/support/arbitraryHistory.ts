import fc from "fast-check";
import type { Snapshot } from "../../lambda/snapshot";

/** How a VSS run ended. */
export type Fate = "good" | "inconsistent" | "unmarked" | "error" | "pending" | "one bad";

/** One VSS run of a random history. */
export interface Run {
    readonly number: number;
    readonly policy: "prod" | "other";
    readonly type: "Day" | "Week" | "Gone";
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly volumes: readonly string[];
    readonly fate: Fate;
    /** Whether `AwsVssConfig` tells the set. */
    readonly identified: boolean;
}

const HOUR = 3_600_000;
const BEGIN = Date.parse("2027-01-01T00:00:00Z");

/** When plans of these histories are made: after most of them, so that some lie in the future. */
export const LATER = BEGIN + 30 * 24 * HOUR;

const SERVERS = [["c1", "d1"], ["c2"], ["c3", "d3", "e3"]] as const;

function run(identified: fc.Arbitrary<boolean>): fc.Arbitrary<Omit<Run, "number">> {
    return fc.record({
        policy: fc.constantFrom("prod", "prod", "prod", "prod", "other"),
        type: fc.constantFrom("Day", "Day", "Day", "Week", "Gone"),
        // Coarse, so that some start at the same time.
        time: fc.integer({ min: 0, max: 32 * 12 }).map((steps) => BEGIN + steps * 2 * HOUR),
        volumes: fc.constantFrom(...SERVERS).chain((volumes) => fc.subarray([...volumes], { minLength: 1 })),
        fate: fc.constantFrom<Fate>("good", "good", "good", "good", "inconsistent", "unmarked", "error", "pending", "one bad"),
        identified,
    });
}

/** Histories of several servers, whose volumes come and go. */
export function history(identified: fc.Arbitrary<boolean> = fc.boolean()): fc.Arbitrary<Run[]> {
    return fc.array(run(identified), { maxLength: 40, size: "max" }).map((runs) => runs.map((one, number) => ({ ...one, number })));
}

export const retention: fc.Arbitrary<Record<string, number>> = fc.record({
    Day: fc.integer({ min: 1, max: 5 }),
    Week: fc.integer({ min: 1, max: 3 }),
});

/** The snapshots of a run, as EC2 would list them. */
export function snapshotsOf({ number, policy, type, time, volumes, fate, identified }: Run): Snapshot[] {
    return volumes.map((volume, i) => ({
        id: `snap-${number}-${volume}`,
        volumeId: `vol-${volume}`,
        startTime: time,
        state: STATES[fate] ?? "completed",
        tags: {
            VssBackupPolicy: policy,
            SnapshotType: type,
            ...consistency(fate, number, i),
            ...(identified && { AwsVssConfig: `{${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000}` }),
        },
    }));
}

const STATES: Partial<Record<Fate, string>> = { error: "error", pending: "pending" };
const TRUTHS = ["true", "True", "TRUE"];

function consistency(fate: Fate, number: number, i: number): Record<string, string> {
    const word = TRUTHS[number % TRUTHS.length] as string;
    const tags: Record<Fate, Record<string, string>> = {
        good: { AppConsistent: word },
        inconsistent: { AppConsistent: "False" },
        unmarked: {},
        error: {},
        pending: {},
        "one bad": { AppConsistent: i === 0 ? "false" : word },
    };
    return tags[fate];
}
