import { join } from "node:path";
import { readStackConfig } from "../rehearsal/stackConfig";
import { makeConsumer } from "../test/pulumi/consumer";
import { type ProgramOptions, runProgram } from "../test/pulumi/runProgram";
import { number, progress, type Result } from "./result";

const ROUNDS = 5;

const ROOT = join(__dirname, "..");

/** A consumer's program and an empty one. */
const CONSUMER = {
    "index.js": `
const { VssBackupPolicy } = require("pulumi-vss-backup");
const policy = new VssBackupPolicy("prod", { timezone: "Europe/Vienna", notificationEmails: ["admin@example.com"] });
exports.backUpNow = policy.backUpNow;
`,
    "empty.js": 'require("@pulumi/aws");\n',
};

/** Measures previews. They take little longer than the preview of an empty program, which loads Pulumi's packages too. */
export async function previewing(): Promise<Result[]> {
    progress("  packing and installing the package");
    const project = makeConsumer(CONSUMER);
    try {
        const programs = {
            program: { folder: ROOT, program: "index.ts", config: readStackConfig(ROOT, "prod") },
            empty: { folder: ROOT, program: "bench/programs/empty.ts" },
            installed: { folder: project.folder, program: "index.js" },
            emptyBesideIt: { folder: project.folder, program: "empty.js" },
        };
        progress(`  ${ROUNDS} previews of each program`);
        const fastest = await fastestOf(programs);
        const line = (ratio: string, subject: keyof typeof programs, empty: keyof typeof programs, limit: number): Result => ({
            subject: "preview",
            ratio,
            value: fastest[subject] / fastest[empty],
            target: { is: "at most", limit },
            measured: `${number(fastest[subject] / 1000)} s to ${number(fastest[empty] / 1000)} s, the fastest of ${ROUNDS}`,
        });
        return [
            line("this repository's program to an empty one with @pulumi/aws", "program", "empty", 2),
            line("a program with the installed package to an empty one with @pulumi/aws", "installed", "emptyBesideIt", 1.6),
        ];
    } finally {
        project.remove();
    }
}

/** Finds the milliseconds of each program's fastest preview: other work on the machine can only add to them. */
async function fastestOf<Name extends string>(programs: Readonly<Record<Name, ProgramOptions>>): Promise<Record<Name, number>> {
    const names = Object.keys(programs) as Name[];
    const fastest = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<Name, number>;
    // The programs take turns, so other work slows all of them. The first round fills the caches.
    for (let round = 0; round <= ROUNDS; round++) {
        for (const name of names) {
            const begin = performance.now();
            const { code, printed } = await runProgram({ ...programs[name], preview: true });
            const took = performance.now() - begin;
            if (code !== 0) {
                throw new Error(`A failed preview measures nothing: ${printed}`);
            }
            fastest[name] = round === 0 ? fastest[name] : Math.min(fastest[name], took);
        }
    }
    return fastest;
}
