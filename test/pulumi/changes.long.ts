import assert from "node:assert/strict";
import { join } from "node:path";
import { findChanges, inputsByName } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

function program(config: Readonly<Record<string, unknown>> = {}): Promise<ProgramRun> {
    const texts = Object.entries(config).map(([key, value]) => [`vss-backup:${key}`, JSON.stringify(value)]);
    return runProgram({ folder: ROOT, program: "index.ts", config: Object.fromEntries(texts) });
}

const FUNCTIONS = ["prod-cleaner", "prod-watch"] as const;

/** Separates the closure of a function from its other inputs. */
function functionOf(run: ProgramRun, name: (typeof FUNCTIONS)[number]): { closure: string; others: unknown } {
    const { code, ...others } = inputsByName(run)[name] as { code: { assets: Record<string, { text: string }> } };
    const { "index.js": closure, ...files } = code.assets;
    return { closure: closure?.text ?? "", others: { ...others, files } };
}

describe("A changed config in a Pulumi run", () => {
    let unchanged: ProgramRun;

    before(async () => {
        unchanged = await program();
    });

    it("changes only the number in the functions' code and in the settings for another retention.Day", async () => {
        const after = await program({ retention: { Day: 7 } });
        assert.deepEqual(findChanges(unchanged, after), {
            added: [],
            dropped: [],
            changed: ["prod-cleaner", "prod-settings", "prod-watch"],
        });
        for (const name of FUNCTIONS) {
            assert.deepEqual(functionOf(after, name).others, functionOf(unchanged, name).others);
            assert.equal(
                functionOf(after, name).closure,
                functionOf(unchanged, name).closure.replace("{Day: 5, Week: 3, Month: 2}", "{Day: 7, Week: 3, Month: 2}"),
            );
        }
    });

    it("adds the resources of a new type, and changes only the settings, the cleaner and the watch", async () => {
        const after = await program({ retention: { Year: 3 }, schedules: { Year: "cron(0 6 2 1 ? *)" } });
        assert.deepEqual(findChanges(unchanged, after), {
            added: ["prod-year-target", "prod-year-task", "prod-year-window"],
            dropped: [],
            changed: ["prod-cleaner", "prod-settings", "prod-watch", "prod-watch-role-policy", "prod-watch-rule"],
        });
        assert.deepEqual(functionOf(after, "prod-cleaner").others, functionOf(unchanged, "prod-cleaner").others);
    });

    it("drops the resources of a dropped default type, and changes only the settings, the cleaner and the watch", async () => {
        const after = await program({ schedules: { Month: "never" } });
        assert.deepEqual(findChanges(unchanged, after), {
            added: [],
            dropped: ["prod-month-target", "prod-month-task", "prod-month-window"],
            changed: ["prod-cleaner", "prod-settings", "prod-watch", "prod-watch-role-policy", "prod-watch-rule"],
        });
    });
});
