import { SendCommandCommand, type SendCommandCommandInput } from "@aws-sdk/client-ssm";
import type { Server } from "../../lambda/watch/signals";
import { Failure } from "../failure";
import { whole } from "../interruption";
import type { Session } from "../session";

/** What to do if nobody knows whether a command was sent. */
const LOOK = "Look before you send it again: aws ssm list-commands --max-items 1";

/** Sends the command, and returns its id. Ctrl-C does not abort an attempt in flight, so that the id is always known. */
export async function send(
    { policy, clients }: Session,
    request: SendCommandCommandInput,
    servers: readonly Server[] | undefined,
): Promise<string> {
    const { key, value } = policy.targets.serverTag;
    const to = servers ? { InstanceIds: servers.map(({ id }) => id) } : { Targets: [{ Key: `tag:${key}`, Values: [value] }] };
    const sent = whole(clients.ssm.send(new SendCommandCommand({ ...request, ...to })), LOOK);
    const { Command } = await sent.catch((error: Error) => {
        throw error.name === "UncertainCommand" ? uncertain(error.message) : error;
    });
    if (Command?.CommandId === undefined) {
        throw uncertain("the response has no id");
    }
    return Command.CommandId;
}

function uncertain(why: string): Failure {
    return new Failure(`Systems Manager did not confirm the command, so the backup may run: ${why}`, LOOK);
}
