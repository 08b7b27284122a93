/** The list that each response to a listing holds, even if it is empty. */
const LISTED: Readonly<Record<string, string>> = {
    DescribeSnapshotsCommand: "Snapshots",
    DescribeVolumesCommand: "Volumes",
    DescribeInstancesCommand: "Reservations",
    DescribeInstanceInformationCommand: "InstanceInformationList",
    ListCommandInvocationsCommand: "CommandInvocations",
    DescribeMaintenanceWindowsCommand: "WindowIdentities",
    DescribeMaintenanceWindowExecutionsCommand: "WindowExecutions",
    DescribeMaintenanceWindowTasksCommand: "Tasks",
    GetParametersByPathCommand: "Parameters",
    DescribeAssociationExecutionsCommand: "AssociationExecutions",
    DescribeAssociationExecutionTargetsCommand: "AssociationExecutionTargets",
    FilterLogEventsCommand: "events",
    ListSubscriptionsByTopicCommand: "Subscriptions",
    ListServiceQuotasCommand: "Quotas",
};

/** The error for a response that broke off, or that is not the service's. */
class UnreadableAnswer extends Error {
    public override readonly name = "UnreadableAnswer";
    /** Makes the SDK retry. */
    public readonly $retryable = {};
}

/**
 * Makes the SDK retry if a response can't be read: `client.middlewareStack.add(...RETRY_UNREADABLE)`, for a client of any service.
 *
 * By itself the SDK takes an empty response for the last page of a listing, with nothing on it. And it gives up if the response breaks off,
 * even after a deletion that EC2 has carried out.
 */
export const RETRY_UNREADABLE = [
    retryUnreadable,
    // High priority puts the step that reads the response inside this one. The step that retries is outside.
    { step: "deserialize", priority: "high", name: "retryUnreadable", override: true },
] as const;

function retryUnreadable<Args, Result extends { readonly output?: object }>(
    next: (args: Args) => Promise<Result>,
    { commandName }: { readonly commandName?: string },
): (args: Args) => Promise<Result> {
    return async (args) => {
        const result = await next(args).catch((error) => {
            throw isUnreadable(error) ? new UnreadableAnswer(error.message.split("\n")[0]) : error;
        });
        const listed = LISTED[commandName as string];
        if (listed !== undefined && !(listed in (result.output ?? {}))) {
            throw new UnreadableAnswer(`it has no list of ${listed}`);
        }
        return result;
    };
}

/** Errors of the service have a `$fault`; errors without a response have no status. */
function isUnreadable(error: { $fault?: unknown; $metadata?: { httpStatusCode?: number } }): boolean {
    return error.$fault === undefined && error.$metadata?.httpStatusCode !== undefined;
}
