import { planCleaning } from "../../lambda/retention/plan";
import { plain } from "../../lambda/watch/plainText";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import { backupsOf, findServers } from "../account";
import { EXIT } from "../exitCodes";
import { listBackups } from "../listing";
import { lines, writeTable } from "../output/table";
import { inZone } from "../output/times";
import { plannedSets, readLostVolumes } from "../planning";
import type { Outcome, Session } from "../session";
import { listedSet, SET_TITLES, setCells } from "../sets";

/** Lists the restore points, and why each is kept. */
export async function points(session: Session, wanted: string | undefined): Promise<Outcome> {
    const { settings } = session.policy;
    const { servers, snapshots } = await listBackups(session);
    const backups = backupsOf(session, servers, snapshots);
    const wantedServers = wanted === undefined ? undefined : findServers(backups, wanted);
    const lost = await readLostVolumes(session, snapshots, [settings]);
    const plan = planCleaning(snapshots, settings, session.now, lost);
    const listed = plannedSets(plan, snapshots, settings, session.now)
        .filter(({ set }) => isRestorePoint(set))
        .filter(({ set }) => wantedServers === undefined || backups.serversOf(set).some((server) => wantedServers.includes(server)));
    const rows = listed.map(({ set, reason }) => [...setCells(set, backups, settings.timezone), inZone(plain(reason), settings.timezone)]);
    return {
        exitCode: EXIT.done,
        result: {
            points: listed.map(({ set, decisions, reason }) => ({ ...listedSet(set, decisions, backups), reason })),
        },
        text:
            rows.length === 0
                ? lines(["There are no restore points."])
                : writeTable([...SET_TITLES, "Reason"], rows, session.screen.columns),
    };
}
