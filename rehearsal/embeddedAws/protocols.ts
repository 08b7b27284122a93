import { XMLBuilder } from "fast-xml-parser";
import type { AwsError } from "./call";

/** How a service writes its responses. */
export interface Protocol {
    readonly contentType: string;
    textOf(body: object): string;
    /** Finds further headers of a response. */
    headersOf?(body: object): Readonly<Record<string, string>>;
    errorBody(error: AwsError): object;
}

const builder = new XMLBuilder({ ignoreAttributes: false });
const xml = {
    contentType: "text/xml;charset=UTF-8",
    textOf: (body: object) => `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(body)}`,
};

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html */
export const EC2_QUERY: Protocol = {
    ...xml,
    errorBody: ({ code, message }) => ({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: "rehearsal" } }),
};

/** @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const QUERY: Protocol = {
    ...xml,
    errorBody: ({ code, message, status }) => ({
        ErrorResponse: {
            Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message },
            RequestId: "rehearsal",
        },
    }),
};

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export const JSON_1_1: Protocol = {
    contentType: "application/x-amz-json-1.1",
    textOf: (body) => JSON.stringify(body),
    errorBody: ({ code, message }) => ({ __type: code, message }),
};

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export const JSON_1_0: Protocol = { ...JSON_1_1, contentType: "application/x-amz-json-1.0" };
