import assert from "node:assert/strict";
import { writeTable } from "../../cli/output/table";

const HEAD = ["Server", "Reason"];
const ROWS = [
    ["web01 (i-0123456789abcdef0)", "kept: Day 1 of 5"],
    ["sql01", "kept with its set: vol-0123456789abcdef0 still needs it"],
];

describe("A table", () => {
    it("has a column for each title, and no line longer than its longest cells", () => {
        assert.equal(
            writeTable(HEAD, ROWS, 100),
            [
                "Server                       Reason",
                "web01 (i-0123456789abcdef0)  kept: Day 1 of 5",
                "sql01                        kept with its set: vol-0123456789abcdef0 still needs it",
                "",
            ].join("\n"),
        );
    });

    it("folds its widest cells between words if the screen is narrow", () => {
        assert.equal(
            writeTable(HEAD, ROWS, 50),
            [
                "Server                 Reason",
                "web01                  kept: Day 1 of 5",
                "(i-0123456789abcdef0)",
                "sql01                  kept with its set:",
                "                       vol-0123456789abcdef0",
                "                       still needs it",
                "",
            ].join("\n"),
        );
    });

    it("becomes a block of lines for each row if its ids have no room, and cuts none", () => {
        assert.equal(
            writeTable(HEAD, ROWS, 40),
            [
                "Server: web01 (i-0123456789abcdef0)",
                "Reason: kept: Day 1 of 5",
                "",
                "Server: sql01",
                "Reason: kept with its set:",
                "  vol-0123456789abcdef0 still needs it",
                "",
            ].join("\n"),
        );
    });

    it("counts the columns of wide characters", () => {
        assert.equal(
            writeTable(
                ["Name", "Age"],
                [
                    ["日本", "1 h"],
                    ["web", "2 h"],
                ],
                80,
            ),
            "Name  Age\n日本  1 h\nweb   2 h\n",
        );
    });
});
