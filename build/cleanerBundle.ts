import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as esbuild from "esbuild";
import type { CleanerFile } from "../components/cleanerArchive";

const ROOT = join(__dirname, "..");
const CACHE = join(ROOT, "node_modules", ".cache", "pulumi-vss-backup");

/** The file that lists the other files of a cached folder and holds their digest. */
const SEAL = "seal.json";

interface Seal {
    readonly digest: string;
    readonly names: readonly string[];
}

/** Bundles the cleaner's files from the sources, and returns their folder. The cache holds the folder until a source changes. */
export function cleanerFolder(): string {
    return cachedFolder(CACHE, digestOfSources(ROOT), bundleCleaner);
}

/**
 * Finds the folder with the files of a digest. Makes it if it is missing or damaged.
 *
 * It writes the files into another folder and then renames that folder. So two processes never see half a folder.
 *
 * @param cache the folder of all cached folders
 */
export function cachedFolder(cache: string, digest: string, make: () => Readonly<Record<string, string>>): string {
    const folder = join(cache, digest);
    if (isIntact(folder)) {
        return folder;
    }
    const files = make();
    const draft = join(cache, `${digest}-${randomUUID()}`);
    try {
        mkdirSync(draft, { recursive: true });
        for (const [name, text] of Object.entries({ ...files, [SEAL]: JSON.stringify(sealOf(files)) })) {
            writeFileSync(join(draft, name), text);
        }
        putInPlace(draft, folder);
    } finally {
        rmSync(draft, { recursive: true, force: true });
    }
    return folder;
}

function putInPlace(draft: string, folder: string): void {
    try {
        renameSync(draft, folder);
    } catch {
        // Another process made the folder first, or the folder is damaged.
        if (!isIntact(folder)) {
            rmSync(folder, { recursive: true, force: true });
            renameSync(draft, folder);
        }
    }
}

function sealOf(files: Readonly<Record<string, string>>): Seal {
    return { digest: digestOf(files), names: Object.keys(files) };
}

function isIntact(folder: string): boolean {
    try {
        const { digest, names } = JSON.parse(readFileSync(join(folder, SEAL), "utf8")) as Seal;
        return digest === digestOf(Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")])));
    } catch {
        return false;
    }
}

function digestOf(files: Readonly<Record<string, string>>): string {
    const hash = createHash("sha256");
    for (const [path, text] of Object.entries(files)) {
        hash.update(`${path}\0${text.length}\0${text}`);
    }
    return hash.digest("hex");
}

/** Computes the digest of the bundle's inputs: the sources, the options of compiler and bundler, and the versions of imported packages. */
export function digestOfSources(root: string): string {
    const sources = readdirSync(join(root, "lambda"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => join("lambda", path));
    // npm lists the installed versions in these files.
    const installed = [join("node_modules", ".package-lock.json"), "package-lock.json"].filter((path) => existsSync(join(root, path)));
    const paths = [...sources, join("build", "cleanerBundle.ts"), "tsconfig.json", ...installed];
    return digestOf(Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]))).slice(0, 32);
}

export function bundleCleaner(): Readonly<Record<CleanerFile, string>> {
    // Loaded here, since a cached bundle does not need it.
    const { buildSync } = createRequire(__filename)("esbuild") as typeof esbuild;
    const bundle = (options: esbuild.BuildOptions): string => {
        const { outputFiles } = buildSync({
            absWorkingDir: ROOT,
            bundle: true,
            platform: "node",
            target: "node24",
            format: "cjs",
            // The ES modules of the SDK: esbuild can leave out their unused parts.
            mainFields: ["module", "main"],
            charset: "utf8",
            logLevel: "error",
            ...options,
            write: false,
        });
        return outputFiles?.[0]?.text ?? "";
    };
    return {
        "cleaner.js": bundle({ entryPoints: ["lambda/cleaner/cleaner.ts"], external: ["@aws-sdk/client-ec2"] }),
        "clientEc2.js": bundle({
            stdin: {
                contents:
                    'export { DeleteSnapshotCommand, EC2Client, paginateDescribeSnapshots, paginateDescribeVolumes } from "@aws-sdk/client-ec2";',
                resolveDir: ROOT,
            },
            minify: true,
            banner: { js: "// The parts of @aws-sdk/client-ec2 (Apache-2.0, with its dependencies) that the cleaner uses." },
        }),
    };
}
