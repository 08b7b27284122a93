import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCleaner } from "./cleanerBundle";

// What `npm run build` does after the compiler: the cleaner's files, ready for the archive, into the package.
const folder = join(__dirname, "..", "dist", "cleaner");
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(bundleCleaner())) {
    writeFileSync(join(folder, name), text);
}
