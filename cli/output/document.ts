import type { Failure } from "../failure";
import type { Outcome, Session } from "../session";
import { iso } from "./times";

/** Changes if a field of a document changes its meaning or goes away. New fields do not change it. */
const VERSION = 1;

/** Writes the JSON document of a command that has a result. */
export function resultDocument(command: string, { policy, region, now }: Session, { exitCode, result }: Outcome): string {
    return write({ version: VERSION, command, policy: policy.settings.name, region, time: iso(now), exitCode, result });
}

/** Writes the JSON document of a command that works without a policy, and gives a text. */
export function textDocument(command: "help" | "version" | "completion", text: string): string {
    return write({ version: VERSION, command, exitCode: 0, result: { text } });
}

/** Writes the JSON document of a command that failed. */
export function errorDocument({ message, cure, exitCode, permission }: Failure): string {
    return write({
        version: VERSION,
        exitCode,
        error: { message, ...(cure !== undefined && { cure }), ...(permission !== undefined && { permission }) },
    });
}

function write(document: object): string {
    return `${JSON.stringify(document, null, 2)}\n`;
}
