import { listSnapshots } from "../lambda/cleaner/listing";
import { listServers } from "../lambda/watch/reading/servers";
import type { Server, SizedSnapshot } from "../lambda/watch/signals";
import type { Session } from "./session";

/** Lists only the servers and the snapshots, for commands that need no other signal. */
export async function listBackups({ policy, clients, abortSignal }: Session): Promise<{ servers: Server[]; snapshots: SizedSnapshot[] }> {
    const [servers, snapshots] = await Promise.all([
        listServers(clients.ec2, abortSignal),
        listSnapshots(clients.ec2, policy.settings.name, abortSignal),
    ]);
    return { servers, snapshots };
}
