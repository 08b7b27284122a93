import { DateTime } from "luxon";

/** Luxon also reads a day alone, and reads a time without a zone in the machine's zone. */
const TIME_AND_ZONE = /T.*[Z+-]/;

/**
 * Reads when a run was due, in milliseconds since 1970.
 *
 * @param event `time`: ISO 8601, as EventBridge puts it into events
 * @param run for the message
 * @throws Error if the event has no time, with the cure
 */
export function timeOf(event: { readonly time?: unknown } | undefined, run: "cleaner" | "watch"): number {
    const time = typeof event?.time === "string" && TIME_AND_ZONE.test(event.time) ? DateTime.fromISO(event.time).toMillis() : Number.NaN;
    if (Number.isNaN(time)) {
        throw new Error(
            `The event has no "time" that can be read: ${JSON.stringify(event)?.slice(0, 200)}. To run the ${run} by hand, send {"time": "2027-01-31T07:00:00Z"} with the present time.`,
        );
    }
    return time;
}
