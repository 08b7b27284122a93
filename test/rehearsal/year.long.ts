import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../rehearsal/program";
import { rehearse } from "../../rehearsal/rehearse";
import { readStackConfig } from "../../rehearsal/stackConfig";

const ROOT = join(__dirname, "..", "..");

describe("A rehearsal", () => {
    it("plays a whole year of the stack prod", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        const promises = { retention: { Day: 7, Week: 3, Month: 2 }, standIns: true };
        const options = { start: Date.UTC(2027, 0, 1), days: 365, servers: 3, volumes: 2, failures: 0.02, seed: 1 };
        const { runs, restorable, cleanings, broken } = await rehearse(deployment, promises, options);
        assert.deepEqual(
            { runs: runs.length, days: new Set(runs.filter(({ type }) => type === "Day").map(({ time }) => time)).size, cleanings, broken },
            { runs: (365 + 52 + 12) * 3, days: 365, cleanings: 365, broken: [] },
        );
        const standing = ["Day", "Week", "Month"].map((type) => restorable.filter((point) => point.type === type).length);
        // The months are the unfinished December and two finished ones.
        assert.deepEqual(standing, [24, 9, 9]);
    });
});
