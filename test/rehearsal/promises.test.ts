import assert from "node:assert/strict";
import { promisesOf } from "../../rehearsal/promises";

describe("The promises of a stack's config", () => {
    it("are the defaults without any config", () => {
        assert.deepEqual(promisesOf({}), {
            retention: { Day: 5, Week: 3, Month: 2 },
            standIns: true,
            countCrashConsistent: false,
            overdueGraceHours: 2,
        });
    });

    it("are the defaults with the entries of the config", () => {
        const config = {
            "vss-backup:retention": '{"Day":7,"Hour":12}',
            "vss-backup:standIns": "false",
            "vss-backup:countCrashConsistent": "true",
            "vss-backup:overdueGraceHours": "5",
        };
        assert.deepEqual(promisesOf(config), {
            retention: { Day: 7, Week: 3, Month: 2, Hour: 12 },
            standIns: false,
            countCrashConsistent: true,
            overdueGraceHours: 5,
        });
    });

    it("drop a type with the schedule never, and its retention", () => {
        const config = {
            "vss-backup:retention": '{"Day":4}',
            "vss-backup:schedules": '{"Month":"never","Week":"never","Day":"rate(1 day)"}',
        };
        assert.deepEqual(promisesOf(config).retention, { Day: 4 });
    });
});
