import assert from "node:assert/strict";
import { join } from "node:path";
import { planDefaultIncidents } from "../../../rehearsal/incidents/playIncidents";
import { runProgram } from "../../../rehearsal/program";
import type { Promises } from "../../../rehearsal/promises";
import { type RehearsalOptions, rehearse } from "../../../rehearsal/rehearse";
import { readStackConfig } from "../../../rehearsal/stackConfig";
import { deployPolicy } from "../../support/policies";

const ROOT = join(__dirname, "..", "..", "..");
const PROMISES: Promises = { retention: { Day: 5, Week: 3, Month: 2 }, standIns: true };
const OPTIONS: RehearsalOptions = { start: Date.UTC(2027, 0, 1), days: 365, servers: 3, volumes: 2, failures: 0, seed: 1 };

/** All incidents that are no fault. */
const NO_FAULTS = ["a new server comes, and is terminated", "a new disk comes, and is removed"];

describe("A rehearsal with the watch", () => {
    it("tells of each incident of a year, and of nothing else", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        const promises = { ...PROMISES, retention: { ...PROMISES.retention, Day: 7 } };
        const { watch, broken } = await rehearse(deployment, promises, { ...OPTIONS, watch: "eventful", incidents: planDefaultIncidents });
        assert.deepEqual(broken, []);
        assert.equal(watch?.incidents.length, 30);
        assert.deepEqual(
            watch.incidents.filter(({ detection }) => !detection).map(({ name }) => name),
            NO_FAULTS,
        );
    });

    for (const [timezone, start] of [
        ["Europe/Vienna", Date.UTC(2027, 2, 22)],
        ["America/New_York", Date.UTC(2027, 10, 2)],
        ["Australia/Lord_Howe", Date.UTC(2027, 3, 1)],
        ["Asia/Kathmandu", Date.UTC(2027, 0, 28)],
    ] as const) {
        it(`breaks no invariant in ${timezone} with each run of the watch, while the clock changes and many runs fail`, async () => {
            const deployment = await deployPolicy({ timezone, schedules: { Day: "cron(30 2 ? * * *)", Week: "cron(0 4 ? * SUN *)" } });
            const options = { ...OPTIONS, start, days: 12, servers: 4, failures: 0.2, watch: "all" } as const;
            const { watch, broken } = await rehearse(deployment, PROMISES, options);
            assert.deepEqual(broken, []);
            assert.ok((watch?.runs ?? 0) >= 12 * 24, `${watch?.runs} runs`);
        });
    }
});
