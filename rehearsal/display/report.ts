import pc from "picocolors";
import type { Watched } from "../judgeWatch";
import type { Deployment } from "../program";
import type { Rehearsal, RehearsalOptions } from "../rehearse";
import { drawCalendar } from "./calendar";
import { showDrill } from "./drill";
import { drawPreview } from "./preview";
import { showRestorePoints, showRuns, showUnprotectedVolumes, takeFirstLines } from "./summary";
import { drawIncidents, listMessages } from "./watch";
import { wrapWords } from "./width";

/** Writes a rehearsal for people, at most 80 columns wide. */
export function writeText(deployment: Deployment, rehearsal: Rehearsal, options: RehearsalOptions): string {
    const { watch, timezone, operator, drill } = rehearsal;
    const section = (title: string, text: string) => `${pc.bold(pc.underline(title))}\n\n${text}\n\n`;
    return [
        section("What would be deployed", drawPreview(deployment)),
        section("What happened", showRuns(rehearsal, options)),
        section("What can be restored at the end", `${showRestorePoints(rehearsal, options)}\n\n${showUnprotectedVolumes(rehearsal)}`),
        section("Calendar", drawCalendar(rehearsal, options)),
        ...(watch ? [section("What went wrong, and who told", drawIncidents(watch, timezone))] : []),
        ...(watch ? [section("What the watch and the alarms sent", listMessages(watch, timezone))] : []),
        ...(operator
            ? [section("vss-backup status", operator.status.trimEnd()), section("vss-backup points", firstPoints(operator.points))]
            : []),
        ...(options.drill ? [section("A drill in a copy of the account", showDrill(drill, timezone))] : []),
        `${verdict(rehearsal.broken)}\n`,
    ].join("");
}

/** The head of the table, and its newest restore points. */
function firstPoints(points: string): string {
    const [head = "", ...rows] = points.trimEnd().split("\n");
    return [head, ...takeFirstLines(rows)].join("\n");
}

function verdict(broken: readonly string[]): string {
    if (broken.length === 0) {
        return pc.green("Every invariant held.");
    }
    const times = broken.length === 1 ? "once" : `${broken.length} times`;
    const lines = takeFirstLines(broken).map((line) => wrapWords(line));
    return [pc.red(`Invariants were broken ${times}:`), ...lines].join("\n");
}

/** Writes a rehearsal for programs. */
export function writeJson(
    deployment: Deployment,
    { runs, restorable, watch, drill, ...rest }: Rehearsal,
    { start, days, servers, volumes, unmounted = 0, failures, seed, watch: played = "none" }: RehearsalOptions,
): string {
    const iso = (time: number) => new Date(time).toISOString();
    const document = {
        stack: deployment.stack,
        options: { start: iso(start), days, servers, volumes, unmounted, failures, seed, watch: played },
        resources: deployment.resources.map(({ type, name }) => ({ type, name })),
        ...rest,
        runs: runs.map(({ type, time, server, status, why, snapshots }) => ({
            type,
            time: iso(time),
            server: server.id,
            status,
            why,
            snapshots: snapshots.map(({ id }) => id),
        })),
        restorable: restorable.map((point) => ({ ...point, time: iso(point.time) })),
        ...(watch && watchOf(watch, iso)),
        ...(drill && { drill: { ...drill, lostAt: iso(drill.lostAt), point: { ...drill.point, time: iso(drill.point.time) } } }),
    };
    return `${JSON.stringify(document, null, 2)}\n`;
}

function watchOf({ runs, incidents, notifications }: Watched, iso: (time: number) => string): object {
    return {
        watchRuns: runs,
        incidents: incidents.map(({ begin, end, detection, ...incident }) => ({
            ...incident,
            begin: iso(begin),
            end: iso(end),
            ...(detection && { detection: { ...detection, time: iso(detection.time) } }),
        })),
        notifications: notifications.map((notification) => ({ ...notification, time: iso(notification.time) })),
    };
}
