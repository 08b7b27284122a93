import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AwsCall, AwsError, callOf, type Signer, signerOf } from "./call";
import { EC2 } from "./ec2";
import { type Answer, answerNormally, answerOf, type Faults } from "./exchange";
import type { EmbeddedIam } from "./iam";
import { LAMBDA } from "./invocation";
import { LOGS } from "./logs";
import { METRICS } from "./metricData";
import type { Protocol } from "./protocols";
import { QUOTAS } from "./quotas";
import type { Place, Service } from "./service";
import { SNS } from "./sns";
import { type AwsState, awsState } from "./state";
import { SYSTEMS_MANAGER } from "./systemsManager";

export interface AwsOptions {
    /** Receives each call first. Its result or its error becomes the response, unless it returns undefined. */
    readonly intercept?: (call: AwsCall) => object | undefined;
    /** Chooses a fault for each call. Without it, no call has one. */
    readonly faults?: Faults;
    /** The maximum number of things in a page. */
    readonly pageSize?: number;
    /** Evaluates each call. Without it, all calls are allowed. */
    readonly iam?: EmbeddedIam;
    readonly accountId?: string;
}

export interface EmbeddedAws {
    /** The value for `AWS_ENDPOINT_URL`. */
    readonly endpoint: string;
    /** Every call so far. */
    readonly calls: readonly AwsCall[];
    close(): Promise<void>;
}

/** By the name in the signature. */
const SERVICES: Readonly<Record<string, Service>> = {
    ec2: EC2,
    ssm: SYSTEMS_MANAGER,
    logs: LOGS,
    monitoring: METRICS,
    sns: SNS,
    lambda: LAMBDA,
    servicequotas: QUOTAS,
};

/**
 * Serves an account over HTTP on loopback, in the protocols of AWS. The real SDK calls it like EC2, Systems Manager, CloudWatch Logs,
 * SNS and Lambda.
 *
 * @param given the parts of the account that exist
 */
export async function startAws(given: Partial<AwsState>, options: AwsOptions = {}): Promise<EmbeddedAws> {
    const state = awsState(given);
    const calls: AwsCall[] = [];
    const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const call = callOf(await bodyOf(request), request.headers, request.url);
        const service = SERVICES[call.service] ?? EC2;
        const { protocol } = service;
        const signer = signerOf(request.headers);
        if (!signer) {
            const refusal = new AwsError("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
            return answerNormally({ call, response, protocol, carryOut: async () => answerOf(refusal, protocol) });
        }
        calls.push(call);
        await (options.faults?.(call) ?? answerNormally)({
            call,
            response,
            protocol,
            carryOut: (carried = call, view = state.store) =>
                toAnswer(carryOut(service, carried, signer, { state, view, options }), protocol),
        });
    };
    const server = createServer((request, response) => {
        // Only an aborted request fails here. Its client no longer waits for a response.
        exchange(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close: () => close(server) };
}

async function carryOut(
    service: Service,
    call: AwsCall,
    { accessKey, region }: Signer,
    { state, view, options }: Pick<Place, "state" | "view"> & { readonly options: AwsOptions },
): Promise<object> {
    const { intercept, iam, accountId = "123456789012", pageSize = Number.POSITIVE_INFINITY } = options;
    const answer = intercept?.(call);
    if (answer) {
        return answer;
    }
    const permits: Place["permits"] = async (request) => (await iam?.refusal({ principal: accessKey, ...request })) === undefined;
    const place: Place = { state, view, region, accountId, pageSize, permits };
    const action = Object.hasOwn(service.actions, call.action) ? service.actions[call.action] : undefined;
    const judged = action?.resource ? (action.resource(call, place) ?? []) : { resource: "*", context: {} };
    const permission = action?.permission ?? `${call.service}:${call.action}`;
    for (const one of [judged].flat()) {
        const refusal = await iam?.refusal({ principal: accessKey, action: permission, ...one });
        if (refusal) {
            throw service.denied(refusal);
        }
    }
    if (!action) {
        throw service.unknown(call.action);
    }
    if (call.parameters.get("DryRun") === "true") {
        throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    return action.carryOut(call, place);
}

function toAnswer(body: Promise<object>, protocol: Protocol): Promise<Answer> {
    return body.then(
        (body) => ({ status: 200, body }),
        (error: Error) => answerOf(error instanceof AwsError ? error : new AwsError("InternalError", error.message, 500), protocol),
    );
}

function close(server: Server): Promise<void> {
    server.closeAllConnections();
    return new Promise((closed) => server.close(() => closed()));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}
