import {
    GetMaintenanceWindowTaskCommand,
    type MaintenanceWindowTask,
    paginateDescribeMaintenanceWindowTasks,
    type SendCommandCommandInput,
} from "@aws-sdk/client-ssm";
import { Failure } from "../failure";
import type { Session } from "../session";

/**
 * Reads from the deployed window of a type the command that it sends. The servers are left out.
 *
 * @throws Failure if the window has no task that sends the policy's document
 */
export async function readWindowCommand(session: Session, type: string): Promise<SendCommandCommandInput> {
    const { policy, clients, abortSignal } = session;
    const { windowIds, document } = policy.targets;
    const WindowId = windowIds[type] ?? "";
    const task = (await listTasks(session, WindowId)).find(({ TaskArn }) => TaskArn === document);
    if (!task) {
        throw new Failure(`The window ${WindowId} of ${type} sends no ${document}.`, "Deploy the policy again: pulumi up --refresh");
    }
    const request = new GetMaintenanceWindowTaskCommand({ WindowId, WindowTaskId: task.WindowTaskId });
    const { TaskInvocationParameters, MaxConcurrency, MaxErrors } = await clients.ssm.send(request, { abortSignal });
    const { Parameters, TimeoutSeconds, CloudWatchOutputConfig } = TaskInvocationParameters?.RunCommand ?? {};
    return {
        DocumentName: document,
        Parameters,
        TimeoutSeconds,
        CloudWatchOutputConfig,
        ...(MaxConcurrency !== undefined && { MaxConcurrency }),
        ...(MaxErrors !== undefined && { MaxErrors }),
    };
}

async function listTasks({ clients, abortSignal }: Session, WindowId: string): Promise<MaintenanceWindowTask[]> {
    const found: MaintenanceWindowTask[] = [];
    for await (const { Tasks = [] } of paginateDescribeMaintenanceWindowTasks({ client: clients.ssm }, { WindowId }, { abortSignal })) {
        found.push(...Tasks);
    }
    return found;
}
