import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { startAws } from "../../rehearsal/embeddedAws/aws";
import { readArchive, startLambda } from "../../rehearsal/embeddedAws/lambda";
import { storeSnapshots } from "../support/cleaning";
import { backUp } from "../support/history";
import { deployPolicy } from "../support/policies";

const ROOT = join(__dirname, "..", "..");

/** A program of another project. It writes the archive that its policy would deploy into a file. */
const CONSUMER = `
import { readFileSync, writeFileSync } from "node:fs";
import express from "express";
import * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy } from "pulumi-vss-backup";

let archive;
pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
        archive = type === "aws:lambda/function:Function" ? inputs.code : archive;
        return { id: name, state: { arn: "arn:aws:x:::" + name, name, ...inputs } };
    },
    call: () => ({ partition: "aws", region: "eu-central-1", accountId: "123456789012", value: 1000 }),
});
const app = express();
const policy = new VssBackupPolicy("prod", { tags: { Router: typeof app } });
policy.cleanerFunctionName.apply(async () => {
    const assets = Object.entries(await archive.assets);
    writeFileSync("archive.json", JSON.stringify(Object.fromEntries(await Promise.all(assets.map(async ([path, asset]) => [path, asset.path ? readFileSync(await asset.path, "utf8") : await asset.text])))));
});
`;

/** Runs the example's program under Pulumi's mocks, and prints the types of its policies. */
const RUN_EXAMPLE = `
import * as pulumi from "@pulumi/pulumi";

pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => ({ id: name, state: { arn: "arn:aws:sns:eu-central-1:123456789012:" + name, name, ...inputs } }),
    call: () => ({ partition: "aws", region: "eu-central-1", accountId: "123456789012", value: 1000 }),
});
const { backUpNow } = await import("./example.js");
backUpNow.apply((lines) => console.log(Object.keys(lines).join(" ")));
`;

function versionOf(dependency: string): string {
    return JSON.parse(readFileSync(join(ROOT, "node_modules", dependency, "package.json"), "utf8")).version;
}

/** Builds the archive in a project that installs the packed package and another dependency. */
function consumersArchive(folder: string): Record<string, string> {
    const npm = (cwd: string, ...args: string[]) => execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const [packed] = JSON.parse(npm(ROOT, "pack", "--json", "--silent", "--ignore-scripts", "--pack-destination", folder)) as [
        { filename: string },
    ];
    const dependencies = {
        "@pulumi/aws": versionOf("@pulumi/aws"),
        "@pulumi/pulumi": versionOf("@pulumi/pulumi"),
        express: "4.21.2",
        "pulumi-vss-backup": `file:${packed.filename}`,
    };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module", dependencies }));
    writeFileSync(join(folder, "index.js"), CONSUMER);
    npm(folder, "install", "--prefer-offline", "--no-audit", "--no-fund");
    execFileSync(process.execPath, ["index.js"], { cwd: folder });
    return JSON.parse(readFileSync(join(folder, "archive.json"), "utf8"));
}

/** Runs an archive against the embedded EC2, in Node 24 in an empty folder. Returns the deleted and the remaining snapshots. */
async function cleanedBy(code: pulumi.asset.AssetArchive): Promise<{ deleted: string[]; remaining: string[] }> {
    const store = storeSnapshots(
        ["01", "02", "03", "04", "05", "06", "07"]
            .flatMap((day) => backUp({ at: `2027-01-${day}`, volumes: ["c"] }))
            .map((snapshot, i) => ({ ...snapshot, id: `snap-${i + 1}` })),
    );
    const ec2 = await startAws({ store });
    try {
        const lambda = await startLambda({
            function: { code, handler: "index.handler", timeout: 900 },
            region: "eu-central-1",
            environment: { AWS_ENDPOINT_URL_EC2: ec2.endpoint },
        });
        const report = (await lambda.invoke({ time: "2027-02-01T07:00:00Z" })) as { DeletedSnapshots: string[] };
        await lambda.close();
        return { deleted: report.DeletedSnapshots, remaining: store.all().map(({ id }) => id) };
    } finally {
        await ec2.close();
    }
}

const CLEANED = { deleted: ["snap-1", "snap-2"], remaining: ["snap-3", "snap-4", "snap-5", "snap-6", "snap-7"] };

function archiveOf(files: Readonly<Record<string, string>>): pulumi.asset.AssetArchive {
    return new pulumi.asset.AssetArchive(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [path, new pulumi.asset.StringAsset(text)])),
    );
}

describe("The archive", () => {
    const folder = mkdtempSync(join(tmpdir(), "consumer-"));
    let repositoryArchive: pulumi.asset.AssetArchive;
    let consumerFiles: Record<string, string>;

    before(async () => {
        // The test builds the package, so that it can't pass with an old build.
        execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT });
        const { resources } = await deployPolicy();
        repositoryArchive = resources.find(({ name }) => name === "prod-cleaner")?.inputs.code;
        consumerFiles = consumersArchive(folder);
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("of this repository cleans, in Node 24 in an empty folder", async () => {
        assert.deepEqual(await cleanedBy(repositoryArchive), CLEANED);
    });

    it("of a project that imports the package is the same, byte for byte, with other dependencies", async () => {
        assert.deepEqual(consumerFiles, await readArchive(repositoryArchive));
    });

    it("of a project that imports the package cleans, in Node 24 in an empty folder", async () => {
        assert.deepEqual(await cleanedBy(archiveOf(consumerFiles)), CLEANED);
    });

    it("comes with an example program that runs with the installed package", () => {
        const example = readFileSync(join(ROOT, "examples", "import", "index.ts"), "utf8");
        const { outputText } = ts.transpileModule(example, {
            compilerOptions: { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 },
        });
        writeFileSync(join(folder, "example.js"), outputText);
        writeFileSync(join(folder, "runExample.js"), RUN_EXAMPLE);
        assert.equal(execFileSync(process.execPath, ["runExample.js"], { cwd: folder, encoding: "utf8" }), "Day Week Month Year\n");
    });

    it("does not run if one of its files is missing", async () => {
        for (const path of Object.keys(consumerFiles)) {
            const { [path]: _, ...others } = consumerFiles;
            await assert.rejects(cleanedBy(archiveOf(others)), /Cannot find module/, path);
        }
    });
});
