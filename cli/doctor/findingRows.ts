import { counted } from "../../lambda/retention/wording";
import type { Finding, Kind } from "../../lambda/watch/finding";
import type { Health } from "../../lambda/watch/health";
import type { SignalName, Signals } from "../../lambda/watch/signals";
import { type Account, failureOfListing } from "../account";
import { CHECKS, type Check, type Row } from "./row";

/** The check under which a finding of the watch appears. */
const CHECK_OF: Readonly<Record<Kind, Check>> = {
    unread: "listings",
    "nobody targeted": "tags",
    "tag misspelled": "tags",
    "tag removed": "tags",
    "never backed up": "backups",
    overdue: "backups",
    failing: "backups",
    "volume not covered": "disks",
    "window missing": "windows",
    "window disabled": "windows",
    "window changed": "windows",
    "window failed": "windows",
    "window skipped": "windows",
    "window never executed": "windows",
    "not Windows": "servers",
    "no role": "servers",
    "too small": "servers",
    "not managed": "agents",
    "agent offline": "agents",
    "package failed": "package",
    "package missing": "package",
    "cleaner failed": "cleaner",
    "cleaner late": "cleaner",
    "cleaner held back": "cleaner",
    "subscription unconfirmed": "notifications",
    "not recorded": "watch",
    "restore test failed": "backups",
    "not tested": "backups",
    stopped: "servers",
    "missed while stopped": "servers",
    "snapshots aging": "backups",
};

/** The listings without which a check says nothing. */
const NEEDS: Partial<Readonly<Record<Check, readonly SignalName[]>>> = {
    tags: ["servers"],
    servers: ["servers"],
    agents: ["servers", "nodes"],
    package: ["servers", "packages"],
    windows: ["windows", "executions"],
    runs: ["servers", "invocations"],
    backups: ["servers", "snapshots"],
    disks: ["servers", "snapshots"],
    cleaner: ["cleanerRuns"],
    notifications: ["subscriptions"],
};

/** Makes a row for each finding of the watch. A check without problem gets a row that says so; a check without answer is unknown. */
export function findingRows({ health, signals }: Account): Row[] {
    return CHECKS.flatMap((check): Row[] => {
        const rows = health.findings.filter(({ kind }) => CHECK_OF[kind] === check).map((finding) => rowOf(check, finding));
        const missing = (NEEDS[check] ?? []).find((name) => "unread" in signals[name]);
        if (missing !== undefined) {
            return [...rows, unknownRow(check, signals, missing)];
        }
        const sentence = goodNews(check, health, signals);
        return rows.some(({ result }) => result === "problem") || sentence === undefined
            ? rows
            : [{ check, result: "ok", sentence }, ...rows];
    });
}

function rowOf(check: Check, { severity, sentence, cure }: Finding): Row {
    return { check, result: severity, sentence, cure };
}

function unknownRow(check: Check, signals: Signals, name: SignalName): Row {
    const signal = signals[name];
    const sentence = "unread" in signal ? failureOfListing(signal.unread).message : "AWS gave no answer.";
    return { check, result: "unknown", sentence };
}

/** The checks that say nothing without servers. */
const OF_SERVERS: readonly Check[] = ["tags", "servers", "agents", "package", "disks"];

/** Says that a check found no problem; undefined for the checks of which the watch has no findings. */
function goodNews(check: Check, { servers, cleaner, restorePoints, findings }: Health, signals: Signals): string | undefined {
    if (servers?.watched === 0 && OF_SERVERS.includes(check)) {
        return undefined;
    }
    const watched = counted(servers?.watched ?? 0, "server");
    switch (check) {
        case "listings":
            return `All ${Object.keys(signals).length} listings can be read.`;
        case "tags":
            return `${watched} with the server tag, and none with a tag that nearly is one.`;
        case "servers":
            return `${watched} with Windows, an instance profile and enough room for VSS.`;
        case "agents":
            return "Systems Manager reaches each running server.";
        case "package":
            return "AwsVssComponents is installed, as far as State Manager has run.";
        case "windows":
            return "All windows exist, are enabled, and did what the policy wants of them.";
        case "backups":
            return `No server misses a backup. There ${restorePoints === 1 ? "is" : "are"} ${counted(restorePoints ?? 0, "restore point")}.`;
        case "disks":
            return "The newest restore point of each server has all of its disks.";
        case "cleaner":
            return cleaner === undefined
                ? "It has not run yet."
                : `Its last run kept ${counted(cleaner.kept, "snapshot")}, and deleted ${cleaner.deleted}.`;
        case "notifications":
            return findings.some(({ kind }) => kind === "subscription unconfirmed") ? undefined : "All addresses are confirmed.";
        default:
            return undefined;
    }
}
