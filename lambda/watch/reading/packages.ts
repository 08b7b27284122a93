import {
    type AssociationExecutionTarget,
    paginateDescribeAssociationExecutions,
    paginateDescribeAssociationExecutionTargets,
    type SSMClient,
} from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../aws/pages";
import type { ManagedNode, PackageResult, Signal } from "../signals";
import type { WatchTargets } from "../watchSettings";
import { filterTime } from "./lookBack";

const DAY = 86_400_000;

/** State Manager installs the package weekly. So two installations on all servers are within this time. */
const LOOK_BACK_MS = 15 * DAY;

/** The most executions that are read. State Manager makes one for each new server, and allows only a few requests a second. */
const EXECUTIONS = 200;

/**
 * Lists the newest result of the package's installation on each server. It reads executions, the newest first, until each managed server has
 * a result.
 *
 * @param nodes the managed servers, when they are known
 * @throws the service's error if a listing can't be completed
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAssociationExecutionTargets.html
 */
export async function listPackages(
    ssm: SSMClient,
    { associationId }: WatchTargets,
    now: number,
    nodes: Promise<Signal<readonly ManagedNode[]>>,
    abortSignal: AbortSignal,
): Promise<PackageResult[]> {
    const executions = await listExecutions(ssm, associationId, now - LOOK_BACK_MS, abortSignal);
    const managed = await nodes;
    const results = new Map<string, PackageResult>();
    const isComplete = () => "value" in managed && managed.value.every(({ id }) => results.has(id));
    for (const executionId of executions.slice(0, EXECUTIONS)) {
        if (isComplete()) {
            break;
        }
        for (const result of await listResults(ssm, associationId, executionId, abortSignal)) {
            if (!results.has(result.serverId)) {
                results.set(result.serverId, result);
            }
        }
    }
    return [...results.values()];
}

/** Lists the ids of an association's executions, the newest first. */
async function listExecutions(ssm: SSMClient, AssociationId: string, since: number, abortSignal: AbortSignal): Promise<string[]> {
    const executions = await readPages({
        service: "Systems Manager",
        open: () =>
            paginateDescribeAssociationExecutions(
                { client: ssm, pageSize: 50 },
                { AssociationId, Filters: [{ Key: "CreatedTime", Type: "GREATER_THAN", Value: filterTime(since) }] },
                { abortSignal },
            ),
        listOf: ({ AssociationExecutions }) => AssociationExecutions,
        read: ({ ExecutionId, CreatedTime }) => {
            const id = idOf("Systems Manager", "an execution", ExecutionId);
            return [id, { id, createdAt: CreatedTime?.getTime() ?? 0 }];
        },
    });
    return executions.toSorted((a, b) => b.createdAt - a.createdAt).map(({ id }) => id);
}

function listResults(ssm: SSMClient, AssociationId: string, ExecutionId: string, abortSignal: AbortSignal): Promise<PackageResult[]> {
    return readPages({
        service: "Systems Manager",
        open: () =>
            paginateDescribeAssociationExecutionTargets({ client: ssm, pageSize: 50 }, { AssociationId, ExecutionId }, { abortSignal }),
        listOf: ({ AssociationExecutionTargets }) => AssociationExecutionTargets,
        read: resultOf,
    });
}

function resultOf(target: AssociationExecutionTarget): readonly [serverId: string, result: PackageResult] {
    const { ResourceId, Status = "", DetailedStatus = "", LastExecutionDate } = target;
    const serverId = idOf("Systems Manager", "a target", ResourceId);
    return [serverId, { serverId, status: Status, details: DetailedStatus, time: LastExecutionDate?.getTime() ?? 0 }];
}
