import type { Finding } from "../../../lambda/watch/finding";
import { DAY } from "../../support/watchedAccount";
import { at, finds, HEALTHY, NOW, read, server } from "./healthOf";
import { DUE, lastDayWith, OVERDUE, taken } from "./lastDay";

const MISSED: Finding = {
    kind: "missed while stopped",
    severity: "note",
    server: "i-0",
    type: "Day",
    since: DUE,
    sentence: "server0 (i-0) was stopped when its Day run of 2027-03-20 01:00 UTC was due. The newest is of 2027-03-19 01:01 UTC.",
    cure: "Let the server run at the time of the window, or change the option schedules.",
};

const STOPPED: Finding = {
    kind: "stopped",
    severity: "note",
    server: "i-0",
    since: NOW - DAY,
    sentence: "server0 (i-0) is stopped. A stopped server gets no backups.",
    cure: "Start it: aws ec2 start-instances --instance-ids i-0",
};

/** When the last run of Week was due. */
const SUNDAY = at("2027-03-14T03:00:00");
const WITHOUT_WEEK = read(HEALTHY.snapshots).filter(({ tags }) => tags.SnapshotType !== "Week");

const excused = { "i-0|Day": [DUE] };

describe("A run that was due while the server was stopped", () => {
    finds("is in the report as a note", { signals: lastDayWith(), memory: { excused } }, [MISSED]);

    finds(
        "is a problem if the policy alarms for stopped servers",
        { signals: lastDayWith(), memory: { excused }, settings: { alarmStopped: true } },
        [{ ...MISSED, severity: "problem" }],
    );

    finds(
        "is the first of its type, if no restore point has this type",
        { signals: { snapshots: { value: WITHOUT_WEEK } }, memory: { excused: { "i-0|Week": [SUNDAY] } } },
        [
            {
                ...MISSED,
                type: "Week",
                since: SUNDAY,
                sentence: "server0 (i-0) was stopped when its Week run of 2027-03-14 03:00 UTC was due. It has none of this type.",
            },
        ],
    );

    for (const others of [{ "i-0|Day": [DUE - DAY] }, { "i-0|Week": [DUE] }, { "i-1|Day": [DUE] }, {}]) {
        const title = `is overdue if the server was stopped at another time: ${JSON.stringify(others)}`;
        finds(title, { signals: lastDayWith(), memory: { excused: others } }, [OVERDUE]);
    }

    finds(
        "is no finding while the server is stopped",
        {
            signals: { ...lastDayWith(), ...server({ state: "stopped", stoppedAt: NOW - DAY }) },
            memory: { excused },
        },
        [STOPPED],
    );

    finds(
        "is no finding if a restore point began at its due time",
        { signals: lastDayWith(taken({ at: "2027-03-20T01:00" })), memory: { excused } },
        [],
    );

    finds(
        "is a finding if the newest restore point began before its due time",
        {
            signals: lastDayWith(taken({ at: "2027-03-20T00:59" })),
            memory: { excused },
        },
        [{ ...MISSED, sentence: MISSED.sentence.replace("2027-03-19 01:01", "2027-03-20 00:59") }],
    );

    finds(
        "is a finding if only a failed set followed",
        {
            signals: lastDayWith(taken({ at: "2027-03-20T09:00", consistent: "false" })),
            memory: { excused },
        },
        [MISSED],
    );

    finds(
        "is a finding if it was due when the server got the tag",
        { signals: lastDayWith(), memory: { excused, firstSeen: { "i-0": DUE } } },
        [MISSED],
    );

    finds(
        "is no finding if it was due before the server got the tag",
        { signals: lastDayWith(), memory: { excused, firstSeen: { "i-0": DUE + 1 } } },
        [],
    );

    finds(
        "is in the report beside an overdue run of another type",
        {
            signals: { snapshots: { value: WITHOUT_WEEK.filter(({ startTime }) => startTime < DUE) } },
            memory: { excused },
        },
        [
            {
                ...OVERDUE,
                type: "Week",
                since: SUNDAY,
                sentence:
                    "server0 (i-0) has no Week restore point of the run that was due at 2027-03-14 03:00 UTC. It has none of this type.",
            },
            MISSED,
        ],
    );
});
