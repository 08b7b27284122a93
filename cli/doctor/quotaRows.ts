import { type EC2Client, paginateDescribeSnapshots } from "@aws-sdk/client-ec2";
import { paginateListServiceQuotas } from "@aws-sdk/client-service-quotas";
import { idOf, readPages } from "../../lambda/aws/pages";
import { counted } from "../../lambda/retention/wording";
import { failureOfListing } from "../account";
import { failureOf } from "../failure";
import type { Session } from "../session";
import type { Row } from "./row";

/** EC2's default for a region. @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html */
const SNAPSHOTS = 100_000;

/** As Service Quotas names it, among those of the service `ebs`. */
const NAME = "Snapshots per Region";

/** Where the console shows it. */
const CONSOLE = `Service Quotas, Amazon EBS, ${NAME}`;

/** The part of a quota from which on it is worth a note. */
const NEARLY = 0.8;

/** The most snapshots that the region may have. */
interface Quota {
    readonly value: number;
    /** Why it is not the one of the account; undefined if it is. */
    readonly fault?: string;
    /** Whether the caller lacks the permission, which nothing else needs. */
    readonly isDenied?: boolean;
}

/** Compares the snapshots of the region with the account's quota. It counts those of others, too. */
export async function quotaRows(session: Session): Promise<Row[]> {
    const { clients, abortSignal } = session;
    try {
        const [count, quota] = await Promise.all([countSnapshots(clients.ec2, abortSignal), readQuota(session)]);
        return [rowOf(count, quota)];
    } catch (error) {
        abortSignal.throwIfAborted();
        return [{ check: "quotas", result: "unknown", sentence: `The snapshots could not be counted: ${failureOf(error).message}` }];
    }
}

/** Reads the account's quota from Service Quotas; EC2's default if nobody can read it. */
async function readQuota({ clients, abortSignal }: Session): Promise<Quota> {
    try {
        const quotas = await readPages({
            service: "Service Quotas",
            open: () => paginateListServiceQuotas({ client: clients.quotas, pageSize: 100 }, { ServiceCode: "ebs" }, { abortSignal }),
            listOf: ({ Quotas }) => Quotas,
            read: ({ QuotaName, Value }) => [idOf("Service Quotas", "a quota", QuotaName), { name: QuotaName, value: Value }],
        });
        const found = quotas.find(({ name }) => name === NAME)?.value;
        return found === undefined ? { value: SNAPSHOTS, fault: `Service Quotas lists no ${NAME}` } : { value: found };
    } catch (error) {
        abortSignal.throwIfAborted();
        const { message, permission } = failureOfListing((error as Error).message);
        return { value: SNAPSHOTS, fault: message.replace(/\.$/, ""), isDenied: permission !== undefined };
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

function rowOf(count: number, { value, fault, isDenied = false }: Quota): Row {
    const quota =
        fault === undefined
            ? `The account's quota is ${value}.`
            : `EC2's default quota is ${value}. That of the account is unknown: ${fault}.`;
    const sentence = `The region has ${counted(count, "snapshot")}. ${quota}`;
    return count < NEARLY * value
        ? { check: "quotas", result: fault === undefined ? "ok" : isDenied ? "note" : "unknown", sentence }
        : { check: "quotas", result: "note", sentence, cure: `Ask for more: ${CONSOLE}, or keep fewer restore points.` };
}
