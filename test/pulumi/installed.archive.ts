import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Consumer, makeConsumer } from "./consumer";
import { inputsByName, listMessages, listResources } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const PROGRAM = `
const aws = require("@pulumi/aws");
const { VssBackupPolicy } = require("pulumi-vss-backup");

const topic = new aws.sns.Topic("operations");
const policy = new VssBackupPolicy("prod", { topicArn: topic.arn, retention: { Day: 7 } });
exports.backUpNow = policy.backUpNow;
`;

/** The same program in this repository. */
const SAME_PROGRAM = "test/pulumi/programs/consumer.ts";

const ROOT = join(__dirname, "..", "..");

type Assets = Record<string, { text?: string; path?: string }>;

/** Finds the assets of a function's archive. */
function assetsOf(run: ProgramRun, name: "prod-cleaner" | "prod-watch"): Assets {
    const { code } = inputsByName(run)[name] as { code: { assets: Assets } };
    return code.assets;
}

/** Reads the files of both archives. */
function archivesOf(run: ProgramRun): Record<string, string>[] {
    return (["prod-cleaner", "prod-watch"] as const).map((name) =>
        Object.fromEntries(
            Object.entries(assetsOf(run, name)).map(([path, asset]) => [
                path,
                asset.path ? readFileSync(asset.path, "utf8") : (asset.text ?? ""),
            ]),
        ),
    );
}

describe("The packed package in a consumer's program", () => {
    let project: Consumer;
    let run: ProgramRun;

    before(async () => {
        project = makeConsumer({ "index.js": PROGRAM });
        run = await runProgram({ folder: project.folder, program: "index.js" });
    });

    after(() => project.remove());

    it("registers the same resources as the sources, in a preview and in an update", async () => {
        const fromSources = await runProgram({ folder: ROOT, program: SAME_PROGRAM });
        const preview = await runProgram({ folder: project.folder, program: "index.js", preview: true });
        const registered = (result: ProgramRun) =>
            listResources(result).map(({ inputs: { code, ...inputs }, ...rest }) => ({
                ...rest,
                inputs: code === undefined ? inputs : { ...inputs },
            }));
        assert.deepEqual([run.code, run.printed, listMessages(run)], [0, "", []]);
        assert.deepEqual(registered(run), registered(fromSources));
        assert.deepEqual(archivesOf(run), archivesOf(fromSources));
        assert.deepEqual(
            listResources(preview).map(({ urn }) => urn),
            listResources(run).map(({ urn }) => urn),
        );
    });

    it("takes the files of the archives from the package", () => {
        const folder = join(project.folder, "node_modules", "pulumi-vss-backup", "dist", "bundles");
        const pathsOf = (name: Parameters<typeof assetsOf>[1]) =>
            Object.fromEntries(Object.entries(assetsOf(run, name)).flatMap(([path, asset]) => (asset.path ? [[path, asset.path]] : [])));
        assert.deepEqual(pathsOf("prod-cleaner"), {
            "cleaner.js": join(folder, "cleaner.js"),
            "node_modules/@aws-sdk/client-ec2/index.js": join(folder, "clientEc2.js"),
        });
        assert.deepEqual(pathsOf("prod-watch"), {
            "node_modules/@aws-sdk/client-cloudwatch-logs/index.js": join(folder, "sharedClients.js"),
            "node_modules/@aws-sdk/client-ec2/index.js": join(folder, "sharedClients.js"),
            "node_modules/@aws-sdk/client-sns/index.js": join(folder, "sharedClients.js"),
            "node_modules/@aws-sdk/client-ssm/index.js": join(folder, "sharedClients.js"),
            "node_modules/@aws-sdk/clients.js": join(folder, "watchClients.js"),
            "watch.js": join(folder, "watch.js"),
        });
    });

    it("names a missing file and the cure, before it registers any resource", async () => {
        const file = join(project.folder, "node_modules", "pulumi-vss-backup", "dist", "bundles", "watchClients.js");
        renameSync(file, `${file}.moved`);
        const broken = await runProgram({ folder: project.folder, program: "index.js" });
        renameSync(`${file}.moved`, file);
        assert.deepEqual(listMessages(broken), [
            `error: pulumi-vss-backup is incomplete: the file ${file} is missing; remove the package from node_modules and install it again.`,
        ]);
        assert.deepEqual([broken.code, listResources(broken)], [32, []]);
    });
});
