import type { Finding } from "../../../lambda/watch/finding";
import type { SizedSnapshot } from "../../../lambda/watch/signals";
import { DAY } from "../../support/watchedAccount";
import { at, finds } from "./healthOf";
import { DUE, lastDayWith, OVERDUE, taken, untilDay } from "./lastDay";

/** The snapshot of one volume ends in a state, while those of the others are complete. */
function withState(state: string, ofVolume: string, set: readonly SizedSnapshot[]): SizedSnapshot[] {
    return set.map((one) => (one.volumeId === ofVolume ? { ...one, state } : one));
}

describe("A set that EC2 still copies", () => {
    const pending = taken({ at: "2027-03-20T01:01", state: "pending" });
    const copying = withState("pending", "vol-c-0", taken({ at: "2027-03-20T01:01" }));

    finds("is not overdue while one of its snapshots is pending", { signals: lastDayWith(copying) }, []);

    finds("is not overdue if it began at the due time", { signals: lastDayWith(taken({ at: "2027-03-20T01:00", state: "pending" })) }, []);

    finds("does not stand for a later run", { signals: lastDayWith(taken({ at: "2027-03-19T23:00", state: "pending" })) }, [OVERDUE]);

    finds(
        "does not stand for a run of another type",
        { signals: lastDayWith(taken({ type: "Week", at: "2027-03-20T01:01", state: "pending" })) },
        [OVERDUE],
    );

    finds("does not end a problem before it is complete", { signals: lastDayWith(pending), memory: { findings: [OVERDUE] } }, [OVERDUE]);

    finds(
        "is overdue when failedSetGraceHours end",
        { signals: lastDayWith(taken({ at: "2027-03-20T02:00", state: "pending" })), settings: { failedSetGraceHours: 10 } },
        [OVERDUE],
    );

    finds(
        "has failed if a snapshot ended in an error",
        { signals: lastDayWith(withState("error", "vol-c-0", taken({ at: "2027-03-20T01:01" }))) },
        [OVERDUE],
    );
});

/** The finding on an earlier day of March. The newest restore point is that of the day before. */
function overdueOn(day: number): Finding {
    return {
        ...OVERDUE,
        since: at(`2027-03-${day}T01:00:00`),
        sentence: `server0 (i-0) has no Day restore point of the run that was due at 2027-03-${day} 01:00 UTC. The newest is of 2027-03-${day - 1} 01:01 UTC.`,
    };
}

describe("An earlier run, while EC2 copies the set of the last,", () => {
    const last = taken({ at: "2027-03-20T01:01", state: "pending" });
    const threeDays = { failedSetGraceHours: 72 };

    finds("is overdue if its restore point is missing", { signals: untilDay(19, last) }, [overdueOn(19)]);

    finds("is overdue if it was due failedSetGraceHours before the last", { signals: untilDay(17, last), settings: threeDays }, [
        overdueOn(17),
    ]);

    finds("is not judged if it was due before that", { signals: untilDay(17, last), settings: { failedSetGraceHours: 71 } }, [
        { ...overdueOn(18), sentence: overdueOn(18).sentence.replace("2027-03-17 01:01", "2027-03-16 01:01") },
    ]);

    finds("is not overdue if the server was stopped", { signals: untilDay(19, last), memory: { excused: { "i-0|Day": [DUE - DAY] } } }, []);

    finds(
        "is not overdue while EC2 copies its set too",
        { signals: untilDay(19, taken({ at: "2027-03-19T01:01", state: "pending" }), last), settings: threeDays },
        [],
    );

    for (const next of ["2027-03-18T01:00", "2027-03-18T01:01"]) {
        const copying = taken({ at: next, state: "pending" });
        finds(
            `is overdue although EC2 copies the set of the next: ${next}`,
            { signals: untilDay(17, copying, last), settings: threeDays },
            [overdueOn(17)],
        );
    }

    for (const next of ["2027-03-20T01:00", "2027-03-20T01:01"]) {
        const copying = taken({ at: next, state: "pending" });
        finds(
            `is overdue if it is the last that is over, although EC2 copies the set of the next: ${next}`,
            { signals: untilDay(19, copying), settings: { overdueGraceHours: 30 } },
            [overdueOn(19)],
        );
    }
});
