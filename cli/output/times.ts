import { clock } from "../../lambda/watch/clock";

export { clock };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Writes a time for a program. */
export function iso(time: number): string {
    return new Date(time).toISOString().replace(".000Z", "Z");
}

/** Writes a duration for a person, such as `3 d 4 h` or `25 min`. */
export function duration(ms: number): string {
    const [days, hours, minutes] = [Math.floor(ms / DAY), Math.floor((ms % DAY) / HOUR), Math.floor((ms % HOUR) / MINUTE)];
    if (days > 0) {
        return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
    }
    return hours > 0 ? `${hours} h` : `${minutes} min`;
}

/** Writes the times of a sentence in a zone. The sentences of the watch and of the plan have them in UTC. */
export function inZone(sentence: string, timezone: string): string {
    return sentence.replace(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g, (_, day: string, time: string) =>
        clock(Date.parse(`${day}T${time}Z`), timezone),
    );
}
