import assert from "node:assert/strict";
import { findCompilerErrors } from "../support/compiler";
import { findBlocks } from "../support/documents";

describe("The documents' programs", () => {
    it("compile", () => {
        const programs = findBlocks("ts").map(({ text }) => text);
        assert.equal(programs.length > 20, true);
        assert.deepEqual(findCompilerErrors(programs), []);
    });
});
