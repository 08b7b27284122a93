import type { ServerResponse } from "node:http";
import type { AwsCall, AwsError } from "./call";
import type { Protocol } from "./protocols";
import type { SnapshotStore } from "./snapshotStore";

/** A service's response, before it becomes bytes. */
export interface Answer {
    readonly status: number;
    readonly body: object;
}

/** One call, from its request to its response. */
export interface Exchange {
    readonly call: AwsCall;
    readonly response: ServerResponse;
    readonly protocol: Protocol;
    /** Carries out the call, or another one, and returns the service's response. A view replaces the snapshots in a listing. */
    carryOut(call?: AwsCall, view?: SnapshotStore): Promise<Answer>;
}

/** Carries out one call, with a fault, after the service has read the request. */
export type Fault = (exchange: Exchange) => Promise<void>;

/** Chooses the fault of each call; undefined for a call without a fault. It receives each call once, in their order. */
export type Faults = (call: AwsCall) => Fault | undefined;

/** Carries out the call, and sends the response. */
export const answerNormally: Fault = async (exchange) => send(exchange, await exchange.carryOut());

export function send({ response, protocol }: Exchange, answer: Answer): void {
    response
        .writeHead(answer.status, { "content-type": protocol.contentType, ...protocol.headersOf?.(answer.body) })
        .end(protocol.textOf(answer.body));
}

/** Makes the response of a service for an error. */
export function answerOf(error: AwsError, protocol: Protocol): Answer {
    return { status: error.status, body: protocol.errorBody(error) };
}
