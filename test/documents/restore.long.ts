import assert from "node:assert/strict";
import { playSection, sectionsOf } from "../support/restoreScreens";

const PAGE = "docs/restore.md";

describe(PAGE, () => {
    for (const screens of sectionsOf(PAGE).filter(({ length }) => length > 0)) {
        it(`shows what ${screens.map(({ command }) => command).join(", ")} print`, async () => {
            assert.deepEqual(
                await playSection(screens),
                screens.map(({ shown }) => shown),
            );
        });
    }
});
