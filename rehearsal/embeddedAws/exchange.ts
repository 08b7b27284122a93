import type { ServerResponse } from "node:http";
import type { Ec2Call, Ec2Error } from "./ec2Call";
import type { SnapshotStore } from "./snapshotStore";

/** EC2's response, before it becomes bytes. */
export interface Answer {
    readonly status: number;
    readonly body: object;
}

/** One call, from its request to its response. */
export interface Exchange {
    readonly call: Ec2Call;
    readonly response: ServerResponse;
    /** Carries out the call, or another one, and returns EC2's response. A view replaces the account in a listing. */
    carryOut(call?: Ec2Call, view?: SnapshotStore): Promise<Answer>;
    textOf(answer: Answer): string;
}

/** Carries out one call, with a fault, after EC2 has read the request. */
export type Fault = (exchange: Exchange) => Promise<void>;

/** Chooses the fault of each call; undefined for a call without a fault. It receives each call once, in their order. */
export type Faults = (call: Ec2Call) => Fault | undefined;

/** Carries out the call, and sends the response. */
export const answerNormally: Fault = async (exchange) => send(exchange, await exchange.carryOut());

export function send({ response, textOf }: Exchange, answer: Answer): void {
    response.writeHead(answer.status, { "content-type": "text/xml;charset=UTF-8" }).end(textOf(answer));
}

/** Makes the response of EC2 for an error. */
export function answerOf({ code, message, status }: Ec2Error): Answer {
    return { status, body: { Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: "rehearsal" } } };
}
