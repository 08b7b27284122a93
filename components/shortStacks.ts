/**
 * The same function, but errors that it creates keep one line of their stack.
 *
 * Pulumi creates an error for each property of each resource, to debug promises that never settle. Node looks up the source of each line of
 * its stack, which takes almost a third of a policy's share of a preview. With `PULUMI_DEBUG_PROMISE_LEAKS`, stacks stay whole.
 */
export function withShortStacks<Args extends unknown[], Result>(make: (...args: Args) => Result): (...args: Args) => Result {
    return (...args) => {
        const limit = Error.stackTraceLimit;
        Error.stackTraceLimit = process.env.PULUMI_DEBUG_PROMISE_LEAKS ? limit : 1;
        try {
            return make(...args);
        } finally {
            Error.stackTraceLimit = limit;
        }
    };
}
