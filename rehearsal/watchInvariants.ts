import type { Kind } from "../lambda/watch/finding";
import type { PlayedAlarms } from "./alarms";
import { mentions, type Said, tellsOf } from "./detection";
import type { MissingBackup } from "./dueBackups";
import type { StateChange } from "./embeddedAws/cloudWatch";
import type { PlayedIncident } from "./incidents/playIncidents";
import type { FoundLine, WatchRun } from "./watching";

const HOUR = 3_600_000;

/** How long after the end of its window a missing backup may stay unreported. */
const REPORTED_WITHIN = 26 * HOUR;

/** How long CloudWatch may need to see that something is over, and the next run to see it. */
const ALARM_ENDS = 6 * HOUR;

/** What really was wrong at one run of the watch. */
export interface Truth {
    readonly run: WatchRun;
    readonly missing: readonly MissingBackup[];
    /** Ids of servers without any restore point. */
    readonly withoutPoint: readonly string[];
    /** Ids of servers whose last three runs failed. */
    readonly failing: readonly string[];
    /** Ids of servers with a volume that Windows has not mounted. */
    readonly unmounted: readonly string[];
}

/** All that a rehearsal knows about its watch. */
export interface WatchObserved {
    readonly truths: readonly Truth[];
    readonly incidents: readonly PlayedIncident[];
    readonly said: Said;
    readonly changes: PlayedAlarms["changes"];
    /** The end of the rehearsal. */
    readonly end: number;
    /** Says until when a finding may stay after its incident, since only the next window shows that all is well again. */
    lingersUntil(kind: Kind, type: string | undefined, time: number): number;
}

/** Finds the invariants of the watch that a rehearsal broke, one sentence each. */
export function brokenWatchInvariants(observed: WatchObserved): string[] {
    return [
        ...falseFindings(observed),
        ...overlooked(observed),
        ...unreported(observed),
        ...untoldIncidents(observed),
        ...alarmFaults(observed),
    ];
}

function iso(time: number): string {
    return new Date(time).toISOString().replace(".000Z", "Z");
}

/** No finding without its incident. */
function falseFindings({ truths, incidents, lingersUntil }: WatchObserved): string[] {
    return truths.flatMap((truth) =>
        truth.run.findings
            .filter((line) => !isTrue(line, truth))
            .filter((line) => !incidents.some((played) => explains(played, line, truth.run.time, lingersUntil)))
            .map((line) => `${iso(truth.run.time)}: the watch found what is not so: ${line.Sentence}`),
    );
}

/** Whether a finding is so, whatever has led to it. */
function isTrue({ Kind: kind, Server: server = "", Type: type }: FoundLine, { missing, withoutPoint, failing, unmounted }: Truth): boolean {
    const misses = missing.some((backup) => backup.server === server && (type === undefined || backup.type === type));
    switch (kind) {
        case "overdue":
            return misses;
        case "never backed up":
            return misses && withoutPoint.includes(server);
        case "failing":
            return failing.includes(server);
        case "volume not covered":
            return unmounted.includes(server);
        default:
            return false;
    }
}

/** Whether an incident can be why there is a finding. */
function explains(
    { incident, server, begin, end }: PlayedIncident,
    { Kind: kind, Server: other, Type: type }: FoundLine,
    time: number,
    lingersUntil: WatchObserved["lingersUntil"],
): boolean {
    const isOfKind = [...incident.kinds, ...(incident.sideEffects ?? [])].includes(kind);
    const isOfServer = server === undefined || other === undefined || other === server;
    return isOfKind && isOfServer && begin <= time && time <= lingersUntil(kind, type, end);
}

/** Each run of the watch finds each backup that is missing then. */
function overlooked({ truths }: WatchObserved): string[] {
    return truths.flatMap(({ run, missing }) =>
        missing
            .filter(
                ({ server, type }) => !run.findings.some((line) => line.Kind === "overdue" && line.Server === server && line.Type === type),
            )
            .map(({ server, type, due }) => `${iso(run.time)}: the watch overlooked that ${server} has no ${type} of ${iso(due)}`),
    );
}

/** Each missed backup is reported within 26 hours of its window's end. */
function unreported({ truths, said, end }: WatchObserved): string[] {
    const missed = new Map(
        truths.flatMap(({ missing }) => missing.map((backup) => [`${backup.server} ${backup.type} ${backup.due}`, backup] as const)),
    );
    return [...missed.values()]
        .filter((backup) => backup.closed + REPORTED_WITHIN < end && !isReported(backup, said))
        .map(({ server, type, due }) => `${server} has no ${type} of ${iso(due)}, and nobody was told within 26 hours`);
}

function isReported({ server, type, closed }: MissingBackup, { runs, reports, alarms }: Said): boolean {
    const inTime = ({ time }: { readonly time: number }) => time >= closed && time <= closed + REPORTED_WITHIN;
    const lines = runs.flatMap(({ time, findings }) =>
        inTime({ time }) ? findings.filter((line) => line.Kind === "overdue" && line.Server === server && line.Type === type) : [],
    );
    const byAlarm = lines.length > 0 && alarms.some((message) => inTime(message) && message.isAlarm && message.alarm.endsWith("-overdue"));
    return byAlarm || reports.filter(inTime).some((report) => lines.some((line) => mentions(report, line)));
}

/** Each incident that lasts long enough is told within 26 hours of when the watch can know it. */
function untoldIncidents({ incidents, said, end }: WatchObserved): string[] {
    return incidents
        .filter(({ incident, knowable, end: over }) => incident.kinds.length > 0 && knowable + REPORTED_WITHIN <= Math.min(over, end))
        .filter((played) => {
            const inTime = ({ time }: { readonly time: number }) => time >= played.begin && time <= played.knowable + REPORTED_WITHIN;
            const found = said.runs.filter(inTime).flatMap(({ findings }) => findings.filter((line) => tellsOf(line, played)));
            const byAlarm = said.alarms.some((message) => inTime(message) && message.isAlarm && message.alarm.endsWith("-problems"));
            const byReport = said.reports.filter(inTime).some((report) => found.some((line) => mentions(report, line)));
            return found.length === 0 || !(byReport || byAlarm);
        })
        .map(({ incident, begin }) => `${iso(begin)}: ${incident.name}, and nobody was told within 26 hours`);
}

/** Each alarm goes off for its incidents, and for nothing else. */
function alarmFaults({ truths, incidents, changes, end, said }: WatchObserved): string[] {
    const silent = incidents
        .filter(({ end: over }) => over <= end)
        .flatMap(({ incident, begin, end: over }) =>
            (incident.alarms ?? [])
                .filter(
                    (suffix) =>
                        !said.alarms.some(({ alarm, time, isAlarm }) => isAlarm && isOf(alarm, suffix) && time >= begin && time <= over),
                )
                .map((suffix) => `${iso(begin)}: ${incident.name}, and the alarm ${suffix} stayed silent`),
        );
    const wrong = Object.entries(changes).flatMap(([range, ofRange]) =>
        ofRange
            .filter((change) => change.to === "ALARM" && !isJustified(change, truths, incidents))
            .map(({ alarm, time }) => `${iso(time)}: the alarm ${alarm} went off without a reason (${range} evaluation range)`),
    );
    return [...silent, ...new Set(wrong)];
}

function isJustified({ alarm, time }: StateChange, truths: readonly Truth[], incidents: readonly PlayedIncident[]): boolean {
    const run = truths.findLast((truth) => truth.run.time < time)?.run;
    if (isOf(alarm, "problems")) {
        return run?.findings.some(({ Severity }) => Severity === "problem") ?? false;
    }
    if (isOf(alarm, "overdue")) {
        return run?.findings.some(({ Kind: kind }) => kind === "overdue" || kind === "never backed up") ?? false;
    }
    return incidents.some(
        ({ incident, begin, end }) => incident.alarms?.some((suffix) => isOf(alarm, suffix)) && begin <= time && time <= end + ALARM_ENDS,
    );
}

function isOf(alarm: string, suffix: string): boolean {
    return alarm.endsWith(`-${suffix}`);
}
