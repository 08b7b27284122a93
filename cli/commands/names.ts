import { InvalidArgumentError } from "commander";

/**
 * Makes the function that reads a name. It refuses an empty text, such as that of a variable which is not set.
 *
 * @param what the user must give
 */
export function readName(what: string): (text: string) => string {
    return (text) => {
        if (text.trim() === "") {
            throw new InvalidArgumentError(`Give ${what}.`);
        }
        return text;
    };
}

/** Reads the id or the name of a server. An empty text would be the name of each server without the tag Name. */
export const readServer = readName("the id or the name of a server");

/** Reads a further server. */
export function readServers(text: string, before: readonly string[] = []): string[] {
    return [...before, readServer(text)];
}
