import assert from "node:assert/strict";
import { backupSets } from "../../../lambda/retention/backupSets";
import { compareIds, type Snapshot } from "../../../lambda/retention/snapshot";
import { backUp, NOW, POLICY } from "../../support/history";

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

function boot(snapshot: Snapshot): Snapshot {
    return { ...snapshot, tags: { ...snapshot.tags, Device: "/dev/sda1" } };
}

const A = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const B = "3f2504e0-4f89-41d3-9a0c-0305e82c3302";

describe("Backup sets", () => {
    it("are found by the GUID in AwsVssConfig, in any letter case and any other text", () => {
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

    for (const [name, one, other] of [
        ["alike but for the letter case", `{${A}}`, `{${A.toUpperCase()}}`],
        ["with something else before it", `a {${A}}`, `b {${A}}`],
        ["with something else behind it", `{${A}} a`, `{${A}} b`],
        ["with more behind it", `{${A}}`, `{${A}} of two`],
        ["with a second one behind it", `${A} ${A}`, `${A} ${B}`],
    ] as const) {
        it(`are found by a GUID ${name}`, () => {
            const apart = one.replace(A, B);
            const snapshots = [tagged("a1", one), tagged("a2", other), tagged("b1", apart), tagged("b2", apart)];
            assert.deepEqual(grouped(snapshots), [
                ["a1", "a2"],
                ["b1", "b2"],
            ]);
            assert.deepEqual(grouped(snapshots.slice(1)), [["a2"], ["b1", "b2"]]);
        });
    }

    it("are found by the first GUID of a value, even if others have it in another place", () => {
        assert.deepEqual(grouped([tagged("a1", `-${A}`), tagged("b1", `-${"x".repeat(36)}${A}`), tagged("b2", `-${"y".repeat(36)}${A}`)]), [
            ["a1", "b1", "b2"],
        ]);
        assert.deepEqual(
            grouped([tagged("a1", `${A} ${B}`), tagged("b1", `${"-".repeat(36)} ${B}`), tagged("b2", `${"+".repeat(36)} ${B}`)]),
            [["a1"], ["b1", "b2"]],
        );
    });

    it("are found by the whole value if it has no GUID", () => {
        assert.deepEqual(grouped([tagged("a1", "run 1"), tagged("a2", "run 1 "), tagged("b1", "run 2")]), [["a1", "a2"], ["b1"]]);
    });

    it("are found by type and nearby start times without AwsVssConfig", () => {
        const snapshots = [
            tagged("a1", undefined, "2027-01-30T01:00:00Z"),
            tagged("a2", undefined, "2027-01-30T01:10:00Z"),
            tagged("b1", undefined, "2027-01-30T01:20:01Z"),
            tagged("w1", undefined, "2027-01-30T01:00:00Z", "Week"),
            tagged("blank", " ", "2027-01-30T03:00:00Z"),
        ];
        assert.deepEqual(grouped(snapshots), [["a1", "a2"], ["b1"], ["blank"], ["w1"]]);
    });

    it("are found by their times with any ids", () => {
        assert.deepEqual(grouped([tagged("a", undefined, "2027-01-30T02:00:00Z"), tagged("b", undefined, "2027-01-30T01:00:00Z")]), [
            ["a"],
            ["b"],
        ]);
    });

    it("have one snapshot each if it has no time and no AwsVssConfig", () => {
        assert.deepEqual(grouped([tagged("a", undefined, "never"), tagged("b", undefined, "never")]), [["a"], ["b"]]);
    });

    it("are ordered by code units", () => {
        assert.deepEqual([compareIds("a", "b"), compareIds("b", "a"), compareIds("a", "a"), compareIds("B", "a")], [-1, 1, 0, -1]);
    });

    it("come newest first, sets without a time last, and sets of the same time in a fixed order", () => {
        const snapshots = [
            tagged("a", "run 1"),
            tagged("b", "run 2"),
            tagged("c", "run 3", "2027-01-31T01:00:00Z"),
            tagged("d", "run 4", "never"),
            tagged("e", "run 5"),
            tagged("f", "run 5", "2027-01-29T01:00:00Z"),
            tagged("g", "run 6", "never"),
            tagged("h", "run 7", "2027-01-28T01:00:00Z"),
            tagged("i", "run 8", "2027-01-28T01:00:00Z"),
            tagged("j", "run 8", "2027-01-28T01:00:00Z"),
            tagged("k", "run 7", "2027-01-28T01:00:00Z"),
            tagged("m", "run 9", "2027-01-27T01:00:00Z"),
            tagged("n", "run 10", "2027-01-27T01:00:00Z"),
            tagged("o", "run 10", "2027-01-27T01:00:00Z"),
            boot(tagged("p", "run 9", "2027-01-27T01:00:00Z")),
        ];
        for (const listed of [snapshots, snapshots.toReversed(), [...snapshots.slice(3), ...snapshots.slice(0, 3)]]) {
            assert.deepEqual(
                backupSets(listed, POLICY, NOW).map(({ snapshots: members, startTime }) => [members.map(({ id }) => id).join(), startTime]),
                [
                    ["c", Date.parse("2027-01-31T01:00:00Z")],
                    ["b", Date.parse("2027-01-30T01:00:00Z")],
                    ["a", Date.parse("2027-01-30T01:00:00Z")],
                    ["e,f", Date.parse("2027-01-29T01:00:00Z")],
                    ["h,k", Date.parse("2027-01-28T01:00:00Z")],
                    ["i,j", Date.parse("2027-01-28T01:00:00Z")],
                    ["n,o", Date.parse("2027-01-27T01:00:00Z")],
                    ["p,m", Date.parse("2027-01-27T01:00:00Z")],
                    ["g", Number.NaN],
                    ["d", Number.NaN],
                ],
            );
        }
    });

    it("that failed have their time from the last snapshot that shows it", () => {
        const minutes = (id: string, minute: number, AppConsistent: string) => {
            const snapshot = tagged(id, "run 1", `2027-01-30T01:0${minute}:00Z`);
            return { ...snapshot, tags: { ...snapshot.tags, AppConsistent } };
        };
        const members = [minutes("a", 0, "true"), minutes("b", 5, "false"), minutes("c", 3, "false"), minutes("d", 1, "true")];
        for (const listed of [members, members.toReversed()]) {
            assert.deepEqual(
                backupSets(listed, POLICY, NOW).map(({ startTime }) => startTime),
                [Date.parse("2027-01-30T01:03:00Z")],
            );
        }
    });

    it("that failed have their time from the boot volume's snapshot if its id is the last", () => {
        const [c, d] = backUp({ at: "2027-01-30", consistent: "False" }) as [Snapshot, Snapshot];
        const set = [c, boot({ ...d, startTime: d.startTime + 60_000 })];
        assert.deepEqual(
            backupSets(set, POLICY, NOW).map(({ anchor, startTime }) => [anchor.id, startTime - c.startTime]),
            [[d.id, 60_000]],
        );
    });

    for (const value of ["of a run 1-1111-2222-3333-444444444444, ", "12345678-1111-2222-3333-4 of the run "]) {
        it(`are not found by a value without a whole GUID: ${value}`, () => {
            assert.deepEqual(grouped([tagged("a", `${value}1`), tagged("b", `${value}2`), tagged("c", ` ${value}2 `)]), [
                ["a"],
                ["b", "c"],
            ]);
        });
    }

    it("have the snapshot of the boot volume first, the others by their ids", () => {
        const run = ["a", "b", "c", "d"].map((id) => ({ ...tagged(id, "run 1"), volumeId: `vol-${id}` }));
        const [a, b, c, d] = run.map((snapshot) => ({
            ...snapshot,
            tags: { ...snapshot.tags, Device: snapshot.id === "c" ? "/dev/sda1" : "xvdb" },
        })) as unknown as [Snapshot, Snapshot, Snapshot, Snapshot];
        const later = { ...tagged("z", "run 2", "2027-01-31T01:00:00Z"), volumeId: "vol-b" };
        for (const listed of [
            [a, b, c, d, later],
            [d, later, c, b, a],
        ]) {
            assert.deepEqual(
                backupSets(listed, POLICY, NOW).map(({ snapshots }) => snapshots.map(({ id, volumeId }) => `${id} ${volumeId}`)),
                [["z vol-b"], ["c vol-c", "a vol-a", "b vol-b", "d vol-d"]],
            );
        }
    });

    it("are the same for any order of snapshots", () => {
        const snapshots = [
            ...backUp({ at: "2027-01-28" }),
            ...backUp({ at: "2027-01-29", guid: null }),
            ...backUp({ at: "2027-01-30", guid: null, type: "Week" }),
        ];
        assert.deepEqual(grouped([...snapshots].reverse()), grouped(snapshots));
    });

    it("of a hundred thousand snapshots at one time are still one set", () => {
        const [snapshot] = backUp({ at: "2027-01-28", volumes: ["c"], guid: null }) as [Snapshot];
        const snapshots = Array.from({ length: 100_000 }, (_, i) => ({ ...snapshot, id: `snap-${i}` }));
        assert.deepEqual(
            backupSets(snapshots, POLICY, NOW).map(({ snapshots: members, status }) => [members.length, status.kind]),
            [[100_000, "restorePoint"]],
        );
    });
});
