import { parameterFaults } from "../../components/ssmDocuments";
import { type AwsCall, AwsError, type Json, type JsonObject } from "./call";
import { objectsOf, seconds, textsOf } from "./jsonPages";
import { findManaged, isManaged } from "./managedServers";
import { partitionOf } from "./partition";
import { runPowerShell } from "./powerShell";
import { arnOf, type Judged, type Place } from "./service";
import type { Server } from "./ssm";
import type { StoredRun } from "./state";

const DOCUMENTS = ["AWSEC2-CreateVssSnapshot", "AWSEC2-VssInstallAndSnapshot", "AWS-ConfigureAWSPackage"] as const;

/** AWS's document that runs a script of the caller. */
const SCRIPT = "AWS-RunPowerShellScript";
const SCRIPT_PARAMETERS = ["commands", "workingDirectory", "executionTimeout"];

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
    const document = [...DOCUMENTS, SCRIPT].find((name) => name === DocumentName);
    if (!document) {
        throw new AwsError("InvalidDocument", `Document with name ${DocumentName} does not exist.`);
    }
    if (textsOf(InstanceIds).length > INSTANCE_IDS || Number(TimeoutSeconds) < 30) {
        throw new AwsError("ValidationException", "1 validation error detected");
    }
    const parameters = parametersOf(input.Parameters);
    const faults = faultsOf(document, parameters);
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
        const run = runOn(server, document, parameters, place);
        const invocation = { commandId, serverId: server.id, document, comment: String(Comment), requestedAt };
        // The result may change later, so it must not be copied.
        state.sent.push(Object.assign(Object.create(run), invocation));
    }
    const Command = { CommandId: commandId, DocumentName: document, RequestedDateTime: seconds(requestedAt), Status: "Pending" };
    return { Command: { ...Command, InstanceIds: textsOf(InstanceIds), Targets, TargetCount: servers.length } };
}

function faultsOf(document: string, parameters: Readonly<Record<string, string>>): string[] {
    const known = DOCUMENTS.find((name) => name === document);
    if (known) {
        return parameterFaults(known, parameters);
    }
    const unknown = Object.keys(parameters).filter((name) => !SCRIPT_PARAMETERS.includes(name));
    const missing = parameters.commands ? [] : [`${document} needs commands`];
    return [...missing, ...unknown.map((name) => `${document} has no parameter ${name}`)];
}

function runOn(server: Server, document: string, parameters: Readonly<Record<string, string>>, place: Place): StoredRun {
    const { state } = place;
    if (document !== SCRIPT) {
        return state.run({ server, document, parameters });
    }
    const script = parameters.commands ?? "";
    return state.ec2.behaviour.runScript?.(server, script) ?? runPowerShell(server, script, place);
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

/** Reads the document's parameters. Each is a list with one text; only a script has a text for each line. */
function parametersOf(given: Json | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries((given ?? {}) as JsonObject).map(([name, values]) => [name, textsOf(values).join("\n")]));
}
