import { SendCommandCommand, type SendCommandCommandInput } from "@aws-sdk/client-ssm";
import type { Server } from "../../lambda/watch/signals";
import { Failure } from "../failure";
import type { Session } from "../session";

/** Sends the command, and returns its id. Ctrl-C does not abort this request, so that the id is always known. */
export async function send(
    { policy, clients }: Session,
    request: SendCommandCommandInput,
    servers: readonly Server[] | undefined,
): Promise<string> {
    const { key, value } = policy.targets.serverTag;
    const to = servers ? { InstanceIds: servers.map(({ id }) => id) } : { Targets: [{ Key: `tag:${key}`, Values: [value] }] };
    const { Command } = await clients.ssm.send(new SendCommandCommand({ ...request, ...to })).catch((error: Error) => {
        throw error.name === "UncertainCommand" ? uncertain(error.message) : error;
    });
    if (Command?.CommandId === undefined) {
        throw uncertain("the response has no id");
    }
    return Command.CommandId;
}

function uncertain(why: string): Failure {
    return new Failure(
        `Systems Manager did not confirm the command, so the backup may run: ${why}`,
        "Look before you send it again: aws ssm list-commands --max-items 1",
    );
}
