import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCleaner, cachedFolder, cleanerFolder, digestOfSources } from "../../build/cleanerBundle";

const ROOT = join(__dirname, "..", "..");
const FILES = { "cleaner.js": "exports.clean = 1;\n", "clientEc2.js": "exports.EC2Client = 2;\n" };

describe("The cached bundle of the cleaner", () => {
    let cache: string;

    beforeEach(() => {
        cache = mkdtempSync(join(tmpdir(), "cache-"));
    });

    afterEach(() => rmSync(cache, { recursive: true, force: true }));

    const refuse = (): never => {
        throw new Error("The test expected no new bundle.");
    };
    const filesOf = (folder: string) =>
        Object.fromEntries(Object.keys(FILES).map((name) => [name, readFileSync(join(folder, name), "utf8")]));

    it("is made once", () => {
        const folder = cachedFolder(cache, "digest", () => FILES);
        assert.deepEqual(filesOf(folder), FILES);
        assert.equal(cachedFolder(cache, "digest", refuse), folder);
    });

    it("is made for each digest", () => {
        const others = { ...FILES, "cleaner.js": "exports.clean = 3;\n" };
        const [first, second] = [cachedFolder(cache, "first", () => FILES), cachedFolder(cache, "second", () => others)];
        assert.deepEqual([filesOf(first), filesOf(second)], [FILES, others]);
    });

    for (const [damage, spoil] of Object.entries({
        "one of its files is truncated": (folder: string) => writeFileSync(join(folder, "cleaner.js"), "exports."),
        "one of its files is missing": (folder: string) => rmSync(join(folder, "clientEc2.js")),
        "its list of files is missing": (folder: string) => rmSync(join(folder, "seal.json")),
        "its list of files is truncated": (folder: string) => writeFileSync(join(folder, "seal.json"), '{"digest":'),
        "its folder is empty": (folder: string) => {
            rmSync(folder, { recursive: true });
            mkdirSync(folder);
        },
    })) {
        it(`is made again if ${damage}`, () => {
            const folder = cachedFolder(cache, "digest", () => FILES);
            spoil(folder);
            assert.deepEqual(filesOf(cachedFolder(cache, "digest", () => FILES)), FILES);
            assert.equal(cachedFolder(cache, "digest", refuse), folder);
        });
    }

    it("is complete if another process makes it at the same time", () => {
        const folder = cachedFolder(cache, "digest", () => {
            cachedFolder(cache, "digest", () => FILES);
            return FILES;
        });
        assert.deepEqual(filesOf(folder), FILES);
        assert.deepEqual(readdirSync(cache), ["digest"]);
    });

    it("leaves no files if the bundler fails", () => {
        assert.throws(() => cachedFolder(cache, "digest", refuse), /no new bundle/);
        assert.deepEqual(readdirSync(cache), []);
    });

    it("has another digest if a source, a compiler option or a version changes", () => {
        const copy = join(cache, "repository");
        const inputs = [
            "lambda",
            join("build", "cleanerBundle.ts"),
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

    it("equals a new bundle of the sources", () => {
        assert.deepEqual(filesOf(cleanerFolder()), bundleCleaner());
    });
});
