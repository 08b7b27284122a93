import type { ServerResponse } from "node:http";
import { type AwsCall, AwsError, pageTokenOf } from "../../rehearsal/embeddedAws/call";
import { answerOf, type Exchange, type Fault, type Faults, send } from "../../rehearsal/embeddedAws/exchange";
import { makeToken } from "../../rehearsal/embeddedAws/pages";
import type { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";

export { answerNormally } from "../../rehearsal/embeddedAws/exchange";
export type { Fault, Faults };

/** EC2 refuses the request, and changes nothing. */
export function refuse(code: string, message: string, status = 400): Fault {
    return async (exchange) => send(exchange, answerOf(new AwsError(code, message, status), exchange.protocol));
}

/** The service refuses the request, since there are too many. */
export const throttling: Fault = (exchange) => (exchange.call.service === "ec2" ? ec2Throttled : otherThrottled)(exchange);

const ec2Throttled = refuse("RequestLimitExceeded", "Request limit exceeded.", 503);
const otherThrottled = refuse("ThrottlingException", "Rate exceeded");

export const internalError = refuse("InternalError", "An internal error has occurred", 500);
export const unavailability = refuse("Unavailable", "The service is unavailable. Please try again shortly.", 503);
export const accessDenied = refuse("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);

/** The connection is reset before EC2 does anything. */
export const connectionReset: Fault = async ({ response }) => reset(response);

/** EC2 carries out the request, and the connection is reset before the response. */
export const lateConnectionReset: Fault = async ({ carryOut, response }) => {
    await carryOut();
    reset(response);
};

/** EC2 changes nothing, and sends no response. */
export const missingResponse: Fault = async () => {};

/** EC2 carries out the request, and sends no response. */
export const lostResponse: Fault = async ({ carryOut }) => {
    await carryOut();
};

/** The connection breaks in the middle of the response. */
export const brokenResponse: Fault = async (exchange) => {
    await sendHalf(exchange);
    exchange.response.socket?.destroy();
};

/** EC2 sends half of the response, and the connection stays open. */
export const stalledResponse: Fault = async (exchange) => {
    await sendHalf(exchange);
};

/** EC2 sends half of the response's body as a whole HTTP response. */
export const halfBody: Fault = async (exchange) => {
    const answer = await exchange.carryOut();
    const text = exchange.protocol.textOf(answer.body);
    exchange.response.writeHead(answer.status).end(text.slice(0, text.length / 2));
};

/** EC2 carries out the request, and sends an empty `200 OK`. */
export const emptyResponse: Fault = async ({ carryOut, response }) => {
    await carryOut();
    response.writeHead(200, { "content-length": 0 }).end();
};

/** A proxy between client and EC2 sends the response instead of EC2. */
export function answerAsProxy(status: number): Fault {
    return async ({ response }) => {
        response.writeHead(status, { "content-type": "text/html" }).end("<html><body>This is not EC2.</body></html>");
    };
}

/** EC2 sends edited XML. */
export function editXml(edit: (xml: string) => string): Fault {
    return async ({ carryOut, protocol, response }) => {
        const { status, body } = await carryOut();
        response.writeHead(status).end(edit(protocol.textOf(body)));
    };
}

/** EC2 responds normally, but late. */
export function answerLate(ms: number): Fault {
    return async (exchange) => {
        const answer = await exchange.carryOut();
        await new Promise((resolve) => setTimeout(resolve, ms));
        send(exchange, answer);
    };
}

/** Where the pages of each listing have their things, and what comes before the first thing in the order of the pages. */
const LISTINGS: Readonly<Record<string, { readonly list: string; readonly start: string }>> = {
    DescribeSnapshots: { list: "snapshotSet", start: "snap-" },
    DescribeInstances: { list: "reservationSet", start: "i-" },
    DescribeInstanceInformation: { list: "InstanceInformationList", start: "0" },
    ListCommandInvocations: { list: "CommandInvocations", start: "0" },
    DescribeMaintenanceWindows: { list: "WindowIdentities", start: "0" },
    DescribeMaintenanceWindowExecutions: { list: "WindowExecutions", start: "0" },
    DescribeAssociationExecutions: { list: "AssociationExecutions", start: "0" },
    DescribeAssociationExecutionTargets: { list: "AssociationExecutionTargets", start: "0" },
    FilterLogEvents: { list: "events", start: "0" },
    ListSubscriptionsByTopic: { list: "Subscriptions", start: "0" },
    GetParametersByPath: { list: "Parameters", start: "0" },
};

/** The contents of a page, without the elements of XML around it. */
function contentsOf({ service, action }: AwsCall, body: object): object {
    const { [`${action}Response`]: response } = body as Readonly<Record<string, Readonly<Record<string, object>>>>;
    const contents: Readonly<Record<string, object | undefined>> = { ec2: response, sns: response?.[`${action}Result`] };
    return contents[service] ?? body;
}

/** Writes contents as a page, with a token. */
function pageOf({ service, action }: AwsCall, contents: object, token: string): object {
    const page = { ...contents, [service === "ec2" || service === "logs" ? "nextToken" : "NextToken"]: token };
    switch (service) {
        case "ec2":
            return { [`${action}Response`]: page };
        case "sns":
            return { [`${action}Response`]: { [`${action}Result`]: page } };
        default:
            return page;
    }
}

let tokenCount = 0;

/** Makes a token for the page for which a call asks. Each is different. */
function anotherToken(call: AwsCall): string {
    const [position = ""] = Buffer.from(pageTokenOf(call) ?? "", "base64url")
        .toString("utf8")
        .split(" ");
    return makeToken(position || (LISTINGS[call.action]?.start ?? ""), `${tokenCount++}`);
}

/** AWS sends a page with nothing on it, and a token. */
function pageOfNothing(tokenOf: (call: AwsCall) => string): Fault {
    return async (exchange) => {
        const { call } = exchange;
        const nothing = ["ec2", "sns"].includes(call.service) ? "" : [];
        const list = LISTINGS[call.action]?.list ?? "";
        send(exchange, { status: 200, body: pageOf(call, { [list]: nothing }, tokenOf(call)) });
    };
}

/** The token is for the same place. */
export const emptyPage = pageOfNothing(anotherToken);

/** All pages have the same token. */
export const sameToken = pageOfNothing(({ action }) => makeToken(LISTINGS[action]?.start ?? ""));

/** AWS sends the first page again instead of another page. */
export const repeatedFirstPage: Fault = async (exchange) => {
    const { call } = exchange;
    const { NextToken, nextToken, ...input } = call.input;
    const parameters = new URLSearchParams([...call.parameters].filter(([key]) => key !== "NextToken"));
    const { status, body } = await exchange.carryOut({ ...call, parameters, input });
    send(exchange, { status, body: pageOf(call, contentsOf(call, body), anotherToken(call)) });
};

/** EC2 refuses the token as expired. */
export const expiredToken = refuse("InvalidNextToken", "The token has expired.");

/** EC2 lists the account's state of another time, since EC2 is eventually consistent. */
export function listOtherState(view: SnapshotStore): Fault {
    return async (exchange) => send(exchange, await exchange.carryOut(exchange.call, view));
}

/** Plays these faults in the first calls, one in each call. */
export function playInOrder(...faults: readonly Fault[]): Faults {
    const left = [...faults];
    return () => left.shift();
}

/** Plays a fault when the SDK first sends a request. Plays `later` in each retry, if given. */
export function playAtFirstAttempt(fault: Fault, later?: Fault): Faults {
    return ({ attempt }) => (attempt === 1 ? fault : later);
}

export function playAlways(fault: Fault): Faults {
    return () => fault;
}

/**
 * Plays a fault in a share of the calls.
 *
 * @param share from 0 to 1
 * @param random draws a number from 0 to 1
 */
export function playAtRandom(share: number, random: () => number, fault: Fault): Faults {
    return () => (random() < share ? fault : undefined);
}

/** Plays faults only in calls of one action. */
export function playForAction(action: string, faults: Faults): Faults {
    return (call) => (call.action === action ? faults(call) : undefined);
}

/** Plays faults only in calls for one snapshot. */
export function playForSnapshot(id: string, faults: Faults): Faults {
    return (call) => (call.parameters.get("SnapshotId") === id ? faults(call) : undefined);
}

/** Plays faults only in calls for pages after the first. */
export function playAfterFirstPage(faults: Faults): Faults {
    return (call) => (pageTokenOf(call) === undefined ? undefined : faults(call));
}

/** Plays the fault of the first rule that has one. */
export function combineFaults(...all: readonly Faults[]): Faults {
    return (call) => all.reduce<Fault | undefined>((found, faults) => found ?? faults(call), undefined);
}

function reset(response: ServerResponse): void {
    response.socket?.resetAndDestroy();
}

async function sendHalf({ carryOut, protocol, response }: Exchange): Promise<void> {
    const answer = await carryOut();
    const text = protocol.textOf(answer.body);
    response.writeHead(answer.status, { "content-type": protocol.contentType, "content-length": Buffer.byteLength(text) });
    await new Promise((written) => response.write(text.slice(0, text.length / 2), written));
}
