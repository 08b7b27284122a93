import { problemsText } from "../../lambda/watch/report";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import type { Server } from "../../lambda/watch/signals";
import { serversOf } from "../../lambda/watch/subject";
import { type Backups, backupsOf, needed, readAccount, serverLabel } from "../account";
import { EXIT } from "../exitCodes";
import { lines, writeTable } from "../output/table";
import { clock, duration, iso } from "../output/times";
import type { Outcome, Session } from "../session";

/** Shows the newest restore points of each server, the problems with their cures, and the next windows. */
export async function status(session: Session): Promise<Outcome> {
    const { policy, now, region, screen } = session;
    const { name, timezone, excludeTag } = policy.settings;
    const { signals, health } = await readAccount(session);
    const backups = backupsOf(session, needed(signals.servers), needed(signals.snapshots));
    const { key, value } = policy.targets.serverTag;
    const types = Object.keys(policy.settings.retention);
    const servers = backups.servers.filter(({ tags }) => tags[key] === value);
    const problems = health.findings.filter(({ severity }) => severity === "problem");
    const problemsOfServer = (server: Server) => problems.filter((finding) => finding.server === server.id).length;
    const rows = servers.map((server) => [
        serverLabel(server),
        ...types.map((type) => {
            const time = newest(backups, server, type);
            return time === undefined ? "none" : duration(now - time);
        }),
        server.tags[excludeTag] === undefined ? String(problemsOfServer(server)) : "excluded",
    ]);
    const at = (time: number) => clock(time, timezone);
    return {
        exitCode: problems.length > 0 ? EXIT.findings : EXIT.done,
        result: {
            servers: servers.map((server) => ({
                id: server.id,
                name: server.name,
                excluded: server.tags[excludeTag] !== undefined,
                newest: Object.fromEntries(
                    types.flatMap((type) => {
                        const time = newest(backups, server, type);
                        return time === undefined ? [] : [[type, iso(time)]];
                    }),
                ),
                problems: problemsOfServer(server),
            })),
            findings: health.findings.map((finding) => ({ ...finding, since: iso(finding.since) })),
            nextWindows: Object.fromEntries(
                (health.types ?? []).flatMap(({ type, nextWindow }) => (nextWindow === undefined ? [] : [[type, iso(nextWindow)]])),
            ),
        },
        text: [
            lines([`Policy ${name} in ${region} at ${at(now)}, ${timezone}`, `${serversOf(health)}.`, ""]),
            writeTable(["Server", ...types.map((type) => `${type}, age`), "Problems"], rows, screen.columns),
            problemsText(health, (time) => at(time)),
            lines([
                "",
                "NEXT WINDOWS",
                "",
                ...(health.types ?? []).map(
                    ({ type, nextWindow }) => `${type}: ${nextWindow === undefined ? "only AWS knows" : at(nextWindow)}`,
                ),
            ]),
        ].join(""),
    };
}

function newest({ byServer }: Backups, server: Server, type: string): number | undefined {
    return byServer.of(server).find((set) => set.type === type && isRestorePoint(set))?.startTime;
}
