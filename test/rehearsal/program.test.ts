import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { run, runProgram } from "../../rehearsal/program";

describe("A program that is run", () => {
    it("is recorded with its resources, their ids and ARNs, and its exports", async () => {
        const program = () => {
            const topic = new aws.sns.Topic("news", { displayName: "News" });
            const role = new aws.iam.Role("reader", { name: "own-name", assumeRolePolicy: "{}" });
            return { topic: topic.arn, role: role.name, secret: pulumi.secret("hidden") };
        };
        const { resources, ...deployment } = await run(program, "shop", "dev", { "aws:region": "us-gov-west-1" });
        assert.deepEqual(deployment, {
            project: "shop",
            stack: "dev",
            region: "us-gov-west-1",
            outputs: { topic: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:news", role: "own-name", secret: "hidden" },
        });
        assert.deepEqual(
            [...resources].sort((a, b) => (a.name < b.name ? -1 : 1)),
            [
                {
                    type: "aws:sns/topic:Topic",
                    name: "news",
                    inputs: { displayName: "News" },
                    id: "news-id",
                    arn: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:news",
                    provider: "",
                },
                {
                    type: "aws:iam/role:Role",
                    name: "reader",
                    inputs: { name: "own-name", assumeRolePolicy: "{}" },
                    id: "reader-id",
                    arn: "arn:aws-us-gov:iam::123456789012:role/own-name",
                    provider: "",
                },
            ],
        );
    });

    it("ends when every resource is registered, even if it waits for others", async () => {
        const program = () => {
            const group = (name: string) => new aws.cloudwatch.LogGroup(name).arn;
            group("first").apply(() => group("second").apply(() => group("third")));
            return {};
        };
        const { resources } = await run(program, "shop", "dev", {});
        assert.deepEqual(
            resources.map(({ name }) => name),
            ["first", "second", "third"],
        );
    });

    it("has only its stack and config after another program", async () => {
        const seen = async (stack: string, config: Record<string, string>) => {
            const program = () => ({
                stack: pulumi.getStack(),
                project: pulumi.getProject(),
                colour: new pulumi.Config("shop").get("colour"),
            });
            return (await run(program, "shop", stack, config)).outputs;
        };
        assert.deepEqual(
            [await seen("dev", { "shop:colour": "red" }), await seen("prod", {})],
            [
                { stack: "dev", project: "shop", colour: "red" },
                { stack: "prod", project: "shop", colour: undefined },
            ],
        );
    });

    it("is loaded from its file each time", async () => {
        const text = `exports.loaded = (globalThis.timesLoaded = (globalThis.timesLoaded ?? 0) + 1);`;
        const folder = mkdtempSync(join(tmpdir(), "program-"));
        try {
            writeFileSync(join(folder, "index.js"), text);
            const load = async () => (await runProgram(join(folder, "index.js"), "shop", "dev", {})).outputs;
            assert.deepEqual([await load(), await load()], [{ loaded: 1 }, { loaded: 2 }]);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    });

    it("fails if it throws an error, or if the rehearsal has no answer for a look-up", async () => {
        const throwing = () => {
            throw new Error("wrong config");
        };
        const asking = () => ({ zones: aws.getAvailabilityZones().then(({ names }) => names) });
        await assert.rejects(run(throwing, "shop", "dev", {}), { message: "wrong config" });
        await assert.rejects(run(asking, "shop", "dev", {}), {
            message: "The rehearsal has no answer to aws:index/getAvailabilityZones:getAvailabilityZones.",
        });
    });
});
