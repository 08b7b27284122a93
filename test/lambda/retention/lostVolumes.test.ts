import assert from "node:assert/strict";
import { type Plan, planCleaning } from "../../../lambda/retention/plan";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { backUp, NOW, POLICY } from "../../support/history";

const LOST = new Set(["vol-c"]);

function plan(sets: readonly Snapshot[][], policy: Partial<RetentionPolicy> = {}, lost: ReadonlySet<string> = LOST, now = NOW): Plan {
    return planCleaning(sets.flat(), { ...POLICY, retention: { Day: 2, Week: 1 }, ...policy }, now, lost);
}

function lines({ decisions }: Plan): string[] {
    return decisions.map(({ snapshot, reason }) => `${snapshot.id} ${reason}`);
}

const c = { volumes: ["c"] };
const WEEK = backUp({ ...c, at: "2027-01-01", type: "Week" });
const OLD = [WEEK, backUp({ ...c, at: "2027-01-02" }), backUp({ ...c, at: "2027-01-03" })];

const KEPT = ["snap-week-0101-c kept: Week 1 of 1", "snap-day-0102-c kept: Day 2 of 2", "snap-day-0103-c kept: Day 1 of 2"];

describe("Snapshots of volumes that no longer exist", () => {
    it("are kept like others by default, and reported", () => {
        const byDefault = plan(OLD);
        assert.deepEqual(lines(byDefault), KEPT);
        assert.deepEqual(byDefault.staleVolumes, [
            { volumeId: "vol-c", reason: "no restore point since 2027-01-03 01:00 UTC: it no longer exists" },
        ]);
    });

    it("are deleted after orphanDays, except the newest restore point", () => {
        const last = Date.parse("2027-01-03T01:00:00Z");
        const daysLater = (ms: number) => lines(plan(OLD, { orphanDays: 10 }, LOST, last + 10 * 86_400_000 + ms));
        assert.deepEqual(daysLater(-1), KEPT);
        assert.deepEqual(daysLater(0), [
            "snap-week-0101-c deleted: vol-c no longer exists, and has had no restore point since 2027-01-03 01:00 UTC; the newest one stays",
            "snap-day-0102-c deleted: vol-c no longer exists, and has had no restore point since 2027-01-03 01:00 UTC; the newest one stays",
            "snap-day-0103-c kept: newest restore point of vol-c, which no longer exists",
        ]);
    });

    it("stay at any age if the volume exists", () => {
        assert.deepEqual(lines(plan(OLD, { orphanDays: 1 }, new Set())), KEPT);
    });

    it("stay if a copied snapshot does not name its volume", () => {
        const unknown = ["", "vol-ffffffff"].map((volumeId) =>
            backUp({ ...c, at: "2026-01-05" }).map((one) => ({ ...one, id: `snap-${volumeId}`, volumeId })),
        );
        const { decisions, orphanCandidates } = plan(unknown, { orphanDays: 1 }, new Set(["", "vol-ffffffff"]));
        assert.deepEqual([decisions.map(({ action }) => action), orphanCandidates], [["keep", "keep"], []]);
    });

    it("stay as long as another volume of their set needs them", () => {
        const sets = ["2027-01-01", "2027-01-02"].map((at) => backUp({ volumes: ["c", "d"], at }));
        assert.deepEqual(lines(plan(sets, { orphanDays: 1 })), [
            "snap-day-0101-c kept with its set: vol-d still needs it",
            "snap-day-0101-d kept: Day 2 of 2",
            "snap-day-0102-c kept: newest restore point of vol-c, which no longer exists",
            "snap-day-0102-d kept: Day 1 of 2",
        ]);
    });

    it("are deleted if they failed earlier, but not if they are newer, pending, held or not the policy's", () => {
        const [held] = backUp({ ...c, at: "2027-01-04" }) as [Snapshot];
        const sets = [
            backUp({ ...c, at: "2026-12-31", consistent: "False", type: "Week" }),
            ...OLD.slice(1),
            [{ ...held, tags: { ...held.tags, VssBackupHold: "" } }],
            backUp({ ...c, at: "2027-01-05", consistent: "False" }),
            backUp({ ...c, at: "2027-01-06", state: "pending" }),
            backUp({ ...c, at: "2027-01-07", type: "Year" }),
        ];
        assert.deepEqual(lines(plan(sets, { orphanDays: 20 })), [
            "snap-week-1231-c deleted: failed, snap-week-1231-c is not application-consistent; vol-c no longer exists",
            "snap-day-0102-c deleted: vol-c no longer exists, and has had no restore point since 2027-01-04 01:00 UTC; the newest one stays",
            "snap-day-0103-c kept: newest restore point of vol-c that is not held; vol-c no longer exists",
            "snap-day-0104-c kept: held by the tag VssBackupHold on snap-day-0104-c",
            "snap-day-0105-c left: failed, snap-day-0105-c is not application-consistent; vol-c has no newer Day restore point",
            "snap-day-0106-c left: not finished, snap-day-0106-c is in state pending",
            "snap-year-0107-c left: Year is no snapshot type of this policy any more",
        ]);
    });

    it("stay if a failed set holds another volume that has no newer restore point", () => {
        const failed = backUp({ volumes: ["c", "d"], at: "2026-12-31", consistent: "False" });
        assert.equal(
            lines(plan([failed, ...OLD], { orphanDays: 10 }))[0],
            "snap-day-1231-c left: failed, snap-day-1231-c is not application-consistent; vol-d has no newer Day restore point",
        );
    });

    it("stay if the volume never had a restore point, since its age is unknown", () => {
        const { decisions, orphanCandidates } = plan([backUp({ ...c, at: "2026-01-05", consistent: "False" })], { orphanDays: 10 });
        assert.deepEqual(
            [decisions.map(({ reason }) => reason), orphanCandidates],
            [["left: failed, snap-day-0105-c is not application-consistent; vol-c has no newer Day restore point"], []],
        );
    });

    it("all stay if the newest restore point is held and no other counts", () => {
        const [held] = backUp({ ...c, at: "2027-01-02" }) as [Snapshot];
        const sets = [backUp({ ...c, at: "2027-01-01", consistent: "False" }), [{ ...held, tags: { ...held.tags, VssBackupHold: "" } }]];
        assert.deepEqual(
            plan(sets, { orphanDays: 10 }).decisions.map(({ action }) => action),
            ["leave", "keep"],
        );
    });

    it("are requested only if the volume had no restore point for orphanDays", () => {
        const last = Date.parse("2027-01-03T01:00:00Z");
        const asked = (ms: number, orphanDays?: number) =>
            plan(OLD, orphanDays === undefined ? {} : { orphanDays }, new Set(), last + ms).orphanCandidates;
        const tenDays = 10 * 86_400_000;
        assert.deepEqual([asked(tenDays - 1, 10), asked(tenDays, 10), asked(100 * tenDays)], [[], ["vol-c"], []]);
    });
});
