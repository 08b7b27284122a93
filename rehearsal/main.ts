import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError, Option } from "commander";
import { DateTime } from "luxon";
import pc from "picocolors";
import { DEFAULTS, merge } from "../components/arguments";
import { calendar } from "./display/calendar";
import { preview } from "./display/preview";
import { whatCanBeRestored, whatHappened, whatIsUnprotected } from "./display/summary";
import { type Deployment, runProgram, stackConfig } from "./program";
import { type Rehearsal, type RehearsalOptions, rehearse } from "./rehearse";

const ROOT = join(__dirname, "..");

interface Options {
    readonly stack: string;
    readonly days: number;
    readonly servers: number;
    readonly volumes: number;
    readonly unmounted: number;
    readonly failures: number;
    readonly seed: number;
    readonly start: number;
    readonly json: boolean;
}

function wholeNumber(least: number, most: number) {
    return (text: string): number => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || value < least || value > most) {
            throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
        }
        return value;
    };
}

function share(text: string): number {
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value <= 1)) {
        throw new InvalidArgumentError("Give a number from 0 to 1.");
    }
    return value;
}

function day(text: string): number {
    const date = DateTime.fromISO(text, { zone: "utc" });
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !date.isValid) {
        throw new InvalidArgumentError("Give a day as 2027-01-31.");
    }
    return date.toMillis();
}

const command = new Command("npm start --")
    .description(
        "Plays the program of this repository, with a stack's own config, against an embedded AWS on a virtual clock. Needs no AWS account and no network.",
    )
    .option("--stack <name>", "the stack whose Pulumi.<name>.yaml is used", "prod")
    .option("--days <n>", "how long", wholeNumber(1, 36_525), 365)
    .option("--servers <n>", "Windows servers in the account", wholeNumber(1, 1000), 3)
    .option("--volumes <n>", "volumes of each server, its boot volume included", wholeNumber(1, 127), 2)
    .option("--unmounted <n>", "volumes of each server that Windows has not mounted; never the boot volume", wholeNumber(0, 126), 0)
    .option("--failures <share>", "share of VSS runs that fail, from 0 to 1", share, 0.02)
    .option("--seed <n>", "what chance begins with; the same seed gives the same rehearsal", wholeNumber(0, 2 ** 31 - 1), 1)
    .addOption(new Option("--start <day>", "first day, UTC").argParser(day).default(Date.UTC(2027, 0, 1), "2027-01-01"))
    .option("--json", "print one JSON document and nothing else", false);

/** The options of the command line, which commander has checked one by one. */
function readOptions(): Options {
    const options = command.parse().opts<Options>();
    if (options.unmounted >= options.volumes) {
        const most = options.volumes - 1;
        throw new Error(
            `--unmounted ${options.unmounted} is too many for --volumes ${options.volumes}; the boot volume is always mounted, so give ${most} at most.`,
        );
    }
    return options;
}

async function main(): Promise<number> {
    const options = readOptions();
    const config = stackConfig(ROOT, options.stack);
    const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", options.stack, config);
    const promised = {
        retention: retentionOf(config["vss-backup:retention"]),
        standIns: config["vss-backup:standIns"] !== "false",
        countCrashConsistent: config["vss-backup:countCrashConsistent"] === "true",
    };
    const bar =
        options.json || !process.stderr.isTTY
            ? undefined
            : new SingleBar({ format: "{bar} day {value} of {total}", clearOnComplete: true });
    bar?.start(options.days, 0);
    const rehearsal = await rehearse(deployment, promised, { ...options, onDay: (days) => bar?.update(days) }).finally(() => bar?.stop());
    process.stdout.write(
        options.json ? `${JSON.stringify(asJson(deployment, rehearsal, options), null, 2)}\n` : asText(deployment, rehearsal, options),
    );
    return rehearsal.broken.length === 0 ? 0 : 1;
}

/** What the stack's config promises to keep, read apart from the program. */
function retentionOf(config: string | undefined): Record<string, number> {
    const given = (JSON.parse(config ?? "{}") ?? {}) as Record<string, number | "null" | null>;
    return merge<number>(
        DEFAULTS.retention,
        Object.fromEntries(Object.entries(given).map(([type, count]) => [type, count === "null" ? null : count])),
    );
}

function asText(deployment: Deployment, rehearsal: Rehearsal, options: RehearsalOptions): string {
    const section = (title: string, text: string) => `${pc.bold(pc.underline(title))}\n\n${text}\n\n`;
    const verdict = rehearsal.broken.length === 0 ? pc.green("Every invariant held.") : breaches(rehearsal.broken);
    return [
        section("What would be deployed", preview(deployment)),
        section("What happened", whatHappened(rehearsal, options)),
        section("What can be restored at the end", `${whatCanBeRestored(rehearsal, options)}\n\n${whatIsUnprotected(rehearsal)}`),
        section("Calendar", calendar(rehearsal, options)),
        `${verdict}\n`,
    ].join("");
}

function breaches(broken: readonly string[]): string {
    const MOST = 20;
    const times = broken.length === 1 ? "once" : `${broken.length} times`;
    const more = broken.length > MOST ? [`… and ${broken.length - MOST} more; --json has all of them`] : [];
    return [pc.red(`Invariants were broken ${times}:`), ...broken.slice(0, MOST), ...more].join("\n");
}

function asJson(
    deployment: Deployment,
    { runs, restorable, ...rest }: Rehearsal,
    { start, days, servers, volumes, unmounted, failures, seed }: RehearsalOptions,
): object {
    const iso = (time: number) => new Date(time).toISOString();
    return {
        stack: deployment.stack,
        options: { start: iso(start), days, servers, volumes, unmounted, failures, seed },
        resources: deployment.resources.map(({ type, name }) => ({ type, name })),
        ...rest,
        runs: runs.map(({ type, time, server, status, why, snapshots }) => ({
            type,
            time: iso(time),
            server: server.id,
            status,
            why,
            snapshots: snapshots.map(({ id }) => id),
        })),
        restorable: restorable.map((point) => ({ ...point, time: iso(point.time) })),
    };
}

main().then(
    (code) => {
        process.exitCode = code;
    },
    (error: Error) => {
        process.stderr.write(`${pc.red("error:")} ${error.message}\n`);
        process.exitCode = 1;
    },
);
