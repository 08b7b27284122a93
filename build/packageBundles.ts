import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleLambdas } from "./lambdaBundles";

// `npm run build` runs this after the compiler. It writes the files of the archives into the package.
const folder = join(__dirname, "..", "dist", "bundles");
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(bundleLambdas())) {
    writeFileSync(join(folder, name), text);
}
