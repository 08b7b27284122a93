import { describeAssociationExecutions, describeAssociationExecutionTargets } from "./associationListing";
import { type AwsCall, AwsError } from "./call";
import { listCommandInvocations } from "./commandListing";
import { objectsOf, seconds, slice, textsOf } from "./jsonPages";
import { getParametersByPath, pathOf } from "./parameterListing";
import { JSON_1_1 } from "./protocols";
import { arnOf, type Place, type Service } from "./service";
import type { Server } from "./ssm";
import { describeMaintenanceWindowExecutions, describeMaintenanceWindows } from "./windowListing";

/** The most values of a tag in a filter of instances. */
const TAG_VALUES = 5;

const window = ({ input }: AwsCall, place: Place) => ({
    resource: arnOf(place, "ssm", `maintenancewindow/${input.WindowId}`),
    context: {},
});
const association = ({ input }: AwsCall, place: Place) => ({
    resource: arnOf(place, "ssm", `association/${input.AssociationId}`),
    context: {},
});

export const SYSTEMS_MANAGER: Service = {
    protocol: JSON_1_1,
    actions: {
        GetParametersByPath: { resource: pathOf, carryOut: getParametersByPath },
        DescribeInstanceInformation: { carryOut: describeInstanceInformation },
        ListCommandInvocations: { carryOut: listCommandInvocations },
        DescribeMaintenanceWindows: { carryOut: describeMaintenanceWindows },
        DescribeMaintenanceWindowExecutions: { resource: window, carryOut: describeMaintenanceWindowExecutions },
        DescribeAssociationExecutions: { resource: association, carryOut: describeAssociationExecutions },
        DescribeAssociationExecutionTargets: { resource: association, carryOut: describeAssociationExecutionTargets },
    },
    denied: (refusal) => new AwsError("AccessDeniedException", refusal),
    unknown: () => new AwsError("UnknownOperationException", ""),
};

/**
 * Stopped instances, and those whose agent never reported, are not among them.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html
 */
function describeInstanceInformation(call: AwsCall, { state, pageSize }: Place): object {
    const matches = objectsOf(call.input.Filters).map(({ Key, Values }) => tagFilter(String(Key), textsOf(Values)));
    const nodes = state.servers.filter((server) => isManaged(server) && matches.every((match) => match(server)));
    const { page, nextToken } = slice(nodes, call, { least: 5, most: 50 }, pageSize);
    return {
        InstanceInformationList: page.map(({ id, agent = "Online", lastPing = state.now(), platform = "Windows" }) => ({
            InstanceId: id,
            PingStatus: agent,
            LastPingDateTime: seconds(lastPing),
            AgentVersion: "3.3.987.0",
            IsLatestVersion: true,
            PlatformType: platform,
            ResourceType: "EC2Instance",
        })),
        ...(nextToken && { NextToken: nextToken }),
    };
}

function isManaged({ state = "running", agent = "Online", hasProfile = true }: Server): boolean {
    return state === "running" && agent !== "none" && hasProfile;
}

function tagFilter(key: string, values: readonly string[]): (server: Server) => boolean {
    if (!key.startsWith("tag:")) {
        throw new AwsError("InvalidFilterKey", "The specified key isn't valid.");
    }
    if (values.length > TAG_VALUES) {
        throw new AwsError("ValidationException", `The number of tag values for ${key} was ${values.length}. Max: ${TAG_VALUES}.`);
    }
    return ({ tags }) => values.includes(tags.get(key.slice("tag:".length)) ?? "");
}
