import { backupsOf } from "../../account";
import { follow } from "../../backup/follow";
import { send } from "../../backup/send";
import { readWindowCommand } from "../../backup/windowCommand";
import { Failure } from "../../failure";
import { listBackups } from "../../listing";
import type { Session } from "../../session";

/**
 * Takes a backup of a server with the first type of the policy, and waits until it is a restore point. It takes none if there is one that
 * began at this time or later.
 */
export async function takeFreshBackup(session: Session, serverId: string, since: number): Promise<void> {
    const type = Object.keys(session.policy.settings.retention)[0] ?? "";
    const { servers, snapshots } = await listBackups(session);
    const now = Date.now();
    const { sets, serversOf } = backupsOf({ ...session, now }, servers, snapshots);
    const server = servers.find(({ id }) => id === serverId);
    if (server === undefined) {
        throw new Failure(`The server ${serverId} no longer exists.`);
    }
    if (sets.some((set) => set.status.kind === "restorePoint" && set.startTime >= since && serversOf(set).includes(server))) {
        return;
    }
    const request = await readWindowCommand(session, type);
    const id = await send(session, request, [server]);
    const states = await follow(session, { id, type, servers: [server], before: new Set(snapshots.map((snapshot) => snapshot.id)) });
    const state = states.get(serverId);
    if (state?.kind !== "done") {
        throw new Failure(
            `The backup of the present state failed: ${state?.kind === "failed" ? state.why : "it has no result"}.`,
            `${state?.kind === "failed" ? `${state.cure}\n` : ""}To restore without it, make a plan with --no-backup.`,
        );
    }
}
