import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rehearsalOutput, rehearsalPicture } from "../../build/picture";
import { ROOT } from "../support/documents";

describe("The picture of the README", () => {
    it("shows what npm start prints; if not, npm run picture makes it anew", () => {
        const picture = readFileSync(join(ROOT, "docs", "rehearsal.svg"), "utf8");
        assert.equal(rehearsalPicture(rehearsalOutput()), picture);
    });

    it("shows a rehearsal in which every invariant held", () => {
        assert.match(readFileSync(join(ROOT, "docs", "rehearsal.svg"), "utf8"), />Every invariant held\.<\/text>/);
    });
});
