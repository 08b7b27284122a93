import assert from "node:assert/strict";
import { withShortStacks } from "../../components/shortStacks";

describe("Short stacks", () => {
    const linesOfStack = withShortStacks((message: string) => new Error(message).stack?.split("\n").length);

    it("last as long as the function runs, whose result they leave alone", () => {
        const limit = Error.stackTraceLimit;
        assert.equal(linesOfStack("a message and one line"), 2);
        assert.equal(Error.stackTraceLimit, limit);
    });

    it("end with a function that throws", () => {
        const limit = Error.stackTraceLimit;
        const fail = withShortStacks(() => {
            throw new Error("it failed");
        });
        assert.throws(fail, { message: "it failed" });
        assert.equal(Error.stackTraceLimit, limit);
    });

    it("are not short for somebody who looks for promises that never settle", () => {
        process.env.PULUMI_DEBUG_PROMISE_LEAKS = "1";
        try {
            assert.notEqual(linesOfStack("a message and more"), 2);
        } finally {
            delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
        }
    });
});
