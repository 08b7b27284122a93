import assert from "node:assert/strict";
import { ordinal, utc } from "../../../lambda/retention/wording";

describe("Words", () => {
    it("for places are those of English", () => {
        assert.deepEqual(
            [1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 21, 22, 23, 24, 100, 101, 111, 112, 113, 123].map(ordinal).join(" "),
            "1st 2nd 3rd 4th 9th 10th 11th 12th 13th 14th 21st 22nd 23rd 24th 100th 101st 111th 112th 113th 123rd",
        );
    });

    it("for times are UTC, to the minute", () => {
        assert.equal(utc(Date.parse("2027-02-01T07:08:59.999Z")), "2027-02-01 07:08 UTC");
    });
});
