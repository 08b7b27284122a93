import {
    type MaintenanceWindowExecution,
    type MaintenanceWindowIdentity,
    paginateDescribeMaintenanceWindowExecutions,
    paginateDescribeMaintenanceWindows,
    type SSMClient,
} from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../aws/pages";
import type { BackupWindow, WindowExecution } from "../signals";
import type { WatchSettings, WatchTargets } from "../watchSettings";
import { filterTime, lastRuns, lookBack } from "./lookBack";

/** The executions of a window that the watch looks at. */
const RUNS = 3;

/**
 * Lists the policy's windows, in pages of 100, the most that Systems Manager gives. It asks for all windows of the region, which are few:
 * somebody may have renamed one.
 *
 * @throws the service's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindows.html
 */
export async function listWindows(ssm: SSMClient, { windowIds }: WatchTargets, abortSignal: AbortSignal): Promise<BackupWindow[]> {
    const windows = await readPages({
        service: "Systems Manager",
        open: () => paginateDescribeMaintenanceWindows({ client: ssm, pageSize: 100 }, {}, { abortSignal }),
        listOf: ({ WindowIdentities }) => WindowIdentities,
        read: windowOf,
    });
    return windows.filter(({ id }) => Object.values(windowIds).includes(id));
}

function windowOf(window: MaintenanceWindowIdentity): readonly [id: string, window: BackupWindow] {
    const { WindowId, Enabled = false, Schedule = "", ScheduleTimezone = "UTC", Duration = 0, Cutoff = 0 } = window;
    const id = idOf("Systems Manager", "a window", WindowId);
    return [id, { id, enabled: Enabled, schedule: Schedule, timezone: ScheduleTimezone, duration: Duration, cutoff: Cutoff }];
}

/** Lists the last executions of each window. @throws the service's error if a listing can't be completed */
export async function listExecutions(
    ssm: SSMClient,
    { schedules, timezone }: WatchSettings,
    { windowIds }: WatchTargets,
    now: number,
    abortSignal: AbortSignal,
): Promise<WindowExecution[]> {
    const listings = Object.entries(windowIds).map(([type, id]) => {
        const schedule = schedules[type];
        const runs = schedule === undefined ? [] : lastRuns(schedule, timezone, now, RUNS);
        return listExecutionsOf(ssm, id, lookBack(runs, now), abortSignal);
    });
    return (await Promise.all(listings)).flat();
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeMaintenanceWindowExecutions.html */
async function listExecutionsOf(ssm: SSMClient, id: string, since: number, abortSignal: AbortSignal): Promise<WindowExecution[]> {
    try {
        return await readPages({
            service: "Systems Manager",
            open: () =>
                paginateDescribeMaintenanceWindowExecutions(
                    { client: ssm, pageSize: 100 },
                    { WindowId: id, Filters: [{ Key: "ExecutedAfter", Values: [filterTime(since)] }] },
                    { abortSignal },
                ),
            listOf: ({ WindowExecutions }) => WindowExecutions,
            read: (execution) => [idOf("Systems Manager", "an execution", execution.WindowExecutionId), executionOf(id, execution)],
        });
    } catch (error) {
        // A window that somebody deleted has no executions. The listing of windows tells that it is missing.
        if ((error as Error).name === "DoesNotExistException") {
            return [];
        }
        throw error;
    }
}

function executionOf(windowId: string, { StartTime, Status, StatusDetails }: MaintenanceWindowExecution): WindowExecution {
    return { windowId, startTime: StartTime?.getTime() ?? 0, status: Status ?? "", details: StatusDetails ?? "" };
}
