import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { CommanderError } from "commander";
import pc from "picocolors";
import { type Options, readOptions } from "./commandLine";
import { writeJson, writeText } from "./display/report";
import { wrapWords } from "./display/width";
import { planDefaultIncidents } from "./incidents/playIncidents";
import { runProgram } from "./program";
import { promisesOf } from "./promises";
import { rehearse } from "./rehearse";
import { readStackConfig } from "./stackConfig";

const ROOT = join(__dirname, "..");

/**
 * Runs the command line.
 *
 * @param args without the command itself
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
    try {
        return await printRehearsal(readOptions(args));
    } catch (error) {
        if (error instanceof CommanderError) {
            // Commander has already printed the message.
            return error.exitCode;
        }
        process.stderr.write(`${wrapWords(`${pc.red("error:")} ${(error as Error).message}`)}\n`);
        return 1;
    }
}

async function printRehearsal(options: Options): Promise<number> {
    // Without an engine, Pulumi writes the program's warnings to the console.
    console.warn = (warning: string) => process.stderr.write(`${wrapWords(warning.replace("[runtime] ", ""))}\n`);
    const config = readStackConfig(ROOT, options.stack);
    const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", options.stack, config);
    const bar = options.json || !process.stderr.isTTY ? undefined : startProgress(options.days);
    const played = {
        ...options,
        incidents: options.incidents === "default" ? planDefaultIncidents : () => [],
        asOperator: !options.json,
        drill: true,
        onDay: (days: number) => bar?.update(days),
    };
    const rehearsal = await rehearse(deployment, promisesOf(config), played).finally(() => bar?.stop());
    process.stdout.write((options.json ? writeJson : writeText)(deployment, rehearsal, played));
    return rehearsal.broken.length === 0 ? 0 : 1;
}

function startProgress(days: number): SingleBar {
    const bar = new SingleBar({ format: "{bar} day {value} of {total}", clearOnComplete: true });
    bar.start(days, 0);
    return bar;
}

if (require.main === module) {
    // The SDK would warn of the Node version of the user.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    main(process.argv.slice(2)).then((code) => {
        process.exitCode = code;
    });
}
