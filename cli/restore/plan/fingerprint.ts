import { createHash } from "node:crypto";
import type { World } from "./world";

/** The digest of a world. Two worlds with the same facts have the same digest, in whatever order their keys are. */
export function fingerprintOf({ unfinished: _, ...facts }: World): string {
    return createHash("sha256").update(canonical(facts)).digest("hex").slice(0, 32);
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
