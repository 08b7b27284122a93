import { type AwsCall, AwsError } from "./call";
import { newestFirst, objectsOf, seconds, slice } from "./jsonPages";
import type { Place } from "./service";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAssociationExecutions.html */
export function describeAssociationExecutions(call: AwsCall, { state, pageSize }: Place): object {
    const { AssociationId, Filters } = call.input;
    const after = objectsOf(Filters).map(({ Key, Value, Type }) => {
        if (Key !== "CreatedTime" || Type !== "GREATER_THAN") {
            throw new AwsError("InvalidFilter", `Invalid filter ${Key} ${Type}`);
        }
        return Date.parse(String(Value));
    });
    const found = newestFirst(
        state.associationExecutions.filter(
            ({ associationId, createdAt }) => associationId === AssociationId && after.every((time) => createdAt > time),
        ),
        ({ createdAt }) => createdAt,
    );
    const { page, nextToken } = slice(found, call, { least: 1, most: 50 }, pageSize);
    return {
        AssociationExecutions: page.map(({ id, associationId, createdAt, status }) => ({
            AssociationId: associationId,
            AssociationVersion: "1",
            ExecutionId: id,
            Status: status,
            DetailedStatus: status,
            CreatedTime: seconds(createdAt),
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeAssociationExecutionTargets.html */
export function describeAssociationExecutionTargets(call: AwsCall, { state, pageSize }: Place): object {
    const { AssociationId, ExecutionId } = call.input;
    const execution = state.associationExecutions.find(({ id, associationId }) => id === ExecutionId && associationId === AssociationId);
    if (!execution) {
        throw new AwsError("AssociationExecutionDoesNotExist", "The specified execution ID doesn't exist.");
    }
    const { page, nextToken } = slice(execution.targets, call, { least: 1, most: 50 }, pageSize);
    return {
        AssociationExecutionTargets: page.map(({ serverId, status, details, time }) => ({
            AssociationId: execution.associationId,
            AssociationVersion: "1",
            ExecutionId: execution.id,
            ResourceId: serverId,
            ResourceType: "ManagedInstance",
            Status: status,
            DetailedStatus: details,
            LastExecutionDate: seconds(time),
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}
