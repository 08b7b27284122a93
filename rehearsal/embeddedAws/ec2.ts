import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { XMLBuilder } from "fast-xml-parser";
import { callOf, type Ec2Call, Ec2Error, readList } from "./ec2Call";
import { type Answer, answerNormally, answerOf, type Faults } from "./exchange";
import type { EmbeddedIam } from "./iam";
import { pageOf } from "./pages";
import { partitionOf } from "./partition";
import type { SnapshotStore, StoredSnapshot } from "./snapshotStore";

export { type Ec2Call, Ec2Error };

export interface Ec2Options {
    /** Receives each call first. Its result or its error becomes the response, unless it returns undefined. */
    readonly intercept?: (call: Ec2Call) => object | undefined;
    /** Chooses a fault for each call. Without it, no call has one. */
    readonly faults?: Faults;
    /** The maximum number of snapshots or volumes in a page. */
    readonly pageSize?: number;
    /** Evaluates each call. Without it, all calls are allowed. */
    readonly iam?: EmbeddedIam;
    readonly accountId?: string;
}

export interface EmbeddedEc2 {
    /** The value for `AWS_ENDPOINT_URL_EC2`. */
    readonly endpoint: string;
    /** Every call so far. */
    readonly calls: readonly Ec2Call[];
    close(): Promise<void>;
}

const XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/";
const builder = new XMLBuilder({ ignoreAttributes: false });

/**
 * Serves the snapshots of a store over HTTP on loopback, in EC2's protocol. The real SDK calls it like EC2.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export async function startEc2(store: SnapshotStore, options: Ec2Options = {}): Promise<EmbeddedEc2> {
    const calls: Ec2Call[] = [];
    const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
        const call = callOf(await bodyOf(request), request.headers);
        const caller = callerOf(request);
        if (!caller) {
            const refusal = new Ec2Error("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
            return answerNormally({ call, response, textOf, carryOut: async () => answerOf(refusal) });
        }
        calls.push(call);
        await (options.faults?.(call) ?? answerNormally)({
            call,
            response,
            textOf,
            carryOut: (carried = call, view = store) => toAnswer(carryOut(store, options, carried, caller, view)),
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
    store: SnapshotStore,
    { intercept, iam, accountId = "123456789012", pageSize = 1000 }: Ec2Options,
    call: Ec2Call,
    { accessKey, region }: Caller,
    view: SnapshotStore,
): Promise<object> {
    const answer = intercept?.(call);
    if (answer) {
        return answer;
    }
    await authorize(iam, accessKey, region, call, store);
    switch (call.action) {
        case "DescribeSnapshots":
            return describeSnapshots(view, call, accountId, pageSize);
        case "DescribeVolumes":
            return describeVolumes(view, call, pageSize);
        case "DeleteSnapshot":
            return deleteSnapshot(store, call.parameters);
        default:
            throw new Ec2Error("InvalidAction", `The action ${call.action} is not valid for this web service.`);
    }
}

interface Caller {
    readonly accessKey: string;
    readonly region: string;
}

/** Finds the signer of a request; undefined if it is not signed. */
function callerOf(request: IncomingMessage): Caller | undefined {
    const signed = /^AWS4-HMAC-SHA256 Credential=([^/]*)\/\d+\/([^/]*)\/ec2\/aws4_request/.exec(request.headers.authorization ?? "");
    return signed ? { accessKey: signed[1] as string, region: signed[2] as string } : undefined;
}

function toAnswer(body: Promise<object>): Promise<Answer> {
    return body.then(
        (body) => ({ status: 200, body }),
        (error: Error) => answerOf(error instanceof Ec2Error ? error : new Ec2Error("InternalError", error.message, 500)),
    );
}

function textOf({ body }: Answer): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(body)}`;
}

/**
 * Asks IAM whether the caller may make the call. EC2 looks for a snapshot first: any caller learns that it does not exist.
 *
 * @throws Ec2Error if the caller may not make the call
 */
async function authorize(
    iam: EmbeddedIam | undefined,
    accessKey: string,
    region: string,
    { action, parameters }: Ec2Call,
    store: SnapshotStore,
): Promise<void> {
    const snapshot = store.get(parameters.get("SnapshotId") ?? "");
    if (action === "DeleteSnapshot" && !snapshot) {
        return;
    }
    const refusal = await iam?.refusal({
        principal: accessKey,
        action: `ec2:${action}`,
        resource: snapshot ? `arn:${partitionOf(region)}:ec2:${region}::snapshot/${snapshot.id}` : "*",
        context: Object.fromEntries([...(snapshot?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value])),
    });
    if (refusal) {
        throw new Ec2Error("UnauthorizedOperation", `You are not authorized to perform this operation. ${refusal}`, 403);
    }
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

function describeSnapshots(store: SnapshotStore, call: Ec2Call, accountId: string, pageSize: number): object {
    const owners = readList(call.parameters, "Owner");
    const mine = owners.length === 0 || owners.includes("self") || owners.includes(accountId);
    const all = mine ? store.all() : [];
    const { page, nextToken } = pageOf({ all, idOf: ({ id }) => id, valuesOf: snapshotValues }, call, pageSize);
    return {
        DescribeSnapshotsResponse: {
            "@_xmlns": XMLNS,
            requestId: "rehearsal",
            snapshotSet: { item: page.map((snapshot) => describe(snapshot, accountId)) },
            ...(nextToken && { nextToken }),
        },
    };
}

function describeVolumes(store: SnapshotStore, call: Ec2Call, pageSize: number): object {
    const valuesOf = (id: string, filter: string) => {
        if (filter !== "volume-id") {
            throw new Ec2Error("InvalidParameterValue", `The filter '${filter}' is invalid`);
        }
        return [id];
    };
    const { page, nextToken } = pageOf({ all: [...store.volumes], idOf: (id) => id, valuesOf }, call, pageSize);
    return {
        DescribeVolumesResponse: {
            "@_xmlns": XMLNS,
            requestId: "rehearsal",
            volumeSet: { item: page.map((volumeId) => ({ volumeId, size: 100, status: "in-use", volumeType: "gp3" })) },
            ...(nextToken && { nextToken }),
        },
    };
}

function describe(snapshot: StoredSnapshot, ownerId: string): object {
    return {
        snapshotId: snapshot.id,
        volumeId: snapshot.volumeId,
        status: snapshot.state,
        ...(!Number.isNaN(snapshot.startTime) && { startTime: new Date(snapshot.startTime).toISOString() }),
        progress: snapshot.state === "completed" ? "100%" : "0%",
        ownerId,
        volumeSize: 100,
        description: snapshot.description,
        encrypted: false,
        storageTier: "standard",
        tagSet: { item: [...snapshot.tags].map(([key, value]) => ({ key, value })) },
    };
}

function snapshotValues(snapshot: StoredSnapshot, filter: string): string[] {
    if (filter.startsWith("tag:")) {
        const value = snapshot.tags.get(filter.slice("tag:".length));
        return value === undefined ? [] : [value];
    }
    const values: Readonly<Record<string, () => string[]>> = {
        "snapshot-id": () => [snapshot.id],
        "volume-id": () => [snapshot.volumeId],
        status: () => [snapshot.state],
        "tag-key": () => [...snapshot.tags.keys()],
    };
    const value = values[filter];
    if (!value) {
        throw new Ec2Error("InvalidParameterValue", `The filter '${filter}' is invalid`);
    }
    return value();
}

function deleteSnapshot(store: SnapshotStore, parameters: URLSearchParams): object {
    const id = parameters.get("SnapshotId") ?? "";
    if (!/^snap-[0-9a-f]+$/.test(id)) {
        throw new Ec2Error("InvalidSnapshotID.Malformed", `The snapshot ID '${id}' is not valid.`);
    }
    const snapshot = store.get(id);
    if (!snapshot) {
        throw new Ec2Error("InvalidSnapshot.NotFound", `The snapshot '${id}' does not exist.`);
    }
    if (snapshot.heldBy) {
        throw new Ec2Error(snapshot.heldBy.code, snapshot.heldBy.message);
    }
    store.delete(id);
    return { DeleteSnapshotResponse: { "@_xmlns": XMLNS, requestId: "rehearsal", return: true } };
}
