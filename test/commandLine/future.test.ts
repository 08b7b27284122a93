import assert from "node:assert/strict";
import fc from "fast-check";
import { type Future, futureOf, type Present } from "../../cli/future";
import { deletionRuns } from "../../cli/planning";
import { backupSets } from "../../lambda/retention/backupSets";
import { planCleaning } from "../../lambda/retention/plan";
import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import { occurrences, parseSchedule } from "../../lambda/retention/schedules";
import type { Snapshot } from "../../lambda/retention/snapshot";
import { makeHistories, PLAN_TIME, policies, snapshotsOf, volumeLosses } from "../support/arbitraryHistory";
import { backUp, NOW, POLICY } from "../support/history";
import { removeSnapshots } from "../support/law";
import { HISTORIES } from "../support/sample";

const DAY = 86_400_000;
const CLEANER = "cron(0 7 * * ? *)";

/** Five Day restore points, and one Month restore point of January. */
const SNAPSHOTS = [
    ...["2027-01-28", "2027-01-29", "2027-01-30", "2027-01-31", "2027-02-01"].flatMap((at) => backUp({ at })),
    ...backUp({ type: "Month", at: "2027-01-01T05:00" }),
];
const RULES = { ...POLICY, retention: { Day: 5, Month: 2 }, schedules: { Day: "cron(0 1 ? * * *)", Month: "cron(0 5 1 * ? *)" } };

/** The future of the set with a snapshot. */
function future(id: string, snapshots: readonly Snapshot[] = SNAPSHOTS, rest: Partial<Present> = {}): Future {
    const policy = rest.policy ?? RULES;
    const sets = backupSets(snapshots, policy, NOW);
    const set = sets.find((one) => one.snapshots.some((snapshot) => snapshot.id === id));
    assert.ok(set);
    return futureOf({
        set,
        sets,
        policy,
        cleanerSchedule: CLEANER,
        maxDeletionsPerRun: 1000,
        now: NOW,
        lostVolumes: new Set(),
        isBackedUp: () => true,
        ...rest,
    });
}

function deletedAt(time: string): Future {
    return { deletedAt: Date.parse(`${time}Z`) };
}

describe("The future of a backup set", () => {
    it("ends with the run of the cleaner after which newer restore points suffice", () => {
        assert.deepEqual(
            ["snap-day-0128-c", "snap-day-0129-d", "snap-day-0201-c", "snap-month-0101-c"].map((id) => future(id)),
            [deletedAt("2027-02-02T07:00"), deletedAt("2027-02-03T07:00"), deletedAt("2027-02-06T07:00"), deletedAt("2027-04-01T07:00")],
        );
    });

    it("ends with the next run of the cleaner if the plan deletes the set already", () => {
        const older = [...SNAPSHOTS, ...backUp({ at: "2027-01-20" })];
        assert.deepEqual(future("snap-day-0120-c", older), deletedAt("2027-02-02T07:00"));
    });

    it("waits for older sets if a run may delete fewer snapshots than the plan", () => {
        const days = ["2027-01-20", "2027-01-21", "2027-01-22", "2027-01-23"];
        const older = [...SNAPSHOTS, ...days.flatMap((at) => backUp({ at }))];
        const ends = (most: number) =>
            ["snap-day-0120-c", "snap-day-0121-c", "snap-day-0123-c", "snap-day-0128-c", "snap-day-0129-c"].map((id) =>
                future(id, older, { maxDeletionsPerRun: most }),
            );
        const at = (...dates: readonly string[]) => dates.map((day) => deletedAt(`2027-02-${day}T07:00`));
        assert.deepEqual(
            [ends(2), ends(5), ends(1000)],
            [at("02", "03", "05", "06", "07"), at("02", "02", "03", "04", "04"), at("02", "02", "02", "02", "03")],
        );
    });

    it("looks years ahead", () => {
        const policy = { ...RULES, retention: { Year: 4 }, schedules: { Year: "cron(0 5 1 1 ? *)" } };
        assert.deepEqual(
            future("snap-year-0101-c", backUp({ type: "Year", at: "2027-01-01T05:00" }), { policy }),
            deletedAt("2031-01-01T07:00"),
        );
    });

    it("counts the runs of a rate from the newest restore point", () => {
        const policy = { ...RULES, retention: { Day: 2 }, schedules: { Day: "rate(12 hours)" } };
        const snapshots = [...backUp({ at: "2027-01-31T22:00" }), ...backUp({ at: "2027-02-01T03:00" })];
        assert.deepEqual(
            [
                future("snap-day-0131-c", snapshots, { policy }),
                future("snap-day-0201-c", snapshots, { policy, cleanerSchedule: "rate(1 hour)" }),
            ],
            [deletedAt("2027-02-02T07:00"), deletedAt("2027-02-02T03:00")],
        );
    });

    it("has no end if the set is held, of no type of the policy, or unfinished", () => {
        const snapshots = [
            ...backUp({ at: "2027-01-05" }).map((snapshot) => ({ ...snapshot, tags: { ...snapshot.tags, VssBackupHold: "x" } })),
            ...backUp({ type: "Gone", at: "2027-01-06" }),
            ...backUp({ at: "2027-01-07", state: "pending" }),
        ];
        assert.deepEqual(
            ["snap-day-0105-c", "snap-gone-0106-c", "snap-day-0107-c"].map((id) => future(id, snapshots)),
            [
                { staysBecause: "kept: held by the tag VssBackupHold on snap-day-0105-c" },
                { staysBecause: "left: Gone is no snapshot type of this policy any more" },
                { staysBecause: "left: not finished, snap-day-0107-c is in state pending" },
            ],
        );
    });

    it("has no end if its volumes are backed up no more", () => {
        const isBackedUp = () => false;
        assert.deepEqual(future("snap-day-0128-c", SNAPSHOTS, { isBackedUp }), { staysBecause: "kept: Day 5 of 5" });
    });

    it("ends with orphanDays if a volume no longer exists", () => {
        const rest = { isBackedUp: () => false, lostVolumes: new Set(["vol-c", "vol-d"]), policy: { ...RULES, orphanDays: 30 } };
        assert.deepEqual(
            ["snap-day-0128-c", "snap-day-0201-c"].map((id) => future(id, SNAPSHOTS, rest)),
            [deletedAt("2027-03-03T07:00"), { staysBecause: "kept: newest restore point of vol-d, which no longer exists" }],
        );
    });

    it("has no end if one of its volumes is backed up no more", () => {
        const isBackedUp = (volume: string) => volume === "vol-c";
        assert.deepEqual(future("snap-day-0128-c", SNAPSHOTS, { isBackedUp }), {
            staysBecause: "kept: Day 5 of 5",
        });
    });

    it("is that of a cleaner that runs day by day", () => {
        fc.assert(
            fc.property(
                makeHistories(),
                policies,
                volumeLosses,
                fc.nat(),
                fc.constantFrom(1, 3, 8, 1000),
                (runs, policy, lostVolumes, chance, most) => {
                    const snapshots = runs.flatMap(snapshotsOf).filter(({ tags }) => tags.VssBackupPolicy === "prod");
                    const sets = backupSets(snapshots, policy, PLAN_TIME);
                    const set = sets[chance % sets.length];
                    // A set that starts later than now is not older than the coming ones.
                    fc.pre(set !== undefined && (most === 1000 || set.startTime <= PLAN_TIME));
                    const isBackedUp = (volume: string) => !lostVolumes.has(volume);
                    const rules = { policy, cleanerSchedule: CLEANER, maxDeletionsPerRun: most };
                    const found = futureOf({ set, sets, ...rules, now: PLAN_TIME, lostVolumes, isBackedUp });
                    const time = "deletedAt" in found && found.deletedAt < PLAN_TIME + 20 * DAY ? found.deletedAt : undefined;
                    assert.deepEqual(time, replay(set.anchor.id, snapshots, { ...policy, maxDeletionsPerRun: most }, lostVolumes));
                },
            ),
            { numRuns: Math.ceil(HISTORIES / 8) },
        );
    });
});

/** Plays 20 days in which all servers are backed up, and a cleaner deletes. Returns the time at which it deletes a snapshot. */
function replay(
    id: string,
    snapshots: readonly Snapshot[],
    policy: RetentionPolicy & Pick<Present, "maxDeletionsPerRun">,
    lost: ReadonlySet<string>,
): number | undefined {
    const end = PLAN_TIME + 20 * DAY;
    const coming = Object.keys(policy.retention).flatMap((type) =>
        firings(policy.schedules[type] ?? "", policy.timezone, end).flatMap((time) =>
            [["c1", "d1"], ["c2"], ["c3", "d3", "e3"]].flatMap((volumes, server) =>
                backUp({ type, at: "2027-01-01", volumes: volumes.filter((volume) => !lost.has(`vol-${volume}`)) }).map((snapshot) => ({
                    ...snapshot,
                    id: `${snapshot.id}-${time}`,
                    startTime: time,
                    tags: { ...snapshot.tags, AwsVssConfig: `${type} ${time} ${server}` },
                })),
            ),
        ),
    );
    let present = [...snapshots];
    for (const time of firings(CLEANER, policy.timezone, end)) {
        const listed = [...present, ...coming.filter(({ startTime }) => startTime <= time)];
        const { deletions } = planCleaning(listed, policy, time, lost);
        const [run = []] = deletionRuns(deletions, policy.maxDeletionsPerRun);
        const deleted = run.flat().map(({ snapshot }) => snapshot.id);
        if (deleted.includes(id)) {
            return time;
        }
        present = removeSnapshots(present, deleted);
    }
    return undefined;
}

function firings(expression: string, timezone: string, end: number): number[] {
    const schedule = parseSchedule(expression, "seconds allowed");
    assert.equal(schedule.kind, "cron");
    return "pattern" in schedule ? [...occurrences(schedule.pattern, timezone, PLAN_TIME + 1, end)] : [];
}
