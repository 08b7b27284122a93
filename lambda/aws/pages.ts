/** How often a listing starts again if the service says that a page token is invalid or expired. */
const RESTARTS = 2;

/** A page of a listing. The key of its token begins with a small letter in CloudWatch Logs, and with a capital in the other services. */
export interface Page {
    readonly NextToken?: string | undefined;
    readonly nextToken?: string | undefined;
}

/** A listing of AWS: its pages, the raw things on them, and the things that they become. */
export interface Listing<P extends Page, Raw, T> {
    /** For messages, such as `EC2`. */
    readonly service: string;
    /** Begins the listing, as a paginator of the SDK does. */
    open(): AsyncGenerator<P>;
    /** Finds the things on a page. AWS writes a list even if it is empty. */
    listOf(page: P): readonly Raw[] | undefined;
    /** Reads a thing, with a key that it alone has. */
    read(raw: Raw): readonly [key: string, thing: T];
}

/**
 * Reads all pages of a listing, in their order. A thing on two pages counts once, as the last of them has it.
 *
 * @throws Error of the service if the listing can't be completed; Error if a page has no list; and errors of `read`
 */
export async function readPages<P extends Page, Raw, T>({ service, open, listOf, read }: Listing<P, Raw, T>): Promise<T[]> {
    for (let restarts = 0; ; restarts++) {
        const found = new Map<string, T>();
        try {
            for await (const page of refuseRepeatedTokens(service, open())) {
                const listed = listOf(page);
                if (!listed) {
                    throw new Error(`${service} gave a page without a list`);
                }
                for (const [key, thing] of listed.map(read)) {
                    found.set(key, thing);
                }
            }
            return [...found.values()];
        } catch (error) {
            if (restarts === RESTARTS || !isTokenFault(error as Error)) {
                throw error;
            }
        }
    }
}

/** Yields the pages of a listing. Throws if a token comes twice, since such a listing would not end. */
export async function* refuseRepeatedTokens<P extends Page>(service: string, pages: AsyncGenerator<P>): AsyncGenerator<P> {
    const tokens = new Set<string>();
    for await (const page of pages) {
        const token = page.NextToken ?? page.nextToken;
        if (token && tokens.size === tokens.add(token).size) {
            throw new Error(`${service} gave the same page token twice; the listing has no end`);
        }
        yield page;
    }
}

function isTokenFault({ name, message }: Error): boolean {
    return /NextToken|PaginationToken/i.test(name) || (name.startsWith("InvalidParameter") && /token/i.test(message));
}

/**
 * Returns the id of a listed thing.
 *
 * @param thing such as `a snapshot`
 * @throws Error if the service has left the id out: the listing is then not to be trusted
 */
export function idOf(service: string, thing: string, id: string | undefined): string {
    if (!id) {
        throw new Error(`${service} listed ${thing} without an id`);
    }
    return id;
}
