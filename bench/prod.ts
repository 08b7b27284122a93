import { join } from "node:path";
import { type Deployment, runProgram } from "../rehearsal/program";
import { readStackConfig } from "../rehearsal/stackConfig";

const ROOT = join(__dirname, "..");

/** Runs this repository's program for the stack `prod`, with some config values changed. Returns the registered resources. */
export function prod(changed: Readonly<Record<string, string>> = {}): Promise<Deployment> {
    return runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", { ...readStackConfig(ROOT, "prod"), ...changed });
}
