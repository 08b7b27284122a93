import { problemsOf } from "../../lambda/watch/counts";
import { nextWindowText } from "../../lambda/watch/report";
import { isRestorePoint } from "../../lambda/watch/serverSets";
import type { Server } from "../../lambda/watch/signals";
import { serversOf } from "../../lambda/watch/subject";
import { type Account, type Backups, backupsOf, needed, readAccount, serverLabel } from "../account";
import { EXIT } from "../exitCodes";
import { type Colors, colorsOf } from "../output/colors";
import { commandLines, findingsText } from "../output/findings";
import { lines, wrapLine, writeTable } from "../output/table";
import { clock, duration, iso } from "../output/times";
import type { Outcome, Session } from "../session";
import { withChoice } from "../userCommands";

/** The state of one server. Times are milliseconds since 1970. */
interface ServerStatus {
    readonly server: Server;
    /** The tag's value with which an operator excludes it from the watch. */
    readonly excluded?: string;
    /** The newest restore point of each type that has one. */
    readonly newest: Readonly<Record<string, number>>;
    readonly problems: number;
}

/** Shows the newest restore points of each server, the problems with their cures, and the next windows. */
export async function status(session: Session): Promise<Outcome> {
    const { settings, targets } = session.policy;
    const account = await readAccount(session);
    const { signals, health } = account;
    const backups = backupsOf(session, needed(signals.servers), needed(signals.snapshots));
    const { key, value } = targets.serverTag;
    const problems = problemsOf(health);
    const servers = backups.servers
        .filter(({ tags }) => tags[key] === value)
        .map((server) => statusOf(server, backups, Object.keys(settings.retention), settings.excludeTag, problems));
    return {
        exitCode: problems.length > 0 ? EXIT.findings : EXIT.done,
        result: {
            servers: servers.map(({ server, newest, ...rest }) => ({
                id: server.id,
                name: server.name,
                state: server.state,
                ...rest,
                newest: Object.fromEntries(Object.entries(newest).map(([type, time]) => [type, iso(time)])),
            })),
            findings: health.findings.map((finding) => ({ ...finding, since: iso(finding.since) })),
            nextWindows: Object.fromEntries(
                (health.types ?? []).flatMap(({ type, nextWindow }) => (nextWindow === undefined ? [] : [[type, iso(nextWindow)]])),
            ),
        },
        text: textOf(servers, account, session),
    };
}

function statusOf(
    server: Server,
    { byServer }: Backups,
    types: readonly string[],
    excludeTag: string,
    problems: Account["health"]["findings"],
): ServerStatus {
    const points = byServer.of(server).filter(isRestorePoint);
    const excluded = server.tags[excludeTag];
    return {
        server,
        ...(excluded !== undefined && { excluded }),
        newest: Object.fromEntries(
            types.flatMap((type) => {
                const newest = points.find((point) => point.type === type);
                return newest === undefined ? [] : [[type, newest.startTime]];
            }),
        ),
        problems: problems.filter((finding) => finding.server === server.id).length,
    };
}

function textOf(servers: readonly ServerStatus[], { health }: Account, { policy, region, now, screen, choice }: Session): string {
    const { name, timezone, schedules } = policy.settings;
    const types = Object.keys(policy.settings.retention);
    const colors = colorsOf(screen);
    const at = (time: number) => clock(time, timezone);
    const problems = problemsOf(health).length;
    const sum = problems === 0 ? colors.good("no problems") : colors.bad(`${problems} ${problems === 1 ? "problem" : "problems"}`);
    const windows = (health.types ?? []).map((ofType) => nextWindowText(ofType, schedules, at));
    const heading = [`Policy ${name} in ${region} at ${at(now)}, ${timezone}.`, `${serversOf(health)}, ${sum}.`];
    return [
        lines(heading.flatMap((line) => wrapLine(line, screen.columns))),
        ...(servers.length === 0 ? [] : ["\n", serverTable(servers, types, now, screen.columns, colors)]),
        findingsText(health.findings, screen, timezone),
        problems === 0
            ? ""
            : lines(["", ...commandLines(withChoice("To see why the last runs failed: vss-backup doctor", choice), screen.columns)]),
        windows.length === 0
            ? ""
            : lines(["", colors.title("NEXT WINDOWS"), "", ...windows.flatMap((line) => wrapLine(line, screen.columns, "  "))]),
    ].join("");
}

function serverTable(servers: readonly ServerStatus[], types: readonly string[], now: number, columns: number, colors: Colors): string {
    const rows = servers.map(({ server, excluded, newest, problems }) => [
        serverLabel(server),
        ...types.map((type) => (newest[type] === undefined ? "none" : duration(now - newest[type]))),
        excluded !== undefined ? "excluded" : problems === 0 ? "0" : colors.bad(String(problems)),
    ]);
    return writeTable(["Server", ...types.map((type) => `${type}, age`), "Problems"], rows, columns);
}
