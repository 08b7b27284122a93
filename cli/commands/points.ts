import { planCleaning } from "../../lambda/retention/plan";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import { backupsOf, serverLabel } from "../account";
import { EXIT } from "../exitCodes";
import { Failure } from "../failure";
import { listBackups } from "../listing";
import { lines, writeTable } from "../output/table";
import { clock, iso } from "../output/times";
import type { Outcome, Session } from "../session";

/** Lists the restore points, and why each is kept. */
export async function points(session: Session, wanted: string | undefined): Promise<Outcome> {
    const { policy, now, screen } = session;
    const { servers, snapshots } = await listBackups(session);
    const backups = backupsOf(session, servers, snapshots);
    const { decisions } = planCleaning(backups.snapshots, policy.settings, now);
    const reasons = new Map(decisions.map(({ snapshot, reason }) => [snapshot.id, reason]));
    const sizes = new Map(backups.snapshots.map(({ id, sizeGib }) => [id, sizeGib]));
    if (wanted !== undefined && !backups.servers.some(({ id, name }) => id === wanted || name === wanted)) {
        throw new Failure(
            `This region has no server ${wanted}.`,
            "Give the id or the value of the tag Name of an EC2 instance. vss-backup status lists the servers.",
        );
    }
    const listed = backups.sets
        .filter(isRestorePoint)
        .map((set) => ({ set, server: backups.serverOf(set) }))
        .filter(({ server }) => wanted === undefined || server?.id === wanted || server?.name === wanted)
        .map(({ set, server }) => ({
            server,
            type: set.type ?? "",
            time: set.startTime,
            volumes: set.snapshots.map(({ id, volumeId }) => ({ volume: volumeId, snapshot: id, sizeGib: sizes.get(id) ?? 0 })),
            reason: reasons.get(set.anchor.id) ?? "",
        }));
    const rows = listed.map(({ server, type, time, volumes, reason }) => [
        clock(time, policy.settings.timezone),
        type,
        serverLabel(server),
        `${volumes.length}, ${volumes.reduce((sum, { sizeGib }) => sum + sizeGib, 0)} GiB`,
        reason,
    ]);
    return {
        exitCode: EXIT.done,
        result: {
            points: listed.map(({ server, time, ...point }) => ({ server: server?.id, name: server?.name, time: iso(time), ...point })),
        },
        text:
            rows.length === 0
                ? lines(["There are no restore points."])
                : writeTable(["Time", "Type", "Server", "Volumes", "Reason"], rows, screen.columns),
    };
}
