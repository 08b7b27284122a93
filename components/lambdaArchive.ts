import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Loads the clients of the watch, which share one file, under the name of each client's package. */
const SHARED = "sharedClients.js";

/**
 * Files of each archive beside the closure: the path from which the closure requires each, and its name in the package.
 * The names differ, since npm leaves a folder `node_modules` out of a package.
 */
const ARCHIVES = {
    cleaner: { "cleaner.js": "cleaner.js", "node_modules/@aws-sdk/client-ec2/index.js": "clientEc2.js" },
    watch: {
        "watch.js": "watch.js",
        "node_modules/@aws-sdk/clients.js": "watchClients.js",
        "node_modules/@aws-sdk/client-cloudwatch-logs/index.js": SHARED,
        "node_modules/@aws-sdk/client-ec2/index.js": SHARED,
        "node_modules/@aws-sdk/client-sns/index.js": SHARED,
        "node_modules/@aws-sdk/client-ssm/index.js": SHARED,
    },
} as const;

export type LambdaName = keyof typeof ARCHIVES;

type ValuesOf<Files> = Files extends Files ? Files[keyof Files] : never;

/** Names of the files. */
export type LambdaFile = ValuesOf<(typeof ARCHIVES)[LambdaName]>;

/** The `dist` folder of an installed package, or the repository. */
const ROOT = join(__dirname, "..");

/** The module that bundles the files from the sources. Only the repository has it. */
const BUNDLER = join(ROOT, "build", "lambdaBundles.ts");

/**
 * Makes the archive that Lambda unpacks. It holds only the closure and the files that the closure requires:
 * - this project's `lambda/` in one readable file;
 * - the AWS clients under their package names, so that Lambda runs the tested versions and not those of the region.
 *
 * An installed package contains the files, so they are the same bytes in every project.
 * The repository bundles them from the sources, so they are never stale.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html (on including the SDK)
 */
export function lambdaArchive(name: LambdaName, closure: string): pulumi.asset.AssetArchive {
    const folder = packaged ?? bundleSources();
    return new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.StringAsset(closure),
        ...Object.fromEntries(Object.entries(ARCHIVES[name]).map(([path, file]) => [path, new pulumi.asset.FileAsset(join(folder, file))])),
    });
}

function bundleSources(): string {
    const { bundlesFolder } = createRequire(__filename)(BUNDLER) as { bundlesFolder: () => string };
    return bundlesFolder();
}

/**
 * Finds the folder of a package's files; undefined in the repository.
 *
 * @throws pulumi.RunError that names the missing file and the cure
 */
function packagedFolder(root: string): string | undefined {
    const folder = join(root, "bundles");
    const missing = Object.values(ARCHIVES)
        .flatMap((files) => Object.values(files))
        .map((file) => join(folder, file))
        .find((path) => !existsSync(path));
    if (missing === undefined) {
        return folder;
    }
    if (existsSync(join(root, "build", "lambdaBundles.ts"))) {
        return undefined;
    }
    throw new pulumi.RunError(
        `pulumi-vss-backup is incomplete: the file ${missing} is missing; remove the package from node_modules and install it again.`,
    );
}

/** Found when this module loads: an incomplete package ends the program before Pulumi registers any resource. */
const packaged = packagedFolder(ROOT);
