import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCleaner } from "../components/cleanerArchive";

// What `npm run build` does after the compiler: the cleaner's files, ready for the archive, into the package.
writeFileSync(join(__dirname, "..", "dist", "cleaner.json"), JSON.stringify(bundleCleaner()));
