import { DateTime } from "luxon";

/** Writes a time for a person, such as `2027-03-05 01:00`, in a zone. */
export function clock(time: number, timezone: string): string {
    return DateTime.fromMillis(time, { zone: timezone, locale: "en-US", numberingSystem: "latn" }).toFormat("yyyy-MM-dd HH:mm");
}
