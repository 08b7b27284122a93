import Table from "cli-table3";
import { DateTime } from "luxon";
import pc from "picocolors";
import type { Rehearsal, RehearsalOptions } from "../rehearse";

/** What happened: runs, snapshots taken and deleted, failures with their reasons. */
export function whatHappened(
    { types, runs, cleanings, taken, deleted }: Rehearsal,
    { days, servers, volumes, unmounted = 0 }: RehearsalOptions,
): string {
    const table = new Table({
        head: ["Type", "Runs", "Succeeded", "Failed", "Snapshots taken"],
        colAligns: ["left", "right", "right", "right", "right"],
        style: { head: [], border: [] },
    });
    for (const type of types) {
        const own = runs.filter((run) => run.type === type);
        const failed = own.filter(({ status }) => status === "Failed").length;
        const snapshots = own.reduce((sum, run) => sum + run.snapshots.length, 0);
        table.push([type, own.length, own.length - failed, failed > 0 ? pc.red(String(failed)) : "0", snapshots]);
    }
    const reasons = new Map<string, number>();
    for (const { why } of runs) {
        if (why) {
            reasons.set(why, (reasons.get(why) ?? 0) + 1);
        }
    }
    return [
        `${plural(days, "day")}, ${plural(servers, "server")} with ${plural(volumes, "volume")} each${unmounted > 0 ? `, ${unmounted} of them not mounted` : ""}`,
        table.toString(),
        `${taken} snapshots taken, ${deleted} deleted in ${plural(cleanings, "run")} of the cleaner, ${taken - deleted} there at the end`,
        ...[...reasons].map(([why, count]) => `${pc.red("failed")} ${count} × ${why}`),
    ].join("\n");
}

/** What can be restored at the end, per type. */
export function whatCanBeRestored({ types, restorable, timezone }: Rehearsal, { servers }: RehearsalOptions): string {
    const table = new Table({ head: ["Type", `Restore points (${timezone})`, "Servers"], style: { head: [], border: [] } });
    for (const type of types) {
        const own = restorable.filter((point) => point.type === type);
        const times = [...new Set(own.map(({ time }) => time))].sort((a, b) => b - a);
        table.push([
            type,
            times
                .map((time) => {
                    const shown = DateTime.fromMillis(time, { zone: timezone }).toFormat("ccc yyyy-MM-dd HH:mm", { locale: "en" });
                    const missing = [...new Set(own.filter((point) => point.time === time).flatMap(({ standsInFor }) => standsInFor))];
                    return missing.length > 0 ? `${shown}, stands in for ${missing.join(" and ")}` : shown;
                })
                .join("\n") || pc.red("none"),
            times.map((time) => `${own.filter((point) => point.time === time).length} of ${servers}`).join("\n"),
        ]);
    }
    return table.toString();
}

/** The volumes that a disaster would cost: they are in no restore point. */
export function whatIsUnprotected({ unprotected }: Rehearsal): string {
    const MOST = 20;
    if (unprotected.length === 0) {
        return "Every volume is in a restore point.";
    }
    const more = unprotected.length - MOST;
    const deviceWidth = Math.max(...unprotected.map(({ device }) => device.length));
    return [
        pc.red(`${plural(unprotected.length, "volume")} in no restore point:`),
        ...unprotected
            .slice(0, MOST)
            .map(({ server, volume, device, why }) => `${server}  ${volume}  ${device.padEnd(deviceWidth)}  ${why}`),
        ...(more > 0 ? [`… and ${more} more; --json has all of them`] : []),
    ].join("\n");
}

function plural(count: number, word: string): string {
    return `${count} ${word}${count === 1 ? "" : "s"}`;
}
