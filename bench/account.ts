import { deserialize, serialize } from "node:v8";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { cleanerSettings } from "../components/cleanerSettings";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import type { Snapshot } from "../lambda/retention/snapshot";

/** When the cleaner runs: 8 in the morning in Vienna. */
export const NOW = Date.parse("2027-02-01T07:00:00Z");

/** A policy with all defaults, which include stand-ins. It also looks for volumes that no longer exist. */
export const SETTINGS = cleanerSettings("prod", { timezone: "Europe/Vienna", orphanDays: 90 });

const DAY = 86_400_000;
const VOLUMES_PER_SERVER = 4;

/** Sets of each server by type: the 5, 3 and 2 that the policy keeps, and those of a week without a cleaner. */
const SETS = { Day: 8, Week: 5, Month: 3 };

export const SNAPSHOTS_PER_VOLUME = 16;

const PAGE = 1000;

/**
 * Makes the list of snapshots in an account of servers with four volumes and 16 sets each. One set in 50 failed, and one in 500 is held.
 * Ids are pseudorandom, like those of EC2, and the list is in their order. So the snapshots of a set are far apart.
 */
export function account(snapshots: number): Snapshot[] {
    const chance = xoroshiro128plus(1);
    const digits = (count: number) => Array.from({ length: count }, () => uniformInt(chance, 0, 15).toString(16)).join("");
    const runs = Object.entries(SETS).flatMap(([type, count]) => latestRuns(type, count).map((time) => ({ type, time })));
    const servers = Math.ceil(snapshots / SNAPSHOTS_PER_VOLUME / VOLUMES_PER_SERVER);
    const listed: Snapshot[] = [];
    for (let server = 0; server < servers; server++) {
        for (const { type, time } of runs) {
            const failed = uniformInt(chance, 1, 50) === 1;
            const held = uniformInt(chance, 1, 500) === 1;
            const setId = `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
            for (let i = 0; i < VOLUMES_PER_SERVER; i++) {
                listed.push({
                    id: `snap-${digits(17)}`,
                    volumeId: `vol-${(server * VOLUMES_PER_SERVER + i).toString(16).padStart(17, "0")}`,
                    startTime: time + 60_000,
                    state: "completed",
                    tags: {
                        VssBackupPolicy: SETTINGS.name,
                        SnapshotType: type,
                        AppConsistent: failed ? "False" : "True",
                        AwsVssConfig: `{"AwsVssComponents":"2.5.1","SnapshotSetId":"{${setId}}"}`,
                        Device: i === 0 ? "/dev/sda1" : `xvd${"abcd"[i]}`,
                        ...(held && { VssBackupHold: "case 4711" }),
                    },
                });
            }
        }
    }
    listed.sort((a, b) => (a.id < b.id ? -1 : 1)).splice(snapshots);
    // The cleaner lists page after page: no two pages share memory.
    for (let i = 0; i < listed.length; i += PAGE) {
        listed.splice(i, PAGE, ...(deserialize(serialize(listed.slice(i, i + PAGE))) as Snapshot[]));
    }
    return listed;
}

function latestRuns(type: string, count: number): number[] {
    const schedule = parseSchedule(SETTINGS.schedules[type] ?? "", "seconds allowed");
    const pattern = schedule.kind === "cron" ? schedule.pattern : "";
    return [...occurrences(pattern, SETTINGS.timezone, NOW - 100 * DAY, NOW)].slice(-count);
}
