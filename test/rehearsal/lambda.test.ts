import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type LambdaOptions, startLambda } from "../../rehearsal/embeddedAws/lambda";

/** Invokes a function with a time-out of 50 ms, and returns its result. */
async function invoke(body: string, skipPauses: boolean): Promise<unknown> {
    const text = `exports.handler = async (event, context) => { ${body} };`;
    const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(text) });
    const options: LambdaOptions = { function: { code, handler: "index.handler", timeout: 0.05 }, region: "eu-central-1", skipPauses };
    const lambda = await startLambda(options);
    return lambda.invoke({}).finally(() => lambda.close());
}

describe("The embedded Lambda", () => {
    it("ends a function at its time-out", async () => {
        await assert.rejects(invoke("await new Promise(() => {});", false), { message: "Task timed out after 0.05 seconds" });
    });

    it("passes no time on a virtual clock, even if a function takes long", async () => {
        const body = `
            const begun = performance.now();
            while (performance.now() < begun + 100);
            return context.getRemainingTimeInMillis();`;
        assert.equal(await invoke(body, true), 50);
    });
});
