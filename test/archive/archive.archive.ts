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

/** A program of another project. It writes the archives that its policy would deploy into a file. */
const CONSUMER = `
import { readFileSync, writeFileSync } from "node:fs";
import express from "express";
import * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy } from "pulumi-vss-backup";

const archives = {};
pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
        if (type === "aws:lambda/function:Function") {
            archives[name] = inputs.code;
        }
        return { id: name, state: { arn: "arn:aws:x:::" + name, name, ...inputs } };
    },
    call: () => ({ partition: "aws", region: "eu-central-1", accountId: "123456789012", value: 1000 }),
});
const app = express();
const policy = new VssBackupPolicy("prod", { tags: { Router: typeof app } });
const filesOf = async (archive) => {
    const assets = Object.entries(await archive.assets);
    const texts = assets.map(async ([path, asset]) => [path, asset.path ? readFileSync(await asset.path, "utf8") : await asset.text]);
    return Object.fromEntries(await Promise.all(texts));
};
pulumi.all([policy.cleanerFunctionName, policy.watchFunctionName]).apply(async () => {
    const files = { cleaner: await filesOf(archives["prod-cleaner"]), watch: await filesOf(archives["prod-watch"]) };
    writeFileSync("archives.json", JSON.stringify(files));
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

/** The files of the archive of each function. */
interface Archives {
    readonly cleaner: Readonly<Record<string, string>>;
    readonly watch: Readonly<Record<string, string>>;
}

/** Builds the archives in a project that installs the packed package and another dependency. */
function consumersArchives(folder: string): Archives {
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
    return JSON.parse(readFileSync(join(folder, "archives.json"), "utf8"));
}

/** Runs the archive of a cleaner against the embedded EC2, in Node 24 in an empty folder. Returns the deleted and the remaining snapshots. */
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

/** Loads the archive of a watch in Node 24 in an empty folder, which makes its clients. */
async function startWatch(code: pulumi.asset.AssetArchive): Promise<void> {
    const lambda = await startLambda({
        function: { code, handler: "index.handler", timeout: 900 },
        region: "eu-central-1",
        environment: { WATCH_TARGETS: "{}" },
    });
    await lambda.close();
}

/** Lists archives without one of their files, each with the path of that file. */
function withoutOneFile(files: Readonly<Record<string, string>>): [path: string, archive: pulumi.asset.AssetArchive][] {
    return Object.keys(files).map((path) => {
        const { [path]: _, ...others } = files;
        return [path, archiveOf(others)];
    });
}

describe("The archives", () => {
    const folder = mkdtempSync(join(tmpdir(), "consumer-"));
    let repository: Record<keyof Archives, pulumi.asset.AssetArchive>;
    let consumer: Archives;

    before(async () => {
        // The test builds the package, so that it can't pass with an old build.
        execFileSync("npm", ["run", "build", "--silent"], { cwd: ROOT });
        const { resources } = await deployPolicy();
        const archive = (name: string) => resources.find((resource) => resource.name === name)?.inputs.code as pulumi.asset.AssetArchive;
        repository = { cleaner: archive("prod-cleaner"), watch: archive("prod-watch") };
        consumer = consumersArchives(folder);
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("of this repository clean and start, in Node 24 in an empty folder", async () => {
        assert.deepEqual(await cleanedBy(repository.cleaner), CLEANED);
        await startWatch(repository.watch);
    });

    it("of a project that imports the package are the same, byte for byte, with other dependencies", async () => {
        assert.deepEqual(consumer, { cleaner: await readArchive(repository.cleaner), watch: await readArchive(repository.watch) });
    });

    it("of a project that imports the package clean and start, in Node 24 in an empty folder", async () => {
        assert.deepEqual(await cleanedBy(archiveOf(consumer.cleaner)), CLEANED);
        await startWatch(archiveOf(consumer.watch));
    });

    it("come with an example program that runs with the installed package", () => {
        const example = readFileSync(join(ROOT, "examples", "import", "index.ts"), "utf8");
        const { outputText } = ts.transpileModule(example, {
            compilerOptions: { module: ts.ModuleKind.ES2022, target: ts.ScriptTarget.ES2022 },
        });
        writeFileSync(join(folder, "example.js"), outputText);
        writeFileSync(join(folder, "runExample.js"), RUN_EXAMPLE);
        assert.equal(execFileSync(process.execPath, ["runExample.js"], { cwd: folder, encoding: "utf8" }), "Day Week Month Year\n");
    });

    it("do not run if one of their files is missing", async () => {
        for (const [path, archive] of withoutOneFile(consumer.cleaner)) {
            await assert.rejects(cleanedBy(archive), /Cannot find module/, path);
        }
        for (const [path, archive] of withoutOneFile(consumer.watch)) {
            await assert.rejects(startWatch(archive), /Cannot find module/, path);
        }
    });
});
