import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as esbuild from "esbuild";
import type { LambdaFile } from "../components/lambdaArchive";

const ROOT = join(__dirname, "..");
/** The folder of all cached folders. */
export const CACHE = join(ROOT, "node_modules", ".cache", "pulumi-vss-backup");

/** The file that lists the other files of a cached folder and holds their digest. */
const SEAL = "seal.json";

interface Seal {
    readonly digest: string;
    readonly names: readonly string[];
}

/** Bundles the files of all archives from the sources, and returns their folder. The cache holds the folder until a source changes. */
export function bundlesFolder(): string {
    current ??= cachedFolder(CACHE, digestOfSources(ROOT), bundleLambdas);
    return current;
}

/** The folder of this process. Its sources are read once, although it makes several archives. */
let current: string | undefined;

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

/**
 * Computes the digest of a bundle's inputs: the sources, the options of compiler and bundler, and the versions of imported packages.
 *
 * @param folders of the sources
 * @param builders the files that make the bundle
 */
export function digestOfSources(root: string, folders = ["lambda"], builders = [join("build", "lambdaBundles.ts")]): string {
    const sources = folders.flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
            .filter((path) => path.endsWith(".ts"))
            .map((path) => join(folder, path)),
    );
    // npm lists the installed versions in these files.
    const installed = [join("node_modules", ".package-lock.json"), "package-lock.json"].filter((path) => existsSync(join(root, path)));
    const paths = [...sources, ...builders, "tsconfig.json", ...installed];
    return digestOf(Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]))).slice(0, 32);
}

/** The clients of each archive: the class that its closure makes, by package. */
export const CLIENTS = {
    cleaner: { "@aws-sdk/client-ec2": "EC2Client" },
    watch: {
        "@aws-sdk/client-cloudwatch-logs": "CloudWatchLogsClient",
        "@aws-sdk/client-ec2": "EC2Client",
        "@aws-sdk/client-sns": "SNSClient",
        "@aws-sdk/client-ssm": "SSMClient",
    },
} as const;

type Clients = Readonly<Record<string, string>>;

/** Bundles the files of all archives. The clients of the watch share one file, since half of each is the same. */
export function bundleLambdas(): Readonly<Record<LambdaFile, string>> {
    const cleaner = bundleCode("lambda/cleaner/cleaner.ts", CLIENTS.cleaner);
    const watch = bundleCode("lambda/watch/watch.ts", CLIENTS.watch);
    return {
        "cleaner.js": cleaner,
        "clientEc2.js": bundleClients(cleaner, CLIENTS.cleaner),
        "watch.js": watch,
        "watchClients.js": bundleClients(watch, CLIENTS.watch),
        "sharedClients.js": 'module.exports = require("../clients.js");\n',
    };
}

/** Bundles code of `lambda/`, and leaves the clients out. */
function bundleCode(entry: string, clients: Clients): string {
    return bundle({ entryPoints: [entry], external: Object.keys(clients) });
}

/** Bundles the used parts of AWS clients into one small file. */
function bundleClients(code: string, clients: Clients): string {
    const lines = Object.entries(clients).map(
        ([name, client]) => `export { ${[client, ...partsUsedBy(code, name)].join(", ")} } from "${name}";`,
    );
    return bundle({
        stdin: { contents: lines.join("\n"), resolveDir: ROOT },
        minify: true,
        banner: { js: `// Parts of ${Object.keys(clients).join(", ")} (Apache-2.0, with their dependencies).` },
    });
}

/**
 * Finds the parts of a package that bundled code uses, in the order of their letters.
 *
 * @throws Error if the code loads the package in another form than `import { … }`
 */
export function partsUsedBy(code: string, packageName: string): string[] {
    const loaded = code.split(`require("${packageName}")`).length - 1;
    const variables = [...code.matchAll(/^var (\w+) = require\("([^"]+)"\);$/gm)].filter(([, , name]) => name === packageName);
    if (variables.length !== loaded) {
        throw new Error(`The code loads ${packageName} as a whole; import its parts by their names.`);
    }
    const used = variables.flatMap(([, variable]) => [...code.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, "g"))]);
    return [...new Set(used.map(([, part]) => part as string))].sort();
}

function bundle(options: esbuild.BuildOptions): string {
    // Loaded here, since a cached bundle does not need it.
    const { buildSync } = createRequire(__filename)("esbuild") as typeof esbuild;
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
}
