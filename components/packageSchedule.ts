import { parseSchedule } from "../lambda/retention/schedules";
import type { SnapshotType } from "./snapshotTypes";
import { repeatsWeekly, windowStarts } from "./windowStarts";

/** Minutes that State Manager may need to install the package on all servers. */
const INSTALL_MINUTES = 60;

const WEEK_MINUTES = 7 * 24 * 60;
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** Sunday 15:00. If this time is free, it stays when a type is added: State Manager runs a changed association at once. */
const USUAL_MINUTE = 15 * 60;

/** The least minutes between the usual time and any window. */
const MARGIN_MINUTES = 60;

/** Windows of these years count. The years are fixed, so the same config gives the same schedule in every year. */
const REFERENCE = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2030, 0, 1) };

/** The limits for windows that open on dates: in 28 years each date falls on each day of the week. */
const DATES = { starts: 28 * 53, to: Date.UTC(2054, 0, 1) };

export interface PackageSchedule {
    /** A weekly cron expression of State Manager, in UTC. State Manager knows no other time zone. */
    readonly expression: string;
    /** Whether the hour from this time is outside all windows. Hourly windows leave no such hour, and nobody knows those of a `rate`. */
    readonly clear: boolean;
}

/**
 * Finds a weekly time for the VSS package. This is Sunday 15:00, unless a window is near.
 * Then it is the middle of the week's longest span in which no window keeps a server busy.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html
 */
export function packageSchedule(types: readonly SnapshotType[], timezone: string, busySeconds: number): PackageSchedule {
    const schedules = types.map(({ schedule }) => parseSchedule(schedule, "seconds allowed"));
    const minutes = new Set<number>();
    for (const schedule of schedules) {
        for (const time of schedule.kind === "cron" ? findStarts(schedule.pattern, timezone) : []) {
            minutes.add(minuteOfWeek(time));
            // A start with seconds makes the window end a minute later.
            minutes.add(minuteOfWeek(time + 59_999));
        }
    }
    const starts = [...minutes].sort((a, b) => a - b);
    const busy = Math.ceil(busySeconds / 60);
    const spans = starts.map((start, i) => {
        const next = starts[i + 1] ?? (starts[0] as number) + WEEK_MINUTES;
        return { from: start + busy, free: next - start - busy - INSTALL_MINUTES };
    });
    const usual = spans.find(({ from, free }) => liesWithin(USUAL_MINUTE, from + MARGIN_MINUTES, free - 2 * MARGIN_MINUTES));
    const widest = spans.reduce((best, span) => (span.free > best.free ? span : best), spans[0] ?? { from: 0, free: WEEK_MINUTES });
    const middle = (widest.from + Math.max(0, Math.floor(widest.free / 2))) % WEEK_MINUTES;
    const minute = usual || spans.length === 0 ? USUAL_MINUTE : middle;
    return {
        expression: `cron(${minute % 60} ${Math.floor(minute / 60) % 24} ? * ${WEEKDAYS[Math.floor(minute / 1440)]} *)`,
        clear: widest.free >= 0 && schedules.every(({ kind }) => kind === "cron"),
    };
}

/** Returns whether a minute of the week lies in a span. The span may reach into the next week. */
function liesWithin(minute: number, from: number, length: number): boolean {
    return (((minute - from) % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES <= length;
}

/** Finds the starts of enough windows to know every minute of the week at which one may open. */
function* findStarts(pattern: string, timezone: string): Generator<number> {
    let starts = 0;
    for (const time of windowStarts(pattern, timezone, REFERENCE.from, DATES.to)) {
        if (time >= REFERENCE.to && (starts >= DATES.starts || repeatsWeekly(pattern))) {
            return;
        }
        starts++;
        yield time;
    }
}

function minuteOfWeek(time: number): number {
    const date = new Date(time);
    return date.getUTCDay() * 1440 + date.getUTCHours() * 60 + date.getUTCMinutes();
}
