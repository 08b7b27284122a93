import { createHash } from "node:crypto";
import type { World } from "./world";

/** The digest of the facts of a world. Other restores have their own check. */
export function fingerprintOf({ unfinished: _, ...facts }: World): string {
    return digestOf(facts).slice(0, 32);
}

/** The digest of a value. Two values with the same parts have the same digest, in whatever order their keys are. */
export function digestOf(value: object): string {
    return createHash("sha256").update(canonical(value)).digest("hex");
}

function canonical(value: unknown): string {
    if (Array.isArray(value)) {
        return `[${value.map(canonical).join()}]`;
    }
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value).filter(([, one]) => one !== undefined);
        return `{${entries
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
            .join()}}`;
    }
    return JSON.stringify(value);
}
