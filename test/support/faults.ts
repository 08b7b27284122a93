import type { ServerResponse } from "node:http";
import { Ec2Error } from "../../rehearsal/embeddedAws/ec2Call";
import { answerOf, type Exchange, type Fault, type Faults, send } from "../../rehearsal/embeddedAws/exchange";
import { makeToken, readToken } from "../../rehearsal/embeddedAws/pages";
import type { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";

export { answerNormally } from "../../rehearsal/embeddedAws/exchange";
export type { Fault, Faults };

/** EC2 refuses the request, and changes nothing. */
export function refuse(code: string, message: string, status = 400): Fault {
    return async (exchange) => send(exchange, answerOf(new Ec2Error(code, message, status)));
}

export const throttling = refuse("RequestLimitExceeded", "Request limit exceeded.", 503);
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

/** EC2 sends half of the XML as a whole HTTP response. */
export const halfXml: Fault = async (exchange) => {
    const answer = await exchange.carryOut();
    const text = exchange.textOf(answer);
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
    return async ({ carryOut, textOf, response }) => {
        const { status, body } = await carryOut();
        response.writeHead(status).end(edit(textOf({ status, body })));
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

let tokenCount = 0;

/** EC2 sends a page without snapshots, and a token for the same place. */
export const emptyPage: Fault = async (exchange) => {
    const { call } = exchange;
    const nextToken = makeToken(readToken(call.parameters.get("NextToken")) || "snap-", `${tokenCount++}`);
    send(exchange, { status: 200, body: { [`${call.action}Response`]: { snapshotSet: "", nextToken } } });
};

/** EC2 sends the first page again instead of another page. */
export const repeatedFirstPage: Fault = async (exchange) => {
    const { parameters } = exchange.call;
    const first = await exchange.carryOut({
        ...exchange.call,
        parameters: new URLSearchParams([...parameters].filter(([key]) => key !== "NextToken")),
    });
    const nextToken = makeToken(readToken(parameters.get("NextToken")), `${tokenCount++}`);
    const [[root, contents]] = Object.entries(first.body) as [[string, object]];
    send(exchange, { status: first.status, body: { [root]: { ...contents, nextToken } } });
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
    return (call) => (call.parameters.has("NextToken") ? faults(call) : undefined);
}

/** Plays the fault of the first rule that has one. */
export function combineFaults(...all: readonly Faults[]): Faults {
    return (call) => all.reduce<Fault | undefined>((found, faults) => found ?? faults(call), undefined);
}

function reset(response: ServerResponse): void {
    response.socket?.resetAndDestroy();
}

async function sendHalf({ carryOut, textOf, response }: Exchange): Promise<void> {
    const answer = await carryOut();
    const text = textOf(answer);
    response.writeHead(answer.status, { "content-type": "text/xml;charset=UTF-8", "content-length": Buffer.byteLength(text) });
    await new Promise((written) => response.write(text.slice(0, text.length / 2), written));
}
