import assert from "node:assert/strict";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { type Consumer, consumer } from "./consumer";
import { inputsByName, ownOf, shown } from "./registered";
import { type ProgramRun, runProgram } from "./runProgram";

const PROGRAM = `
const aws = require("@pulumi/aws");
const { VssBackupPolicy } = require("pulumi-vss-backup");

const topic = new aws.sns.Topic("operations");
const policy = new VssBackupPolicy("prod", { topicArn: topic.arn, retention: { Day: 7 } });
exports.backUpNow = policy.backUpNow;
`;

/** The same program in this repository. */
const OURS = "test/pulumi/programs/consumer.ts";

const ROOT = join(__dirname, "..", "..");

/** The texts of the cleaner's archive. */
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
        project = consumer({ "index.js": PROGRAM });
        run = await runProgram({ folder: project.folder, program: "index.js" });
    });

    after(() => project.remove());

    it("registers what the sources in this repository register, in a preview too", async () => {
        const ours = await runProgram({ folder: ROOT, program: OURS });
        const preview = await runProgram({ folder: project.folder, program: "index.js", preview: true });
        const registered = (result: ProgramRun) =>
            ownOf(result).map(({ inputs: { code, ...inputs }, ...rest }) => ({
                ...rest,
                inputs: code === undefined ? inputs : { ...inputs },
            }));
        assert.deepEqual([run.code, run.printed, shown(run)], [0, "", []]);
        assert.deepEqual(registered(run), registered(ours));
        assert.deepEqual(archiveOf(run), archiveOf(ours));
        assert.deepEqual(
            ownOf(preview).map(({ urn }) => urn),
            ownOf(run).map(({ urn }) => urn),
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

    it("says which file is missing and how to get it back, before any resource is registered", async () => {
        const file = join(project.folder, "node_modules", "pulumi-vss-backup", "dist", "cleaner", "clientEc2.js");
        renameSync(file, `${file}.away`);
        const broken = await runProgram({ folder: project.folder, program: "index.js" });
        renameSync(`${file}.away`, file);
        assert.deepEqual(shown(broken), [
            `error: pulumi-vss-backup is incomplete: ${file} is missing, a part of the cleaner's code; remove the package from node_modules and install it again.`,
        ]);
        assert.deepEqual([broken.code, ownOf(broken)], [32, []]);
    });
});
