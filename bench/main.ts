import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Argument, Command } from "commander";
import { archive } from "./archive";
import { calls } from "./calls";
import { commandLine } from "./commandLine";
import { draining } from "./draining";
import { planning } from "./planning";
import { previewing } from "./previewing";
import { quota } from "./quota";
import { rehearsing } from "./rehearsing";
import { isMet, number, progress, type Result } from "./result";

const SUBJECTS: Readonly<Record<string, () => Promise<Result[]>>> = {
    planning,
    calls,
    draining,
    archive,
    commandLine,
    previewing,
    quota,
    rehearsing,
};

const command = new Command("npm run bench --")
    .description("Measures the speed of this project and its requests to AWS, as ratios within one run. Fails if it misses a target.")
    .addArgument(new Argument("[subjects...]", "the subjects to measure; by default, all").choices(Object.keys(SUBJECTS)))
    .option("--json", "print one JSON document instead of a table", false)
    .option("--write", "write both into bench/report.txt and bench/report.json", false);

async function main(): Promise<number> {
    const options = command.parse().opts<{ json: boolean; write: boolean }>();
    const names = command.args.length > 0 ? command.args : Object.keys(SUBJECTS);
    const results: Result[] = [];
    for (const name of names) {
        progress(`${name} …`);
        results.push(...((await SUBJECTS[name]?.()) ?? []));
    }
    const text = `${asTable(results)}\n`;
    const json = `${JSON.stringify(asJson(results), null, 2)}\n`;
    process.stdout.write(options.json ? json : text);
    if (options.write) {
        writeFileSync(join(__dirname, "report.txt"), text);
        writeFileSync(join(__dirname, "report.json"), json);
    }
    return results.some((result) => isMet(result) === false) ? 1 : 0;
}

function asTable(results: readonly Result[]): string {
    const table = new Table({
        head: ["Subject", "Ratio", "", "Target", "Met", "Measured"],
        colAligns: ["left", "left", "right", "left", "left", "left"],
        colWidths: [null, 44, null, null, null, 62],
        wordWrap: true,
        style: { head: [], border: [] },
    });
    for (const result of results) {
        const { subject, ratio, value, target, measured } = result;
        const met = isMet(result);
        table.push([
            subject,
            ratio,
            number(value),
            target ? `${target.is} ${target.limit}` : "",
            met === undefined ? "" : met ? "yes" : "NO",
            measured,
        ]);
    }
    return table.toString();
}

function asJson(results: readonly Result[]): object {
    return {
        node: process.versions.node,
        processors: `${cpus().length} × ${cpus()[0]?.model}`,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        results: results.map((result) => ({ ...result, met: isMet(result) })),
    };
}

main().then(
    (code) => {
        process.exitCode = code;
    },
    (error: Error) => {
        process.stderr.write(`${error.stack}\n`);
        process.exitCode = 1;
    },
);
