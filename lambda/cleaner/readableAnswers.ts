import type { EC2Client } from "@aws-sdk/client-ec2";

/** What the answers to a listing hold, be it empty. */
const LISTED: Readonly<Record<string, string>> = { DescribeSnapshotsCommand: "Snapshots", DescribeVolumesCommand: "Volumes" };

/** Part of an answer, or something else than EC2 would say. */
class UnreadableAnswer extends Error {
    public override readonly name = "UnreadableAnswer";
    /** For the SDK, which asks again then. */
    public readonly $retryable = {};
}

/**
 * Has the SDK ask again when an answer came but can't be read. By itself it takes an answer of nothing at all for the last page of a
 * listing, without snapshots, and gives up where XML breaks off, be it after a deletion that EC2 has made.
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
        // High, so that what reads the answer comes inside; what asks again is outside of the whole step.
        { step: "deserialize", priority: "high", name: "askAgainWhenUnreadable", override: true },
    );
}

/** Errors that EC2 has answered have a `$fault`, and those without an answer no status. */
function isUnreadable(error: { $fault?: unknown; $metadata?: { httpStatusCode?: number } }): boolean {
    return error.$fault === undefined && error.$metadata?.httpStatusCode !== undefined;
}
