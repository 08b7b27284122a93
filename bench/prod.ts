import { join } from "node:path";
import { type Deployment, runProgram } from "../rehearsal/program";
import { stackConfig } from "../rehearsal/stackConfig";

const ROOT = join(__dirname, "..");

/** What this repository's program registers for its own stack, with some of its config changed. */
export function prod(changed: Readonly<Record<string, string>> = {}): Promise<Deployment> {
    return runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", { ...stackConfig(ROOT, "prod"), ...changed });
}
