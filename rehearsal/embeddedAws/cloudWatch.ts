import { type AlarmInputs, COMPARISONS, STATISTICS } from "./alarmInputs";
import { type AlarmPoint, type AlarmRules, type AlarmState, evaluateAlarm } from "./alarmState";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** One value of a metric. */
export interface Datum {
    readonly namespace: string;
    readonly metric: string;
    readonly dimensions: Readonly<Record<string, string>>;
    /** The time that it is about, in milliseconds since 1970. */
    readonly time: number;
    /** When CloudWatch has it, if that is later. */
    readonly arrival?: number;
    readonly value: number;
}

/** A change of an alarm's state. */
export interface StateChange {
    readonly alarm: string;
    readonly time: number;
    readonly from: AlarmState;
    readonly to: AlarmState;
    /** ARNs of the actions that CloudWatch starts. */
    readonly actions: readonly string[];
}

/**
 * How long the evaluation range is. AWS does not document it: the only length in its pages is 5 points, for an alarm that needs 3.
 * - `shortest`: no longer than the alarm needs. Missing data counts at once, so false alarms come if they can come at all.
 * - `longest`: twice as long and 2 more, which is more than in any example. Old points hide missing ones, so alarms come late.
 *
 * A design is safe if it holds with both.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 * @see https://github.com/awsdocs/amazon-cloudwatch-user-guide/issues/102
 */
export type RangeLength = "shortest" | "longest";

export interface AlarmLife {
    /** When the alarm is made, in milliseconds since 1970. */
    readonly from: number;
    /** The first moment that is not played. */
    readonly until: number;
    readonly range: RangeLength;
}

/**
 * Plays an alarm over all data of an account. A new alarm has the state INSUFFICIENT_DATA. CloudWatch evaluates it at each full minute over
 * a sliding window, or at each full hour if its periods are longer than a day together. Data from before the alarm counts.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 */
export function playAlarm(inputs: AlarmInputs, data: readonly Datum[], life: AlarmLife): StateChange[] {
    const alarm = new PlayedAlarm(inputs, data, life.range);
    const changes: StateChange[] = [];
    let state: AlarmState = "INSUFFICIENT_DATA";
    let isWarm = false;
    for (const time of alarm.evaluationTimes(life)) {
        isWarm = isWarm || alarm.isWarm(time, life.from);
        const next: AlarmState = isWarm ? alarm.stateAt(time, state) : state;
        if (next !== state) {
            changes.push({ alarm: inputs.name, time, from: state, to: next, actions: actionsOf(inputs, next) });
            state = next;
        }
    }
    return changes;
}

function actionsOf({ actionsEnabled, alarmActions, okActions, insufficientDataActions }: AlarmInputs, state: AlarmState): string[] {
    return actionsEnabled ? { ALARM: alarmActions, OK: okActions, INSUFFICIENT_DATA: insufficientDataActions }[state] : [];
}

class PlayedAlarm {
    private readonly data: readonly Datum[];
    private readonly rules: AlarmRules;
    private readonly periodMs: number;
    /** The number of points in the evaluation range. */
    private readonly points: number;
    /** The time between two evaluations. */
    private readonly step: number;

    public constructor(
        private readonly inputs: AlarmInputs,
        data: readonly Datum[],
        range: RangeLength,
    ) {
        const { evaluationPeriods: needed, datapointsToAlarm = needed, treatMissingData, period } = inputs;
        this.data = data.filter((datum) => isMetric(inputs, datum)).sort((a, b) => a.time - b.time);
        this.rules = { evaluationPeriods: needed, datapointsToAlarm, treatMissingData };
        this.periodMs = period * 1000;
        this.points = range === "shortest" ? needed : 2 * needed + 2;
        this.step = needed * this.periodMs > DAY ? HOUR : MINUTE;
    }

    /** The times of evaluations that can change the state: a datum arrives, moves to another point of the range, or leaves it. */
    public evaluationTimes({ from, until }: AlarmLife): number[] {
        const first = this.evaluationAfter(from);
        const warmUpEnds = from + (this.inputs.warmUpConfiguration?.warmUpPeriodDurationInMinutes ?? 0) * MINUTE;
        const times = new Set([first, Math.ceil(warmUpEnds / this.step) * this.step]);
        for (const { time, arrival = time } of this.data) {
            times.add(this.evaluationAfter(arrival));
            for (let i = 0; i <= this.points; i++) {
                times.add(this.evaluationAfter(time + i * this.periodMs));
            }
        }
        return [...times].filter((time) => time >= first && time < until).sort((a, b) => a - b);
    }

    public stateAt(time: number, current: AlarmState): AlarmState {
        return evaluateAlarm(this.pointsAt(time, this.points), this.rules, current);
    }

    /** Returns whether the warm-up is over: its time is, or its window is full of data. */
    public isWarm(time: number, from: number): boolean {
        const { warmUpPeriodDurationInMinutes: minutes = 0, onlyStartEvaluatingAfterWarmUpPeriodEnds: whole = false } =
            this.inputs.warmUpConfiguration ?? {};
        return time >= from + minutes * MINUTE || (!whole && !this.pointsAt(time, this.rules.evaluationPeriods).includes("missing"));
    }

    /** The points of a sliding window that ends at an evaluation, the newest last. */
    private pointsAt(time: number, count: number): AlarmPoint[] {
        const { statistic, comparisonOperator, threshold } = this.inputs;
        return Array.from({ length: count }, (_, i): AlarmPoint => {
            const start = time - (count - i) * this.periodMs;
            const values = this.between(start, start + this.periodMs)
                .filter(({ arrival = 0 }) => arrival < time)
                .map(({ value }) => value);
            if (values.length === 0) {
                return "missing";
            }
            return COMPARISONS[comparisonOperator](STATISTICS[statistic](values), threshold) ? "breaching" : "not breaching";
        });
    }

    /** The data from a time (included) to another one (not). */
    private between(start: number, end: number): readonly Datum[] {
        return this.data.slice(this.firstFrom(start), this.firstFrom(end));
    }

    /** The index of the first datum at a time or after it. */
    private firstFrom(time: number): number {
        let low = 0;
        let high = this.data.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if ((this.data[middle]?.time as number) < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private evaluationAfter(time: number): number {
        return (Math.floor(time / this.step) + 1) * this.step;
    }
}

function isMetric({ namespace, metricName, dimensions }: AlarmInputs, datum: Datum): boolean {
    const keys = Object.keys(dimensions);
    return (
        datum.namespace === namespace &&
        datum.metric === metricName &&
        Object.keys(datum.dimensions).length === keys.length &&
        keys.every((key) => datum.dimensions[key] === dimensions[key])
    );
}
