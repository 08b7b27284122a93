import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type LambdaOptions, startLambda } from "../../rehearsal/embeddedAws/lambda";

/** What a function with a time-out of 50 ms returns. */
async function invoked(body: string, skipPauses: boolean): Promise<unknown> {
    const text = `exports.handler = async (event, context) => { ${body} };`;
    const code = new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(text) });
    const options: LambdaOptions = { function: { code, handler: "index.handler", timeout: 0.05 }, region: "eu-central-1", skipPauses };
    const lambda = await startLambda(options);
    return lambda.invoke({}).finally(() => lambda.close());
}

describe("The embedded Lambda", () => {
    it("ends a function that is not done by its time-out", async () => {
        await assert.rejects(invoked("await new Promise(() => {});", false), { message: "Task timed out after 0.05 seconds" });
    });

    it("lets no time pass on a virtual clock, however long a function takes", async () => {
        const body = `
            const begun = performance.now();
            while (performance.now() < begun + 100);
            return context.getRemainingTimeInMillis();`;
        assert.equal(await invoked(body, true), 50);
    });
});
