import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface MotoServer {
    readonly endpoint: string;
    stop(): Promise<void>;
}

/** Ends a test that hangs. */
const START_LIMIT_S = 600;

/**
 * Starts moto on loopback: an independent AWS mock in Python.
 *
 * @throws Error with the reason why moto does not run, and the command that installs it
 * @see https://docs.getmoto.org/en/latest/docs/server_mode.html
 */
export async function startMoto(): Promise<MotoServer> {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
        // By default, moto has a few thousand images of Amazon, each with a snapshot.
        env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: "false" },
        stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log = (log + text).slice(-2000);
    });
    const failed = new AbortController();
    const fail = (why: string) => failed.abort(new Error(`moto_server ${why}; install it with: pip install 'moto[server]'\n${log}`));
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.once("error", ({ message }) => fail(`can't be started: ${message}`));
    child.once("close", (code) => fail(`ended with exit code ${code} before its first response`));
    const timer = setTimeout(() => fail(`sent no response within ${START_LIMIT_S} s`), START_LIMIT_S * 1000);
    try {
        await waitForResponse(`${endpoint}/moto-api/data.json`, failed.signal);
    } catch (error) {
        child.kill();
        throw error;
    } finally {
        clearTimeout(timer);
    }
    return {
        endpoint,
        async stop() {
            child.kill();
            await closed;
        },
    };
}

/** Finds a free port for moto, since moto does not report a port that it chooses itself. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

async function waitForResponse(url: string, failed: AbortSignal): Promise<void> {
    for (;;) {
        try {
            await fetch(url, { signal: failed });
            return;
        } catch {
            failed.throwIfAborted();
            await pause(20);
        }
    }
}
