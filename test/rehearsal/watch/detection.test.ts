import assert from "node:assert/strict";
import { detect, type Said } from "../../../rehearsal/detection";
import type { PlayedIncident } from "../../../rehearsal/incidents/playIncidents";
import { alarm, finding, hour, incident, OVERDUE, played, report, run } from "./sketch";

const SILENCE: Said = { runs: [], reports: [], alarms: [] };

/** The first message about an incident, with its hour. */
function told(said: Partial<Said>, one: PlayedIncident = played()): string | undefined {
    const [{ detection } = {}] = detect([one], { ...SILENCE, ...said });
    return detection && `${detection.by} ${detection.what} after ${detection.hours}`;
}

describe("The detection of an incident", () => {
    it("has the incident, its times, and the first message about it", () => {
        const said = { runs: [run(12, finding()), run(13, finding())], reports: [report(13, finding())], alarms: [] };
        assert.deepEqual(detect([played()], said), [
            {
                name: "the agent dies",
                server: "i-1",
                begin: hour(10),
                end: hour(50),
                isFault: true,
                detection: { time: hour(13), by: "report", what: "agent offline", hours: 3 },
            },
        ]);
    });

    it("has no message if nobody told of it", () => {
        const whole = { incident: incident({ kinds: [] }), server: undefined };
        assert.deepEqual(detect([played(whole)], SILENCE), [{ name: "the agent dies", begin: hour(10), end: hour(50), isFault: false }]);
    });

    it("is a fault if an alarm must go off", () => {
        const [{ isFault } = {}] = detect([played({ incident: incident({ kinds: [], alarms: ["heartbeat"] }) })], SILENCE);
        assert.equal(isFault, true);
    });

    it("does not count a report that leaves the finding out", () => {
        assert.equal(told({ runs: [run(12, finding())], reports: [report(12, OVERDUE)] }), undefined);
    });

    it("does not count a report of another time than the finding's", () => {
        assert.equal(told({ runs: [run(12, finding())], reports: [report(13, finding())] }), undefined);
    });

    it("does not count findings about another server, or of another kind", () => {
        for (const other of [finding({ Server: "i-2" }), OVERDUE]) {
            assert.equal(told({ runs: [run(12, other)], reports: [report(12, other)], alarms: [alarm(12, "problems")] }), undefined);
        }
    });

    it("counts findings about no server", () => {
        const { Server: _, ...other } = finding();
        assert.equal(told({ runs: [run(12, other)], reports: [report(12, other)] }), "report agent offline after 2");
    });

    it("does not count what is before or after the incident", () => {
        for (const hours of [9, 51]) {
            assert.equal(told({ runs: [run(hours, finding())], reports: [report(hours, finding())] }), undefined);
        }
    });

    it("counts the alarm on problems once the watch has found the incident", () => {
        const runs = [run(11), run(12, finding())];
        assert.equal(told({ runs, alarms: [alarm(11, "problems")] }), undefined);
        assert.equal(told({ runs, alarms: [alarm(12.25, "problems")] }), "alarm vss-backup-prod-problems after 2.25");
        assert.equal(told({ runs, alarms: [alarm(12.25, "problems", false)] }), undefined);
    });

    it("does not count the alarm on problems for a note", () => {
        assert.equal(told({ runs: [run(12, finding({ Severity: "note" }))], alarms: [alarm(13, "problems")] }), undefined);
    });

    it("counts the alarm on overdue servers only if a backup is overdue", () => {
        const alarms = [alarm(13, "overdue")];
        assert.equal(told({ runs: [run(12, finding())], alarms }), undefined);
        const failing = played({ incident: incident({ kinds: ["overdue"] }) });
        assert.equal(told({ runs: [run(12, OVERDUE)], alarms }, failing), "alarm vss-backup-prod-overdue after 3");
    });

    it("counts the incident's own alarms, without a finding", () => {
        const crash = played({ incident: incident({ kinds: [], alarms: ["heartbeat"] }) });
        assert.equal(told({ alarms: [alarm(14, "heartbeat")] }, crash), "alarm vss-backup-prod-heartbeat after 4");
        assert.equal(told({ alarms: [alarm(14, "cleaner-errors")] }, crash), undefined);
    });

    it("has the earliest of several messages", () => {
        const runs = [run(12, finding()), run(20, finding())];
        const said = { runs, reports: [report(20, finding())], alarms: [alarm(12.5, "problems")] };
        assert.equal(told(said), "alarm vss-backup-prod-problems after 2.5");
    });
});
