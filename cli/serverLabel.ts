import { plain } from "../lambda/watch/plainText";
import type { Server } from "../lambda/watch/signals";

type Named = Pick<Server, "id" | "name">;

/** Names a server for a person. Anybody who may tag it chooses its name, so the name may hold control characters of a terminal. */
export function labelOf({ id, name }: Named): string {
    return plain(name) === "" ? id : `${plain(name)} (${id})`;
}

/** The word with which a person confirms an action on a server: its name in one line, or its id if it has none. */
export function wordOf({ id, name }: Named): string {
    return plain(name) || id;
}
