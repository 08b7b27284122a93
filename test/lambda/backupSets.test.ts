import assert from "node:assert/strict";
import { backupSets, compare } from "../../lambda/backupSets";
import type { Snapshot } from "../../lambda/snapshot";
import { backup, NOW, POLICY } from "../support/history";

/** Ids of the members, set by set. */
function grouped(snapshots: readonly Snapshot[]): string[][] {
    return backupSets(snapshots, POLICY, NOW)
        .map(({ snapshots: members }) => members.map(({ id }) => id))
        .sort();
}

function tagged(id: string, AwsVssConfig: string | undefined, at = "2027-01-30T01:00:00Z", type = "Day"): Snapshot {
    return {
        id,
        volumeId: `vol-${id}`,
        startTime: Date.parse(at),
        state: "completed",
        tags: { VssBackupPolicy: "prod", SnapshotType: type, AppConsistent: "true", ...(AwsVssConfig !== undefined && { AwsVssConfig }) },
    };
}

const A = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const B = "3f2504e0-4f89-41d3-9a0c-0305e82c3302";

describe("Backup sets", () => {
    it("are found by the GUID in AwsVssConfig, whatever stands around it and in any letter case", () => {
        const snapshots = [
            tagged("a1", A),
            tagged("a2", `AwsVssComponents 2.5.1; Snapshot Set ID: {${A.toUpperCase()}}`),
            tagged("b1", `{"version":"2.3.1","SnapshotSetId":"${B}"}`),
            tagged("b2", B, "2027-01-30T02:00:00Z"),
        ];
        assert.deepEqual(grouped(snapshots), [
            ["a1", "a2"],
            ["b1", "b2"],
        ]);
    });

    it("are found by the whole value where it holds no GUID", () => {
        assert.deepEqual(grouped([tagged("a1", "run 1"), tagged("a2", "run 1 "), tagged("b1", "run 2")]), [["a1", "a2"], ["b1"]]);
    });

    it("are found by type and nearby start times where there is no AwsVssConfig", () => {
        const snapshots = [
            tagged("a1", undefined, "2027-01-30T01:00:00Z"),
            tagged("a2", undefined, "2027-01-30T01:10:00Z"),
            tagged("b1", undefined, "2027-01-30T01:20:01Z"),
            tagged("w1", undefined, "2027-01-30T01:00:00Z", "Week"),
            tagged("blank", " ", "2027-01-30T03:00:00Z"),
        ];
        assert.deepEqual(grouped(snapshots), [["a1", "a2"], ["b1"], ["blank"], ["w1"]]);
    });

    it("are found by their times whatever their ids are", () => {
        assert.deepEqual(grouped([tagged("a", undefined, "2027-01-30T02:00:00Z"), tagged("b", undefined, "2027-01-30T01:00:00Z")]), [
            ["a"],
            ["b"],
        ]);
    });

    it("without a time and without AwsVssConfig are each their own", () => {
        assert.deepEqual(grouped([tagged("a", undefined, "never"), tagged("b", undefined, "never")]), [["a"], ["b"]]);
    });

    it("are ordered by code units", () => {
        assert.deepEqual([compare("a", "b"), compare("b", "a"), compare("a", "a"), compare("B", "a")], [-1, 1, 0, -1]);
    });

    it("are the same whatever order the snapshots come in", () => {
        const snapshots = [
            ...backup({ at: "2027-01-28" }),
            ...backup({ at: "2027-01-29", guid: null }),
            ...backup({ at: "2027-01-30", guid: null, type: "Week" }),
        ];
        assert.deepEqual(grouped([...snapshots].reverse()), grouped(snapshots));
    });

    it("of a hundred thousand snapshots at one time are still one set", () => {
        const [snapshot] = backup({ at: "2027-01-28", volumes: ["c"], guid: null }) as [Snapshot];
        const snapshots = Array.from({ length: 100_000 }, (_, i) => ({ ...snapshot, id: `snap-${i}` }));
        assert.deepEqual(
            backupSets(snapshots, POLICY, NOW).map(({ snapshots: members, status }) => [members.length, status.kind]),
            [[100_000, "restorePoint"]],
        );
    });
});
