import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { XMLBuilder } from "fast-xml-parser";
import type { EmbeddedIam } from "./iam";
import { partitionOf } from "./partition";
import type { SnapshotStore, StoredSnapshot } from "./snapshotStore";

/** A call of the EC2 Query protocol, as it came in. */
export interface Ec2Call {
    readonly action: string;
    readonly parameters: URLSearchParams;
}

/** An error as EC2 answers it. */
export class Ec2Error extends Error {
    public constructor(
        public readonly code: string,
        message: string,
        /** HTTP status. */
        public readonly status = 400,
    ) {
        super(message);
    }
}

export interface Ec2Options {
    /** Sees each call first; what it throws or gives is the answer. */
    readonly intercept?: (call: Ec2Call) => object | undefined;
    /** Says who may do what; without it, everybody may do everything. */
    readonly iam?: EmbeddedIam;
    readonly accountId?: string;
}

export interface EmbeddedEc2 {
    /** For `AWS_ENDPOINT_URL_EC2`. */
    readonly endpoint: string;
    /** Every call so far. */
    readonly calls: readonly Ec2Call[];
    close(): Promise<void>;
}

const XMLNS = "http://ec2.amazonaws.com/doc/2016-11-15/";
const builder = new XMLBuilder({ ignoreAttributes: false });

/**
 * EC2's snapshots over HTTP on loopback, in EC2's own protocol: the real SDK can't tell the difference in what the cleaner needs.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
 */
export async function startEc2(
    store: SnapshotStore,
    { intercept, iam, accountId = "123456789012" }: Ec2Options = {},
): Promise<EmbeddedEc2> {
    const calls: Ec2Call[] = [];
    const answer = async (request: IncomingMessage): Promise<object> => {
        const parameters = new URLSearchParams(await bodyOf(request));
        const action = parameters.get("Action") ?? "";
        const signed = /^AWS4-HMAC-SHA256 Credential=([^/]*)\/\d+\/([^/]*)\/ec2\/aws4_request/.exec(request.headers.authorization ?? "");
        if (!signed) {
            throw new Ec2Error("AuthFailure", "AWS was not able to validate the provided access credentials", 401);
        }
        const call = { action, parameters };
        calls.push(call);
        const answer = intercept?.(call);
        if (answer) {
            return answer;
        }
        const [, accessKey = "", region = ""] = signed;
        await authorize(iam, accessKey, region, call, store);
        switch (action) {
            case "DescribeSnapshots":
                return describeSnapshots(store, parameters, accountId);
            case "DeleteSnapshot":
                return deleteSnapshot(store, parameters);
            default:
                throw new Ec2Error("InvalidAction", `The action ${action} is not valid for this web service.`);
        }
    };
    const server = createServer((request, response) => {
        answer(request).then(
            (body) => respond(response, 200, body),
            (error: Error) => {
                const { code, status } = error instanceof Ec2Error ? error : { code: "InternalError", status: 500 };
                respond(response, status, {
                    Response: { Errors: { Error: { Code: code, Message: error.message } }, RequestID: "rehearsal" },
                });
            },
        );
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls, close: () => close(server) };
}

/**
 * EC2 looks for the snapshot first: one that does not exist is not found, whoever asks.
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

function respond(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { "content-type": "text/xml;charset=UTF-8" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(body)}`);
}

function describeSnapshots(store: SnapshotStore, parameters: URLSearchParams, accountId: string): object {
    const most = parameters.get("MaxResults");
    if (most !== null && Number(most) < 5) {
        throw new Ec2Error(
            "InvalidParameterValue",
            `Value ( ${most} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
        );
    }
    const owners = list(parameters, "Owner");
    const filters = filtersOf(parameters);
    const token = parameters.get("NextToken");
    const after = token === null ? "" : Buffer.from(token, "base64url").toString("utf8");
    if (token !== null && !after.startsWith("snap-")) {
        throw new Ec2Error("InvalidNextToken", `The token ${token} is invalid.`);
    }
    const matching = store
        .all()
        .filter(() => owners.length === 0 || owners.includes("self") || owners.includes(accountId))
        .filter((snapshot) => snapshot.id > after && filters.every((filter) => filter(snapshot)))
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = matching.slice(0, most === null ? undefined : Math.min(Number(most), 1000));
    const last = page.at(-1);
    return {
        DescribeSnapshotsResponse: {
            "@_xmlns": XMLNS,
            requestId: "rehearsal",
            snapshotSet: { item: page.map((snapshot) => describe(snapshot, accountId)) },
            ...(last && page.length < matching.length && { nextToken: Buffer.from(last.id).toString("base64url") }),
        },
    };
}

function describe(snapshot: StoredSnapshot, ownerId: string): object {
    return {
        snapshotId: snapshot.id,
        volumeId: snapshot.volumeId,
        status: snapshot.state,
        startTime: new Date(snapshot.startTime).toISOString(),
        progress: snapshot.state === "completed" ? "100%" : "0%",
        ownerId,
        volumeSize: 100,
        description: snapshot.description,
        encrypted: false,
        storageTier: "standard",
        tagSet: { item: [...snapshot.tags].map(([key, value]) => ({ key, value })) },
    };
}

function list(parameters: URLSearchParams, prefix: string): string[] {
    return [...parameters].filter(([key]) => new RegExp(`^${prefix.replaceAll(".", "\\.")}\\.\\d+$`).test(key)).map(([, value]) => value);
}

type Filter = (snapshot: StoredSnapshot) => boolean;

function filtersOf(parameters: URLSearchParams): Filter[] {
    return [...parameters]
        .filter(([key]) => /^Filter\.\d+\.Name$/.test(key))
        .map(([key, name]) => {
            const patterns = list(parameters, key.replace(/Name$/, "Value")).map(wildcard);
            return (snapshot) => valuesOf(snapshot, name).some((value) => patterns.some((pattern) => pattern.test(value)));
        });
}

/** EC2's own wildcards: `*`, `?`, and `\` to take one literally. */
function wildcard(text: string): RegExp {
    const source = text.replace(/\\([*?\\])|([*?])|[\s\S]/g, (match, literal?: string, wild?: string) =>
        wild ? (wild === "*" ? "[\\s\\S]*" : "[\\s\\S]") : (literal ?? match).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
    );
    return new RegExp(`^${source}$`);
}

function valuesOf(snapshot: StoredSnapshot, filter: string): string[] {
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
