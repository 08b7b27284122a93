import type { Kind } from "../lambda/watch/finding";
import type { Account } from "./account";
import { playAlarms } from "./alarms";
import { type DetectedIncident, detect } from "./detection";
import { findFiringTimes } from "./firingTimes";
import type { PlayedIncident } from "./incidents/playIncidents";
import { findBrokenWatchInvariants, type Truth } from "./watchInvariants";
import type { Message, Watching } from "./watching";

const HOUR = 3_600_000;

/** A message of the watch or of an alarm. */
export interface Notification {
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly from: "report" | "alarm";
    readonly subject: string;
    /** False for a report that all is well. */
    readonly hasNews: boolean;
}

/** What the watch did in a rehearsal. */
export interface Watched {
    /** The number of its runs. */
    readonly runs: number;
    readonly notifications: readonly Notification[];
    readonly incidents: readonly DetectedIncident[];
}

/** Plays the alarms, and compares what was said with what happened. */
export async function judgeWatch(
    account: Account,
    watching: Watching,
    incidents: readonly PlayedIncident[],
    truths: readonly Truth[],
): Promise<{ readonly watch: Watched; readonly broken: readonly string[] }> {
    const { changes, messages, refusals } = await playAlarms(account);
    const { runs, reports } = watching;
    const said = { runs, reports, alarms: messages };
    const notifications = [...reports.map(notification("report")), ...messages.map(notification("alarm"))];
    const observed = { truths, incidents, said, changes, end: account.end, lingersUntil: lingering(account) };
    return {
        watch: {
            runs: runs.length,
            notifications: notifications.sort((a, b) => a.time - b.time),
            incidents: detect(incidents, said),
        },
        broken: [...watching.broken, ...refusals, ...findBrokenWatchInvariants(observed)],
    };
}

function notification(from: Notification["from"]): (message: Message) => Notification {
    // The subject of a report names its problems and recoveries before the number of servers.
    return ({ time, subject }) => ({ time, from, subject, hasNews: from === "alarm" || subject.includes(",") });
}

/** Finds until when a finding may stay after its incident: the next run of the cleaner, or the next window. */
function lingering({ windows, start, end }: Account): (kind: Kind, type: string | undefined, time: number) => number {
    const nextOpen = (type: string | undefined, time: number) => {
        const opens = windows
            .filter((window) => type === undefined || window.type === type)
            .flatMap(({ schedule, timezone, duration }) => {
                const next = [...findFiringTimes(schedule, timezone, start, end)].find((open) => open > time);
                return next === undefined ? [] : [next + duration * HOUR];
            });
        return opens.length > 0 ? Math.min(...opens) : end;
    };
    return (kind, type, time) => {
        if (kind.startsWith("cleaner")) {
            return time + 26 * HOUR;
        }
        const endsWithAWindow = /^window (failed|skipped|never)|^package|^volume|^failing|^never|^overdue|^missed/.test(kind);
        return endsWithAWindow ? nextOpen(type, time) : time;
    };
}
