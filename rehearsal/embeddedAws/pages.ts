import { type AwsCall, AwsError, readList } from "./call";

const XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** The most things that EC2 puts into a page. */
const MOST = 1000;

/** Things that EC2 lists. */
export interface Listing<T> {
    readonly all: readonly T[];
    idOf(thing: T): string;
    /**
     * Finds the values that a filter of EC2 compares.
     *
     * @throws AwsError if there is no such filter
     */
    valuesOf(thing: T, filter: string): string[];
}

/**
 * Keeps the things whose ids a call names; all if it names none.
 *
 * @param prefix of the ids in the call, such as `VolumeId`
 * @param find throws AwsError for an id of nothing
 */
export function choose<T>(all: readonly T[], { parameters }: AwsCall, prefix: string, find: (id: string) => T): readonly T[] {
    const ids = readList(parameters, prefix);
    return ids.length > 0 ? ids.map(find) : all;
}

/**
 * Finds the values that EC2's filters of tags compare.
 *
 * @throws AwsError if it is another filter
 */
export function tagValues(tags: ReadonlyMap<string, string>, filter: string): string[] {
    if (filter === "tag-key") {
        return [...tags.keys()];
    }
    if (!filter.startsWith("tag:")) {
        throw unknownFilter(filter);
    }
    const value = tags.get(filter.slice("tag:".length));
    return value === undefined ? [] : [value];
}

/** Makes the error for a filter that a listing does not have. */
export function unknownFilter(filter: string): AwsError {
    return new AwsError("InvalidParameterValue", `The filter '${filter}' is invalid`);
}

/**
 * Finds a page of the things that match all filters, in the order of their ids. Also returns the token of the next page.
 *
 * @param most the maximum number of things in a page, if it is less than EC2's
 * @throws AwsError if EC2 refuses the call
 */
export function pageOf<T>(
    { all, idOf, valuesOf }: Listing<T>,
    { parameters }: AwsCall,
    most: number,
): { readonly page: readonly T[]; readonly nextToken?: string } {
    const maxResults = parameters.get("MaxResults");
    if (maxResults !== null && Number(maxResults) < 5) {
        throw new AwsError(
            "InvalidParameterValue",
            `Value ( ${maxResults} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
        );
    }
    const after = readToken(parameters.get("NextToken"));
    const filters = filtersOf(parameters, valuesOf);
    const matching = all
        .filter((thing) => idOf(thing) > after && filters.every((filter) => filter(thing)))
        .sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
    const page = matching.slice(0, maxResults === null ? undefined : Math.min(Number(maxResults), MOST, most));
    const last = page.at(-1);
    return { page, ...(last && page.length < matching.length && { nextToken: makeToken(idOf(last)) }) };
}

/**
 * Makes the token of the page that begins after an id.
 *
 * @param mark distinguishes it from other tokens of the same page
 */
export function makeToken(id: string, mark = ""): string {
    return Buffer.from(`${id} ${mark}`.trimEnd()).toString("base64url");
}

/** Reads from a token the id after which its page begins. */
function readToken(token: string | null): string {
    const [id = ""] = token === null ? [] : Buffer.from(token, "base64url").toString("utf8").split(" ");
    if (token !== null && !/^(snap|vol|i|ami|replacevol|subnet|sg)-/.test(id)) {
        throw new AwsError("InvalidNextToken", `The token ${token} is invalid.`);
    }
    return id;
}

function filtersOf<T>(parameters: URLSearchParams, valuesOf: Listing<T>["valuesOf"]): ((thing: T) => boolean)[] {
    return [...parameters]
        .filter(([key]) => /^Filter\.\d+\.Name$/.test(key))
        .map(([key, name]) => {
            const patterns = readList(parameters, key.replace(/Name$/, "Value")).map(readWildcards);
            return (thing) => valuesOf(thing, name).some((value) => patterns.some((pattern) => pattern.test(value)));
        });
}

/** Reads EC2's wildcards: `*`, `?`, and `\` before a literal one. */
function readWildcards(text: string): RegExp {
    const source = text.replace(/\\([*?\\])|([*?])|[\s\S]/g, (match, literal?: string, wild?: string) =>
        wild ? (wild === "*" ? "[\\s\\S]*" : "[\\s\\S]") : (literal ?? match).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    );
    return new RegExp(`^${source}$`);
}

/** Makes EC2's response to a listing. */
export function listingOf(action: string, set: string, items: readonly object[], nextToken: string | undefined): object {
    return responseOf(action, { [set]: { item: items }, ...(nextToken && { nextToken }) });
}

/** Makes EC2's response to a call. */
export function responseOf(action: string, body: object = { return: true }): object {
    return { [`${action}Response`]: { "@_xmlns": XMLNS, requestId: "rehearsal", ...body } };
}
