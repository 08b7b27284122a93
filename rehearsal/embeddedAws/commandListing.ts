import { type AwsCall, AwsError } from "./call";
import { newestFirst, objectsOf, seconds, slice } from "./jsonPages";
import type { Place } from "./service";
import type { StoredInvocation } from "./state";

/** Systems Manager cuts the output of a step in a listing. */
const OUTPUT_LENGTH = 2_500;

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ListCommandInvocations.html */
export function listCommandInvocations(call: AwsCall, { state, pageSize }: Place): object {
    const matches = objectsOf(call.input.Filters).map(({ key, value }) => commandFilter(String(key), String(value)));
    const found = newestFirst(
        [...state.invocations, ...state.sent].filter(
            (invocation) =>
                (call.input.CommandId === undefined || invocation.commandId === call.input.CommandId) &&
                matches.every((match) => match(invocation)),
        ),
        ({ requestedAt }) => requestedAt,
    );
    const { page, nextToken } = slice(found, call, { least: 1, most: 50 }, pageSize);
    return {
        CommandInvocations: page.map((invocation) => describeInvocation(invocation, call.input.Details === true)),
        ...(nextToken && { NextToken: nextToken }),
    };
}

function commandFilter(key: string, value: string): (invocation: StoredInvocation) => boolean {
    switch (key) {
        case "InvokedAfter":
            return ({ requestedAt }) => requestedAt > Date.parse(value);
        case "InvokedBefore":
            return ({ requestedAt }) => requestedAt < Date.parse(value);
        case "DocumentName":
            return ({ document }) => document === value;
        default:
            throw new AwsError("InvalidFilterKey", "The specified key isn't valid.");
    }
}

function describeInvocation(invocation: StoredInvocation, withDetails: boolean): object {
    const { status, outputs } = invocation;
    return {
        CommandId: invocation.commandId,
        InstanceId: invocation.serverId,
        InstanceName: "",
        Comment: invocation.comment,
        DocumentName: invocation.document,
        DocumentVersion: "$DEFAULT",
        RequestedDateTime: seconds(invocation.requestedAt),
        Status: roughly(status),
        StatusDetails: status,
        CommandPlugins: withDetails
            ? Object.entries(outputs).map(([Name, output]) => ({
                  Name,
                  Status: roughly(status),
                  StatusDetails: status,
                  Output: output.slice(0, OUTPUT_LENGTH),
              }))
            : [],
    };
}

/** What GetCommandInvocation returns of the output, and the exit code of a step that has not ended. */
const WHOLE_OUTPUT_LENGTH = 24_000;
const NO_EXIT_CODE = -1;

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html */
export function getCommandInvocation({ input }: AwsCall, { state }: Place): object {
    const { CommandId, InstanceId, PluginName } = input;
    const invocation = [...state.invocations, ...state.sent].find(
        ({ commandId, serverId }) => commandId === CommandId && serverId === InstanceId,
    );
    if (!invocation) {
        throw new AwsError("InvocationDoesNotExist", "");
    }
    const { commandId, serverId, comment, document, status, outputs } = invocation;
    const [step = "", output = ""] = Object.entries(outputs).find(([name]) => name === (PluginName ?? name)) ?? [];
    return {
        CommandId: commandId,
        InstanceId: serverId,
        Comment: comment,
        DocumentName: document,
        PluginName: step,
        ResponseCode: status === "Success" ? 0 : NO_EXIT_CODE,
        StandardOutputContent: output.slice(0, WHOLE_OUTPUT_LENGTH),
        StandardErrorContent: "",
        Status: roughly(status),
        StatusDetails: status,
    };
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html */
function roughly(details: string): string {
    if (details.endsWith("TimedOut")) {
        return "TimedOut";
    }
    return ["Undeliverable", "InvalidPlatform", "AccessDenied", "Terminated"].includes(details) ? "Failed" : details;
}
