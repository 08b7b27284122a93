/** What AWS answered to a listing; or a sentence that says why there is no whole answer. */
export type Attempt<T> = { readonly value: T } | { readonly unread: string };

/** Waits for a listing. If it fails, the sentence begins with `title`. */
export async function attempt<T>(title: string, listing: Promise<T>, abortSignal: AbortSignal): Promise<Attempt<T>> {
    try {
        return { value: await listing };
    } catch (error) {
        const { name, message } = error as Error;
        return { unread: abortSignal.aborted ? `${title} had not ended when the run had to` : `${title} broke off: ${name}: ${message}` };
    }
}
