import { createRequire } from "node:module";
import { distance } from "fastest-levenshtein";
import type * as WindowsIana from "windows-iana";

/** Finds the candidate that the user most likely meant, if one is near. */
export function nearest(given: string, candidates: readonly string[]): string | undefined {
    const text = given.toLowerCase();
    const ranked = candidates.map((candidate) => ({ candidate, edits: distance(text, candidate.toLowerCase()) }));
    const best = ranked.reduce<(typeof ranked)[number] | undefined>((a, b) => (a && a.edits <= b.edits ? a : b), undefined);
    // Two edits in five letters may be a typing error; more edits make another word.
    const maxEdits = best && Math.max(1, Math.floor(0.4 * Math.min(given.length, best.candidate.length)));
    return best && maxEdits && best.edits <= maxEdits ? best.candidate : undefined;
}

/** Returns `; did you mean X?`, or an empty text if no candidate is near. */
export function didYouMean(given: string, candidates: readonly string[]): string {
    const suggestion = nearest(given, candidates);
    return suggestion === undefined ? "" : `; did you mean ${suggestion}?`;
}

/** Whether IANA's time zone database has this name, in exactly these letters. */
export function isTimezone(zone: string): boolean {
    // Intl knows most names. The list of all names takes time to load.
    return zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone) || (isKnownToIntl(zone) && allZones().includes(zone));
}

/** Names the time zone to write instead of an unknown name. */
export function timezoneCure(zone: string): string {
    const require = createRequire(__filename);
    const { findIana } = require("windows-iana") as typeof WindowsIana;
    const [iana] = findIana(zone).concat(findIana(zone.toLowerCase().replace(/\b[a-z]/g, (letter) => letter.toUpperCase())));
    if (iana !== undefined) {
        return `this is a Windows name, and AWS needs an IANA name; write ${iana}`;
    }
    const zones = allZones();
    const exact = zones.find((known) => known.toLowerCase() === zone.toLowerCase());
    // Only the city is compared: Europe/Wien as a whole is nearest to Europe/Kiev. Etc names are skipped: Etc/GMT-5 is east of Greenwich,
    // and few users mean that by GMT-5.
    const cities = zones.filter((known) => !known.startsWith("Etc/"));
    const cityOf = (name: string) => name.split("/").at(-1) as string;
    // One letter more or less makes another of the short names, which may be hours away.
    const city = cityOf(zone).length < 5 ? undefined : nearest(cityOf(zone), cities.map(cityOf));
    const suggestion = exact ?? cities.find((known) => cityOf(known) === city);
    return `give an IANA time zone, such as Europe/Vienna${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`;
}

/** Lists all names of IANA's time zone database, with the older ones. Factory is a placeholder. */
function allZones(): string[] {
    const { zones } = createRequire(__filename)("tzdata") as { readonly zones: Readonly<Record<string, unknown>> };
    return Object.keys(zones).filter((zone) => zone !== "Factory");
}

/** Whether Intl knows a name. Intl ignores the letter case. */
function isKnownToIntl(zone: string): boolean {
    try {
        return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
    } catch {
        return false;
    }
}
