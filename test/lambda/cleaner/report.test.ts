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

function makeOutcomes(count: number, result: Outcome["result"], reason: string): Outcome[] {
    return Array.from({ length: count }, (_, i) => ({
        snapshot: { ...SNAPSHOT, id: `snap-${result[0]}${String(i).padStart(16, "0")}` } as typeof SNAPSHOT & object,
        result,
        reason,
    }));
}

function makeReport(given: readonly Outcome[], errors: readonly string[] = []) {
    const plan = { decisions: [], deletions: [], setsFoundByTime: [], staleVolumes: [], orphanCandidates: [] };
    return report({ policy: "prod", time: NOW, reportOnly: false }, plan, given, errors);
}

describe("The report's lines in the log", () => {
    for (const [characters, word] of [
        ["ASCII characters", "held"],
        ["other characters", JAPANESE],
        ["characters that JSON escapes", '\u0001"\\\ud800'],
    ] as const) {
        it(`are under 48 KiB if reasons and errors have ${characters}`, () => {
            const reason = word.repeat(1_000);
            const given = [
                ...makeOutcomes(400, "failed", reason),
                ...makeOutcomes(4_000, "deleted", reason),
                ...makeOutcomes(400, "remaining", reason),
            ];
            const lines = logLines(makeReport(given, [reason, reason]));
            assert.deepEqual(findLongLines(lines.join("\n"), LINE), []);
            assert.deepEqual(
                lines.flatMap((line) => JSON.parse(line).DeletedSnapshots),
                makeOutcomes(4_000, "deleted", "").map(({ snapshot }) => snapshot.id),
            );
        });
    }

    it("list failed and remaining snapshots before the reasons of deletions", () => {
        const given = [
            ...makeOutcomes(1_000, "deleted", JAPANESE),
            ...makeOutcomes(150, "remaining", JAPANESE),
            ...makeOutcomes(150, "failed", JAPANESE),
        ];
        const { FailedSnapshots, RemainingSnapshots, DeletedSnapshots, DeletedReasons, LinesLeftOut } = makeReport(given);
        assert.deepEqual(
            [FailedSnapshots.length, RemainingSnapshots.length, DeletedSnapshots.length, DeletedReasons.length + LinesLeftOut],
            [150, 150, 1_000, 1_000],
        );
        assert.deepEqual([DeletedReasons.length < 1_000], [true]);
    });

    it("leave out all lines after the first that does not fit, but no id of a deleted snapshot", () => {
        const given = [
            ...makeOutcomes(100, "failed", "x".repeat(1_000)),
            ...makeOutcomes(3, "skipped", "in use"),
            ...makeOutcomes(5, "deleted", "old"),
            ...makeOutcomes(4, "remaining", "later"),
        ];
        const { FailedSnapshots, RemainingSnapshots, SkippedSnapshots, DeletedSnapshots, DeletedReasons, LinesLeftOut } = makeReport(given);
        assert.deepEqual(
            [FailedSnapshots.length, RemainingSnapshots, SkippedSnapshots, DeletedSnapshots.length, DeletedReasons, LinesLeftOut],
            [45, [], [], 5, [], 55 + 3 + 5 + 4],
        );
    });

    it("leave out nothing if the last byte fits, and one line if it does not", () => {
        const most = LINE - 66;
        const withLast = (length: number) =>
            makeReport([...makeOutcomes(30, "skipped", "x".repeat(1_520)), ...makeOutcomes(1, "skipped", "x".repeat(length))]);
        const short = Buffer.byteLength(JSON.stringify(withLast(1)));
        const [fitting, longer] = [withLast(1 + most - short), withLast(2 + most - short)];
        assert.deepEqual(
            [Buffer.byteLength(JSON.stringify(fitting)), fitting.LinesLeftOut, longer.LinesLeftOut, longer.SkippedSnapshots.length],
            [most, 0, 1, 30],
        );
    });

    it("name the sets that were found by their times alone, and the cure", () => {
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

    it("are one line with the whole report if it fits", () => {
        const whole = makeReport(makeOutcomes(100, "deleted", JAPANESE));
        assert.deepEqual([logLines(whole), whole.LinesLeftOut], [[JSON.stringify(whole)], 0]);
    });

    it("are one line if the ids of all deleted snapshots fit, even if reasons do not", () => {
        const whole = makeReport(makeOutcomes(1_000, "deleted", JAPANESE));
        assert.deepEqual([logLines(whole).length, whole.DeletedReasons.length + whole.LinesLeftOut], [1, 1_000]);
        assert.equal(whole.LinesLeftOut > 0, true);
    });

    it("are several lines if the ids do not fit, which hold each id once, in order", () => {
        const whole = makeReport(makeOutcomes(5_000, "deleted", JAPANESE));
        const lines = logLines(whole).map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.flatMap(({ DeletedSnapshots }) => DeletedSnapshots),
            whole.DeletedSnapshots,
        );
        assert.deepEqual(
            lines.map(({ Part, Parts }) => [Part, Parts]),
            lines.map((_, i) => [i + 1, lines.length]),
        );
    });

    it("use most of the 48 KiB", () => {
        const lines = logLines(makeReport(makeOutcomes(5_000, "deleted", JAPANESE)));
        assert.deepEqual(
            lines.slice(0, -1).filter((line) => Buffer.byteLength(line) < LINE - 256),
            [],
        );
    });

    it("cut each sentence after 2,000 characters", () => {
        const { Errors, SkippedSnapshots } = makeReport(makeOutcomes(1, "skipped", "y".repeat(2_001)), [
            "x".repeat(2_000),
            "x".repeat(2_001),
        ]);
        assert.deepEqual(
            [Errors, SkippedSnapshots.map(({ Reason }) => Reason)],
            [["x".repeat(2_000), `${"x".repeat(2_000)}…`], [`${"y".repeat(2_000)}…`]],
        );
    });
});
