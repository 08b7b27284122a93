import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchema } from "../cli/output/schemas";
import { bundleCommandLine } from "./commandLineBundle";
import { bundleLambdas } from "./lambdaBundles";

// `npm run build` runs this after the compiler. It writes the files of the archives, the command line and its schema into the package.
const dist = join(__dirname, "..", "dist");
const folder = join(dist, "bundles");
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(bundleLambdas())) {
    writeFileSync(join(folder, name), text);
}
writeFileSync(join(dist, "vss-backup.schema.json"), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
const commandLine = join(dist, "vss-backup.js");
writeFileSync(commandLine, bundleCommandLine());
chmodSync(commandLine, 0o755);
