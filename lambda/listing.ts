import { type EC2Client, type Snapshot as Ec2Snapshot, paginateDescribeSnapshots } from "@aws-sdk/client-ec2";
import type { Snapshot } from "./snapshot";
import { POLICY_TAG } from "./tags";

/**
 * Lists every snapshot that bears the policy's tag, in pages of 1,000, the most that EC2 gives. It also finds those of volumes that no
 * longer exist. A snapshot that two pages show counts once.
 *
 * @throws what EC2 answered, when the listing can't be completed: half a listing is no ground to delete anything.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
 */
export async function listSnapshots(ec2: EC2Client, policy: string, abortSignal: AbortSignal): Promise<Snapshot[]> {
    const found = new Map<string, Snapshot>();
    const tokens = new Set<string>();
    const pages = paginateDescribeSnapshots(
        { client: ec2, pageSize: 1000 },
        { OwnerIds: ["self"], Filters: [{ Name: `tag:${POLICY_TAG}`, Values: [filterValue(policy)] }] },
        { abortSignal },
    );
    for await (const page of pages) {
        if (page.NextToken && tokens.size === tokens.add(page.NextToken).size) {
            throw new Error("EC2 gave the same page token twice; the listing has no end");
        }
        for (const snapshot of page.Snapshots ?? []) {
            if (snapshot.SnapshotId) {
                found.set(snapshot.SnapshotId, fromEc2(snapshot.SnapshotId, snapshot));
            }
        }
    }
    return [...found.values()];
}

function fromEc2(id: string, snapshot: Ec2Snapshot): Snapshot {
    return {
        id,
        volumeId: snapshot.VolumeId ?? "",
        startTime: snapshot.StartTime?.getTime() ?? Number.NaN,
        state: snapshot.State ?? "unknown",
        tags: Object.fromEntries((snapshot.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
    };
}

/** `*`, `?` and `\` are wildcards in the values of EC2's filters. */
function filterValue(text: string): string {
    return text.replace(/[*?\\]/g, "\\$&");
}
