import assert from "node:assert/strict";
import { join } from "node:path";
import { findChanges, inputsByName } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const ROOT = join(__dirname, "..", "..");

function program(config: Readonly<Record<string, unknown>> = {}): Promise<ProgramRun> {
    const texts = Object.entries(config).map(([key, value]) => [`vss-backup:${key}`, JSON.stringify(value)]);
    return runProgram({ folder: ROOT, program: "index.ts", config: Object.fromEntries(texts) });
}

/** Separates the closure of the cleaner from its other inputs. */
function cleanerOf(run: ProgramRun): { closure: string; others: unknown } {
    const { code, ...others } = inputsByName(run)["prod-cleaner"] as { code: { assets: Record<string, { text: string }> } };
    const { "index.js": closure, ...files } = code.assets;
    return { closure: closure?.text ?? "", others: { ...others, files } };
}

describe("A changed config in a Pulumi run", () => {
    let unchanged: ProgramRun;

    before(async () => {
        unchanged = await program();
    });

    it("changes only the number in the cleaner's code for another retention.Day", async () => {
        const after = await program({ retention: { Day: 7 } });
        assert.deepEqual(findChanges(unchanged, after), { added: [], dropped: [], changed: ["prod-cleaner"] });
        assert.deepEqual(cleanerOf(after).others, cleanerOf(unchanged).others);
        assert.equal(
            cleanerOf(after).closure,
            cleanerOf(unchanged).closure.replace("{Day: 5, Week: 3, Month: 2}", "{Day: 7, Week: 3, Month: 2}"),
        );
    });

    it("adds the resources of a new type, and changes only the cleaner", async () => {
        const after = await program({ retention: { Year: 3 }, schedules: { Year: "cron(0 6 2 1 ? *)" } });
        assert.deepEqual(findChanges(unchanged, after), {
            added: ["prod-year-target", "prod-year-task", "prod-year-window"],
            dropped: [],
            changed: ["prod-cleaner"],
        });
        assert.deepEqual(cleanerOf(after).others, cleanerOf(unchanged).others);
    });

    it("drops the resources of a dropped default type, and changes only the cleaner", async () => {
        const after = await program({ schedules: { Month: "never" } });
        assert.deepEqual(findChanges(unchanged, after), {
            added: [],
            dropped: ["prod-month-target", "prod-month-task", "prod-month-window"],
            changed: ["prod-cleaner"],
        });
    });
});
