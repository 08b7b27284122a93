import { type AwsCall, AwsError } from "./call";
import { createdTags, judgeCreation } from "./createdTags";
import { ec2Arn, findGroup, findSubnet, judge, launchOf, tagSetOf } from "./ec2Resources";
import type { StoredGroup, StoredSubnet } from "./ec2State";
import { choose, listingOf, pageOf, responseOf, tagValues, unknownFilter } from "./pages";
import type { Action, Place } from "./service";

export const NETWORK_ACTIONS: Readonly<Record<string, Action>> = {
    CreateSecurityGroup: {
        resource: (call, place) => [
            ...judgeCreation(call, place, "security-group"),
            { resource: ec2Arn(place, "vpc", call.parameters.get("VpcId") ?? ""), context: {} },
        ],
        carryOut: createSecurityGroup,
    },
    RevokeSecurityGroupEgress: { resource: changedGroup, carryOut: revokeSecurityGroupEgress },
    DeleteSecurityGroup: { resource: changedGroup, carryOut: deleteSecurityGroup },
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export function describeSubnets(call: AwsCall, place: Place): object {
    const used = place.state.servers.map((server) => findSubnet(place, launchOf(server, place).subnetId));
    const all = [...new Set([...place.state.ec2.subnets.values(), ...used])];
    const valuesOf = ({ id, vpcId, zone }: StoredSubnet, filter: string) => {
        const value = { "subnet-id": id, "vpc-id": vpcId, "availability-zone": zone }[filter];
        if (value === undefined) {
            throw unknownFilter(filter);
        }
        return [value];
    };
    const chosen = choose(all, call, "SubnetId", (id) => findSubnet(place, id));
    const { page, nextToken } = pageOf({ all: chosen, idOf: ({ id }) => id, valuesOf }, call, place.pageSize);
    const described = page.map(({ id, vpcId, zone }) => ({ subnetId: id, vpcId, availabilityZone: zone, state: "available" }));
    return listingOf("DescribeSubnets", "subnetSet", described, nextToken);
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function describeSecurityGroups(call: AwsCall, place: Place): object {
    const used = place.state.servers.flatMap((server) => launchOf(server, place).securityGroups.map((id) => findGroup(place, id)));
    const all = [...new Set([...place.state.ec2.groups.values(), ...used])];
    const valuesOf = (group: StoredGroup, filter: string) => {
        const value = { "group-id": group.id, "group-name": group.name, "vpc-id": group.vpcId }[filter];
        return value === undefined ? tagValues(group.tags, filter) : [value];
    };
    const chosen = choose(all, call, "GroupId", (id) => findGroup(place, id));
    const { page, nextToken } = pageOf({ all: chosen, idOf: ({ id }) => id, valuesOf }, call, place.pageSize);
    const described = page.map((group) => describeGroup(group, place.accountId));
    return listingOf("DescribeSecurityGroups", "securityGroupInfo", described, nextToken);
}

function describeGroup({ id, name, description, vpcId, tags, permitsEgress }: StoredGroup, ownerId: string): object {
    const all = { ipProtocol: "-1", ipRanges: { item: [{ cidrIp: "0.0.0.0/0" }] } };
    return {
        ownerId,
        groupId: id,
        groupName: name,
        groupDescription: description,
        vpcId,
        ipPermissions: "",
        ipPermissionsEgress: permitsEgress ? { item: [all] } : "",
        tagSet: tagSetOf(tags),
    };
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
function createSecurityGroup(call: AwsCall, { state: { ec2 } }: Place): object {
    const [name, vpcId] = [call.parameters.get("GroupName") ?? "", call.parameters.get("VpcId") ?? ""];
    if ([...ec2.groups.values()].some((group) => group.name === name && group.vpcId === vpcId)) {
        throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists for VPC '${vpcId}'`);
    }
    const tags = createdTags(call, "security-group");
    const id = ec2.makeId("sg");
    const description = call.parameters.get("GroupDescription") ?? "";
    ec2.groups.set(id, { id, name, description, vpcId, tags, permitsEgress: true });
    return responseOf("CreateSecurityGroup", { return: true, groupId: id, tagSet: tagSetOf(tags) });
}

function changedGroup({ parameters }: AwsCall, place: Place) {
    return judge(place, "security-group", findGroup(place, parameters.get("GroupId") ?? ""));
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html */
function revokeSecurityGroupEgress({ parameters }: AwsCall, place: Place): object {
    const group = findGroup(place, parameters.get("GroupId") ?? "");
    if (!group.permitsEgress) {
        throw new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    }
    group.permitsEgress = false;
    return responseOf("RevokeSecurityGroupEgress");
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
function deleteSecurityGroup({ parameters }: AwsCall, place: Place): object {
    const { id } = findGroup(place, parameters.get("GroupId") ?? "");
    const users = place.state.servers.filter(({ state }) => state !== "terminated");
    if (users.some((server) => launchOf(server, place).securityGroups.includes(id))) {
        throw new AwsError("DependencyViolation", `resource ${id} has a dependent object`);
    }
    place.state.ec2.groups.delete(id);
    return responseOf("DeleteSecurityGroup", { return: true, groupId: id });
}
