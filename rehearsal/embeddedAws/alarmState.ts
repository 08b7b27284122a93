export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** One point of an alarm: the metric in one period, compared with the threshold. */
export type AlarmPoint = "breaching" | "not breaching" | "missing";

/** The part of an alarm that says how its points make its state. */
export interface AlarmRules {
    /** How many points count: AWS's N. */
    readonly evaluationPeriods: number;
    /** How many of them must be breaching: AWS's M. */
    readonly datapointsToAlarm: number;
    readonly treatMissingData: "missing" | "ignore" | "breaching" | "notBreaching";
}

/**
 * Evaluates an alarm once, as CloudWatch does.
 *
 * CloudWatch looks at more points than the alarm needs: the evaluation range. It takes the newest real points of the range, and fills up
 * with missing ones only if these are too few.
 *
 * @param range the points of the evaluation range, the newest last
 * @param current the state so far
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluateAlarm(range: readonly AlarmPoint[], rules: AlarmRules, current: AlarmState): AlarmState {
    const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rules;
    const real = range.filter((point) => point !== "missing").slice(-evaluationPeriods);
    const missing = evaluationPeriods - real.length;
    const breaching = real.filter((point) => point === "breaching").length + (treatMissingData === "breaching" ? missing : 0);
    if (breaching >= datapointsToAlarm) {
        return "ALARM";
    }
    if (treatMissingData === "notBreaching" || real.includes("not breaching")) {
        return "OK";
    }
    // Only missing points, or too few breaching ones.
    if (treatMissingData === "ignore") {
        return current;
    }
    return isOldBreach(range, datapointsToAlarm) ? "ALARM" : "INSUFFICIENT_DATA";
}

/**
 * Returns whether the oldest breaching point of the range is at least as old as the points that an alarm takes. Only missing or breaching
 * points may follow it. Younger ones wait, since the next point may end the breach.
 *
 * The text of AWS allows points within the threshold before it, but the third row of AWS's second table does not.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html#CloudWatch-alarms-avoiding-premature-transition
 * @see https://github.com/awsdocs/amazon-cloudwatch-user-guide/issues/129
 */
function isOldBreach(range: readonly AlarmPoint[], datapointsToAlarm: number): boolean {
    const oldest = range.indexOf("breaching");
    return oldest >= 0 && range.length - oldest >= datapointsToAlarm;
}
