import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { run, runProgram, stackConfig } from "../../rehearsal/program";

/** Calls with a folder that holds these files. */
function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
    const folder = mkdtempSync(join(tmpdir(), "program-"));
    try {
        for (const [name, text] of Object.entries(files)) {
            writeFileSync(join(folder, name), text);
        }
        return use(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

const PROJECT = `
name: shop
config:
    shop:colour: { type: string, default: red }
    size: { type: integer, default: 5 }
    shop:loud: { type: boolean, default: false }
    shop:names: { type: array, items: { type: string }, default: [] }
    shop:none: { type: string }
`;

const DEFAULTS = { "shop:colour": "red", "shop:size": "5", "shop:loud": "false", "shop:names": "[]" };

function configOf(stackFile: string, project = PROJECT): Record<string, string> {
    return inFolder({ "Pulumi.yaml": project, "Pulumi.dev.yaml": stackFile }, (folder) => stackConfig(folder, "dev"));
}

describe("The config of a stack", () => {
    it("is the stack's file over the project's defaults, each value as text", () => {
        const file = "config:\n    aws:region: eu-west-1\n    shop:colour: blue\n    shop:map: { a: 1, b: null }\n    shop:port: 80\n";
        assert.deepEqual(configOf(file), {
            ...DEFAULTS,
            "aws:region": "eu-west-1",
            "shop:colour": "blue",
            "shop:map": '{"a":1,"b":null}',
            "shop:port": "80",
        });
    });

    it("is the project's defaults alone where the stack's file is empty or has no config", () => {
        assert.deepEqual([configOf(""), configOf("encryptionsalt: v1:x\n")], [DEFAULTS, DEFAULTS]);
    });

    it("is the stack's alone where the project declares none", () => {
        assert.deepEqual(configOf("config:\n    shop:colour: blue\n", "name: shop\n"), { "shop:colour": "blue" });
    });

    it("refuses a stack without a file, and names those that have one", () => {
        const files = { "Pulumi.yaml": PROJECT, "Pulumi.prod.yaml": "", "Pulumi.test.eu.yaml": "" };
        inFolder(files, (folder) => {
            assert.throws(() => stackConfig(folder, "dev"), {
                message: `There is no Pulumi.dev.yaml in ${folder}; its stacks are: prod, test.eu.`,
            });
        });
        inFolder({ "Pulumi.yaml": PROJECT }, (folder) => {
            assert.throws(() => stackConfig(folder, "dev"), {
                message: `There is no Pulumi.dev.yaml in ${folder}; its stacks are: none.`,
            });
        });
    });

    for (const [what, file, key] of [
        ["an encrypted value", "config:\n    shop:colour:\n        secure: AAABAM==\n", "shop:colour"],
        ["a value with an encrypted part", "config:\n    shop:map:\n        a:\n            - secure: AAABAM==\n", "shop:map"],
    ] as const) {
        it(`refuses ${what}`, () => {
            inFolder({ "Pulumi.yaml": PROJECT, "Pulumi.dev.yaml": file }, (folder) => {
                assert.throws(() => stackConfig(folder, "dev"), {
                    message: `${key} in ${join(folder, "Pulumi.dev.yaml")} is encrypted, and a rehearsal has no key for it; none of this program's settings is a secret, so write it in plain text.`,
                });
            });
        });
    }
});

describe("A program that is run", () => {
    it("is taken down: what it registers, with ids and ARNs, and what it exports", async () => {
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

    it("has registered all that waits for something else when it is over", async () => {
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

    it("sees its own stack and config alone, however many run one after the other", async () => {
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

    it("is loaded anew each time from its file", async () => {
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

    it("fails with what it throws, and with a look-up that nobody answers", async () => {
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
