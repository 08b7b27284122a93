import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * Files of the archive beside the closure: the path at which the closure requires each, and its name here. npm would leave a folder
 * `node_modules` out of the package.
 */
const CLEANER_FILES = { "cleaner.js": "cleaner.js", "node_modules/@aws-sdk/client-ec2/index.js": "clientEc2.js" } as const;

/** Names of the files. */
export type CleanerFile = (typeof CLEANER_FILES)[keyof typeof CLEANER_FILES];

/** In a package that is installed, its `dist`; in the repository, the repository. */
const ROOT = join(__dirname, "..");

/** Bundles the files from the sources. Only the repository has it. */
const BUNDLER = join(ROOT, "build", "cleanerBundle.ts");

/**
 * What Lambda unpacks: the closure and the files that it requires, and nothing else. They are this project's `lambda/` in one readable
 * file, and the EC2 client under its own name, so that Lambda runs the version that was tested and not the one that the region has.
 *
 * A package that is installed brings the files ready, so that they are the same bytes in every project. In the repository they are
 * bundled from the sources, so that they can't be stale.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (on including the SDK)
 */
export function cleanerArchive(closure: string): pulumi.asset.AssetArchive {
    const folder = packaged ?? bundled();
    return new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(closure),
        ...Object.fromEntries(Object.entries(CLEANER_FILES).map(([path, file]) => [path, new pulumi.asset.FileAsset(join(folder, file))])),
    });
}

function bundled(): string {
    const { cleanerFolder } = createRequire(__filename)(BUNDLER) as { cleanerFolder: () => string };
    return cleanerFolder();
}

/**
 * The folder of a package's files; undefined in the repository.
 *
 * @throws pulumi.RunError that names the file that is missing, and the cure
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
        `pulumi-vss-backup is incomplete: ${missing} is missing, a part of the cleaner's code; remove the package from node_modules and install it again.`,
    );
}

/** Found when this module is loaded, so that an incomplete package ends the program before any resource is registered. */
const packaged = packagedFolder(ROOT);
