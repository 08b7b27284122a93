const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
const ORDINAL_RULES = new Intl.PluralRules("en", { type: "ordinal" });

/** `1st`, `2nd`, `3rd`, `4th`, `11th`. */
export function ordinal(n: number): string {
    return `${n}${SUFFIXES[ORDINAL_RULES.select(n)] ?? "th"}`;
}

/** `1 snapshot`, `2 snapshots` */
export function counted(count: number, word: string): string {
    return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** `2027-02-01 07:00 UTC` */
export function utc(time: number): string {
    return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
