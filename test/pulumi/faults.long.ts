import assert from "node:assert/strict";
import { join } from "node:path";
import { listMessages } from "./registered";
import { runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

/** The SDK's exit code after it has shown the error to the user. */
const SHOWN = 32;

describe("Too many snapshot types in a Pulumi run", () => {
    it("ends an update with one message if the names of snapshot types do not fit into the watch's variable", async () => {
        const types = Array.from({ length: 28 }, (_, i) => `${"x".repeat(60)}${i}`);
        const retention = Object.fromEntries(types.map((type) => [type, 1]));
        const dropped = { Day: "never", Week: "never", Month: "never" };
        const schedules = {
            ...dropped,
            ...Object.fromEntries(types.map((type, i) => [type, `cron(0 ${i % 24} ? * ${i < 24 ? "SUN" : "MON"} *)`])),
        };
        const config = { "vss-backup:retention": JSON.stringify(retention), "vss-backup:schedules": JSON.stringify(schedules) };
        const run = await runProgram({ folder: ROOT, program: "index.ts", config });
        const cure = "give the snapshot types shorter names, use fewer types, or set watch to false";
        const message = `VssBackupPolicy "prod": the watch needs 4365 bytes of variables, and Lambda takes 4096; ${cure}`;
        assert.deepEqual([run.code, listMessages(run).filter((line) => line.startsWith("error"))], [SHOWN, [`error: ${message}`]]);
    });
});
