import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type * as esbuild from "esbuild";

/** Files of the archive beside the closure, by the path at which the closure finds them. */
export type CleanerFiles = Readonly<Record<"cleaner.js" | "node_modules/@aws-sdk/client-ec2/index.js", string>>;

const ROOT = join(__dirname, "..");

/** Where the package brings the files: `npm run build` writes them. */
const BUILT_FILES = join(ROOT, "cleaner.json");

/**
 * The code of the cleaner's Lambda: this project's `lambda/` in one readable file, and the EC2 client under its own name, so that Lambda
 * runs the version that was tested and not the one that the region happens to have.
 *
 * A package that is installed brings both ready, so that they are the same bytes in every project. In the repository they are bundled
 * from the sources, so that they can't be stale.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (on including the SDK)
 */
function cleanerFiles(): CleanerFiles {
    files ??= existsSync(BUILT_FILES) ? (JSON.parse(readFileSync(BUILT_FILES, "utf8")) as CleanerFiles) : bundleCleaner();
    return files;
}

/** Of this process: a program may make many policies. */
let files: CleanerFiles | undefined;

/** What Lambda unpacks: the closure and the files that it requires, and nothing else. */
export function cleanerArchive(closure: string): pulumi.asset.AssetArchive {
    const texts = Object.entries({ "index.js": closure, ...cleanerFiles() });
    return new pulumi.asset.AssetArchive(Object.fromEntries(texts.map(([path, text]) => [path, new pulumi.asset.StringAsset(text)])));
}

export function bundleCleaner(): CleanerFiles {
    // Only the repository has esbuild.
    const { buildSync } = createRequire(__filename)("esbuild") as typeof esbuild;
    const bundle = (options: esbuild.BuildOptions): string => {
        const { outputFiles } = buildSync({
            absWorkingDir: ROOT,
            bundle: true,
            platform: "node",
            target: "node24",
            format: "cjs",
            // The ES modules of the SDK, of which esbuild can leave out what is not used.
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
        "node_modules/@aws-sdk/client-ec2/index.js": bundle({
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
