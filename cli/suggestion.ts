import { nearest } from "../components/suggestions";

/** Returns ` Did you mean web01?` with the name that the user most likely meant; an empty text if none is near. */
export function suggestionOf(given: string, names: readonly string[]): string {
    const name = nearest(given, names);
    return name === undefined ? "" : ` Did you mean ${name}?`;
}
