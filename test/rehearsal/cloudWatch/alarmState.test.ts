import assert from "node:assert/strict";
import { type AlarmPoint, type AlarmRules, evaluateAlarm } from "../../../rehearsal/embeddedAws/alarmState";

const TREATMENTS: readonly AlarmRules["treatMissingData"][] = ["missing", "ignore", "breaching", "notBreaching"];
const POINTS: Readonly<Record<string, AlarmPoint>> = { "0": "not breaching", X: "breaching", "-": "missing" };

/** The state for each treatment of missing data, as a row of AWS's tables. `retain` means the current state. */
function row(points: string, evaluationPeriods: number, datapointsToAlarm: number): string[] {
    const range = points.split(" ").map((sign) => POINTS[sign] as AlarmPoint);
    return TREATMENTS.map((treatMissingData) => {
        const rules = { evaluationPeriods, datapointsToAlarm, treatMissingData };
        const [fromOk, fromAlarm] = [evaluateAlarm(range, rules, "OK"), evaluateAlarm(range, rules, "ALARM")];
        return fromOk === fromAlarm ? fromOk : `retain ${fromOk}/${fromAlarm}`;
    });
}

const RETAIN = "retain OK/ALARM";

/** The published tables: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
const THREE_OF_THREE: readonly (readonly [string, ...string[]])[] = [
    ["0 - X - X", "OK", "OK", "OK", "OK"],
    ["0 - - - -", "OK", "OK", "OK", "OK"],
    ["- - - - -", "INSUFFICIENT_DATA", RETAIN, "ALARM", "OK"],
    ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["- - X - -", "ALARM", RETAIN, "ALARM", "OK"],
];
const TWO_OF_THREE: readonly (readonly [string, ...string[]])[] = [
    ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 - X - -", "OK", "OK", "ALARM", "OK"],
    ["- - - - 0", "OK", "OK", "ALARM", "OK"],
    ["- - - X -", "ALARM", RETAIN, "ALARM", "OK"],
];

describe("The state of an alarm", () => {
    for (const [points, ...states] of THREE_OF_THREE) {
        it(`is as in AWS's first table for ${points}`, () => {
            assert.deepEqual(row(points, 3, 3), states);
        });
    }

    for (const [points, ...states] of TWO_OF_THREE) {
        it(`is as in AWS's second table for ${points}`, () => {
            assert.deepEqual(row(points, 3, 2), states);
        });
    }

    for (const points of ["- - - - X", "- - - X -"]) {
        it(`is not ALARM too early for ${points}, if 3 of 3 points must be breaching`, () => {
            assert.deepEqual(row(points, 3, 3), ["INSUFFICIENT_DATA", RETAIN, "ALARM", "OK"]);
        });
    }

    for (const points of ["- - - X 0", "- - X - 0"]) {
        it(`is OK for ${points}: the breach has ended`, () => {
            assert.deepEqual(row(points, 3, 3), ["OK", "OK", "OK", "OK"]);
        });
    }

    it("is ALARM if enough real points are breaching, although others are missing", () => {
        assert.deepEqual(row("- - - X X", 3, 2), ["ALARM", "ALARM", "ALARM", "ALARM"]);
    });

    it("is ALARM if the oldest point of the range is breaching, and the others are missing", () => {
        assert.deepEqual(row("X - - - -", 3, 3), ["ALARM", RETAIN, "ALARM", "OK"]);
    });

    it("comes from the newest points alone if none is missing", () => {
        assert.deepEqual(row("X X 0 0 0", 3, 1), ["OK", "OK", "OK", "OK"]);
    });

    it("is the same for the same points, from INSUFFICIENT_DATA, too", () => {
        const rules = { evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: "ignore" } as const;
        assert.equal(evaluateAlarm(["missing"], rules, "INSUFFICIENT_DATA"), "INSUFFICIENT_DATA");
        assert.equal(evaluateAlarm(["not breaching"], rules, "INSUFFICIENT_DATA"), "OK");
    });
});
