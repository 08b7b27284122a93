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

    it("and the page of restores have a screen of each command", () => {
        const shown = [PAGE, "docs/restore.md"].flatMap(screensOf).map(({ command }) => command);
        const hidden = COMMANDS.map(({ name }) => name).filter(
            (name) => !shown.some((command) => command.startsWith(`vss-backup ${name} `) || command === `vss-backup ${name}`),
        );
        // The page names it, and it prints the same form of sentences as hold.
        assert.deepEqual(hidden, ["release"]);
    });

    it("lists all exit codes", () => {
        const listed = [...textOf(PAGE).matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
        assert.deepEqual(listed, Object.values(EXIT));
    });
});
