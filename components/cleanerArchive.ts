import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * Files of the archive beside the closure: the path from which the closure requires each, and its name in the package.
 * The names differ, since npm leaves a folder `node_modules` out of a package.
 */
const CLEANER_FILES = { "cleaner.js": "cleaner.js", "node_modules/@aws-sdk/client-ec2/index.js": "clientEc2.js" } as const;

/** Names of the files. */
export type CleanerFile = (typeof CLEANER_FILES)[keyof typeof CLEANER_FILES];

/** The `dist` folder of an installed package, or the repository. */
const ROOT = join(__dirname, "..");

/** The module that bundles the files from the sources. Only the repository has it. */
const BUNDLER = join(ROOT, "build", "cleanerBundle.ts");

/**
 * Makes the archive that Lambda unpacks. It holds only the closure and two files that the closure requires:
 * - this project's `lambda/` in one readable file;
 * - the EC2 client under its package name, so that Lambda runs the tested version and not that of the region.
 *
 * An installed package contains the files, so they are the same bytes in every project.
 * The repository bundles them from the sources, so they are never stale.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (on including the SDK)
 */
export function cleanerArchive(closure: string): pulumi.asset.AssetArchive {
    const folder = packaged ?? bundleSources();
    return new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(closure),
        ...Object.fromEntries(Object.entries(CLEANER_FILES).map(([path, file]) => [path, new pulumi.asset.FileAsset(join(folder, file))])),
    });
}

function bundleSources(): string {
    const { cleanerFolder } = createRequire(__filename)(BUNDLER) as { cleanerFolder: () => string };
    return cleanerFolder();
}

/**
 * Finds the folder of a package's files; undefined in the repository.
 *
 * @throws pulumi.RunError that names the missing file and the cure
 */
function packagedFolder(root: string): string | undefined {
    const folder = join(root, "cleaner");
    const missing = Object.values(CLEANER_FILES)
        .map((file) => join(folder, file))
        .find((path) => !existsSync(path));
    if (missing === undefined) {
        return folder;
    }
    if (existsSync(join(root, "build", "cleanerBundle.ts"))) {
        return undefined;
    }
    throw new pulumi.RunError(
        `pulumi-vss-backup is incomplete: the cleaner's file ${missing} is missing; remove the package from node_modules and install it again.`,
    );
}

/** Found when this module loads: an incomplete package ends the program before Pulumi registers any resource. */
const packaged = packagedFolder(ROOT);
