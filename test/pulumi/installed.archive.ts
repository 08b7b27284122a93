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

/** Reads the files of the cleaner's archive. */
function archiveOf(run: ProgramRun): Record<string, string> {
    const { code } = inputsByName(run)["prod-cleaner"] as { code: { assets: Record<string, { text?: string; path?: string }> } };
    return Object.fromEntries(
        Object.entries(code.assets).map(([path, asset]) => [path, asset.path ? readFileSync(asset.path, "utf8") : (asset.text ?? "")]),
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
        assert.deepEqual(archiveOf(run), archiveOf(fromSources));
        assert.deepEqual(
            listResources(preview).map(({ urn }) => urn),
            listResources(run).map(({ urn }) => urn),
        );
    });

    it("takes the files of the cleaner's archive from the package", () => {
        const { code } = inputsByName(run)["prod-cleaner"] as { code: { assets: Record<string, { path?: string }> } };
        const folder = join(project.folder, "node_modules", "pulumi-vss-backup", "dist", "cleaner");
        assert.deepEqual(
            Object.entries(code.assets).map(([path, asset]) => [path, asset.path]),
            [
                ["cleaner.js", join(folder, "cleaner.js")],
                ["index.js", undefined],
                ["node_modules/@aws-sdk/client-ec2/index.js", join(folder, "clientEc2.js")],
            ],
        );
    });

    it("names a missing file and the cure, before it registers any resource", async () => {
        const file = join(project.folder, "node_modules", "pulumi-vss-backup", "dist", "cleaner", "clientEc2.js");
        renameSync(file, `${file}.moved`);
        const broken = await runProgram({ folder: project.folder, program: "index.js" });
        renameSync(`${file}.moved`, file);
        assert.deepEqual(listMessages(broken), [
            `error: pulumi-vss-backup is incomplete: the cleaner's file ${file} is missing; remove the package from node_modules and install it again.`,
        ]);
        assert.deepEqual([broken.code, listResources(broken)], [32, []]);
    });
});
