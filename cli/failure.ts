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
const INVALID = ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidSignatureException"];

const SIGN_IN = "Sign in again: aws sso login, or choose other credentials with --profile.";

/** Whether AWS refused a request because the caller lacks a permission. */
export function isDenial(error: unknown): boolean {
    return DENIED.includes((error as Error).name);
}

/** Explains an error of AWS or of Node as one sentence with its cure. */
export function failureOf(error: unknown): Failure {
    if (error instanceof Failure) {
        return error;
    }
    const { name, message } = error as Error;
    if (name === "AbortError") {
        return new Failure("The command was interrupted.", undefined, EXIT.interrupted);
    }
    if (DENIED.includes(name)) {
        const permission = /perform: ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1];
        const cure = "Give it to your user or role; docs/command-line.md has the policies for a reader and an operator.";
        return new Failure(
            `AWS denied a request${permission ? `: the permission ${permission} is missing` : `: ${message}`}.`,
            cure,
            EXIT.error,
            permission,
        );
    }
    if (EXPIRED.includes(name)) {
        return new Failure("The AWS credentials have expired.", SIGN_IN);
    }
    if (INVALID.includes(name)) {
        return new Failure("AWS does not accept the credentials.", SIGN_IN);
    }
    if (name === "CredentialsProviderError" || name === "TokenProviderError") {
        return new Failure(`There are no AWS credentials: ${message}`, SIGN_IN);
    }
    if (/Region is missing/.test(message)) {
        return new Failure("No AWS region is set.", "Add --region eu-central-1, or set AWS_REGION.");
    }
    if (["TimeoutError", "NetworkingError"].includes(name) || /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN/.test(message)) {
        return new Failure(`AWS does not respond: ${message}`, "Check the network, the proxy and the region. Then run the command again.");
    }
    return new Failure(`${name}: ${message}`);
}
