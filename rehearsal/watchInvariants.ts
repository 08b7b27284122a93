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

/** How the name of the alarm ends that goes off if the watch does not run. */
const HEARTBEAT = "heartbeat";

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
    /** Ids of servers whose newest restore point lacks one of their volumes. */
    readonly uncovered: readonly string[];
    /** Ids of servers with the server tag. */
    readonly watched: readonly string[];
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
export function findBrokenWatchInvariants(observed: WatchObserved): string[] {
    return [
        ...findFalseFindings(observed),
        ...findOverlooked(observed),
        ...findUnreported(observed),
        ...findUntoldIncidents(observed),
        ...findAlarmFaults(observed),
    ];
}

function iso(time: number): string {
    return new Date(time).toISOString().replace(".000Z", "Z");
}

/** No finding without its incident. */
function findFalseFindings({ truths, incidents, lingersUntil }: WatchObserved): string[] {
    return truths.flatMap((truth) =>
        truth.run.findings
            .filter((line) => !isTrue(line, truth))
            .filter((line) => !incidents.some((played) => explains(played, line, truth.run.time, lingersUntil)))
            .map((line) => `${iso(truth.run.time)}: the watch found what is not so: ${line.Sentence}`),
    );
}

/** Whether a finding is so, whatever has led to it. */
function isTrue({ Kind: kind, Server: server = "", Type: type }: FoundLine, { missing, withoutPoint, failing, uncovered }: Truth): boolean {
    const misses = missing.some((backup) => backup.server === server && (type === undefined || backup.type === type));
    switch (kind) {
        case "overdue":
            return misses;
        case "never backed up":
            return misses && withoutPoint.includes(server);
        case "failing":
            return failing.includes(server);
        case "volume not covered":
            return uncovered.includes(server);
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
function findOverlooked({ truths }: WatchObserved): string[] {
    return truths.flatMap(({ run, missing }) =>
        missing
            .filter(
                ({ server, type }) => !run.findings.some((line) => line.Kind === "overdue" && line.Server === server && line.Type === type),
            )
            .map(({ server, type, due }) => `${iso(run.time)}: the watch overlooked that ${server} has no ${type} of ${iso(due)}`),
    );
}

/** Each missed backup is reported within 26 hours of its window's end, as long as the watch runs and the server has its tag. */
function findUnreported({ truths, incidents, said, end }: WatchObserved): string[] {
    const missed = new Map(
        truths.flatMap(({ missing }) => missing.map((backup) => [`${backup.server} ${backup.type} ${backup.due}`, backup] as const)),
    );
    return [...missed.values()]
        .filter((backup) => backup.closed + REPORTED_WITHIN < end && !isReported(backup, said))
        .filter(({ server, closed }) => {
            const isDuring = ({ begin, end: over }: PlayedIncident) => begin <= closed + REPORTED_WITHIN && over >= closed;
            const isBlind = incidents.some((played) => played.incident.alarms?.includes(HEARTBEAT) && isDuring(played));
            return !isBlind && truths.every(({ run: { time }, watched }) => !inTime(time, closed) || watched.includes(server));
        })
        .map(({ server, type, due }) => `${server} has no ${type} of ${iso(due)}, and nobody was told within 26 hours`);
}

function isReported({ server, type, closed }: MissingBackup, { runs, reports, alarms }: Said): boolean {
    const isInTime = ({ time }: { readonly time: number }) => inTime(time, closed);
    const lines = runs.flatMap(({ time, findings }) =>
        inTime(time, closed) ? findings.filter((line) => line.Kind === "overdue" && line.Server === server && line.Type === type) : [],
    );
    const byAlarm =
        lines.length > 0 && alarms.some((message) => isInTime(message) && message.isAlarm && message.alarm.endsWith("-overdue"));
    return byAlarm || reports.filter(isInTime).some((report) => lines.some((line) => mentions(report, line)));
}

function inTime(time: number, since: number): boolean {
    return time >= since && time <= since + REPORTED_WITHIN;
}

/** Each incident that lasts long enough is told within 26 hours of when the watch can know it. */
function findUntoldIncidents({ truths, incidents, said, end }: WatchObserved): string[] {
    return incidents
        .filter(({ incident }) => incident.kinds.length > 0)
        .map((played) => ({ played, knowable: findKnowable(played, truths) }))
        .filter(({ played, knowable }) => knowable + REPORTED_WITHIN <= Math.min(played.end, end))
        .filter(({ played, knowable }) => {
            const isInTime = ({ time }: { readonly time: number }) => time >= played.begin && time <= knowable + REPORTED_WITHIN;
            const found = said.runs.filter(isInTime).flatMap(({ findings }) => findings.filter((line) => tellsOf(line, played)));
            const byAlarm = said.alarms.some((message) => isInTime(message) && message.isAlarm && message.alarm.endsWith("-problems"));
            const byReport = said.reports.filter(isInTime).some((report) => found.some((line) => mentions(report, line)));
            return found.length === 0 || !(byReport || byAlarm);
        })
        .map(({ played: { incident, begin } }) => `${iso(begin)}: ${incident.name}, and nobody was told within 26 hours`);
}

/** From when the watch can know an incident. A volume that is not covered shows only in a restore point, and a run can fail. */
function findKnowable({ incident, server = "", begin, knowable }: PlayedIncident, truths: readonly Truth[]): number {
    if (!incident.kinds.includes("volume not covered")) {
        return knowable;
    }
    const first = truths.find(({ run, uncovered }) => run.time >= begin && uncovered.includes(server));
    return first?.run.time ?? Number.POSITIVE_INFINITY;
}

/** Each alarm goes off for its incidents, and for nothing else. */
function findAlarmFaults({ truths, incidents, changes, end, said }: WatchObserved): string[] {
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
