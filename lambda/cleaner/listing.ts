import {
    type EC2Client,
    type Snapshot as Ec2Snapshot,
    type Filter,
    paginateDescribeSnapshots,
    paginateDescribeVolumes,
    type Volume,
} from "@aws-sdk/client-ec2";
import { idOf, readPages, refuseRepeatedTokens } from "../aws/pages";
import type { SizedSnapshot } from "../retention/snapshot";
import { POLICY_TAG } from "../retention/tags";

/** EC2 takes up to 200 values in a filter. */
const FILTER_VALUES = 200;

/**
 * Lists every snapshot with the policy's tag, in pages of 1,000, which is EC2's limit. It also finds snapshots of volumes that no longer
 * exist. A snapshot on two pages counts once.
 *
 * @throws EC2's error if the listing can't be completed: half a list must not lead to deletions
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html
 */
export function listSnapshots(ec2: EC2Client, policy: string, abortSignal: AbortSignal): Promise<SizedSnapshot[]> {
    return listFiltered(ec2, { Name: `tag:${POLICY_TAG}`, Values: [filterValue(policy)] }, abortSignal);
}

/** Lists every snapshot of this account that has a tag with one of these keys, of all policies and of none. Like `listSnapshots`. */
export function listSnapshotsWithTag(ec2: EC2Client, keys: readonly string[], abortSignal: AbortSignal): Promise<SizedSnapshot[]> {
    return listFiltered(ec2, { Name: "tag-key", Values: keys.map(filterValue) }, abortSignal);
}

function listFiltered(ec2: EC2Client, filter: Filter, abortSignal: AbortSignal): Promise<SizedSnapshot[]> {
    return readPages({
        service: "EC2",
        open: () => paginateDescribeSnapshots({ client: ec2, pageSize: 1000 }, { OwnerIds: ["self"], Filters: [filter] }, { abortSignal }),
        listOf: ({ Snapshots }) => Snapshots,
        read: fromEc2,
    });
}

/**
 * Finds out which of these volumes do not exist. It asks with a filter, which passes over missing volumes.
 *
 * @throws EC2's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html
 */
export async function findLostVolumes(ec2: EC2Client, volumeIds: readonly string[], abortSignal: AbortSignal): Promise<Set<string>> {
    const lost = new Set(volumeIds);
    for (let i = 0; i < volumeIds.length; i += FILTER_VALUES) {
        const Values = volumeIds.slice(i, i + FILTER_VALUES);
        const pages = paginateDescribeVolumes(
            { client: ec2, pageSize: 500 },
            { Filters: [{ Name: "volume-id", Values }] },
            { abortSignal },
        );
        for await (const page of refuseRepeatedTokens("EC2", pages)) {
            // Each page has a list, even if it is empty: see readableAnswers.ts.
            for (const { VolumeId } of page.Volumes as Volume[]) {
                lost.delete(VolumeId as string);
            }
        }
    }
    return lost;
}

function fromEc2(snapshot: Ec2Snapshot): readonly [id: string, snapshot: SizedSnapshot] {
    const id = idOf("EC2", "a snapshot", snapshot.SnapshotId);
    const tags = (snapshot.Tags ?? []).flatMap(({ Key, Value = "" }) => (Key ? [[Key, Value] as const] : []));
    const values = new Map(tags);
    // A key comes once. If it does not, the snapshot's tags mean nothing, so it must never count as completed.
    const doubtful = tags.find(([key, value]) => value !== values.get(key));
    const state = snapshot.State ?? "unknown";
    const listed = {
        id,
        volumeId: snapshot.VolumeId ?? "",
        startTime: snapshot.StartTime?.getTime() ?? Number.NaN,
        state: doubtful ? `${state}, with two values of the tag ${doubtful[0]}` : state,
        tags: Object.fromEntries(values),
        sizeGib: snapshot.VolumeSize ?? 0,
    };
    return [id, listed];
}

/** `*`, `?` and `\` are wildcards in the values of EC2's filters. */
function filterValue(text: string): string {
    return text.replace(/[*?\\]/g, "\\$&");
}
