import assert from "node:assert/strict";
import { join } from "node:path";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import { windowsOf } from "../rehearsal/deployed";
import { runProgram } from "../rehearsal/program";
import { readStackConfig } from "../rehearsal/stackConfig";

const ROOT = join(__dirname, "..");

describe("The program", () => {
    it("opens the production stack's windows at least an hour apart, in ten years with daylight saving", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        const starts = windowsOf(deployment)
            .flatMap(({ schedule, timezone }) => {
                const { pattern } = parseSchedule(schedule, "seconds allowed") as { readonly pattern: string };
                return [...occurrences(pattern, timezone, Date.UTC(2026, 0, 1), Date.UTC(2036, 0, 1))];
            })
            .sort((a, b) => a - b);
        const gaps = starts.slice(1).map((start, i) => (start - (starts[i] as number)) / 60_000);
        assert.deepEqual([starts.length, Math.min(...gaps)], [3652 + 522 + 120, 90]);
    });
});
