import type { AlarmMessage } from "../../../rehearsal/alarms";
import type { Incident } from "../../../rehearsal/incidents/incident";
import type { PlayedIncident } from "../../../rehearsal/incidents/playIncidents";
import type { FoundLine, Message, WatchRun } from "../../../rehearsal/watching";

const HOUR = 3_600_000;

/** A Monday. */
const START = Date.UTC(2027, 0, 4);

/** The time so many hours after the start. */
export function hour(hours: number): number {
    return START + hours * HOUR;
}

export function incident(changes: Partial<Incident> = {}): Incident {
    return { name: "the agent dies", kinds: ["agent offline"], hours: 40, begin: () => undefined, ...changes };
}

/** An incident of server i-1 that begins after 10 hours and ends after 50. */
export function played(changes: Partial<PlayedIncident> = {}): PlayedIncident {
    return { incident: incident(), server: "i-1", begin: hour(10), end: hour(50), knowable: hour(10), ...changes };
}

export function finding(changes: Partial<FoundLine> = {}): FoundLine {
    return { Kind: "agent offline", Severity: "problem", Server: "i-1", Sentence: "The SSM Agent of i-1 does not respond.", ...changes };
}

export const OVERDUE = finding({ Kind: "overdue", Type: "Day", Sentence: "i-1 has no Day restore point." });

export function run(hours: number, ...findings: FoundLine[]): WatchRun {
    return { time: hour(hours), findings };
}

/** A report with these sentences, wrapped as in a mail. */
export function report(hours: number, ...findings: FoundLine[]): Message {
    const text = findings.map(({ Sentence }) => `- since 2027\n  ${Sentence.replaceAll(" ", "\n  ")}\n`).join("");
    return { time: hour(hours), subject: "[prod] report", text };
}

export function alarm(hours: number, suffix: string, isAlarm = true): AlarmMessage {
    const name = `vss-backup-prod-${suffix}`;
    return { time: hour(hours), alarm: name, isAlarm, subject: `${isAlarm ? "ALARM" : "OK"}: "${name}"`, text: "" };
}
