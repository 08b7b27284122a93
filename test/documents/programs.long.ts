import assert from "node:assert/strict";
import { compilerErrors } from "../support/compiler";
import { blocks } from "../support/documents";

describe("The documents' programs", () => {
    it("compile", () => {
        const programs = blocks("ts").map(({ text }) => text);
        assert.equal(programs.length > 20, true);
        assert.deepEqual(compilerErrors(programs), []);
    });
});
