import { type InstanceInformation, paginateDescribeInstanceInformation, type SSMClient } from "@aws-sdk/client-ssm";
import { idOf, readPages } from "../../aws/pages";
import type { ManagedNode } from "../signals";
import type { WatchTargets } from "../watchSettings";

/**
 * Lists the EC2 instances with the server tag that Systems Manager manages, in pages of 50, the most that it gives. A filter by tag can't be
 * combined with others.
 *
 * @throws the service's error if the listing can't be completed
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
 */
export async function listNodes(ssm: SSMClient, { serverTag }: WatchTargets, abortSignal: AbortSignal): Promise<ManagedNode[]> {
    const nodes = await readPages({
        service: "Systems Manager",
        open: () =>
            paginateDescribeInstanceInformation(
                { client: ssm, pageSize: 50 },
                { Filters: [{ Key: `tag:${serverTag.key}`, Values: [serverTag.value] }] },
                { abortSignal },
            ),
        listOf: ({ InstanceInformationList }) => InstanceInformationList,
        read: nodeOf,
    });
    // Computers outside AWS, with ids such as mi-…, have no volumes in EC2.
    return nodes.filter(({ id }) => id.startsWith("i-"));
}

function nodeOf({ InstanceId, PingStatus, LastPingDateTime, PlatformType }: InstanceInformation): readonly [id: string, node: ManagedNode] {
    const id = idOf("Systems Manager", "an instance", InstanceId);
    return [id, { id, ping: PingStatus ?? "", lastPing: LastPingDateTime?.getTime() ?? 0, platform: PlatformType ?? "" }];
}
