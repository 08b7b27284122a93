import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import { idOf, type Run } from "./arbitraryHistory";

// What retention promises, said once more and in another way than in the plan: calendars as texts, and no shortcuts. It knows the runs
// from their making, and no other schedules than these.

/** By schedule, the label of the period that an hour of a day lies in; they sort as time does. */
const LABELS = {
    "cron(0 1 ? * * *)": (day) => day,
    "cron(0 1 ? * MON-FRI *)": workingDay,
    "cron(0 0/6 ? * * *)": (day, hour) => `${day} ${Math.floor(hour / 6)}`,
    "cron(0 3 ? * SUN *)": isoWeek,
    "cron(0 3 ? * WED *)": isoWeek,
    "cron(0 5 1 * ? *)": (day) => day.slice(0, 7),
    "cron(0 5 ? * SAT#2 *)": (day) => day.slice(0, 7),
    "cron(0 5 1 1,7 ? *)": (day) => `${day.slice(0, 5)}${day.slice(5) < "07" ? 1 : 2}`,
} satisfies Record<string, (day: string, hour: number) => string>;

/** The schedules that the oracle knows. */
export type KnownSchedule = keyof typeof LABELS;

const clocks = new Map<string, Intl.DateTimeFormat>();

function label(schedule: KnownSchedule, time: number, timezone: string): string {
    const clock = clocks.get(timezone) ?? new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: timezone });
    clocks.set(timezone, clock);
    const [day, hour] = clock.format(time).split(/[ :]/) as [string, string];
    return LABELS[schedule](day, Number(hour));
}

/** A weekend is Friday's. */
function workingDay(day: string): string {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() - ({ 6: 1, 0: 2 }[date.getUTCDay()] ?? 0));
    return date.toISOString().slice(0, 10);
}

/** The week of a day is that of its Thursday, which lies in the week's year. */
function isoWeek(day: string): string {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
    const year = date.getUTCFullYear();
    return `${year}-W${String(Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1).padStart(2, "0")}`;
}

/** When the first of a run's snapshots started. */
function startOf({ time, volumes, apart }: Run): number {
    return time + Math.min(0, apart * (volumes.length - 1)) * 1000;
}

/** The id of that one, or the last of several. */
function lastOf({ number, volumes, apart }: Run): string {
    return idOf(number, volumes.at(apart > 0 ? 0 : -1) as string);
}

/** Whether a run made a restore point of the policy. */
export function isCounted({ policy, type, time, fate }: Run, { retention, countCrashConsistent }: RetentionPolicy, now: number): boolean {
    const complete = fate !== "pending" && fate !== "error";
    return policy === "prod" && Object.hasOwn(retention, type) && time <= now && (fate === "good" || (countCrashConsistent && complete));
}

/** Ids of the snapshots that their own volume needs. */
export function expectedKept(runs: readonly Run[], policy: RetentionPolicy, now: number, lost: ReadonlySet<string>): string[] {
    const ever = runs.filter((run) => isCounted(run, policy, Number.POSITIVE_INFINITY));
    const counted = ever
        .filter(({ time, held }) => time <= now && !held)
        .sort((a, b) => startOf(b) - startOf(a) || (lastOf(a) < lastOf(b) ? 1 : -1));
    const volumes = [...new Set(counted.flatMap((run) => run.volumes))];
    return volumes.flatMap((volume) => {
        const has = (run: Run) => run.volumes.includes(volume);
        const age = now - Math.max(...ever.filter(has).map(startOf));
        const own = counted.filter(has);
        const kept =
            lost.has(`vol-${volume}`) && age >= (policy.orphanDays ?? Number.POSITIVE_INFINITY) * 86_400_000
                ? own.slice(0, policy.orphanDays === 0 && policy.deleteLastCopies ? 0 : 1)
                : Object.entries(policy.retention).flatMap(([type, count]) =>
                      own.filter((run) => run.type === type || standsIn(run, type, own, policy, now)).slice(0, count),
                  );
        return kept.map(({ number }) => idOf(number, volume));
    });
}

/** Whether a run stands in for a type: its period is over, holds none of the type's own, and no newer one that could stand in instead. */
function standsIn(run: Run, type: string, own: readonly Run[], { standIns, schedules, timezone }: RetentionPolicy, now: number): boolean {
    const period = (time: number) => label(schedules[type] as KnownSchedule, time, timezone);
    const within = own.filter((other) => period(startOf(other)) === period(startOf(run)));
    return standIns && period(now) > period(startOf(run)) && within.every((other) => other.type !== type) && within[0] === run;
}
