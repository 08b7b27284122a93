import { bytesOf, LINE_BYTES } from "../aws/logLine";
import { type Counts, countsOf } from "./counts";
import type { Finding, Kind } from "./finding";
import type { Health } from "./health";
import type { Channel } from "./memory";
import { bounded } from "./memoryLog";
import { subjectOf } from "./subject";
import type { WatchSettings } from "./watchSettings";

/** A finding in the log. */
interface FindingLine {
    readonly Kind: Kind;
    readonly Severity: Finding["severity"];
    readonly Server?: string;
    readonly Volume?: string;
    readonly Type?: string;
    readonly About?: string;
    /** ISO 8601, UTC. */
    readonly Since: string;
    readonly Sentence: string;
    readonly Cure: string;
}

/** The report of one run of the watch, in one line of the log. */
export interface WatchReport {
    /** The name of the policy. */
    readonly WatchReport: string;
    /** ISO 8601, UTC: the time of the event. */
    readonly Time: string;
    readonly Subject: string;
    /** The channels that got the report in this run. */
    readonly Sent: readonly Channel[];
    /** What the run could not do, a sentence each. If there are any, the run ends with an error. */
    readonly Errors: readonly string[];
    /** Always complete. A count is missing if a listing that it needs could not be read. */
    readonly Counts: Counts;
    readonly Findings: readonly FindingLine[];
    /** Problems of the last report, and problems since, that are over. */
    readonly Recovered: readonly FindingLine[];
    /** How many entries the lists leave out, so that the report fits into one line of the log. */
    readonly LinesLeftOut: number;
}

/** Room for the digits of `LinesLeftOut`. */
const NUMBER_BYTES = 16;

/** AWS's sentences are shorter. */
const ERROR_LENGTH = 1_000;

/** Makes the report of a run for the log. Its lists are cut so that it fits into one line. */
export function watchReport(
    health: Health,
    settings: Pick<WatchSettings, "name">,
    sent: readonly Channel[],
    errors: readonly string[],
): WatchReport {
    const head = {
        WatchReport: settings.name,
        Time: new Date(health.time).toISOString(),
        Subject: subjectOf(health, settings),
        Sent: sent,
        Errors: errors.map((error) => error.slice(0, ERROR_LENGTH)),
        Counts: countsOf(health),
    };
    let left = LINE_BYTES - NUMBER_BYTES - bytesOf({ ...head, Findings: [], Recovered: [], LinesLeftOut: 0 });
    const fitting = (findings: readonly Finding[]) => {
        const entries = findings.map(lineOf);
        const full = entries.findIndex((entry) => {
            left -= bytesOf(entry) + 1;
            return left < 0;
        });
        return full < 0 ? entries : entries.slice(0, full);
    };
    const [Findings, Recovered] = [fitting(health.findings), fitting(health.recovered)];
    const LinesLeftOut = health.findings.length + health.recovered.length - Findings.length - Recovered.length;
    return { ...head, Findings, Recovered, LinesLeftOut };
}

function lineOf(finding: Finding): FindingLine {
    const { kind, severity, server, volume, type, about, since, sentence, cure } = bounded(finding);
    return {
        Kind: kind,
        Severity: severity,
        ...(server !== undefined && { Server: server }),
        ...(volume !== undefined && { Volume: volume }),
        ...(type !== undefined && { Type: type }),
        ...(about !== undefined && { About: about }),
        Since: new Date(since).toISOString(),
        Sentence: sentence,
        Cure: cure,
    };
}
