import assert from "node:assert/strict";
import type { Outcome } from "../../../lambda/cleaner/deletion";
import { logLines, report } from "../../../lambda/cleaner/report";
import { planCleaning } from "../../../lambda/retention/plan";
import { backUp, NOW, POLICY } from "../../support/history";
import { findLongLines } from "../../support/logLines";

const [SNAPSHOT] = backUp({ at: "2027-01-31" });
assert.ok(SNAPSHOT);

const LINE = 48 * 1024;
const JAPANESE = "バックアップ";

function outcomes(count: number, result: Outcome["result"], reason: string): Outcome[] {
    return Array.from({ length: count }, (_, i) => ({
        snapshot: { ...SNAPSHOT, id: `snap-${result[0]}${String(i).padStart(16, "0")}` } as typeof SNAPSHOT & object,
        result,
        reason,
    }));
}

function reported(given: readonly Outcome[], errors: readonly string[] = []) {
    const plan = { decisions: [], deletions: [], setsFoundByTime: [], staleVolumes: [], orphanCandidates: [] };
    return report({ policy: "prod", time: NOW, reportOnly: false }, plan, given, errors);
}

describe("The report's lines in the log", () => {
    for (const [characters, word] of [
        ["ASCII", "held"],
        ["beyond ASCII", JAPANESE],
        ["that JSON escapes", '\u0001"\\\ud800'],
    ] as const) {
        it(`are under 48 KiB with reasons and errors of characters ${characters}`, () => {
            const reason = word.repeat(1_000);
            const given = [
                ...outcomes(400, "failed", reason),
                ...outcomes(4_000, "deleted", reason),
                ...outcomes(400, "remaining", reason),
            ];
            const lines = logLines(reported(given, [reason, reason]));
            assert.deepEqual(findLongLines(lines.join("\n"), LINE), []);
            assert.deepEqual(
                lines.flatMap((line) => JSON.parse(line).DeletedSnapshots),
                outcomes(4_000, "deleted", "").map(({ snapshot }) => snapshot.id),
            );
        });
    }

    it("hold failures and what remains rather than why snapshots were deleted", () => {
        const given = [
            ...outcomes(1_000, "deleted", JAPANESE),
            ...outcomes(150, "remaining", JAPANESE),
            ...outcomes(150, "failed", JAPANESE),
        ];
        const { FailedSnapshots, RemainingSnapshots, DeletedSnapshots, DeletedReasons, LinesLeftOut } = reported(given);
        assert.deepEqual(
            [FailedSnapshots.length, RemainingSnapshots.length, DeletedSnapshots.length, DeletedReasons.length + LinesLeftOut],
            [150, 150, 1_000, 1_000],
        );
        assert.deepEqual([DeletedReasons.length < 1_000], [true]);
    });

    it("leave out every line after the first that does not fit, but no id of a deleted snapshot", () => {
        const given = [
            ...outcomes(100, "failed", "x".repeat(1_000)),
            ...outcomes(3, "skipped", "in use"),
            ...outcomes(5, "deleted", "old"),
            ...outcomes(4, "remaining", "later"),
        ];
        const { FailedSnapshots, RemainingSnapshots, SkippedSnapshots, DeletedSnapshots, DeletedReasons, LinesLeftOut } = reported(given);
        assert.deepEqual(
            [FailedSnapshots.length, RemainingSnapshots, SkippedSnapshots, DeletedSnapshots.length, DeletedReasons, LinesLeftOut],
            [45, [], [], 5, [], 55 + 3 + 5 + 4],
        );
    });

    it("leave out nothing up to the last byte, and one line from the next byte on", () => {
        const most = LINE - 66;
        const withLast = (length: number) =>
            reported([...outcomes(30, "skipped", "x".repeat(1_520)), ...outcomes(1, "skipped", "x".repeat(length))]);
        const short = Buffer.byteLength(JSON.stringify(withLast(1)));
        const [fitting, longer] = [withLast(1 + most - short), withLast(2 + most - short)];
        assert.deepEqual(
            [Buffer.byteLength(JSON.stringify(fitting)), fitting.LinesLeftOut, longer.LinesLeftOut, longer.SkippedSnapshots.length],
            [most, 0, 1, 30],
        );
    });

    it("name the sets that were found by their times alone, and say what to do", () => {
        const sets = [["c"], ["c", "d"], ["c", "d", "e"]].flatMap((volumes, i) =>
            backUp({ at: `2027-01-2${i}`, volumes, guid: null, type: ["Day", "Week", "Month"][i] ?? "" }),
        );
        const policy = { ...POLICY, retention: { Day: 1, Week: 1, Month: 1 } };
        const { SetsFoundByTime, Counts } = report(
            { policy: "prod", time: NOW, reportOnly: false },
            planCleaning(sets, policy, NOW),
            [],
            [],
        );
        const since = "since it has no tag AwsVssConfig; update AwsVssComponents to 2.3.1 or later";
        assert.deepEqual(
            [SetsFoundByTime, Counts.SetsFoundByTime],
            [
                [
                    { SnapshotId: "snap-day-0120-c", Reason: `found by its time alone, ${since}` },
                    { SnapshotId: "snap-week-0121-c", Reason: `found by its time alone, with 1 other, ${since}` },
                    { SnapshotId: "snap-month-0122-c", Reason: `found by its time alone, with 2 others, ${since}` },
                ],
                3,
            ],
        );
    });

    it("are one line, equal to the report, if all fits", () => {
        const whole = reported(outcomes(100, "deleted", JAPANESE));
        assert.deepEqual([logLines(whole), whole.LinesLeftOut], [[JSON.stringify(whole)], 0]);
    });

    it("are one line if the ids of all deleted snapshots fit, and leave out reasons for that", () => {
        const whole = reported(outcomes(1_000, "deleted", JAPANESE));
        assert.deepEqual([logLines(whole).length, whole.DeletedReasons.length + whole.LinesLeftOut], [1, 1_000]);
        assert.equal(whole.LinesLeftOut > 0, true);
    });

    it("use most of their room", () => {
        const lines = logLines(reported(outcomes(5_000, "deleted", JAPANESE)));
        assert.deepEqual(
            lines.slice(0, -1).filter((line) => Buffer.byteLength(line) < LINE - 256),
            [],
        );
    });

    it("cut a sentence after 2,000 characters", () => {
        const { Errors, SkippedSnapshots } = reported(outcomes(1, "skipped", "y".repeat(2_001)), ["x".repeat(2_000), "x".repeat(2_001)]);
        assert.deepEqual(
            [Errors, SkippedSnapshots.map(({ Reason }) => Reason)],
            [["x".repeat(2_000), `${"x".repeat(2_000)}…`], [`${"y".repeat(2_000)}…`]],
        );
    });
});
