import { type AwsCall, AwsError } from "./call";
import { slice } from "./jsonPages";
import type { Place } from "./service";
import type { StoredTask } from "./state";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowTasks.html */
export function describeMaintenanceWindowTasks(call: AwsCall, place: Place): object {
    const { page, nextToken } = slice(tasksOf(call, place), call, { least: 10, most: 100 }, place.pageSize);
    return {
        Tasks: page.map(({ id, document }) => ({
            WindowId: call.input.WindowId,
            WindowTaskId: id,
            TaskArn: document,
            Type: "RUN_COMMAND",
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetMaintenanceWindowTask.html */
export function getMaintenanceWindowTask(call: AwsCall, place: Place): object {
    const { WindowId, WindowTaskId } = call.input;
    const task = tasksOf(call, place).find(({ id }) => id === WindowTaskId);
    if (!task) {
        throw new AwsError("DoesNotExistException", `Maintenance window task ${WindowTaskId} does not exist`);
    }
    return {
        WindowId,
        WindowTaskId,
        TaskArn: task.document,
        TaskType: "RUN_COMMAND",
        MaxConcurrency: "50",
        MaxErrors: "100%",
        TaskInvocationParameters: {
            RunCommand: {
                Comment: task.comment,
                Parameters: Object.fromEntries(Object.entries(task.parameters).map(([name, value]) => [name, [value]])),
                TimeoutSeconds: task.timeout,
                CloudWatchOutputConfig: { CloudWatchLogGroupName: task.logGroup, CloudWatchOutputEnabled: true },
            },
        },
    };
}

function tasksOf({ input: { WindowId } }: AwsCall, { state }: Place): readonly StoredTask[] {
    const window = state.windows.find(({ id }) => id === WindowId);
    if (!window) {
        throw new AwsError("DoesNotExistException", `Maintenance window ${WindowId} does not exist`);
    }
    return window.tasks ?? [];
}
