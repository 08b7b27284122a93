import assert from "node:assert/strict";
import { GetParametersByPathCommand, type Parameter, PutParameterCommand, type PutParameterCommandInput } from "@aws-sdk/client-ssm";
import { withAws } from "../../support/awsClients";

const NOW = Date.parse("2027-02-01T07:00:00Z");

/** Writes parameters one after the other, and lists them all. A refusal becomes its name. */
async function write(...inputs: Partial<PutParameterCommandInput>[]): Promise<{ answers: unknown[]; listed: Parameter[] }> {
    return withAws({ now: () => NOW }, async ({ ssm }) => {
        const answers: unknown[] = [];
        for (const input of inputs) {
            const command = new PutParameterCommand({ Name: "/a/b", Value: "1", Type: "String", ...input });
            answers.push(
                await ssm.send(command).then(
                    ({ Tier }) => Tier,
                    (error: Error) => error.name,
                ),
            );
        }
        const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path: "/", Recursive: true }));
        return { answers, listed: Parameters };
    });
}

describe("The embedded Parameter Store", () => {
    it("lists what was written, and when", async () => {
        const { answers, listed } = await write({ Value: "2" });
        assert.deepEqual(
            [answers, listed.map(({ Name, Value, LastModifiedDate }) => [Name, Value, LastModifiedDate?.getTime()])],
            [["Standard"], [["/a/b", "2", NOW]]],
        );
    });

    it("overwrites only if the call says so", async () => {
        const { answers, listed } = await write({}, { Value: "2" }, { Value: "3", Overwrite: true });
        assert.deepEqual([answers, listed.map(({ Value }) => Value)], [["Standard", "ParameterAlreadyExists", "Standard"], ["3"]]);
    });

    it("takes 4 KB, or 8 KB of an advanced parameter", async () => {
        const tiers = [
            { Value: "x".repeat(4096) },
            { Value: "x".repeat(4097), Overwrite: true },
            { Value: "ä".repeat(4096), Overwrite: true, Tier: "Intelligent-Tiering" },
            { Value: "x".repeat(8193), Overwrite: true, Tier: "Intelligent-Tiering" },
            { Value: "x".repeat(8193), Overwrite: true, Tier: "Advanced" },
        ] as const;
        assert.deepEqual((await write(...tiers)).answers, [
            "Standard",
            "ValidationException",
            "Advanced",
            "ValidationException",
            "ValidationException",
        ]);
    });

    it("refuses names without a slash, empty values, and references to other parameters", async () => {
        const refused = [{ Name: "a b" }, { Value: "" }, { Value: "x{{ssm:y}}z" }];
        assert.deepEqual(
            (await write(...refused)).answers,
            refused.map(() => "ValidationException"),
        );
    });
});
