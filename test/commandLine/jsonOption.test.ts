import assert from "node:assert/strict";
import { Command } from "commander";
import { asksForJson } from "../../cli/jsonOption";

function program(): Command {
    const main = new Command().option("--policy <name>", "").option("--json", "");
    main.command("hold").option("--reason <text>", "").option("--yes", "").option("--json", "");
    return main;
}

describe("The option --json", () => {
    for (const [args, expected] of [
        [["hold", "snap-1", "--json"], true],
        [["--json", "hold", "snap-1", "--reason", "audit"], true],
        [["hold", "snap-1", "--reason", "--reason", "--json"], true],
        [["hold", "--yes", "--json"], true],
        [["hold", "snap-1", "--reason", "--json"], false],
        [["--policy", "--json", "hold"], false],
        [["hold", "--", "--json"], false],
        [["hold"], false],
    ] as const) {
        it(`is ${expected ? "given" : "missing"} in ${args.join(" ")}`, () => {
            assert.equal(asksForJson(args, program()), expected);
        });
    }
});
