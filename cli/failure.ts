import { plain } from "../lambda/watch/plainText";
import { EXIT, type ExitCode } from "./exitCodes";

/** An error for the user: one sentence, and the next step. */
export class Failure extends Error {
    public override readonly name = "Failure";

    public constructor(
        sentence: string,
        public readonly cure?: string,
        public readonly exitCode: ExitCode = EXIT.error,
        /** The missing permission, such as `ec2:DescribeSnapshots`. */
        public readonly permission?: string,
    ) {
        super(sentence);
    }
}

const DENIED = ["AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "UnauthorizedOperation"];
const EXPIRED = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];
const INVALID = [
    "AuthFailure",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
];
const NO_CREDENTIALS = ["CredentialsProviderError", "TokenProviderError"];
const NO_NETWORK = ["TimeoutError", "NetworkingError"];
/** The part of a policy that a request is for does not exist. */
const GONE = ["DoesNotExistException", "ResourceNotFoundException", "NotFoundException"];
const OF_SERVICE = ["InternalError", "InternalFailure", "InternalServerError", "InternalServiceError", "ServiceUnavailable", "Unavailable"];

const SIGN_IN = "Choose other credentials with --profile, or sign in again: aws sso login";
/** The cure of an error that nobody has foreseen. */
const UNKNOWN_CURE = "Run the command again. If that does not help, report it with this text.";

/** The cure if somebody has deleted a part of the policy. */
export const PUT_BACK = "Put it back with pulumi refresh, and then pulumi up.";

const AGAIN = "Wait some minutes. Then run the command again.";

/** An error of AWS, of the SDK or of Node. */
interface Cause {
    readonly name: string;
    readonly message: string;
}

/** One sort of error, and its explanation. */
interface Explanation {
    isIt(cause: Cause): boolean;
    explain(cause: Cause): Failure;
}

/** The first one that fits explains an error. */
const EXPLANATIONS: readonly Explanation[] = [
    {
        isIt: ({ name }) => name === "AbortError",
        explain: () => new Failure("The command was interrupted.", undefined, EXIT.interrupted),
    },
    {
        isIt: ({ message }) => /signature (expired|not yet current)|time ?skewed|too far in the (past|future)/i.test(message),
        explain: () =>
            new Failure(
                "AWS refused a request, because the clock of this computer is wrong.",
                "Set the clock: w32tm /resync on Windows, or timedatectl set-ntp true on Linux.",
            ),
    },
    { isIt: ({ name }) => DENIED.includes(name), explain: explainDenial },
    { isIt: ({ name }) => EXPIRED.includes(name), explain: () => new Failure("The AWS credentials have expired.", SIGN_IN) },
    {
        isIt: ({ name }) => INVALID.includes(name),
        explain: () =>
            new Failure("AWS does not accept the credentials.", `If they are right, the region is not enabled for the account. ${SIGN_IN}`),
    },
    {
        isIt: ({ name }) => name === "OptInRequired",
        explain: () =>
            new Failure(
                "The account cannot use this service in this region.",
                "Check --region, or enable the region in the account's settings.",
            ),
    },
    {
        isIt: ({ name }) => NO_CREDENTIALS.includes(name),
        explain: ({ message }) => new Failure(`There are no AWS credentials: ${message}`, SIGN_IN),
    },
    {
        isIt: ({ message }) => /^Region is missing/.test(message),
        explain: () => new Failure("No AWS region is set.", "Add --region eu-central-1, or set AWS_REGION."),
    },
    {
        isIt: ({ message }) => /^Region not accepted/.test(message),
        explain: ({ message }) =>
            new Failure(`This is no AWS region: ${/region="([^"]*)"/.exec(message)?.[1] ?? message}.`, "Give one such as eu-central-1."),
    },
    {
        isIt: ({ name }) => /Throttl|RequestLimitExceeded|TooManyRequests/.test(name),
        explain: () => new Failure("AWS throttled the requests for longer than vss-backup waits.", AGAIN),
    },
    {
        isIt: ({ name }) => GONE.includes(name),
        explain: ({ message }) => new Failure(`A part of the policy does not exist: ${message}`, PUT_BACK),
    },
    {
        isIt: ({ name }) => name === "TagLimitExceeded",
        explain: ({ message }) =>
            new Failure(`A resource has too many tags: ${message}`, "Remove a tag from it. Then run the command again."),
    },
    {
        isIt: ({ name }) => name === "UnreadableAnswer",
        explain: ({ message }) =>
            new Failure(
                `AWS gave a response that cannot be read: ${message}`,
                "Check the network and the proxy. Then run the command again.",
            ),
    },
    {
        isIt: ({ name }) => OF_SERVICE.includes(name),
        explain: ({ name, message }) =>
            new Failure(`AWS failed: ${name}: ${message}`, `${AGAIN} AWS reports outages at health.aws.amazon.com.`),
    },
    {
        isIt: ({ name, message }) => NO_NETWORK.includes(name) || /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|EPROTO/.test(message),
        explain: ({ message }) =>
            new Failure(`AWS does not respond: ${message}`, "Check the network, the proxy and the region. Then run the command again."),
    },
];

/** Whether AWS refused a request because the caller lacks a permission. */
export function isDenial(error: unknown): boolean {
    return DENIED.includes((error as Cause).name);
}

/** Explains an error of AWS or of Node as one sentence with its cure. */
export function failureOf(error: unknown): Failure {
    if (error instanceof Failure) {
        return error;
    }
    const { name, message } = error as Cause;
    const cause = { name, message: plain(message) };
    return EXPLANATIONS.find(({ isIt }) => isIt(cause))?.explain(cause) ?? unforeseen(cause, error as { readonly $fault?: unknown });
}

/** Explains an error for which there is no explanation. AWS says of its errors if the request was wrong. */
function unforeseen({ name, message }: Cause, { $fault }: { readonly $fault?: unknown }): Failure {
    return $fault === "client"
        ? new Failure(`AWS refused a request: ${name}: ${message}`, "Remove the cause that AWS names. Then run the command again.")
        : new Failure(`${name}: ${message}`, UNKNOWN_CURE);
}

/** Names the permission. EC2 adds a long code for the administrators of the account, which nobody else can read. */
function explainDenial({ message }: Cause): Failure {
    const permission = /perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1];
    const text = message.replace(/\s*Encoded authorization failure message:.*/, "");
    return new Failure(
        `AWS denied a request: ${permission ? `the permission ${permission} is missing` : text.replace(/\.$/, "")}.`,
        "Give it to your user or role; docs/command-line.md has the policies for a reader and an operator.",
        EXIT.error,
        permission,
    );
}
