import { type AwsCall, AwsError, type Json, pageTokenOf } from "./call";
import { countBefore } from "./jsonPages";
import { makeToken } from "./pages";
import { JSON_1_1 } from "./protocols";
import { arnOf, type Place, type Service } from "./service";
import type { StoredLogEvent } from "./state";

/** The most events that CloudWatch Logs puts into a page. */
const MOST = 10_000;

/** CloudWatch Logs ends a page at 1 MB. */
const PAGE_BYTES = 1024 * 1024;

export const LOGS: Service = {
    protocol: JSON_1_1,
    actions: {
        FilterLogEvents: {
            resource: (call, place) => ({
                resource: arnOf(place, "logs", `log-group:${call.input.logGroupName}:log-stream:`),
                context: {},
            }),
            carryOut: filterLogEvents,
        },
    },
    denied: (refusal) => new AwsError("AccessDeniedException", refusal),
    unknown: () => new AwsError("UnknownOperationException", ""),
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
function filterLogEvents(call: AwsCall, { state, pageSize }: Place): object {
    const { logGroupName, startTime = 0, endTime = Number.POSITIVE_INFINITY, filterPattern = "", limit = MOST } = call.input;
    const events = state.logGroups.get(String(logGroupName));
    if (!events) {
        throw new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
    }
    const matches = patternOf(String(filterPattern));
    const found = events
        .filter(({ time, message }) => time >= Number(startTime) && time <= Number(endTime) && matches(message))
        .toSorted((a, b) => a.time - b.time);
    const begin = countBefore(pageTokenOf(call), "InvalidParameterException");
    const most = Math.min(Number(limit), MOST, pageSize);
    const end = begin + countThatFit(found.slice(begin, begin + most));
    return {
        events: found.slice(begin, end).map(({ time, message }, i) => ({
            eventId: String(begin + i).padStart(56, "0"),
            ingestionTime: time,
            logStreamName: "rehearsal",
            message,
            timestamp: time,
        })),
        searchedLogStreams: [],
        ...(end < found.length && { nextToken: makeToken(String(end)) }),
    };
}

/** At least one, so that the listing goes on. */
function countThatFit(events: readonly StoredLogEvent[]): number {
    let bytes = 0;
    const tooMuch = events.findIndex(({ message }) => {
        bytes += Buffer.byteLength(message);
        return bytes > PAGE_BYTES;
    });
    return tooMuch === -1 ? events.length : Math.max(1, tooMuch);
}

/**
 * Reads a filter pattern for JSON with one condition: a property has a value, or exists.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function patternOf(pattern: string): (message: string) => boolean {
    if (pattern === "") {
        return () => true;
    }
    const [, key = "", quoted, wildcard] = /^\{ *\$\.([\w.]+) *= *(?:"([^"*]*)"|(\*)) *\}$/.exec(pattern) ?? [];
    if (key === "") {
        throw new AwsError("InvalidParameterException", "Invalid filter pattern");
    }
    return (message) => {
        const value = key.split(".").reduce<Json | undefined>(propertyOf, parsed(message));
        return wildcard ? value !== undefined : value === quoted;
    };
}

function propertyOf(value: Json | undefined, key: string): Json | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as { [key: string]: Json })[key] : undefined;
}

function parsed(message: string): Json | undefined {
    try {
        return JSON.parse(message) as Json;
    } catch {
        return undefined;
    }
}
