import type { RetentionPolicy } from "../../lambda/retention/retentionPolicy";
import { idOf, type Run } from "./arbitraryHistory";

// A second implementation of the rules in docs/retention.md, which shares no code with the plan. Calendars are texts, without shortcuts.
// It reads the runs themselves, and knows only the schedules below.

/** A weekly or rarer schedule: the local time of its runs, their days, and the label of a day's period. Labels sort by time. */
interface LongSchedule {
    readonly at: string;
    readonly runsOn: (day: string) => boolean;
    readonly label: (day: string) => string;
}

const SCHEDULES = {
    "cron(0 1 ? * * *)": "short",
    "cron(0 1 ? * MON-FRI *)": "short",
    "cron(0 0/6 ? * * *)": "short",
    "cron(0 3 ? * SUN *)": { at: "03:00", runsOn: (day) => weekday(day) === 0, label: isoWeek },
    "cron(0 3 ? * WED *)": { at: "03:00", runsOn: (day) => weekday(day) === 3, label: isoWeek },
    "cron(0 5 1 * ? *)": { at: "05:00", runsOn: (day) => day.endsWith("-01"), label: month },
    "cron(0 5 ? * SAT#2 *)": { at: "05:00", runsOn: isSecondSaturday, label: month },
    "cron(0 5 1 1,7 ? *)": { at: "05:00", runsOn: (day) => /-0[17]-01$/.test(day), label: halfYear },
    "cron(30 23 L * ? *)": { at: "23:30", runsOn: (day) => dayAfter(day, 1).endsWith("-01"), label: month },
} satisfies Record<string, LongSchedule | "short">;

/** The schedules that the oracle knows. */
export type KnownSchedule = keyof typeof SCHEDULES;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** `2027-01-31 05:00` */
function local(time: number, timezone: string): string {
    const clock = clocks.get(timezone) ?? new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: timezone });
    clocks.set(timezone, clock);
    return clock.format(time);
}

function dayAfter(day: string, days: number): string {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + days);
    return date.toISOString().slice(0, 10);
}

function weekday(day: string): number {
    return new Date(`${day}T00:00:00Z`).getUTCDay();
}

function isSecondSaturday(day: string): boolean {
    const number = Number(day.slice(8));
    return weekday(day) === 6 && number > 7 && number <= 14;
}

function month(day: string): string {
    return day.slice(0, 7);
}

function halfYear(day: string): string {
    return `${day.slice(0, 5)}${day.slice(5) < "07" ? 1 : 2}`;
}

/** The ISO week of a day. The Thursday of the week decides its year. */
function isoWeek(day: string): string {
    const thursday = dayAfter(day, 4 - (weekday(day) || 7));
    const year = thursday.slice(0, 4);
    const days = (Date.parse(thursday) - Date.parse(`${year}-01-01`)) / 86_400_000;
    return `${year}-W${String(Math.floor(days / 7) + 1).padStart(2, "0")}`;
}

/** The day of the latest run that was due at or before a local time. */
function dayOfLastRun({ at, runsOn }: LongSchedule, time: string): string {
    let day = time.slice(0, 10);
    while (!runsOn(day) || `${day} ${at}` > time) {
        day = dayAfter(day, -1);
    }
    return day;
}

/** When the earliest snapshot of a run started. */
function startOf({ time, volumes, apart }: Run): number {
    return time + Math.min(0, apart * (volumes.length - 1)) * 1000;
}

/** The id of the earliest snapshot of a run; the highest id if several started at once. */
function anchorIdOf({ number, volumes, apart }: Run): string {
    return idOf(number, volumes.at(apart > 0 ? 0 : -1) as string);
}

/** Whether a run made a restore point of the policy. */
export function isCounted({ policy, type, time, fate }: Run, { retention, countCrashConsistent }: RetentionPolicy, now: number): boolean {
    const complete = fate !== "pending" && fate !== "error";
    return policy === "prod" && Object.hasOwn(retention, type) && time <= now && (fate === "good" || (countCrashConsistent && complete));
}

/** A run with a restore point that a volume needs, and the rule that needs it. */
export interface Need {
    readonly volume: string;
    readonly run: Run;
    readonly rule: "newest of its type" | "its period" | "stand-in" | "last copy";
    readonly type: string;
}

/** The restore points that the volumes need by the rules. */
export function expectedNeeds(runs: readonly Run[], policy: RetentionPolicy, now: number, lost: ReadonlySet<string>): Need[] {
    const ever = runs.filter((run) => isCounted(run, policy, Number.POSITIVE_INFINITY));
    const counted = ever
        .filter(({ time, held }) => time <= now && !held)
        .sort((a, b) => startOf(b) - startOf(a) || (anchorIdOf(a) < anchorIdOf(b) ? 1 : -1));
    const volumes = [...new Set(counted.flatMap((run) => run.volumes))];
    return volumes.flatMap((volume): Need[] => {
        const has = (run: Run) => run.volumes.includes(volume);
        const age = now - Math.max(...ever.filter(has).map(startOf));
        const ownRuns = counted.filter(has);
        if (lost.has(`vol-${volume}`) && age >= (policy.orphanDays ?? Number.POSITIVE_INFINITY) * 86_400_000) {
            return ownRuns.slice(0, 1).map((run) => ({ volume, run, rule: "last copy", type: run.type }));
        }
        return Object.entries(policy.retention).flatMap(([type, count]): Need[] => [
            ...ownRuns
                .filter((run) => run.type === type)
                .slice(0, count)
                .map((run): Need => ({ volume, run, rule: "newest of its type", type })),
            ...keptByPeriods(ownRuns, type, count, policy, now).map(
                (run): Need => ({ volume, run, rule: run.type === type ? "its period" : "stand-in", type }),
            ),
        ]);
    });
}

/** Ids of the stand-ins, each with the type. A period whose scheduled run is still pending has no stand-in yet. */
export function expectedStandIns(runs: readonly Run[], policy: RetentionPolicy, now: number, lost: ReadonlySet<string>): string[] {
    return expectedNeeds(runs, policy, now, lost)
        .filter(({ rule }) => rule === "stand-in")
        .filter(({ volume, run, type }) => {
            const schedule = SCHEDULES[policy.schedules[type] as KnownSchedule] as LongSchedule;
            const period = schedule.label(local(startOf(run), policy.timezone).slice(0, 10));
            return !runs.some(
                (other) =>
                    other.type === type &&
                    other.volumes.includes(volume) &&
                    isPending(other, policy, now) &&
                    schedule.label(dayOfLastRun(schedule, local(timeOfLastId(other), policy.timezone))) === period,
            );
        })
        .map(({ volume, run, type }) => `${idOf(run.number, volume)} ${type}`);
}

/** Whether a run is still active, or the agent may still tag its snapshots. */
function isPending(run: Run, { countCrashConsistent, failedSetGraceHours }: RetentionPolicy, now: number): boolean {
    const { policy, held, fate } = run;
    const isMarkedLater = fate === "unmarked" && !countCrashConsistent && now < latestStartOf(run) + failedSetGraceHours * 3_600_000;
    return policy === "prod" && !held && timeOfLastId(run) <= now && (fate === "pending" || isMarkedLater);
}

/** When the snapshot with the highest id started. An unfinished set has this time. */
function timeOfLastId({ time, volumes, apart }: Run): number {
    return time + apart * (volumes.length - 1) * 1000;
}

function latestStartOf({ time, volumes, apart }: Run): number {
    return time + Math.max(0, apart * (volumes.length - 1)) * 1000;
}

/** The restore points that the type's newest finished periods keep: the newest of the type or, if there is none, the newest of any type. */
function keptByPeriods(ownRuns: readonly Run[], type: string, count: number, policy: RetentionPolicy, now: number): Run[] {
    const schedule: LongSchedule | "short" = SCHEDULES[policy.schedules[type] as KnownSchedule];
    if (schedule === "short" || !policy.standIns) {
        return [];
    }
    const periodOf = (run: Run) => {
        const time = local(startOf(run), policy.timezone);
        return schedule.label(run.type === type ? dayOfLastRun(schedule, time) : time.slice(0, 10));
    };
    const current = schedule.label(local(now, policy.timezone).slice(0, 10));
    const over = [...new Set(ownRuns.map(periodOf))].filter((period) => period < current).sort();
    return over.slice(-count).map((period) => {
        const within = ownRuns.filter((run) => periodOf(run) === period);
        return (within.find((run) => run.type === type) ?? within[0]) as Run;
    });
}

/** Ids of the snapshots that their volume needs. */
export function expectedKept(runs: readonly Run[], policy: RetentionPolicy, now: number, lost: ReadonlySet<string>): string[] {
    return expectedNeeds(runs, policy, now, lost).map(({ volume, run }) => idOf(run.number, volume));
}
