/** The error for a command that Systems Manager may have sent, although nobody knows. */
class UncertainCommand extends Error {
    public override readonly name = "UncertainCommand";
}

/**
 * Makes the SDK send a command at most once: `client.middlewareStack.add(...SEND_ONCE)`. It still waits out throttling.
 *
 * By itself, the SDK sends a command again if the response is lost. Then the server is busy with the first one, and the second one fails.
 */
export const SEND_ONCE = [sendOnce, { step: "deserialize", priority: "high", name: "sendOnce", override: true }] as const;

function sendOnce<Args, Result>(
    next: (args: Args) => Promise<Result>,
    { commandName }: { readonly commandName?: string },
): (args: Args) => Promise<Result> {
    return (args) =>
        next(args).catch((error: { readonly $fault?: unknown; readonly message: string }) => {
            // Only such an error says that Systems Manager did not take the command. The SDK does not retry an error of an unknown class.
            throw commandName === "SendCommandCommand" && error.$fault !== "client" ? new UncertainCommand(error.message) : error;
        });
}
