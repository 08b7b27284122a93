import { InvalidArgumentError } from "commander";

/** Reads the id or the name of a server. An empty text would be the name of each server without the tag Name. */
export function readServer(text: string): string {
    if (text.trim() === "") {
        throw new InvalidArgumentError("Give the id or the name of a server.");
    }
    return text;
}

/** Reads a further server. */
export function readServers(text: string, before: readonly string[] = []): string[] {
    return [...before, readServer(text)];
}
