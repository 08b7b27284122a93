import {
    GetMaintenanceWindowTaskCommand,
    type MaintenanceWindowTask,
    paginateDescribeMaintenanceWindowTasks,
    type SendCommandCommandInput,
} from "@aws-sdk/client-ssm";
import { formatSnapshotTags } from "../../components/snapshotTags";
import { POLICY_TAG, TYPE_TAG } from "../../lambda/retention/tags";
import { Failure, PUT_BACK } from "../failure";
import type { Session } from "../session";

/**
 * Reads from the deployed window of a type the command that it sends. The servers are left out.
 *
 * @throws Failure if the window has no task that sends the policy's document, with the tags of this policy and type
 */
export async function readWindowCommand(session: Session, type: string): Promise<SendCommandCommandInput> {
    const { policy, clients, abortSignal } = session;
    const { windowIds, document } = policy.targets;
    const WindowId = windowIds[type] ?? "";
    const tasks = await listTasks(session, WindowId).catch((error: Error) => {
        throw error.name === "DoesNotExistException" ? new Failure(`The window ${WindowId} of ${type} does not exist.`, PUT_BACK) : error;
    });
    const task = tasks.find(({ TaskArn }) => TaskArn === document);
    if (!task) {
        throw new Failure(`The window ${WindowId} of ${type} sends no ${document}.`, "Deploy the policy again: pulumi up --refresh");
    }
    const request = new GetMaintenanceWindowTaskCommand({ WindowId, WindowTaskId: task.WindowTaskId });
    const { TaskArn, TaskInvocationParameters, MaxConcurrency, MaxErrors } = await clients.ssm.send(request, { abortSignal });
    const { Parameters = {}, TimeoutSeconds, CloudWatchOutputConfig } = TaskInvocationParameters?.RunCommand ?? {};
    // Without these tags, nobody would find or delete the snapshots.
    if (TaskArn !== document || !hasTag(Parameters, TYPE_TAG, type) || !hasTag(Parameters, POLICY_TAG, policy.settings.name)) {
        throw new Failure(
            `The command of the window ${WindowId} has no ${document} with the tags ${TYPE_TAG}=${type} and ${POLICY_TAG}=${policy.settings.name}.`,
            `Run the command again. If that does not help, deploy the policy again: pulumi up --refresh`,
        );
    }
    return {
        DocumentName: document,
        Parameters,
        TimeoutSeconds,
        CloudWatchOutputConfig,
        ...(MaxConcurrency !== undefined && { MaxConcurrency }),
        ...(MaxErrors !== undefined && { MaxErrors }),
    };
}

/** Whether the document's parameter `tags` has exactly this value for a key. */
function hasTag({ tags = [] }: Readonly<Record<string, readonly string[]>>, key: string, value: string): boolean {
    const pairs = tags.flatMap((text) => text.split(";")).filter((pair) => pair.startsWith(`Key=${key},`));
    return pairs.length === 1 && pairs[0] === formatSnapshotTags({ [key]: value });
}

async function listTasks({ clients, abortSignal }: Session, WindowId: string): Promise<MaintenanceWindowTask[]> {
    const found: MaintenanceWindowTask[] = [];
    for await (const { Tasks = [] } of paginateDescribeMaintenanceWindowTasks({ client: clients.ssm }, { WindowId }, { abortSignal })) {
        found.push(...Tasks);
    }
    return found;
}
