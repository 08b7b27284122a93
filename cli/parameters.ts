import { type Parameter, paginateGetParametersByPath, type SSMClient } from "@aws-sdk/client-ssm";

interface ListingOptions {
    /** Also those in folders below the path. */
    readonly isRecursive?: boolean;
    readonly abortSignal?: AbortSignal;
}

/** Lists the parameters below a path, in pages of 10, the most that Systems Manager gives. */
export async function* parametersBelow(
    ssm: SSMClient,
    path: string,
    { isRecursive, abortSignal }: ListingOptions = {},
): AsyncGenerator<Parameter> {
    const request = { Path: path, ...(isRecursive !== undefined && { Recursive: isRecursive }) };
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, request, {
        ...(abortSignal && { abortSignal }),
    })) {
        yield* Parameters;
    }
}
