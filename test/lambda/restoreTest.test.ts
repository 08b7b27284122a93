import assert from "node:assert/strict";
import { restoreTestOf, testName, testsPath } from "../../lambda/restoreTest";

const TEST = { version: 1, time: "2027-03-01T04:30:00.000Z", result: "passed", restore: "r-20270301" };

describe("The record of a restore test", () => {
    it("is below the path of its policy", () => {
        assert.equal(testsPath("prod"), "/vss-backup-records/prod/restore-tests");
        assert.equal(testName("prod", "i-0123456789abcdef0"), "/vss-backup-records/prod/restore-tests/i-0123456789abcdef0");
    });

    it("comes back as it was", () => {
        assert.deepEqual(restoreTestOf(JSON.stringify(TEST)), TEST);
        assert.deepEqual(restoreTestOf(JSON.stringify({ ...TEST, result: "failed" })), { ...TEST, result: "failed" });
    });

    for (const [why, value] of Object.entries({
        "is no JSON": "2027-03-01",
        "is no record": "null",
        "has another version": JSON.stringify({ ...TEST, version: 2 }),
        "has no time": JSON.stringify({ ...TEST, time: undefined }),
        "has a wrong time": JSON.stringify({ ...TEST, time: "yesterday" }),
        "has another result": JSON.stringify({ ...TEST, result: "ok" }),
        "names no restore": JSON.stringify({ ...TEST, restore: undefined }),
    })) {
        it(`is unreadable if it ${why}`, () => assert.equal(restoreTestOf(value), undefined));
    }
});
