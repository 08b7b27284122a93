import { parameterFaults } from "../../components/ssmDocuments";
import { type AwsCall, AwsError, type Json, type JsonObject } from "./call";
import { objectsOf, seconds, textsOf } from "./jsonPages";
import { findManaged, isManaged } from "./managedServers";
import { partitionOf } from "./partition";
import { arnOf, type Judged, type Place } from "./service";
import type { Server } from "./ssm";

const DOCUMENTS = ["AWSEC2-CreateVssSnapshot", "AWSEC2-VssInstallAndSnapshot", "AWS-ConfigureAWSPackage"] as const;

/** The most ids in one command. */
const INSTANCE_IDS = 50;

/** Finds the resources that IAM judges: AWS's document, and each instance with its tags. */
export function sentTo({ input }: AwsCall, place: Place): Judged[] {
    const { region } = place;
    const ofAws = `arn:${partitionOf(region)}:ssm:${region}::document/${input.DocumentName}`;
    return [
        { resource: ofAws, context: {} },
        ...targetsOf(input, place).map(({ id, tags }) => ({
            resource: arnOf(place, "ec2", `instance/${id}`),
            context: Object.fromEntries([...tags].map(([key, value]) => [`ssm:resourceTag/${key}`, value])),
        })),
    ];
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
export function sendCommand({ input }: AwsCall, place: Place): object {
    const { state } = place;
    const { DocumentName, Comment = "", TimeoutSeconds = 3600, InstanceIds, Targets = [] } = input;
    const document = DOCUMENTS.find((name) => name === DocumentName);
    if (!document) {
        throw new AwsError("InvalidDocument", `Document with name ${DocumentName} does not exist.`);
    }
    if (textsOf(InstanceIds).length > INSTANCE_IDS || Number(TimeoutSeconds) < 30) {
        throw new AwsError("ValidationException", "1 validation error detected");
    }
    const parameters = parametersOf(input.Parameters);
    const faults = parameterFaults(document, parameters);
    if (faults.length > 0) {
        throw new AwsError("InvalidParameters", faults.join("; "));
    }
    const missing = textsOf(InstanceIds).find((id) => !state.servers.some((server) => server.id === id && isManaged(server)));
    if (missing !== undefined) {
        throw new AwsError("InvalidInstanceId", `Instances [[${missing}]] not in a valid state for account ${place.accountId}`);
    }
    const servers = targetsOf(input, place);
    const commandId = `00000000-0000-4000-8000-${String(state.sent.length + 1).padStart(12, "0")}`;
    const requestedAt = state.now();
    for (const server of servers) {
        const run = state.run({ server, document, parameters });
        const invocation = { commandId, serverId: server.id, document, comment: String(Comment), requestedAt };
        // The result may change later, so it must not be copied.
        state.sent.push(Object.assign(Object.create(run), invocation));
    }
    const Command = { CommandId: commandId, DocumentName: document, RequestedDateTime: seconds(requestedAt), Status: "Pending" };
    return { Command: { ...Command, InstanceIds: textsOf(InstanceIds), Targets, TargetCount: servers.length } };
}

/** Systems Manager leaves out servers with the tag that it does not manage. */
function targetsOf({ InstanceIds, Targets }: JsonObject, { state }: Place): readonly Server[] {
    const ids = textsOf(InstanceIds);
    if (ids.length > 0) {
        return state.servers.filter(({ id }) => ids.includes(id));
    }
    return findManaged(
        state.servers,
        objectsOf(Targets).map(({ Key, Values }) => ({ key: String(Key), values: textsOf(Values) })),
    );
}

/** Reads the document's parameters. Each is a list with one text. */
function parametersOf(given: Json | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries((given ?? {}) as JsonObject).map(([name, values]) => [name, textsOf(values)[0] ?? ""]));
}
