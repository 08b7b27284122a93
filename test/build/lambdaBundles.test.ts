import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleLambdas, bundlesFolder, cachedFolder, digestOfSources, partsUsedBy } from "../../build/lambdaBundles";

const ROOT = join(__dirname, "..", "..");
const FILES = { "cleaner.js": "exports.clean = 1;\n", "clientEc2.js": "exports.EC2Client = 2;\n" };

describe("The cached bundles", () => {
    let cache: string;

    beforeEach(() => {
        cache = mkdtempSync(join(tmpdir(), "cache-"));
    });

    afterEach(() => rmSync(cache, { recursive: true, force: true }));

    const refuse = (): never => {
        throw new Error("The test expected no new bundle.");
    };
    const filesOf = (folder: string) =>
        Object.fromEntries(
            readdirSync(folder)
                .filter((name) => name !== "seal.json")
                .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
        );

    it("are made once", () => {
        const folder = cachedFolder(cache, "digest", () => FILES);
        assert.deepEqual(filesOf(folder), FILES);
        assert.equal(cachedFolder(cache, "digest", refuse), folder);
    });

    it("are made for each digest", () => {
        const others = { ...FILES, "cleaner.js": "exports.clean = 3;\n" };
        const [first, second] = [cachedFolder(cache, "first", () => FILES), cachedFolder(cache, "second", () => others)];
        assert.deepEqual([filesOf(first), filesOf(second)], [FILES, others]);
    });

    for (const [damage, spoil] of Object.entries({
        "one of their files is truncated": (folder: string) => writeFileSync(join(folder, "cleaner.js"), "exports."),
        "one of their files is missing": (folder: string) => rmSync(join(folder, "clientEc2.js")),
        "their list of files is missing": (folder: string) => rmSync(join(folder, "seal.json")),
        "their list of files is truncated": (folder: string) => writeFileSync(join(folder, "seal.json"), '{"digest":'),
        "their folder is empty": (folder: string) => {
            rmSync(folder, { recursive: true });
            mkdirSync(folder);
        },
    })) {
        it(`are made again if ${damage}`, () => {
            const folder = cachedFolder(cache, "digest", () => FILES);
            spoil(folder);
            assert.deepEqual(filesOf(cachedFolder(cache, "digest", () => FILES)), FILES);
            assert.equal(cachedFolder(cache, "digest", refuse), folder);
        });
    }

    it("are complete if another process makes them at the same time", () => {
        const folder = cachedFolder(cache, "digest", () => {
            cachedFolder(cache, "digest", () => FILES);
            return FILES;
        });
        assert.deepEqual(filesOf(folder), FILES);
        assert.deepEqual(readdirSync(cache), ["digest"]);
    });

    it("leave no files if the bundler fails", () => {
        assert.throws(() => cachedFolder(cache, "digest", refuse), /no new bundle/);
        assert.deepEqual(readdirSync(cache), []);
    });

    it("have another digest if a source, a compiler option or a version changes", () => {
        const copy = join(cache, "repository");
        const inputs = [
            "lambda",
            join("build", "lambdaBundles.ts"),
            "tsconfig.json",
            join("node_modules", ".package-lock.json"),
            "package-lock.json",
        ];
        for (const path of inputs) {
            cpSync(join(ROOT, path), join(copy, path), { recursive: true });
        }
        const digests = [digestOfSources(copy)];
        const [source] = readdirSync(join(copy, "lambda"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
        for (const path of [join("lambda", source as string), ...inputs.slice(1)]) {
            writeFileSync(join(copy, path), `${readFileSync(join(copy, path), "utf8")}\n`);
            digests.push(digestOfSources(copy));
        }
        assert.equal(digests[0], digestOfSources(ROOT));
        assert.equal(new Set(digests).size, 6);
    });

    it("equal new bundles of the sources", () => {
        assert.deepEqual(filesOf(bundlesFolder()), bundleLambdas());
    });
});

describe("The parts of a client", () => {
    const require = 'require("@aws-sdk/client-ec2")';

    it("are those that the code uses, from all of its modules", () => {
        const code = [
            `var import_client_ec2 = ${require};`,
            "new import_client_ec2.DeleteSnapshotCommand({});",
            `var import_client_ec22 = ${require};`,
            'var import_client_sns = require("@aws-sdk/client-sns");',
            "(0, import_client_ec22.paginateDescribeVolumes)({}); new import_client_ec22.DeleteSnapshotCommand({});",
            "new import_client_sns.PublishCommand({});",
        ].join("\n");
        assert.deepEqual(partsUsedBy(code, "@aws-sdk/client-ec2"), ["DeleteSnapshotCommand", "paginateDescribeVolumes"]);
        assert.deepEqual(partsUsedBy(code, "@aws-sdk/client-ssm"), []);
    });

    it("can't be found if the code loads the package as a whole", () => {
        for (const code of [
            `var ec2 = __toESM(${require});`,
            `const { EC2Client } = ${require};`,
            `var ec2 = ${require};\nuse(${require});`,
        ]) {
            assert.throws(() => partsUsedBy(code, "@aws-sdk/client-ec2"), {
                message: "The code loads @aws-sdk/client-ec2 as a whole; import its parts by their names.",
            });
        }
    });

    it("are in the archive of the cleaner, together with its client", () => {
        const code = readFileSync(join(bundlesFolder(), "cleaner.js"), "utf8");
        assert.deepEqual(partsUsedBy(code, "@aws-sdk/client-ec2"), [
            "DeleteSnapshotCommand",
            "paginateDescribeSnapshots",
            "paginateDescribeVolumes",
        ]);
        assert.deepEqual(Object.keys(createRequire(__filename)(join(bundlesFolder(), "clientEc2.js"))).sort(), [
            "DeleteSnapshotCommand",
            "EC2Client",
            "paginateDescribeSnapshots",
            "paginateDescribeVolumes",
        ]);
    });

    it("are in the archive of the watch, together with its clients", () => {
        const code = readFileSync(join(bundlesFolder(), "watch.js"), "utf8");
        const clients = {
            "client-cloudwatch-logs": "CloudWatchLogsClient",
            "client-ec2": "EC2Client",
            "client-sns": "SNSClient",
            "client-ssm": "SSMClient",
        };
        const parts = Object.entries(clients).flatMap(([name, client]) => [client, ...partsUsedBy(code, `@aws-sdk/${name}`)]);
        assert.deepEqual(Object.keys(createRequire(__filename)(join(bundlesFolder(), "watchClients.js"))).sort(), parts.sort());
    });
});
