import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { DEFAULTS } from "../components/arguments";
import type { CleanerSettings } from "../lambda/cleaner";
import { occurrences, parseSchedule } from "../lambda/schedules";
import type { Snapshot } from "../lambda/snapshot";

/** When the cleaner runs: 8 in the morning in Vienna. */
export const NOW = Date.parse("2027-02-01T07:00:00Z");

const DAY = 86_400_000;
const TIMEZONE = "Europe/Vienna";
export const VOLUMES_PER_SERVER = 4;
/** Sets that each server has, newest first: 16 in all, of which the default retention keeps 10. */
const SETS = { Day: 8, Week: 5, Month: 3 };
export const SETS_PER_SERVER = Object.values(SETS).reduce((sum, count) => sum + count);

/** A policy with all that a policy may have, and the defaults where there are any. */
export const SETTINGS: CleanerSettings = {
    name: "prod",
    retention: DEFAULTS.retention,
    schedules: DEFAULTS.schedules,
    timezone: TIMEZONE,
    hold: { key: "VssBackupHold" },
    orphanDays: 90,
    deleteLastCopies: false,
    failedSetGraceHours: 24,
    maxDeletionsPerRun: 1000,
    countCrashConsistent: false,
    standIns: true,
    reportOnly: false,
};

/**
 * What an account with so many volumes holds: servers of four volumes, with 16 sets each. Of 50 sets one has failed, and of 500 an operator
 * holds one. Ids are as good as random, as EC2's, and the list is in their order, so that nothing that belongs together is side by side.
 */
export function account(volumes: number): Snapshot[] {
    const chance = xoroshiro128plus(1);
    const digits = (count: number) => Array.from({ length: count }, () => uniformInt(chance, 0, 15).toString(16)).join("");
    const runs = Object.entries(SETS).flatMap(([type, count]) => latestRuns(type, count).map((time) => ({ type, time })));
    const snapshots: Snapshot[] = [];
    for (let server = 0; server < volumes / VOLUMES_PER_SERVER; server++) {
        for (const { type, time } of runs) {
            const failed = uniformInt(chance, 1, 50) === 1;
            const held = uniformInt(chance, 1, 500) === 1;
            const setId = `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
            for (let i = 0; i < VOLUMES_PER_SERVER; i++) {
                snapshots.push({
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
    return snapshots.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function latestRuns(type: string, count: number): number[] {
    const schedule = parseSchedule(DEFAULTS.schedules[type] ?? "", "seconds allowed");
    const pattern = schedule.kind === "cron" ? schedule.pattern : "";
    return [...occurrences(pattern, TIMEZONE, NOW - 100 * DAY, NOW)].slice(-count);
}
