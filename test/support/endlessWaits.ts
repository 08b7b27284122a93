import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { clientConfig } from "../../lambda/cleaner/cleaner";
import { callOf } from "../../rehearsal/embeddedAws/call";
import { type Fault, type Faults, lostResponse, missingResponse, stalledResponse } from "./faults";

type Handler = EC2Client["config"]["requestHandler"];

/** Time-outs for a request that never gets a whole response. A slow machine does not change the result. */
export const CUT_MS: Readonly<Record<string, number>> = { connectionTimeout: 0, requestTimeout: 100, socketTimeout: 200 };

const ENDLESS: ReadonlySet<Fault | undefined> = new Set([missingResponse, lostResponse, stalledResponse]);

/**
 * The SDK's request handler. Requests that never get a whole response have short time-outs. Other requests have no time-outs, so that a
 * slow machine does not look like a fault.
 *
 * @param faults faults that depend only on the call
 */
export function cutEndlessWaits(faults: Faults): Handler {
    const shortTimeOuts = Object.entries(clientConfig.requestHandler).map(([name, value]) => [name, CUT_MS[name] ?? value]);
    const [shortWait, longWait] = [handlerOf(Object.fromEntries(shortTimeOuts)), handlerOf({})];
    return Object.assign(Object.create(longWait) as Handler, {
        handle: ((request, options) =>
            (ENDLESS.has(faults(callOf(textOf(request.body), request.headers))) ? shortWait : longWait).handle(
                request,
                options,
            )) satisfies Handler["handle"],
        destroy() {
            shortWait.destroy?.();
            longWait.destroy?.();
        },
    });
}

/** The SDK sends forms as texts and JSON as bytes. */
function textOf(body: string | Uint8Array): string {
    return typeof body === "string" ? body : new TextDecoder().decode(body);
}

function handlerOf(requestHandler: NonNullable<EC2ClientConfig["requestHandler"]>): Handler {
    return new EC2Client({ requestHandler }).config.requestHandler;
}
