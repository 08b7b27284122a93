import { isThrottlingError } from "@smithy/core/retry";
import { EXIT } from "./exitCodes";
import { Failure } from "./failure";

/** The error of a request that Ctrl-C kept from being sent, or from being sent again. */
export class Unsent extends Error {
    // As the SDK names an interruption, so it does not retry.
    public override readonly name = "AbortError";

    /** @param isUncertain whether AWS may have carried out an attempt, because its response was lost */
    public constructor(public readonly isUncertain: boolean) {
        super("Ctrl-C came before the request was sent");
    }
}

/** The part of the context of a request by which the SDK ends its wait before a retry. */
interface Context {
    readonly __smithy_context?: { abortSignal?: unknown } | undefined;
}

interface Attempts {
    isInFlight: boolean;
    isUncertain: boolean;
}

/**
 * Makes the two steps that send no attempt of a request after Ctrl-C: for each of them, `client.middlewareStack.add(...step)`. The wait before
 * a retry ends at once. An attempt in flight ends as usual, so that its result is known.
 */
export function unsentAfter(signal: AbortSignal) {
    const known = new WeakMap<object, Attempts>();
    const wholeRequest =
        <Args, Result>(next: (args: Args) => Promise<Result>, context: Context) =>
        async (args: Args): Promise<Result> => {
            const attempts: Attempts = { isInFlight: false, isUncertain: false };
            known.set(context, attempts);
            if (context.__smithy_context) {
                context.__smithy_context.abortSignal = signal;
            }
            return next(args).catch((error: Error) => {
                throw error.name === "AbortError" && !attempts.isInFlight ? new Unsent(attempts.isUncertain) : error;
            });
        };
    const oneAttempt =
        <Args, Result>(next: (args: Args) => Promise<Result>, context: Context) =>
        async (args: Args): Promise<Result> => {
            const attempts = known.get(context) ?? { isInFlight: false, isUncertain: false };
            if (signal.aborted) {
                throw new Unsent(attempts.isUncertain);
            }
            attempts.isInFlight = true;
            try {
                return await next(args);
            } catch (error) {
                attempts.isInFlight = signal.aborted && (error as Error).name === "AbortError";
                attempts.isUncertain ||= !isRefusal(error as Error);
                throw error;
            }
        };
    return [
        [wholeRequest, { step: "initialize", name: "wholeRequest", override: true }],
        // The step that retries has a high priority, so this one is inside of it.
        [oneAttempt, { step: "finalizeRequest", name: "oneAttempt", override: true }],
    ] as const;
}

/** Whether AWS surely did not carry out a request. */
function isRefusal(error: Error & { readonly $fault?: unknown }): boolean {
    return error.$fault === "client" || isThrottlingError(error as Parameters<typeof isThrottlingError>[0]);
}

/**
 * Waits for a request that changes something. If Ctrl-C ended it, the error says if something was done.
 *
 * @param cure how to see if something was done
 */
export function whole<T>(request: Promise<T>, cure: string): Promise<T> {
    return request.catch((error: unknown) => {
        throw error instanceof Unsent ? interrupted(error, "Nothing was done.", cure) : error;
    });
}

/** Explains that Ctrl-C ended a request. */
export function interrupted({ isUncertain }: Unsent, notDone: string, cure: string): Failure {
    return isUncertain
        ? new Failure("The command was interrupted. AWS did not confirm the request, so it may be done.", cure, EXIT.interrupted)
        : new Failure(`The command was interrupted. ${notDone}`, undefined, EXIT.interrupted);
}
