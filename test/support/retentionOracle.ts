import type { RetentionPolicy } from "../../lambda/retentionPolicy";
import { idOf, type Run } from "./arbitraryHistory";

// What retention promises, said once more and in another way than in the plan: calendars as texts, and no shortcuts. It knows the runs
// from their making, and only the default schedules: a night, a Sunday, the 1st.

/** Labels of the day, ISO week and month of a moment in a zone; they sort as time does. */
const LABELS: Readonly<Record<string, (day: string) => string>> = {
    Day: (day) => day,
    Week: isoWeek,
    Month: (day) => day.slice(0, 7),
};

const clocks = new Map<string, Intl.DateTimeFormat>();

function label(type: string, time: number, timezone: string): string {
    const clock = clocks.get(timezone) ?? new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeZone: timezone });
    clocks.set(timezone, clock);
    return (LABELS[type] as (day: string) => string)(clock.format(time));
}

/** The week of a day is that of its Thursday, which lies in the week's year. */
function isoWeek(day: string): string {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
    const year = date.getUTCFullYear();
    return `${year}-W${String(Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1).padStart(2, "0")}`;
}

/** Whether a run made a restore point of the policy. */
export function isCounted({ policy, type, time, fate }: Run, { retention, countCrashConsistent }: RetentionPolicy, now: number): boolean {
    const complete = fate !== "pending" && fate !== "error";
    return policy === "prod" && Object.hasOwn(retention, type) && time <= now && (fate === "good" || (countCrashConsistent && complete));
}

/** Ids of the snapshots that their own volume needs. */
export function expectedKept(runs: readonly Run[], policy: RetentionPolicy, now: number, lost: ReadonlySet<string>): string[] {
    const lastId = ({ number, volumes }: Run) =>
        volumes
            .map((volume) => idOf(number, volume))
            .sort()
            .at(-1) as string;
    const ever = runs.filter((run) => isCounted(run, policy, Number.POSITIVE_INFINITY));
    const counted = ever
        .filter(({ time, held }) => time <= now && !held)
        .sort((a, b) => b.time - a.time || (lastId(a) < lastId(b) ? 1 : -1));
    const volumes = [...new Set(counted.flatMap((run) => run.volumes))];
    return volumes.flatMap((volume) => {
        const has = (run: Run) => run.volumes.includes(volume);
        const age = now - Math.max(...ever.filter(has).map(({ time }) => time));
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
function standsIn(run: Run, type: string, own: readonly Run[], { standIns, timezone }: RetentionPolicy, now: number): boolean {
    const period = (time: number) => label(type, time, timezone);
    const within = own.filter(({ time }) => period(time) === period(run.time));
    return standIns && period(now) > period(run.time) && within.every((other) => other.type !== type) && within[0] === run;
}
