import type { ServerResponse } from "node:http";
import { Ec2Error } from "../../rehearsal/embeddedAws/ec2Call";
import { answerOf, type Exchange, type Fault, type Faults, send } from "../../rehearsal/embeddedAws/exchange";
import { lastIdBefore, tokenAfter } from "../../rehearsal/embeddedAws/pages";
import type { SnapshotStore } from "../../rehearsal/embeddedAws/snapshotStore";

export { answerNormally } from "../../rehearsal/embeddedAws/exchange";
export type { Fault, Faults };

/** EC2 refuses what is asked, and does nothing. */
export function refused(code: string, message: string, status = 400): Fault {
    return async (exchange) => send(exchange, answerOf(new Ec2Error(code, message, status)));
}

export const throttled = refused("RequestLimitExceeded", "Request limit exceeded.", 503);
export const internalError = refused("InternalError", "An internal error has occurred", 500);
export const unavailable = refused("Unavailable", "The service is unavailable. Please try again shortly.", 503);
export const deniedAll = refused("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);

/** The connection is reset before EC2 does anything. */
export const resetBefore: Fault = async ({ response }) => reset(response);

/** EC2 does what is asked, and the connection is reset before it can say so. */
export const resetAfter: Fault = async ({ carryOut, response }) => {
    await carryOut();
    reset(response);
};

/** Nothing happens, and no answer comes. */
export const silence: Fault = async () => {};

/** EC2 does what is asked, and no answer comes. */
export const silenceAfter: Fault = async ({ carryOut }) => {
    await carryOut();
};

/** The connection is cut in the middle of the answer. */
export const cut: Fault = async (exchange) => {
    await sendHalf(exchange);
    exchange.response.socket?.destroy();
};

/** No more than half of the answer comes, and the connection stays open. */
export const stalled: Fault = async (exchange) => {
    await sendHalf(exchange);
};

/** Half of the XML, which HTTP takes for all there is. */
export const halfXml: Fault = async (exchange) => {
    const answer = await exchange.carryOut();
    const text = exchange.textOf(answer);
    exchange.response.writeHead(answer.status).end(text.slice(0, text.length / 2));
};

/** EC2 does what is asked, and answers with nothing but `200 OK`. */
export const noXml: Fault = async ({ carryOut, response }) => {
    await carryOut();
    response.writeHead(200, { "content-length": 0 }).end();
};

/** Something between client and EC2 answers in its place. */
export function foreign(status: number): Fault {
    return async ({ response }) => {
        response.writeHead(status, { "content-type": "text/html" }).end("<html><body>This is not EC2.</body></html>");
    };
}

/** Other XML than EC2 would write. */
export function altered(edit: (xml: string) => string): Fault {
    return async ({ carryOut, textOf, response }) => {
        const { status, body } = await carryOut();
        response.writeHead(status).end(edit(textOf({ status, body })));
    };
}

/** Right, but late. */
export function slow(ms: number): Fault {
    return async (exchange) => {
        const answer = await exchange.carryOut();
        await new Promise((over) => setTimeout(over, ms));
        send(exchange, answer);
    };
}

let marks = 0;

/** A page without a snapshot, and a token with which to go on from the same place. */
export const emptyPage: Fault = async (exchange) => {
    const { call } = exchange;
    const nextToken = tokenAfter(lastIdBefore(call.parameters.get("NextToken")) || "snap-", `${marks++}`);
    send(exchange, { status: 200, body: { [`${call.action}Response`]: { snapshotSet: "", nextToken } } });
};

/** The first page once more, in the place of another. */
export const firstPageAgain: Fault = async (exchange) => {
    const { action, parameters } = exchange.call;
    const first = await exchange.carryOut({
        action,
        parameters: new URLSearchParams([...parameters].filter(([key]) => key !== "NextToken")),
    });
    const nextToken = tokenAfter(lastIdBefore(parameters.get("NextToken")), `${marks++}`);
    const [[root, contents]] = Object.entries(first.body) as [[string, object]];
    send(exchange, { status: first.status, body: { [root]: { ...contents, nextToken } } });
};

/** The token is refused, as one that has expired. */
export const tokenExpired = refused("InvalidNextToken", "The token has expired.");

/** Listed as the account was, or will be, at another time: EC2 is eventually consistent. */
export function seenAs(view: SnapshotStore): Fault {
    return async (exchange) => send(exchange, await exchange.carryOut(exchange.call, view));
}

/** One after the other, and as it should from then on. */
export function first(...faults: readonly Fault[]): Faults {
    const left = [...faults];
    return () => left.shift();
}

export function always(fault: Fault): Faults {
    return () => fault;
}

/** @param share of the calls, from 0 to 1 @param random from 0 to 1, for each call */
export function sometimes(share: number, random: () => number, fault: Fault): Faults {
    return () => (random() < share ? fault : undefined);
}

/** Only in calls of one action. */
export function on(action: string, faults: Faults): Faults {
    return (call) => (call.action === action ? faults(call) : undefined);
}

/** Only in calls that delete one snapshot. */
export function onSnapshot(id: string, faults: Faults): Faults {
    return (call) => (call.parameters.get("SnapshotId") === id ? faults(call) : undefined);
}

/** Only in calls for pages after the first. */
export function afterFirstPage(faults: Faults): Faults {
    return (call) => (call.parameters.has("NextToken") ? faults(call) : undefined);
}

/** The first that has one. */
export function oneOf(...all: readonly Faults[]): Faults {
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
