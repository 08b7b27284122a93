export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
export type JsonObject = { readonly [key: string]: Json | undefined };

/** A call of a service of AWS. */
export interface AwsCall {
    /** The service that the signature names: `ec2`, `ssm`, `logs`, `sns`, `lambda` or `servicequotas`. */
    readonly service: string;
    readonly action: string;
    /** Of EC2 and SNS, which read a form. Empty for the other services. */
    readonly parameters: URLSearchParams;
    /** Of Systems Manager, CloudWatch Logs and Lambda, which read JSON. Empty for the other services. */
    readonly input: JsonObject;
    /** How many times the SDK has sent the request, including this time. */
    readonly attempt: number;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The path of an invocation in Lambda's protocol, in which the path names the action. */
const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/**
 * Reads a call from a request.
 *
 * @param headers in lower case
 */
export function callOf(body: string, headers: Headers, path = "/"): AwsCall {
    const [, functionName] = INVOCATION.exec(path) ?? [];
    return functionName === undefined
        ? rpcCallOf(body, headers)
        : {
              service: "lambda",
              action: "Invoke",
              parameters: new URLSearchParams(),
              input: {
                  FunctionName: decodeURIComponent(functionName),
                  Payload: JSON.parse(body || "null") as Json,
                  InvocationType: String(headers["x-amz-invocation-type"] ?? "RequestResponse"),
              },
              attempt: attemptOf(headers),
          };
}

function attemptOf(headers: Headers): number {
    const [, attempt = "1"] = /\battempt=(\d+)/.exec(String(headers["amz-sdk-request"])) ?? [];
    return Number(attempt);
}

/** Reads a call of a protocol in which a header or the body names the action. */
function rpcCallOf(body: string, headers: Headers): AwsCall {
    const target = headers["x-amz-target"];
    const parameters = new URLSearchParams(target ? "" : body);
    return {
        service: signerOf(headers)?.service ?? "ec2",
        action: target ? String(target).replace(/^.*\./, "") : (parameters.get("Action") ?? ""),
        parameters,
        input: target ? (JSON.parse(body) as JsonObject) : {},
        attempt: attemptOf(headers),
    };
}

/** Who signed a request, for which region and service. */
export interface Signer {
    readonly accessKey: string;
    readonly region: string;
    readonly service: string;
}

/** Finds the signer of a request; undefined if it is not signed. */
export function signerOf(headers: Headers): Signer | undefined {
    const signed = /^AWS4-HMAC-SHA256 Credential=([^/]*)\/\d+\/([^/]*)\/([^/]*)\/aws4_request/.exec(String(headers.authorization));
    return signed ? { accessKey: signed[1] as string, region: signed[2] as string, service: signed[3] as string } : undefined;
}

/** Finds the token of the page for which a call asks; undefined if it asks for the first page. */
export function pageTokenOf({ parameters, input }: AwsCall): string | undefined {
    return parameters.get("NextToken") ?? textOf(input.NextToken) ?? textOf(input.nextToken);
}

function textOf(value: Json | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

/** An error that a service of AWS returns. */
export class AwsError extends Error {
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

/** Reads a list of structures of the EC2 Query protocol: `Tag.1.Key`, `Tag.1.Value`, `Tag.2.Key` and so on. Leaves out the prefix. */
export function readObjects(parameters: URLSearchParams, prefix: string): URLSearchParams[] {
    const objects = new Map<string, URLSearchParams>();
    for (const [key, value] of parameters) {
        const [, number, name] = key.startsWith(`${prefix}.`) ? (/^(\d+)\.(.+)$/.exec(key.slice(prefix.length + 1)) ?? []) : [];
        if (number !== undefined && name !== undefined) {
            const object = objects.get(number) ?? new URLSearchParams();
            object.append(name, value);
            objects.set(number, object);
        }
    }
    return [...objects.values()];
}
