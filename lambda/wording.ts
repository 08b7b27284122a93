const plurals = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** `1st`, `2nd`, `3rd`, `4th`. */
export function ordinal(n: number): string {
    return `${n}${SUFFIXES[plurals.select(n)] ?? "th"}`;
}

/** `2027-02-01 07:00 UTC` */
export function utc(time: number): string {
    return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
