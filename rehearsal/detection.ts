import type { AlarmMessage } from "./alarms";
import type { PlayedIncident } from "./incidents/playIncidents";
import type { FoundLine, Message, WatchRun } from "./watching";

const HOUR = 3_600_000;

/** An incident, and the first message that told of it. Times are milliseconds since 1970. */
export interface DetectedIncident {
    readonly name: string;
    /** The server to which it happened; undefined if it is not about one. */
    readonly server?: string;
    readonly begin: number;
    readonly end: number;
    /** Whether a message must tell of it. */
    readonly isFault: boolean;
    /** Undefined if no message told of it. */
    readonly detection?: Detection;
}

export interface Detection {
    readonly time: number;
    readonly by: "report" | "alarm";
    /** The kind of the finding, or the name of the alarm. */
    readonly what: string;
    /** From the beginning of the incident. */
    readonly hours: number;
}

/** All that was said in a rehearsal. */
export interface Said {
    readonly runs: readonly WatchRun[];
    readonly reports: readonly Message[];
    readonly alarms: readonly AlarmMessage[];
}

/** Finds the first message that told of each incident. */
export function detect(incidents: readonly PlayedIncident[], said: Said): DetectedIncident[] {
    return incidents.map((played) => {
        const { incident, server, begin, end } = played;
        const detection = findFirstMessage(played, said);
        return {
            name: incident.name,
            ...(server !== undefined && { server }),
            begin,
            end,
            isFault: incident.kinds.length > 0 || (incident.alarms ?? []).length > 0,
            ...(detection && { detection: { ...detection, hours: (detection.time - begin) / HOUR } }),
        };
    });
}

type FirstMessage = Omit<Detection, "hours">;

function findFirstMessage(played: PlayedIncident, { runs, reports, alarms }: Said): FirstMessage | undefined {
    const { begin, end } = played;
    const during = runs.filter(({ time }) => time >= begin && time <= end);
    const found = during.flatMap(({ time, findings }) => findings.filter((line) => tellsOf(line, played)).map((line) => ({ time, line })));
    const first = found[0];
    const byReport = found.flatMap(({ time, line }) =>
        reports
            .filter((report) => report.time === time && mentions(report, line))
            .map((): FirstMessage => ({ time, by: "report", what: line.Kind })),
    );
    const byAlarm = alarms
        .filter(({ isAlarm, time, alarm }) => isAlarm && time >= begin && time <= end && isAbout(alarm, played, time, first))
        .map(({ time, alarm }): FirstMessage => ({ time, by: "alarm", what: alarm }));
    return [...byReport, ...byAlarm].sort((a, b) => a.time - b.time)[0];
}

/** Whether an alarm goes off because of an incident: it is one of its own, or it counts findings, and the watch has found the incident. */
function isAbout(alarm: string, { incident }: PlayedIncident, time: number, first: { time: number; line: FoundLine } | undefined): boolean {
    if (incident.alarms?.some((suffix) => alarm.endsWith(`-${suffix}`))) {
        return true;
    }
    const counts = alarm.endsWith("-problems") || (alarm.endsWith("-overdue") && first?.line.Kind === "overdue");
    return counts && first !== undefined && first.time <= time && first.line.Severity === "problem";
}

/** Whether a finding is one that must tell of an incident. */
export function tellsOf(line: FoundLine, { incident, server }: PlayedIncident): boolean {
    return incident.kinds.includes(line.Kind) && (server === undefined || line.Server === undefined || line.Server === server);
}

/** Whether a report has the sentence of a finding. Its lines are wrapped. */
export function mentions({ text }: Message, { Sentence }: FoundLine): boolean {
    return words(text).includes(words(Sentence).slice(0, 400));
}

function words(text: string): string {
    return text.replace(/\s+/g, " ").trim();
}
