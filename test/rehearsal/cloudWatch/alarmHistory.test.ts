import assert from "node:assert/strict";
import fc from "fast-check";
import { type AlarmInputs, COMPARISONS, readAlarm, STATISTICS } from "../../../rehearsal/embeddedAws/alarmInputs";
import { type AlarmPoint, type AlarmState, evaluateAlarm } from "../../../rehearsal/embeddedAws/alarmState";
import { type AlarmLife, type Datum, playAlarm, type RangeLength } from "../../../rehearsal/embeddedAws/cloudWatch";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2027, 0, 1);

/** An alarm on the hourly heartbeat of a policy. */
const HEARTBEAT = {
    name: "heartbeat",
    namespace: "VssBackup",
    metricName: "Heartbeat",
    dimensions: { Policy: "prod" },
    period: 3600,
    evaluationPeriods: 2,
    statistic: "Sum",
    comparisonOperator: "LessThanThreshold",
    threshold: 1,
    treatMissingData: "breaching",
    alarmActions: ["arn:topic"],
    okActions: ["arn:topic-ok"],
    insufficientDataActions: ["arn:topic-?"],
};

const ERRORS = { ...HEARTBEAT, name: "errors", comparisonOperator: "GreaterThanThreshold", threshold: 0, treatMissingData: "notBreaching" };

/** Values of the heartbeat at minutes after the start. */
function beats(...minutes: number[]): Datum[] {
    return minutes.map((minute) => beat(minute, 1));
}

function beat(minute: number, value: number, arrival = minute): Datum {
    const time = START + minute * MINUTE;
    return {
        namespace: "VssBackup",
        metric: "Heartbeat",
        dimensions: { Policy: "prod" },
        time,
        arrival: START + arrival * MINUTE,
        value,
    };
}

function hourly(hours: number, minute = 0): Datum[] {
    return beats(...Array.from({ length: hours }, (_, hour) => hour * 60 + minute));
}

/** The changes of an alarm's state, such as `02:01 OK` for one at 02:01. Later days are counted in hours. */
function states(inputs: object, data: readonly Datum[], hours: number, range: RangeLength = "shortest"): string[] {
    const life = { from: START, until: START + hours * HOUR, range };
    return playAlarm(readAlarm({ name: "", ...inputs }), data, life).map(({ time, to }) => `${clock(time)} ${to}`);
}

function clock(time: number): string {
    const minutes = (time - START) / MINUTE;
    return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

describe("The history of an alarm", () => {
    it("has each change with its time, its states and its actions", () => {
        const life = { from: START, until: START + 10 * HOUR, range: "shortest" } as const;
        assert.deepEqual(playAlarm(readAlarm(HEARTBEAT), beats(0, 60), life), [
            { alarm: "heartbeat", time: START + MINUTE, from: "INSUFFICIENT_DATA", to: "OK", actions: ["arn:topic-ok"] },
            { alarm: "heartbeat", time: START + 181 * MINUTE, from: "OK", to: "ALARM", actions: ["arn:topic"] },
        ]);
    });

    it("has no actions if they are disabled", () => {
        const life = { from: START, until: START + HOUR, range: "shortest" } as const;
        assert.deepEqual(
            playAlarm(readAlarm({ ...HEARTBEAT, actionsEnabled: false }), beats(0), life).map(({ actions }) => actions),
            [[]],
        );
    });

    it("begins with ALARM if missing data is breaching and there is none yet", () => {
        assert.deepEqual(states(HEARTBEAT, [], 2), ["00:01 ALARM"]);
    });

    it("begins with OK, and its action, if missing data is not breaching", () => {
        assert.deepEqual(states(ERRORS, [], 2), ["00:01 OK"]);
    });

    it("ends before the moment that is not played", () => {
        assert.deepEqual(states(HEARTBEAT, [], 1 / 60), []);
        assert.deepEqual(states(HEARTBEAT, [], 2 / 60), ["00:01 ALARM"]);
    });

    it("counts data from before the alarm was made", () => {
        assert.deepEqual(states(HEARTBEAT, beats(-30), 1), ["00:01 OK"]);
    });

    it("slides its window: a beat that is late by minutes makes an alarm of one period, and none of two", () => {
        const late = beats(0, 60, 125, 180, 240);
        assert.deepEqual(states({ ...HEARTBEAT, evaluationPeriods: 1 }, late, 5), ["00:01 OK", "02:01 ALARM", "02:06 OK"]);
        assert.deepEqual(states(HEARTBEAT, late, 5), ["00:01 OK"]);
    });

    it("does not see a value before it arrives", () => {
        const data = [beat(0, 1), beat(60, 1, 63)];
        assert.deepEqual(states({ ...HEARTBEAT, evaluationPeriods: 1 }, data, 2), ["00:01 OK", "01:01 ALARM", "01:04 OK"]);
    });

    it("is late if the evaluation range is long: old points hide missing ones", () => {
        const [shortest, longest] = [states(HEARTBEAT, hourly(5), 24, "shortest"), states(HEARTBEAT, hourly(5), 24, "longest")];
        // The last beat is at 04:00. It stays in a range of 2 points for 2 hours, and in one of 6 points for 6.
        assert.deepEqual({ shortest, longest }, { shortest: ["00:01 OK", "06:01 ALARM"], longest: ["00:01 OK", "10:01 ALARM"] });
    });

    it("ends with the breach, and not before", () => {
        const errors = [beat(0, 0), beat(60, 2), beat(120, 0), beat(180, 0)];
        assert.deepEqual(states({ ...ERRORS, evaluationPeriods: 1 }, errors, 5), ["00:01 OK", "01:01 ALARM", "02:01 OK"]);
    });

    it("sees the values of other metrics and dimensions as missing", () => {
        const others = hourly(3).flatMap((datum) => [
            { ...datum, namespace: "Other" },
            { ...datum, metric: "Servers" },
            { ...datum, dimensions: { Policy: "test" } },
            { ...datum, dimensions: { Policy: "prod", Server: "i-1" } },
            { ...datum, dimensions: {} },
        ]);
        assert.deepEqual(states(HEARTBEAT, others, 3), ["00:01 ALARM"]);
        const halfRight = others.map((datum) => ({ ...datum, dimensions: { Policy: "prod", Server: "i-2" } }));
        assert.deepEqual(states({ ...HEARTBEAT, dimensions: { Policy: "prod", Server: "i-1" } }, halfRight, 3), ["00:01 ALARM"]);
    });

    for (const [statistic, value] of [
        ["Sum", 12],
        ["Average", 4],
        ["Minimum", 1],
        ["Maximum", 8],
        ["SampleCount", 3],
    ] as const) {
        it(`compares the ${statistic} of a period`, () => {
            const data = [beat(0, 1), beat(10, 3), beat(20, 8)];
            const alarm = { ...ERRORS, evaluationPeriods: 1, statistic, treatMissingData: "ignore" };
            const at = (comparisonOperator: string, threshold: number) =>
                states({ ...alarm, comparisonOperator, threshold }, data, 0.5)
                    .at(-1)
                    ?.slice(6);
            const compared = [
                "GreaterThanThreshold",
                "GreaterThanOrEqualToThreshold",
                "LessThanThreshold",
                "LessThanOrEqualToThreshold",
            ].map((operator) => [value - 0.5, value, value + 0.5].map((threshold) => at(operator, threshold)));
            assert.deepEqual(compared, [
                ["ALARM", "OK", "OK"],
                ["ALARM", "ALARM", "OK"],
                ["OK", "OK", "ALARM"],
                ["OK", "ALARM", "ALARM"],
            ]);
        });
    }

    it("is evaluated at full hours if the periods are longer than a day together", () => {
        const days = { ...HEARTBEAT, period: 21_600, evaluationPeriods: 5 };
        assert.deepEqual(states(days, beats(30), 48), ["01:00 OK", "31:00 ALARM"]);
        // A day is not longer than a day.
        assert.deepEqual(states({ ...days, evaluationPeriods: 4 }, beats(30), 48), ["00:01 ALARM", "00:31 OK", "24:31 ALARM"]);
    });
});

describe("The warm-up of an alarm", () => {
    const warmUp = (minutes: number, whole?: boolean) => ({
        ...HEARTBEAT,
        warmUpConfiguration: {
            warmUpPeriodDurationInMinutes: minutes,
            ...(whole !== undefined && { onlyStartEvaluatingAfterWarmUpPeriodEnds: whole }),
        },
    });

    it("keeps it quiet until data has filled its window", () => {
        assert.deepEqual(states(warmUp(2880), hourly(60, 40), 60), ["01:41 OK"]);
    });

    it("ends with its time, also without data", () => {
        assert.deepEqual(states(warmUp(90), [], 4), ["01:30 ALARM"]);
    });

    it("can last for its whole time", () => {
        assert.deepEqual(states(warmUp(300, true), hourly(10), 9), ["05:00 OK"]);
    });
});

describe("The inputs of an alarm", () => {
    const refusal = (inputs: object) => {
        try {
            return readAlarm({ ...HEARTBEAT, ...inputs }).name;
        } catch (error) {
            return (error as Error).message.split("\n").slice(1).join(" ");
        }
    };

    it("get CloudWatch's defaults", () => {
        const {
            treatMissingData: _,
            alarmActions: __,
            okActions: ___,
            insufficientDataActions: ____,
            dimensions: _____,
            ...least
        } = HEARTBEAT;
        assert.deepEqual(readAlarm(least), {
            ...least,
            alarmDescription: "",
            dimensions: {},
            treatMissingData: "missing",
            actionsEnabled: true,
            alarmActions: [],
            okActions: [],
            insufficientDataActions: [],
            tags: {},
        });
    });

    for (const [fault, inputs, says] of [
        ["metric math", { metricQueries: [] }, '✖ Unrecognized key: "metricQueries"'],
        ["another statistic", { statistic: "p99" }, /Invalid option/],
        ["half a minute", { period: 30 }, /Too small/],
        ["90 seconds", { period: 90 }, /multiple of 60/],
        ["8 days", { period: 86_400, evaluationPeriods: 8 }, /longer than 7 days/],
        ["a day and a half of minutes", { period: 1800, evaluationPeriods: 72 }, /longer than 7 days, or than 1 day/],
        ["more breaching points than points", { datapointsToAlarm: 3 }, /datapointsToAlarm is more/],
        ["six actions", { okActions: ["1", "2", "3", "4", "5", "6"] }, /Too big/],
        ["a long description", { alarmDescription: "a".repeat(1025) }, /Too big/],
        ["a warm-up of more than 2 days", { warmUpConfiguration: { warmUpPeriodDurationInMinutes: 2881 } }, /Too big/],
    ] as const) {
        it(`are refused with ${fault}`, () => {
            const message = refusal(inputs);
            assert.ok(typeof says === "string" ? message === says : says.test(message), message);
        });
    }

    it("may have periods of 7 days together, from an hour on", () => {
        assert.equal(refusal({ period: 3600, evaluationPeriods: 168 }), "heartbeat");
        assert.equal(refusal({ period: 86_400, evaluationPeriods: 7, datapointsToAlarm: 7 }), "heartbeat");
    });
});

describe("Law: the history is the same as that of an evaluation at every minute", () => {
    /** Evaluates at every minute or hour, and counts the values of each period anew. */
    function slowHistory(alarm: AlarmInputs, data: readonly Datum[], { from, until, range }: AlarmLife): string[] {
        const { evaluationPeriods: n, period, datapointsToAlarm = n, treatMissingData } = alarm;
        const step = n * period > 86_400 ? HOUR : MINUTE;
        const changes: string[] = [];
        let state: AlarmState = "INSUFFICIENT_DATA";
        for (let time = from + step; time < until; time += step) {
            const points = Array.from({ length: range === "shortest" ? n : 2 * n + 2 }, (_, i): AlarmPoint => {
                const end = time - i * period * 1000;
                const values = data.filter((datum) => datum.time < end && datum.time >= end - period * 1000 && (datum.arrival ?? 0) < time);
                if (values.length === 0) {
                    return "missing";
                }
                const value = STATISTICS[alarm.statistic](values.map((datum) => datum.value));
                return COMPARISONS[alarm.comparisonOperator](value, alarm.threshold) ? "breaching" : "not breaching";
            }).reverse();
            const next = evaluateAlarm(points, { evaluationPeriods: n, datapointsToAlarm, treatMissingData }, state);
            changes.push(...(next === state ? [] : [`${time} ${next}`]));
            state = next;
        }
        return changes;
    }

    it("for any data, period and treatment of missing data", () => {
        const alarm = fc.record({
            period: fc.constantFrom(60, 300, 3600, 43_200),
            evaluationPeriods: fc.integer({ min: 1, max: 4 }),
            datapointsToAlarm: fc.constant(1),
            statistic: fc.constantFrom("Sum", "Maximum"),
            treatMissingData: fc.constantFrom("missing", "ignore", "breaching", "notBreaching"),
        });
        const datum = fc.tuple(fc.integer({ min: -90, max: 700 }), fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 40 }));
        fc.assert(
            fc.property(alarm, fc.array(datum, { maxLength: 8 }), fc.constantFrom("shortest", "longest"), (inputs, sketch, range) => {
                const data = sketch.map(([seconds10, value, delay]) => beat(seconds10 / 6, value, seconds10 / 6 + delay));
                const life = { from: START, until: START + 4 * HOUR, range } as const;
                const played = readAlarm({ ...HEARTBEAT, ...inputs });
                const changes = playAlarm(played, data, life).map(({ time, to }) => `${time} ${to}`);
                assert.deepEqual(changes, slowHistory(played, data, life));
            }),
            { numRuns: 60 },
        );
    });
});
