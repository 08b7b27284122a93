import { join } from "node:path";
import { buildSync } from "esbuild";
import { CACHE, cachedFolder, digestOfSources } from "./lambdaBundles";

const ROOT = join(__dirname, "..");

const FILE = "vss-backup.js";

/** Bundles the command line from the sources, and returns the file. The cache holds it until a source changes. */
export function commandLineFile(): string {
    current ??= cachedFolder(CACHE, `cli-${digest()}`, () => ({ [FILE]: bundleCommandLine() }));
    return join(current, FILE);
}

/** The folder of this process. */
let current: string | undefined;

function digest(): string {
    return digestOfSources(ROOT, ["cli", "components", "lambda"], [join("build", "commandLineBundle.ts"), "package.json"]);
}

/** Bundles the command line and all that it needs into one file. It loads the AWS clients only when a command needs them. */
export function bundleCommandLine(): string {
    const { outputFiles } = buildSync({
        absWorkingDir: ROOT,
        entryPoints: ["cli/main.ts"],
        bundle: true,
        minify: true,
        keepNames: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        mainFields: ["module", "main"],
        charset: "utf8",
        legalComments: "none",
        logLevel: "error",
        banner: { js: "#!/usr/bin/env node" },
        write: false,
    });
    return outputFiles[0]?.text ?? "";
}
