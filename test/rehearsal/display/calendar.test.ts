import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { drawCalendar } from "../../../rehearsal/display/calendar";
import { EMPTY_REHEARSAL, OPTIONS, REHEARSAL, splitLines } from "./sample";

describe("The calendar of a rehearsal", () => {
    it("shows a calendar of restore points, failures and deletions", () => {
        assert.deepEqual(splitLines(drawCalendar(REHEARSAL, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1d  2x  3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29  30· 31W",
            "",
            "D Day can be restored",
            "W Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("counts days in the policy's time zone", () => {
        assert.deepEqual(splitLines(drawCalendar({ ...REHEARSAL, timezone: "America/New_York" }, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1x  2   3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29· 30W 31d",
            "",
            "D Day can be restored",
            "W Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("gives other letters to types with the same initials", () => {
        const rename = (type: string) => (type === "Day" ? "Weekday" : type);
        const types = REHEARSAL.types.map(rename);
        const restorable = REHEARSAL.restorable.map((point) => ({ ...point, type: rename(point.type) }));
        assert.deepEqual(splitLines(drawCalendar({ ...REHEARSAL, types, restorable }, OPTIONS)), [
            "January 2027                   February 2027",
            "Mo  Tu  We  Th  Fr  Sa  Su     Mo  Tu  We  Th  Fr  Sa  Su",
            "                 1   2   3      1a  2x  3   4   5   6   7",
            " 4   5   6   7   8   9  10      8   9  10  11  12  13  14",
            "11  12  13  14  15  16  17     15  16  17  18  19  20  21",
            "18  19  20  21  22  23  24     22  23  24  25  26  27  28",
            "25  26  27  28  29  30· 31B",
            "",
            "A Weekday can be restored",
            "B Week can be restored",
            "small not on every server",
            "x a run failed",
            "· deleted since",
        ]);
    });

    it("shows the last thirteen months of a long rehearsal, in rows of two", () => {
        const titles = splitLines(drawCalendar(EMPTY_REHEARSAL, { ...OPTIONS, days: 800 })).filter((line) => / 20\d\d/.test(line));
        assert.deepEqual(
            titles.map((line) => line.split(/ {2,}/)),
            [
                ["April 2028", "May 2028"],
                ["June 2028", "July 2028"],
                ["August 2028", "September 2028"],
                ["October 2028", "November 2028"],
                ["December 2028", "January 2029"],
                ["February 2029", "March 2029"],
                ["April 2029"],
            ],
        );
    });

    it("is in colour if the terminal has colours", () => {
        const program = `
            const { drawCalendar } = require(${JSON.stringify(join(__dirname, "../../../rehearsal/display/calendar"))});
            const [rehearsal, options] = JSON.parse(process.argv[1]);
            process.stdout.write(drawCalendar(rehearsal, options));`;
        const text = (colours: Record<string, string>) => {
            const { NO_COLOR, FORCE_COLOR, ...env } = process.env;
            return execFileSync(process.execPath, ["-r", "ts-node/register", "-e", program, JSON.stringify([REHEARSAL, OPTIONS])], {
                encoding: "utf8",
                env: { ...env, ...colours },
                cwd: join(__dirname, "../../.."),
            });
        };
        const [coloured, plain] = [text({ FORCE_COLOR: "1" }), text({ NO_COLOR: "1" })];
        assert.equal(stripVTControlCharacters(coloured), plain);
        assert.deepEqual(plain.split("\n"), splitLines(drawCalendar(REHEARSAL, OPTIONS)));
        assert.deepEqual(
            [
                "\u001b[1m\u001b[32m31W\u001b[39m\u001b[22m",
                "\u001b[33m 1d\u001b[39m",
                "\u001b[31m 2x\u001b[39m",
                "\u001b[2m30·\u001b[22m",
            ].filter((day) => !coloured.includes(day)),
            [],
        );
    });
});
