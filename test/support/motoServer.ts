import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface MotoServer {
    readonly endpoint: string;
    stop(): Promise<void>;
}

/** Only ends a test that hangs. */
const START_LIMIT_S = 600;

/**
 * Starts moto, an AWS in Python that is not this project's own, on loopback.
 *
 * @throws Error that says why moto does not run, and how to install it
 * @see https://docs.getmoto.org/en/latest/docs/server_mode.html
 */
export async function startMoto(): Promise<MotoServer> {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
        // A few thousand images of Amazon's, each with a snapshot, would only be in the way.
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
    child.once("close", (code) => fail(`ended with exit code ${code} before it answered`));
    const timer = setTimeout(() => fail(`has not answered within ${START_LIMIT_S} s`), START_LIMIT_S * 1000);
    try {
        await answer(`${endpoint}/moto-api/data.json`, failed.signal);
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

/** moto does not tell which port it was given, so it has to be told one. */
async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
}

async function answer(url: string, failed: AbortSignal): Promise<void> {
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
