import { type EC2Client, paginateDescribeSnapshots } from "@aws-sdk/client-ec2";
import { idOf, readPages } from "../../lambda/aws/pages";
import { failureOf } from "../failure";
import type { Session } from "../session";
import type { Row } from "./row";

/** EC2's default for a region. @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html */
const SNAPSHOTS = 100_000;

/** The part of a quota from which on it is worth a note. */
const NEARLY = 0.8;

/** Compares the snapshots of the region with EC2's default quota. It counts those of others, too. */
export async function quotaRows({ clients, abortSignal }: Session): Promise<Row[]> {
    try {
        return [rowOf(await countSnapshots(clients.ec2, abortSignal))];
    } catch (error) {
        abortSignal.throwIfAborted();
        return [{ check: "quotas", result: "unknown", sentence: `The snapshots could not be counted: ${failureOf(error).message}` }];
    }
}

/** Counts all snapshots of the account in the region, in pages of 1,000. */
async function countSnapshots(ec2: EC2Client, abortSignal: AbortSignal): Promise<number> {
    const ids = await readPages({
        service: "EC2",
        open: () => paginateDescribeSnapshots({ client: ec2, pageSize: 1000 }, { OwnerIds: ["self"] }, { abortSignal }),
        listOf: ({ Snapshots }) => Snapshots,
        read: ({ SnapshotId }) => {
            const id = idOf("EC2", "a snapshot", SnapshotId);
            return [id, id];
        },
    });
    return ids.length;
}

function rowOf(count: number): Row {
    const sentence = `The region has ${count} snapshots. EC2's default quota is ${SNAPSHOTS}.`;
    return count < NEARLY * SNAPSHOTS
        ? { check: "quotas", result: "ok", sentence }
        : {
              check: "quotas",
              result: "note",
              sentence,
              cure: "See your quota in Service Quotas, Amazon EBS, Snapshots per Region. Ask for more there, or keep fewer restore points.",
          };
}
