import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCleaner } from "./cleanerBundle";

// `npm run build` runs this after the compiler. It writes the cleaner's files into the package.
const folder = join(__dirname, "..", "dist", "cleaner");
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(bundleCleaner())) {
    writeFileSync(join(folder, name), text);
}
