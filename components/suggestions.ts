import { createRequire } from "node:module";
import { distance } from "fastest-levenshtein";
import type * as WindowsIana from "windows-iana";

/** The candidate that was most likely meant, if one is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
    const text = given.toLowerCase();
    const ranked = candidates.map((candidate) => ({ candidate, edits: distance(text, candidate.toLowerCase()) }));
    const best = ranked.reduce<(typeof ranked)[number] | undefined>((a, b) => (a && a.edits <= b.edits ? a : b), undefined);
    // Up to two edits in five letters are a typing error; more are another word.
    const most = best && Math.max(1, Math.floor(0.4 * Math.min(given.length, best.candidate.length)));
    return best && most && best.edits <= most ? best.candidate : undefined;
}

/** `; did you mean X?`, or nothing if no candidate is near. */
export function didYouMean(given: string, candidates: readonly string[]): string {
    const meant = nearest(given, candidates);
    return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** Whether a zone's name stands in IANA's time zone database, in exactly these letters. */
export function isTimezone(zone: string): boolean {
    // The names that Intl prefers need no list of all names, which takes time to load.
    return zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone) || (isKnownToIntl(zone) && allZones().includes(zone));
}

/** The time zone to write instead of a name that is none. */
export function timezoneCure(zone: string): string {
    const require = createRequire(__filename);
    const { findIana } = require("windows-iana") as typeof WindowsIana;
    const [iana] = findIana(zone).concat(findIana(zone.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase())));
    if (iana !== undefined) {
        return `this is a name of Windows, and AWS takes names of IANA; write ${iana}`;
    }
    const zones = allZones();
    const exact = zones.find((known) => known.toLowerCase() === zone.toLowerCase());
    // The city decides: Europe/Wien is nearer to Europe/Kiev than to other names, and is not Kiev. Etc/GMT-5 is east of Greenwich, which
    // few mean by GMT-5.
    const cities = zones.filter((known) => !known.startsWith("Etc/"));
    const cityOf = (name: string) => name.split("/").at(-1) as string;
    // One letter more or less makes another of the short names, which may be hours away.
    const city = cityOf(zone).length < 5 ? undefined : nearest(cityOf(zone), cities.map(cityOf));
    const meant = exact ?? cities.find((known) => cityOf(known) === city);
    return `give an IANA time zone, such as Europe/Vienna${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** All names of IANA's time zone database, the older ones too. Factory is a place holder. */
function allZones(): string[] {
    const { zones } = createRequire(__filename)("tzdata") as { readonly zones: Readonly<Record<string, unknown>> };
    return Object.keys(zones).filter((zone) => zone !== "Factory");
}

/** Intl takes a name in any letter case. */
function isKnownToIntl(zone: string): boolean {
    try {
        return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
    } catch {
        return false;
    }
}
