/** A call of the EC2 Query protocol. */
export interface Ec2Call {
    readonly action: string;
    readonly parameters: URLSearchParams;
    /** How many times the SDK has sent the request, including this time. */
    readonly attempt: number;
}

/**
 * Reads a call from a request.
 *
 * @param headers in lower case
 */
export function callOf(body: string, headers: Readonly<Record<string, string | string[] | undefined>>): Ec2Call {
    const parameters = new URLSearchParams(body);
    const [, attempt = "1"] = /\battempt=(\d+)/.exec(String(headers["amz-sdk-request"])) ?? [];
    return { action: parameters.get("Action") ?? "", parameters, attempt: Number(attempt) };
}

/** An error that EC2 returns. */
export class Ec2Error extends Error {
    public constructor(
        public readonly code: string,
        message: string,
        /** HTTP status. */
        public readonly status = 400,
    ) {
        super(message);
    }
}

/** Reads a list of the EC2 Query protocol: `Value.1`, `Value.2` and so on. */
export function readList(parameters: URLSearchParams, prefix: string): string[] {
    return [...parameters].filter(([key]) => new RegExp(`^${prefix.replaceAll(".", "\\.")}\\.\\d+$`).test(key)).map(([, value]) => value);
}
