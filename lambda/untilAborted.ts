/**
 * Waits for a call no longer than until the signal. The SDK does not look at the signal while it waits between two attempts; it does before
 * it sends the next one.
 *
 * @throws the signal's reason
 */
export async function untilAborted<T>(call: Promise<T>, abortSignal: AbortSignal): Promise<T> {
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
        stop = () => reject(abortSignal.reason);
        abortSignal.addEventListener("abort", stop);
    });
    try {
        abortSignal.throwIfAborted();
        return await Promise.race([call, aborted]);
    } finally {
        abortSignal.removeEventListener("abort", stop);
        // Whichever has lost the race may still fail, and nobody waits for it.
        call.catch(() => {});
    }
}
