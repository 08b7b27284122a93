const SUFFIXES = ["th", "st", "nd", "rd"];

/** `1st`, `2nd`, `3rd`, `4th`, `11th`. */
export function ordinal(n: number): string {
    const inTeens = n % 100 > 10 && n % 100 < 14;
    return `${n}${inTeens ? "th" : (SUFFIXES[n % 10] ?? "th")}`;
}

/** `2027-02-01 07:00 UTC` */
export function utc(time: number): string {
    return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
