import { EC2Client, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { clientConfig } from "../../lambda/cleaner/cleaner";
import { callOf } from "../../rehearsal/embeddedAws/ec2Call";
import { type Fault, type Faults, silence, silenceAfter, stalled } from "./faults";

type Handler = EC2Client["config"]["requestHandler"];

/** Time-outs for a request that EC2 never answers in full. Whether the machine is slow makes no difference to it. */
export const CUT_MS: Readonly<Record<string, number>> = { connectionTimeout: 0, requestTimeout: 100, socketTimeout: 200 };

const ENDLESS: ReadonlySet<Fault | undefined> = new Set([silence, silenceAfter, stalled]);

/**
 * The SDK's own handler of requests, with the cleaner's time-outs cut for those that these faults leave without an answer. All others have
 * none, so that a slow machine is not taken for a silent EC2.
 *
 * @param faults that depend on nothing but the call
 */
export function endlessWaitsCut(faults: Faults): Handler {
    const cut = Object.entries(clientConfig.requestHandler).map(([name, value]) => [name, CUT_MS[name] ?? value]);
    const [impatient, patient] = [handlerOf(Object.fromEntries(cut)), handlerOf({})];
    return Object.assign(Object.create(patient) as Handler, {
        handle: ((request, options) =>
            (ENDLESS.has(faults(callOf(String(request.body), request.headers))) ? impatient : patient).handle(
                request,
                options,
            )) satisfies Handler["handle"],
        destroy() {
            impatient.destroy?.();
            patient.destroy?.();
        },
    });
}

function handlerOf(requestHandler: NonNullable<EC2ClientConfig["requestHandler"]>): Handler {
    return new EC2Client({ requestHandler }).config.requestHandler;
}
