import { join } from "node:path";
import { buildSync } from "esbuild";

const ROOT = join(__dirname, "..");

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
