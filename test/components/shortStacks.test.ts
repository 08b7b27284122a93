import assert from "node:assert/strict";
import { withShortStacks } from "../../components/shortStacks";

describe("Short stacks", () => {
    const linesOfStack = withShortStacks((message: string) => new Error(message).stack?.split("\n").length);

    it("last until the function returns, and do not change its result", () => {
        const limit = Error.stackTraceLimit;
        assert.equal(linesOfStack("a message and one line"), 2);
        assert.equal(Error.stackTraceLimit, limit);
    });

    it("end when the function throws", () => {
        const limit = Error.stackTraceLimit;
        const fail = withShortStacks(() => {
            throw new Error("it failed");
        });
        assert.throws(fail, { message: "it failed" });
        assert.equal(Error.stackTraceLimit, limit);
    });

    it("keep their length if PULUMI_DEBUG_PROMISE_LEAKS is set", () => {
        process.env.PULUMI_DEBUG_PROMISE_LEAKS = "1";
        try {
            assert.notEqual(linesOfStack("a message and more"), 2);
        } finally {
            delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
        }
    });
});
