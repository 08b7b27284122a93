import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleCleaner } from "../components/cleanerArchive";

// `npm run build` runs this after the compiler. It writes the cleaner's files into the package, ready for the archive.
writeFileSync(join(__dirname, "..", "dist", "cleaner.json"), JSON.stringify(bundleCleaner()));
