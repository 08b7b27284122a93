import assert from "node:assert/strict";
import { watchReport } from "../../../lambda/watch/reportLine";
import { findLongLines } from "../../support/logLines";
import { SETTINGS } from "./account";
import { arbitraryHealth, finding, findings, health, law } from "./sample";

const LINE = 48 * 1024;

describe("The line of the report", () => {
    it("has subject, counts and findings", () => {
        const found = finding("overdue", { server: "i-1", type: "Day" });
        const note = finding("stopped", { severity: "note", server: "i-1", volume: "vol-1", about: "x" });
        assert.deepEqual(watchReport(health({ findings: [found, note], recovered: [finding("failing")] }), SETTINGS, ["topic"], ["No."]), {
            WatchReport: "prod-eu",
            Time: "2027-03-05T07:00:00.000Z",
            Subject: "[prod-eu] 1 overdue, 1 recovered, 44 of 44 servers OK",
            Sent: ["topic"],
            Errors: ["No."],
            Counts: {
                Servers: 44,
                OverdueServers: 1,
                UncoveredVolumes: 0,
                Problems: 1,
                RestorePoints: 440,
                OldestNewestHours: 7,
                SnapshotsKept: 880,
                SnapshotsDeleted: 88,
            },
            Findings: [
                {
                    Kind: "overdue",
                    Severity: "problem",
                    Server: "i-1",
                    Type: "Day",
                    Since: "2027-03-05T06:00:00.000Z",
                    Sentence: "This is overdue.",
                    Cure: "Look at overdue.",
                },
                {
                    Kind: "stopped",
                    Severity: "note",
                    Server: "i-1",
                    Volume: "vol-1",
                    About: "x",
                    Since: "2027-03-05T06:00:00.000Z",
                    Sentence: "This is stopped.",
                    Cure: "Look at stopped.",
                },
            ],
            Recovered: [
                {
                    Kind: "failing",
                    Severity: "problem",
                    Since: "2027-03-05T06:00:00.000Z",
                    Sentence: "This is failing.",
                    Cure: "Look at failing.",
                },
            ],
            LinesLeftOut: 0,
        });
    });

    it("leaves out entries that do not fit, first the recoveries, and counts them", () => {
        const [all, recovered] = [findings(1_000, "overdue"), findings(10, "failing")];
        const { Findings, Recovered, LinesLeftOut } = watchReport(health({ findings: all, recovered }), SETTINGS, [], []);
        const short = watchReport(health({ findings: all.slice(0, 200), recovered }), SETTINGS, [], []);
        assert.deepEqual([Findings.length + LinesLeftOut, Recovered.length, Findings.at(0)?.Server], [1_010, 0, "i-00000000000000000"]);
        assert.deepEqual([short.Findings.length, short.Recovered.length, short.LinesLeftOut], [200, 10, 0]);
    });

    it("uses its room to the last finding", () => {
        const all = findings(1_000, "overdue");
        const whole = watchReport(health({ findings: all }), SETTINGS, [], []);
        const size = Buffer.byteLength(JSON.stringify(whole));
        const next = Buffer.byteLength(JSON.stringify(whole.Findings[0])) + 1;
        assert.deepEqual([size < LINE, size + next + 16 >= LINE], [true, true]);
    });

    it("is under 48 KiB if all characters of findings and errors are escaped", () => {
        const [word, text] = ["\u0001".repeat(300), "\u0001".repeat(2_000)];
        const one = finding("failing", { server: word, volume: word, type: word, about: word, sentence: text, cure: text });
        const whole = watchReport(health({ findings: [one, one], recovered: [one] }), SETTINGS, [], [text, text]);
        assert.deepEqual(findLongLines(JSON.stringify(whole), LINE), []);
        assert.deepEqual([whole.Findings.length + whole.LinesLeftOut, whole.Errors.map(({ length }) => length)], [3, [1_000, 1_000]]);
    });

    law("is under 48 KiB, and complete or counted", arbitraryHealth, (one) => {
        const whole = watchReport(one, SETTINGS, [], []);
        assert.deepEqual(findLongLines(JSON.stringify(whole), LINE), []);
        const { Findings, Recovered, LinesLeftOut } = whole;
        assert.equal(Findings.length + Recovered.length + LinesLeftOut, one.findings.length + one.recovered.length);
    });
});
