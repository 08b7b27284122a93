import { type AwsCall, AwsError, type Json, type JsonObject, pageTokenOf } from "./call";
import { makeToken } from "./pages";

/** The sizes of page that an action accepts. */
export interface PageSizes {
    readonly least: number;
    readonly most: number;
}

/**
 * Finds a page of things, and the token of the next page.
 *
 * @param most the maximum number of things in a page, whatever the call asks for
 * @throws AwsError if the service refuses the size of the page or the token
 */
export function slice<T>(
    things: readonly T[],
    call: AwsCall,
    sizes: PageSizes,
    most: number,
): { readonly page: readonly T[]; readonly nextToken?: string } {
    const size = call.input.MaxResults ?? sizes.most;
    if (typeof size !== "number" || size < sizes.least || size > sizes.most) {
        throw new AwsError(
            "ValidationException",
            `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between ${sizes.least} and ${sizes.most}`,
        );
    }
    const begin = countBefore(pageTokenOf(call), "InvalidNextToken");
    const end = begin + Math.min(size, most);
    return { page: things.slice(begin, end), ...(end < things.length && { nextToken: makeToken(String(end)) }) };
}

/**
 * Reads from a token how many things the pages before it had.
 *
 * @throws AwsError with this code if the token is invalid
 */
export function countBefore(token: string | undefined, code: string): number {
    const [count = ""] = token === undefined ? ["0"] : Buffer.from(token, "base64url").toString("utf8").split(" ");
    if (!/^\d+$/.test(count)) {
        throw new AwsError(code, `The token ${token} is invalid.`);
    }
    return Number(count);
}

/** Reads a list of objects from a call's input. */
export function objectsOf(value: Json | undefined): JsonObject[] {
    return Array.isArray(value) ? value.filter((item): item is JsonObject => typeof item === "object" && item !== null) : [];
}

/** Reads a list of texts from a call's input. */
export function textsOf(value: Json | undefined): string[] {
    return Array.isArray(value) ? value.map(String) : [];
}

/** Writes a time in seconds since 1970, as these services do. */
export function seconds(time: number): number {
    return time / 1000;
}

/** Sorts things by a time, the newest first, as Systems Manager lists them. */
export function newestFirst<T>(things: readonly T[], timeOf: (thing: T) => number): T[] {
    return things.toSorted((a, b) => timeOf(b) - timeOf(a));
}
