import type { EC2Client } from "@aws-sdk/client-ec2";

/** The list that each response to a listing holds, even if it is empty. */
const LISTED: Readonly<Record<string, string>> = { DescribeSnapshotsCommand: "Snapshots", DescribeVolumesCommand: "Volumes" };

/** The error for a response that broke off, or that is not EC2's. */
class UnreadableAnswer extends Error {
    public override readonly name = "UnreadableAnswer";
    /** Makes the SDK retry. */
    public readonly $retryable = {};
}

/**
 * Makes the SDK retry if a response can't be read. By itself the SDK takes an empty response for the last page of a listing, without
 * snapshots. And it gives up if the XML breaks off, even after a deletion that EC2 has carried out.
 */
export function askAgainWhenUnreadable({ middlewareStack }: EC2Client): void {
    middlewareStack.add(
        (next, { commandName }) =>
            async (args) => {
                const result = await next(args).catch((error) => {
                    throw isUnreadable(error) ? new UnreadableAnswer(error.message.split("\n")[0]) : error;
                });
                const listed = LISTED[commandName as string];
                if (listed !== undefined && !(listed in (result.output ?? {}))) {
                    throw new UnreadableAnswer(`it has no list of ${listed}`);
                }
                return result;
            },
        // High priority puts the step that reads the response inside this one. The step that retries is outside.
        { step: "deserialize", priority: "high", name: "askAgainWhenUnreadable", override: true },
    );
}

/** Errors of EC2 have a `$fault`; errors without a response have no status. */
function isUnreadable(error: { $fault?: unknown; $metadata?: { httpStatusCode?: number } }): boolean {
    return error.$fault === undefined && error.$metadata?.httpStatusCode !== undefined;
}
