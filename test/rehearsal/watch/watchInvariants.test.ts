import assert from "node:assert/strict";
import type { Said } from "../../../rehearsal/detection";
import type { StateChange } from "../../../rehearsal/embeddedAws/cloudWatch";
import { findBrokenWatchInvariants, type Truth, type WatchObserved } from "../../../rehearsal/watchInvariants";
import type { FoundLine } from "../../../rehearsal/watching";
import { alarm, finding, hour, incident, OVERDUE, played, report, run } from "./sketch";

/** Day of i-1, due after an hour. Its window closed after two. */
const MISSING = { server: "i-1", type: "Day", due: hour(1), closed: hour(2) };

const CRASH = incident({ name: "the watch crashes", kinds: [], alarms: ["heartbeat"] });

function truth(hours: number, findings: readonly FoundLine[], changes: Partial<Truth> = {}): Truth {
    return { run: run(hours, ...findings), missing: [], withoutPoint: [], failing: [], uncovered: [], watched: ["i-1"], ...changes };
}

/** The broken invariants of a week in which all went well, with these changes. */
function broken(changes: Partial<Omit<WatchObserved, "said">> & { readonly said?: Partial<Omit<Said, "runs">> }): string[] {
    return findBrokenWatchInvariants({
        truths: [],
        incidents: [],
        changes: { shortest: [], longest: [] },
        end: hour(168),
        lingersUntil: (kind, _type, time) => (kind === "overdue" ? hour(60) : time),
        ...changes,
        said: { reports: [], alarms: [], ...changes.said, runs: (changes.truths ?? []).map((one) => one.run) },
    });
}

function change(hours: number, suffix: string, to: StateChange["to"] = "ALARM"): StateChange {
    return { alarm: `vss-backup-prod-${suffix}`, time: hour(hours), from: "OK", to, actions: [] };
}

describe("The invariants of the watch", () => {
    it("hold if nothing happens and nothing is said", () => {
        assert.deepEqual(broken({ truths: [truth(1, []), truth(2, [])] }), []);
    });

    describe("No finding without its incident", () => {
        const FALSE = ["2027-01-04T12:00:00Z: the watch found what is not so: The SSM Agent of i-1 does not respond."];

        it("is broken by a finding that has none", () => {
            assert.deepEqual(broken({ truths: [truth(12, [finding()])] }), FALSE);
        });

        it("holds for the kinds of an incident and for its side effects", () => {
            const incidents = [played({ incident: incident({ kinds: [], sideEffects: ["agent offline"] }) })];
            assert.deepEqual(
                broken({ truths: [truth(12, [finding()])], incidents: [played()], said: { reports: [report(12, finding())] } }),
                [],
            );
            assert.deepEqual(broken({ truths: [truth(12, [finding()])], incidents }), []);
        });

        it("is broken by an incident of another server, of another time or of another kind", () => {
            for (const other of [
                { server: "i-2", end: hour(20) },
                { begin: hour(13), end: hour(20) },
                { end: hour(11) },
                { incident: incident({ kinds: ["overdue"] }), end: hour(20) },
            ]) {
                assert.deepEqual(broken({ truths: [truth(12, [finding()])], incidents: [played(other)] }), FALSE);
            }
        });

        it("holds for an incident of no server", () => {
            const incidents = [played({ server: undefined, end: hour(20) })];
            assert.deepEqual(broken({ truths: [truth(12, [finding()])], incidents }), []);
        });

        it("holds as long as a finding may linger after its incident", () => {
            const incidents = [played({ incident: incident({ kinds: ["overdue"] }), end: hour(20) })];
            assert.deepEqual(broken({ truths: [truth(59, [OVERDUE])], incidents }), []);
            assert.equal(broken({ truths: [truth(61, [OVERDUE])], incidents }).length, 1);
        });

        for (const [kind, changes] of [
            ["overdue", {}],
            ["never backed up", { withoutPoint: ["i-1"] }],
            ["failing", { failing: ["i-1"] }],
            ["volume not covered", { uncovered: ["i-1"] }],
        ] as const) {
            it(`holds for "${kind}" if it is so, whatever the cause`, () => {
                const { Type: _, ...line } = { ...OVERDUE, Kind: kind };
                const found = kind === "overdue" ? OVERDUE : line;
                const isBroken = (of: Partial<Truth>) => broken({ truths: [truth(12, [found, OVERDUE], of)], end: hour(13) });
                assert.deepEqual(isBroken({ missing: [MISSING], ...changes }), []);
                assert.notDeepEqual(isBroken({ missing: [{ ...MISSING, server: "i-2" }], withoutPoint: [], failing: ["i-2"] }), []);
            });
        }

        it("is broken by an overdue type that is not missing", () => {
            const truths = [truth(12, [{ ...OVERDUE, Type: "Week" }, OVERDUE], { missing: [MISSING] })];
            assert.deepEqual(broken({ truths, end: hour(13) }), [
                "2027-01-04T12:00:00Z: the watch found what is not so: i-1 has no Day restore point.",
            ]);
        });
    });

    describe("Each missing backup is found at once", () => {
        const OVERLOOKED = ["2027-01-04T12:00:00Z: the watch overlooked that i-1 has no Day of 2027-01-04T01:00:00Z"];

        it("is broken by a run without the finding", () => {
            assert.deepEqual(broken({ truths: [truth(12, [], { missing: [MISSING] })], end: hour(13) }), OVERLOOKED);
        });

        it("is broken by a finding of another type or server", () => {
            for (const other of [
                { ...OVERDUE, Type: "Week" },
                { ...OVERDUE, Server: "i-2" },
                { ...OVERDUE, Kind: "failing" as const },
            ]) {
                const sentences = broken({ truths: [truth(12, [other], { missing: [MISSING], failing: ["i-1"] })], end: hour(13) });
                assert.deepEqual(sentences.at(-1), OVERLOOKED[0]);
            }
        });
    });

    describe("Each missed backup is reported within 26 hours of its window's end", () => {
        const truths = [truth(6, [OVERDUE], { missing: [MISSING] }), truth(28, [OVERDUE], { missing: [MISSING] })];
        const UNTOLD = ["i-1 has no Day of 2027-01-04T01:00:00Z, and nobody was told within 26 hours"];

        it("is broken if no message tells of it", () => {
            assert.deepEqual(broken({ truths }), UNTOLD);
        });

        it("holds with a report or an alarm in time", () => {
            assert.deepEqual(broken({ truths, said: { reports: [report(28, OVERDUE)] } }), []);
            assert.deepEqual(broken({ truths, said: { alarms: [alarm(6.25, "overdue")] } }), []);
        });

        it("is broken by a report or an alarm that comes later, or earlier", () => {
            const late = [...truths, truth(29, [OVERDUE], { missing: [MISSING] })];
            assert.deepEqual(broken({ truths: late, said: { reports: [report(29, OVERDUE)] } }), UNTOLD);
            for (const hours of [1, 29]) {
                assert.deepEqual(broken({ truths, said: { alarms: [alarm(hours, "overdue")] } }), UNTOLD);
            }
        });

        it("is broken by a message about something else", () => {
            for (const messages of [
                { reports: [report(6, finding())] },
                { alarms: [alarm(6, "problems")] },
                { alarms: [alarm(6, "overdue", false)] },
            ]) {
                assert.deepEqual(broken({ truths, said: messages }), UNTOLD);
            }
        });

        it("can't be broken if the rehearsal ends before", () => {
            assert.deepEqual(broken({ truths, end: hour(28) }), []);
        });

        it("can't be broken if the server loses its tag in time", () => {
            assert.deepEqual(broken({ truths: [...truths, truth(28, [], { watched: ["i-2"] })] }), []);
            assert.deepEqual(broken({ truths: [...truths, truth(29, [], { watched: ["i-2"] })] }), UNTOLD);
        });

        it("can't be broken while the watch does not run", () => {
            const crash = (begin: number, end: number) => [played({ incident: CRASH, begin: hour(begin), end: hour(end) })];
            const untold = (begin: number, end: number) =>
                broken({ truths, incidents: crash(begin, end), said: { alarms: [alarm(end, "heartbeat")] } });
            assert.deepEqual([untold(28, 30), untold(1, 2)], [[], []]);
            assert.deepEqual([untold(28.5, 30), untold(0, 1)], [UNTOLD, UNTOLD]);
        });
    });

    describe("Each incident is told within 26 hours", () => {
        const UNTOLD = ["2027-01-04T10:00:00Z: the agent dies, and nobody was told within 26 hours"];

        it("is broken if it is not found", () => {
            assert.deepEqual(broken({ incidents: [played()] }), UNTOLD);
        });

        it("is broken if it is found, and no message tells of it", () => {
            assert.deepEqual(broken({ incidents: [played()], truths: [truth(12, [finding()])] }), UNTOLD);
        });

        it("holds with a report or with the alarm on problems", () => {
            const truths = [truth(12, [finding()])];
            assert.deepEqual(broken({ incidents: [played()], truths, said: { reports: [report(12, finding())] } }), []);
            assert.deepEqual(broken({ incidents: [played()], truths, said: { alarms: [alarm(13, "problems")] } }), []);
        });

        it("counts from when the watch can know it", () => {
            const late = played({ knowable: hour(20), end: hour(60) });
            const truths = [truth(46, [finding()])];
            assert.deepEqual(broken({ incidents: [late], truths, said: { reports: [report(46, finding())] } }), []);
            assert.deepEqual(broken({ incidents: [played()], truths, said: { reports: [report(46, finding())] } }), UNTOLD);
        });

        it("counts from the first restore point that shows it, if it is about a volume", () => {
            const disk = played({ incident: incident({ name: "a disk", kinds: ["volume not covered"] }), end: hour(80) });
            const seen = (hours: number) => truth(hours, [], { uncovered: ["i-1"] });
            assert.deepEqual(broken({ incidents: [disk], truths: [truth(12, [], { uncovered: ["i-2"] })] }), []);
            assert.deepEqual(broken({ incidents: [disk], truths: [seen(9), seen(55)] }), []);
            assert.deepEqual(broken({ incidents: [disk], truths: [seen(54)] }), [
                "2027-01-04T10:00:00Z: a disk, and nobody was told within 26 hours",
            ]);
        });

        it("can't be broken by an incident that is over before, or lasts longer than the rehearsal", () => {
            assert.deepEqual(broken({ incidents: [played({ end: hour(35) })] }), []);
            assert.deepEqual(broken({ incidents: [played()], end: hour(35) }), []);
        });

        it("can't be broken by what is no fault", () => {
            assert.deepEqual(broken({ incidents: [played({ incident: incident({ kinds: [] }) })] }), []);
        });
    });

    describe("Each alarm goes off for its incidents, and for nothing else", () => {
        const both = (...changes: StateChange[]) => ({ shortest: changes, longest: changes });

        it("is broken by an alarm that stays silent", () => {
            assert.deepEqual(broken({ incidents: [played({ incident: CRASH })] }), [
                "2027-01-04T10:00:00Z: the watch crashes, and the alarm heartbeat stayed silent",
            ]);
            const alarms = [alarm(14, "heartbeat")];
            assert.deepEqual(broken({ incidents: [played({ incident: CRASH })], said: { alarms } }), []);
        });

        it("can't be broken by an incident that lasts longer than the rehearsal", () => {
            assert.deepEqual(broken({ incidents: [played({ incident: CRASH, end: hour(200) })] }), []);
        });

        it("is broken by an alarm without a reason, with either evaluation range", () => {
            const sentence = (range: string) =>
                `2027-01-04T12:00:00Z: the alarm vss-backup-prod-heartbeat went off without a reason (${range} evaluation range)`;
            const changes = both(change(12, "heartbeat"), change(13, "heartbeat", "OK"));
            assert.deepEqual(broken({ changes }), [sentence("shortest"), sentence("longest")]);
        });

        it("holds for an alarm of an incident, and for some hours after it", () => {
            const incidents = [played({ incident: CRASH, end: hour(20) })];
            const alarms = [alarm(12, "heartbeat")];
            const isBroken = (hours: number) => broken({ incidents, changes: both(change(hours, "heartbeat")), said: { alarms } });
            assert.deepEqual([isBroken(12), isBroken(26)], [[], []]);
            assert.deepEqual([isBroken(9).length, isBroken(27).length], [2, 2]);
        });

        it("holds for an alarm that counts findings, if the run before had some", () => {
            const incidents = [played({ end: hour(20) }), played({ incident: incident({ kinds: ["overdue"] }), end: hour(20) })];
            const isBroken = (suffix: string, ...findings: FoundLine[]) =>
                broken({ incidents, truths: [truth(11, []), truth(12, findings)], changes: both(change(12.5, suffix)) }).length > 0;
            assert.deepEqual(
                [
                    isBroken("problems", finding()),
                    isBroken("problems", finding({ Severity: "note" })),
                    isBroken("problems"),
                    isBroken("overdue", OVERDUE),
                    isBroken("overdue", finding()),
                ],
                [false, true, true, false, true],
            );
        });
    });
});
