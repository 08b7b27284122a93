import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a client asks for with the JSON protocol of AWS. */
const TARGET = "x-amz-target";

/**
 * Starts a proxy in front of moto that answers some requests itself, since moto does not know them.
 *
 * @param answers the responses, by the targets of the requests, such as `AmazonSSM.DescribeInstanceInformation`
 */
export async function startProxy(
    moto: string,
    answers: Readonly<Record<string, object>>,
): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
    const server = createServer((incoming, outgoing) => {
        const answer = answers[String(incoming.headers[TARGET])];
        if (answer) {
            incoming.resume();
            outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
        } else {
            forward(moto, incoming, outgoing);
        }
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        async stop() {
            server.closeAllConnections();
            server.close();
            await once(server, "close");
        },
    };
}

function forward(moto: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, headers, url = "/" } = incoming;
    const forwarded = request(new URL(url, moto), { method, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
}
