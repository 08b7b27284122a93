import assert from "node:assert/strict";
import { planCleaning } from "../../../lambda/retention/plan";
import type { RetentionPolicy } from "../../../lambda/retention/retentionPolicy";
import type { Snapshot } from "../../../lambda/retention/snapshot";
import { backUp, POLICY } from "../../support/history";

const c = { volumes: ["c"] };

describe("Stale volumes", () => {
    const stale = (sets: readonly Snapshot[][], now: string, policy: Partial<RetentionPolicy> = {}) =>
        planCleaning(sets.flat(), { ...POLICY, retention: { Day: 2, Week: 1 }, ...policy }, Date.parse(now)).staleVolumes.map(
            ({ volumeId, reason }) => `${volumeId}: ${reason}`,
        );
    const week = backUp({ ...c, at: "2027-01-01", type: "Week" });
    const WHY = "its backups fail, or it is no longer backed up, or is gone";

    it("have no restore point since the last period of the shortest type began", () => {
        const day = backUp({ ...c, at: "2027-01-30" });
        assert.deepEqual(
            [
                stale([day], "2027-01-31T23:59:00Z"),
                stale([day], "2027-02-01T00:00:00Z"),
                stale([week], "2027-01-15T00:00:00Z", { retention: { Week: 1 } }),
            ],
            [
                [],
                [`vol-c: no restore point since 2027-01-30 01:00 UTC: ${WHY}`],
                [`vol-c: no restore point since 2027-01-01 01:00 UTC: ${WHY}`],
            ],
        );
    });

    it("are counted from the last two runs of a rate", () => {
        const policy = { retention: { Day: 1 }, schedules: { Day: "rate(6 hours)" } };
        const day = backUp({ ...c, at: "2027-01-30T01:00" });
        assert.deepEqual([stale([day], "2027-01-30T13:00:00Z", policy), stale([day], "2027-01-30T13:00:01Z", policy).length], [[], 1]);
    });

    it("include volumes that never had a restore point, in the order of their names", () => {
        const sets = [
            backUp({ volumes: ["d"], at: "2027-01-22", consistent: "False" }),
            backUp({ volumes: ["d"], at: "2027-01-20", consistent: "False" }),
            backUp({ volumes: ["d"], at: "2027-01-21T02:00", consistent: "False" }),
            backUp({ volumes: ["e"], at: "2027-01-23" }),
            backUp({ ...c, at: "2027-01-21" }),
        ];
        assert.deepEqual(stale(sets, "2027-02-01T07:00:00Z"), [
            `vol-c: no restore point since 2027-01-21 01:00 UTC: ${WHY}`,
            `vol-d: no restore point, only other snapshots since 2027-01-20 01:00 UTC: ${WHY}`,
            `vol-e: no restore point since 2027-01-23 01:00 UTC: ${WHY}`,
        ]);
    });

    it("do not exist while a first backup is in progress", () => {
        assert.deepEqual(stale([backUp({ ...c, at: "2027-01-31", state: "pending" })], "2027-01-31T07:00:00Z"), []);
    });

    it("are not searched for without an expected time of a backup", () => {
        assert.deepEqual(stale([backUp({ ...c, at: "2027-01-01" })], "2027-02-01T07:00:00Z", { retention: { Day: 1 }, schedules: {} }), []);
        const never = { retention: { Day: 1 }, schedules: { Day: "cron(0 6 2 1 ? 2026)" } };
        assert.deepEqual(stale([backUp({ ...c, at: "2027-01-01" })], "2027-02-01T07:00:00Z", never), []);
    });

    it("are not searched for while the first period is not over", () => {
        const first = { retention: { Day: 1 }, schedules: { Day: "cron(0 6 2 1 ? 2027)" } };
        assert.deepEqual(stale([backUp({ ...c, at: "2026-01-01" })], "2027-02-01T07:00:00Z", first), []);
    });

    it("are also found if schedules have seconds", () => {
        const seconds = { retention: { Day: 1 }, schedules: { Day: "cron(30 0 1 ? * * *)" } };
        assert.deepEqual(stale([backUp({ ...c, at: "2027-01-01" })], "2027-02-01T07:00:00Z", seconds).length, 1);
    });
});
