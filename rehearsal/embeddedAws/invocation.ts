import { type AwsCall, AwsError, type Json } from "./call";
import type { Protocol } from "./protocols";
import { arnOf, type Place, type Service } from "./service";

/** A function's result, or the error with which it ended. */
interface Invoked {
    readonly payload: Json;
    readonly functionError?: "Unhandled";
}

/** Lambda's protocol: the body is the function's own JSON, and a header says that the function ended with an error. */
const REST_JSON: Protocol = {
    contentType: "application/json",
    textOf: (body) => JSON.stringify((body as Invoked).payload),
    headersOf: (body) => {
        const { functionError } = body as Invoked;
        return functionError === undefined ? {} : { "x-amz-function-error": functionError };
    },
    errorBody: ({ code, message }) => ({ payload: { __type: code, Type: "User", Message: message, message } }),
};

export const LAMBDA: Service = {
    protocol: REST_JSON,
    actions: {
        Invoke: {
            permission: "lambda:InvokeFunction",
            resource: ({ input }: AwsCall, place: Place) => ({
                resource: arnOf(place, "lambda", `function:${input.FunctionName}`),
                context: {},
            }),
            carryOut: invoke,
        },
    },
    denied: (refusal) => new AwsError("AccessDeniedException", refusal, 403),
    unknown: (action) => new AwsError("UnknownOperationException", action, 404),
};

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke({ input }: AwsCall, place: Place): Promise<object> {
    const run = place.state.functions.get(String(input.FunctionName));
    if (!run) {
        const arn = arnOf(place, "lambda", `function:${input.FunctionName}`);
        throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
    }
    if (input.InvocationType === "DryRun") {
        return { payload: null };
    }
    try {
        return { payload: (await run(input.Payload ?? null)) ?? null };
    } catch (error) {
        const { name, message } = error as Error;
        return { payload: { errorType: name, errorMessage: message, trace: [] }, functionError: "Unhandled" };
    }
}
