import { type AwsCall, AwsError } from "./call";
import { newestFirst, objectsOf, seconds, slice, textsOf } from "./jsonPages";
import type { Place } from "./service";
import type { StoredWindow, StoredWindowExecution } from "./state";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindows.html */
export function describeMaintenanceWindows(call: AwsCall, { state, pageSize }: Place): object {
    const matches = objectsOf(call.input.Filters).map(({ Key, Values }) => windowFilter(String(Key), textsOf(Values)));
    const found = state.windows.filter((candidate) => matches.every((match) => match(candidate)));
    const { page, nextToken } = slice(found, call, { least: 10, most: 100 }, pageSize);
    return {
        WindowIdentities: page.map(({ id, name, enabled, schedule, timezone, duration, cutoff }) => ({
            WindowId: id,
            Name: name,
            Enabled: enabled,
            Schedule: schedule,
            ...(timezone !== undefined && { ScheduleTimezone: timezone }),
            Duration: duration,
            Cutoff: cutoff,
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}

function windowFilter(key: string, values: readonly string[]): (window: StoredWindow) => boolean {
    switch (key) {
        case "Name":
            return ({ name }) => values.includes(name);
        case "Enabled":
            return ({ enabled }) => values.some((value) => (value.toLowerCase() === "true") === enabled);
        default:
            throw new AwsError("ValidationException", `Invalid filter key: ${key}`);
    }
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutions.html */
export function describeMaintenanceWindowExecutions(call: AwsCall, { state, pageSize }: Place): object {
    const { WindowId, Filters } = call.input;
    if (!state.windows.some(({ id }) => id === WindowId)) {
        throw new AwsError("DoesNotExistException", `Maintenance window ${WindowId} does not exist`);
    }
    const matches = objectsOf(Filters).map(({ Key, Values }) => executionFilter(String(Key), textsOf(Values)));
    const found = newestFirst(
        state.windowExecutions.filter((execution) => execution.windowId === WindowId && matches.every((match) => match(execution))),
        ({ startTime }) => startTime,
    );
    const { page, nextToken } = slice(found, call, { least: 10, most: 100 }, pageSize);
    return {
        WindowExecutions: page.map(({ id, windowId, startTime, status, details }) => ({
            WindowExecutionId: id,
            WindowId: windowId,
            StartTime: seconds(startTime),
            Status: status,
            ...(details !== undefined && { StatusDetails: details }),
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}

function executionFilter(key: string, [time = ""]: readonly string[]): (execution: StoredWindowExecution) => boolean {
    if (key !== "ExecutedAfter") {
        throw new AwsError("ValidationException", `Invalid filter key: ${key}`);
    }
    return ({ startTime }) => startTime > Date.parse(time);
}
