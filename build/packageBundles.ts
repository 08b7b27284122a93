import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCommandLine } from "./commandLineBundle";
import { bundleLambdas } from "./lambdaBundles";

// `npm run build` runs this after the compiler. It writes the files of the archives and the command line into the package.
const dist = join(__dirname, "..", "dist");
const folder = join(dist, "bundles");
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(bundleLambdas())) {
    writeFileSync(join(folder, name), text);
}
const commandLine = join(dist, "vss-backup.js");
writeFileSync(commandLine, bundleCommandLine());
chmodSync(commandLine, 0o755);
