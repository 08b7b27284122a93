import { describeAssociationExecutions, describeAssociationExecutionTargets } from "./associationListing";
import { type AwsCall, AwsError } from "./call";
import { getCommandInvocation, listCommandInvocations } from "./commandListing";
import { sendCommand, sentTo } from "./commands";
import { objectsOf, seconds, slice, textsOf } from "./jsonPages";
import { findManaged } from "./managedServers";
import { getParametersByPath, pathOf } from "./parameterListing";
import { deleteParameter, parameterOf, putParameter } from "./parameterWriting";
import { JSON_1_1 } from "./protocols";
import { arnOf, type Place, type Service } from "./service";
import { describeMaintenanceWindowExecutions, describeMaintenanceWindows } from "./windowListing";
import { describeMaintenanceWindowTasks, getMaintenanceWindowTask } from "./windowTasks";

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
        PutParameter: { resource: parameterOf, carryOut: putParameter },
        DeleteParameter: { resource: parameterOf, carryOut: deleteParameter },
        DescribeInstanceInformation: { carryOut: describeInstanceInformation },
        SendCommand: { resource: sentTo, carryOut: sendCommand },
        GetCommandInvocation: { carryOut: getCommandInvocation },
        ListCommandInvocations: { carryOut: listCommandInvocations },
        DescribeMaintenanceWindows: { carryOut: describeMaintenanceWindows },
        DescribeMaintenanceWindowExecutions: { resource: window, carryOut: describeMaintenanceWindowExecutions },
        DescribeMaintenanceWindowTasks: { resource: window, carryOut: describeMaintenanceWindowTasks },
        GetMaintenanceWindowTask: { resource: window, carryOut: getMaintenanceWindowTask },
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
    const filters = objectsOf(call.input.Filters).map(({ Key, Values }) => ({ key: String(Key), values: textsOf(Values) }));
    const nodes = findManaged(state.servers, filters);
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
