import Table from "cli-table3";
import { DateTime } from "luxon";
import pc from "picocolors";
import type { Rehearsal, RehearsalOptions, Restorable } from "../rehearse";
import { measureWidest, WIDTH, wrapCharacters, wrapWords } from "./width";

/** Longer names of snapshot types continue in the next line. */
const MAX_TYPE_WIDTH = 20;
/** Borders and padding of a table with three columns. */
const FRAME = 10;
/** The maximum number of lines in a list. `--json` has all lines. */
const MAX_LINES = 20;

/** Shows the runs of each type, the snapshots that were taken and deleted, and the reasons of failures. */
export function showRuns(
    { types, runs, cleanings, taken, deleted }: Rehearsal,
    { days, servers, volumes, unmounted = 0 }: RehearsalOptions,
): string {
    const table = new Table({
        head: ["Type", "Runs", "Succeeded", "Failed", "Snapshots taken"],
        colAligns: ["left", "right", "right", "right", "right"],
        style: { head: [], border: [] },
    });
    for (const type of types) {
        const ofType = runs.filter((run) => run.type === type);
        const failed = ofType.filter(({ status }) => status === "Failed").length;
        const snapshots = ofType.reduce((sum, run) => sum + run.snapshots.length, 0);
        table.push([
            wrapCharacters(type, MAX_TYPE_WIDTH),
            ofType.length,
            ofType.length - failed,
            failed > 0 ? pc.red(String(failed)) : "0",
            snapshots,
        ]);
    }
    const reasons = new Map<string, number>();
    for (const { why } of runs) {
        if (why) {
            reasons.set(why, (reasons.get(why) ?? 0) + 1);
        }
    }
    const notMounted = unmounted > 0 ? `, ${unmounted} of them not mounted` : "";
    return [
        wrapWords(`${plural(days, "day")}, ${plural(servers, "server")} with ${plural(volumes, "volume")} each${notMounted}`),
        table.toString(),
        wrapWords(
            `${taken} snapshots taken, ${deleted} deleted in ${plural(cleanings, "run")} of the cleaner, ${taken - deleted} left at the end`,
        ),
        ...[...reasons].map(([why, count]) => wrapWords(`${pc.red("failed")} ${count} × ${why}`)),
    ].join("\n");
}

/** Shows the restore points of each type at the end. */
export function showRestorePoints({ types, restorable, timezone }: Rehearsal, { servers }: RehearsalOptions): string {
    const typeWidth = Math.min(MAX_TYPE_WIDTH, measureWidest("Type", ...types));
    const pointWidth = WIDTH - FRAME - typeWidth - measureWidest("Servers", `${servers} of ${servers}`);
    const table = new Table({
        head: ["Type", wrapWords(`Restore points (${timezone})`, pointWidth), "Servers"],
        style: { head: [], border: [] },
    });
    for (const type of types) {
        const ofType = restorable.filter((point) => point.type === type);
        const times = [...new Set(ofType.map(({ time }) => time))].sort((a, b) => b - a);
        const lines = times.map((time) => {
            const points = ofType.filter((point) => point.time === time);
            const shown = wrapWords(restorePoint(time, points, timezone), pointWidth);
            // The count is in the first line of its restore point.
            return [shown, `${points.length} of ${servers}${shown.replace(/[^\n]/g, "")}`] as const;
        });
        table.push([
            wrapCharacters(type, MAX_TYPE_WIDTH),
            lines.map(([shown]) => shown).join("\n") || pc.red("none"),
            lines.map(([, count]) => count).join("\n"),
        ]);
    }
    const nothing = restorable.length === 0 ? [pc.red("Nothing can be restored: no restore point is left at the end.")] : [];
    return [table.toString(), ...nothing].join("\n");
}

function restorePoint(time: number, points: readonly Restorable[], timezone: string): string {
    const shown = DateTime.fromMillis(time, { zone: timezone }).toFormat("ccc yyyy-MM-dd HH:mm", { locale: "en" });
    const missing = [...new Set(points.flatMap(({ standsInFor }) => standsInFor))];
    return missing.length > 0 ? `${shown}, stands in for ${missing.join(" and ")}` : shown;
}

/** Names the volumes that nobody could restore. */
export function showUnprotectedVolumes({ unprotected }: Rehearsal): string {
    if (unprotected.length === 0) {
        return "Every volume is in a restore point.";
    }
    const deviceWidth = measureWidest(...unprotected.map(({ device }) => device));
    const lines = unprotected.map(({ server, volume, device, why }) => `${server}  ${volume}  ${device.padEnd(deviceWidth)}  ${why}`);
    return [pc.red(`${plural(unprotected.length, "volume")} in no restore point:`), ...takeFirstLines(lines)].join("\n");
}

/** Takes the first lines, and counts the others. */
export function takeFirstLines(lines: readonly string[]): string[] {
    const more = lines.length - MAX_LINES;
    return [...lines.slice(0, MAX_LINES), ...(more > 0 ? [`… and ${more} more; --json has all of them`] : [])];
}

/** Writes a number and its word. */
export function plural(count: number, word: string): string {
    return `${count} ${word}${count === 1 ? "" : "s"}`;
}
