import assert from "node:assert/strict";
import stringWidth from "string-width";
import type { DetectedIncident } from "../../../rehearsal/detection";
import { drawIncidents, listMessages } from "../../../rehearsal/display/watch";
import type { Notification, Watched } from "../../../rehearsal/judgeWatch";
import { splitLines } from "./sample";

function incident(name: string, at: string, changes: Partial<DetectedIncident> = {}): DetectedIncident {
    const begin = Date.parse(`${at}Z`);
    return { name, begin, end: begin + 1, isFault: true, ...changes };
}

function told(by: "report" | "alarm", what: string, hours: number): Pick<DetectedIncident, "detection"> {
    return { detection: { time: 0, by, what, hours } };
}

function message(at: string, from: Notification["from"], subject: string, hasNews = true): Notification {
    return { time: Date.parse(`${at}Z`), from, subject, hasNews };
}

const NOTHING: Watched = { runs: 0, notifications: [], incidents: [] };

describe("The table of incidents", () => {
    it("shows when each began, who told of it first, and after how long", () => {
        const incidents = [
            incident("the agent dies", "2027-01-05T00:20", told("report", "agent offline", 9.667)),
            incident("the watch crashes", "2027-01-16T07:20", told("alarm", "vss-backup-prod-heartbeat", 7.69)),
            incident("a new server comes, and is terminated", "2027-01-27T14:20", { isFault: false }),
            incident("a window is disabled", "2027-07-07T21:20"),
        ];
        assert.deepEqual(splitLines(drawIncidents({ ...NOTHING, incidents }, "Europe/Vienna")), [
            "┌──────────────────┬────────────────────────────┬──────────────────────┬───────┐",
            "│ Began            │ Incident                   │ Told by              │ After │",
            "│ 2027-01-05 01:20 │ the agent dies             │ report agent offline │  9:40 │",
            "│ 2027-01-16 08:20 │ the watch crashes          │ alarm prod-heartbeat │  7:41 │",
            "│ 2027-01-27 15:20 │ a new server comes, and is │ no fault             │       │",
            "│                  │ terminated                 │                      │       │",
            "│ 2027-07-07 23:20 │ a window is disabled       │ nobody               │       │",
            "└──────────────────┴────────────────────────────┴──────────────────────┴───────┘",
            "Times are in Europe/Vienna. After: hours and minutes from the beginning to the",
            "first message.",
        ]);
    });

    it("says so if there is none", () => {
        assert.equal(drawIncidents(NOTHING, "UTC"), "Nothing went wrong on purpose.");
    });

    it("is 80 columns wide for long names", () => {
        const incidents = [incident("x".repeat(90), "2027-01-05T00:20", told("alarm", `vss-backup-${"p".repeat(60)}-problems`, 1000))];
        const widths = splitLines(drawIncidents({ ...NOTHING, incidents }, "America/Argentina/ComodRivadavia")).map((line) =>
            stringWidth(line),
        );
        assert.equal(Math.max(...widths), 80);
    });
});

describe("The list of messages", () => {
    it("has alarms, and reports with a problem or a recovery", () => {
        const notifications = [
            message("2027-01-05T07:00", "report", "[prod] 3 of 3 servers OK", false),
            message("2027-01-05T23:01", "alarm", 'ALARM: "vss-backup-prod-problems"'),
            message("2027-01-06T07:00", "report", "[prod] 1 never backed up, 1 overdue, 1 not managed, 3 of 4 servers OK"),
            message("2027-01-06T09:01", "alarm", 'OK: "vss-backup-prod-problems"'),
        ];
        assert.deepEqual(splitLines(listMessages({ ...NOTHING, runs: 50, notifications }, "Europe/Vienna")), [
            "50 runs of the watch, 4 messages. Reports without news, left out here: 1.",
            '2027-01-06 00:01  alarm   ALARM: "vss-backup-prod-problems"',
            "2027-01-06 08:00  report  [prod] 1 never backed up, 1 overdue, 1 not managed, 3",
            "                          of 4 servers OK",
            '2027-01-06 10:01  alarm   OK: "vss-backup-prod-problems"',
        ]);
    });

    it("has the first 20, and how many more there are", () => {
        const notifications = Array.from({ length: 25 }, () => message("2027-01-05T23:01", "alarm", "ALARM"));
        const [first, ...others] = splitLines(listMessages({ ...NOTHING, runs: 1, notifications }, "UTC"));
        assert.equal(first, "1 run of the watch, 25 messages. Reports without news, left out here: 0.");
        assert.deepEqual([others.length, others.at(-1)], [21, "… and 5 more; --json has all of them"]);
    });
});
