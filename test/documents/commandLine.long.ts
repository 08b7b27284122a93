import assert from "node:assert/strict";
import { COMMANDS } from "../../cli/commands";
import { EXIT } from "../../cli/exitCodes";
import { printedBy, screensOf } from "../support/commandLineScreens";
import { textOf } from "../support/documents";

const PAGE = "docs/command-line.md";

describe(PAGE, () => {
    for (const { command, shown } of screensOf(PAGE)) {
        it(`shows what ${command} prints`, async () => {
            assert.equal(await printedBy(command), shown);
        });
    }

    it("has a screen of each command", () => {
        const shown = new Set(screensOf(PAGE).map(({ command }) => command.split(" ")[1]));
        // It names the command, which prints the same form of sentences as hold.
        shown.add("release");
        assert.deepEqual(
            COMMANDS.map(({ name }) => name).filter((name) => !shown.has(name)),
            [],
        );
    });

    it("lists all exit codes", () => {
        const listed = [...textOf(PAGE).matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
        assert.deepEqual(listed, Object.values(EXIT));
    });
});
