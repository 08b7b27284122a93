export { clock } from "../../lambda/watch/plainText";

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
