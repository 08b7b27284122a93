import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { DEFAULTS } from "../components/defaults";
import { resolvePolicy } from "../components/resolvePolicy";
import { parameterFaults } from "../components/ssmDocuments";
import { type Deployment, runProgram } from "../rehearsal/program";
import { cleaned, stored } from "./support/cleaning";
import { rehearsal } from "./support/commandLine";
import { backup } from "./support/history";
import { blocks, callsOf, README, ROOT } from "./support/readme";

function program(config: Readonly<Record<string, string>>): Promise<Deployment> {
    return runProgram(join(ROOT, "index.ts"), "vss-backup", "prod-eu", config);
}

/** The stack's config after a shell block's `pulumi config set`. */
function configOf(calls: readonly string[][]): Record<string, string> {
    const set = calls.filter(([command, config, verb]) => command === "pulumi" && config === "config" && verb === "set");
    return Object.fromEntries(set.map((call) => entryOf(call.slice(3))));
}

function entryOf([first, ...rest]: readonly string[]): [string, string] {
    const [path, value] = first === "--path" ? (rest as [string, string]) : [first as string, rest[0] as string];
    const [, key, , index, name] = /^([\w:-]+?)(\[(\d+)\]|\.(\w+))?$/.exec(path) as unknown as [string, string, string?, string?, string?];
    const inside = /^\d+$/.test(value) ? Number(value) : value;
    return [key, index ? JSON.stringify([inside]) : name ? JSON.stringify({ [name]: inside }) : value];
}

const SCRIPTS = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).scripts as Record<string, string>;
const CI = readFileSync(join(ROOT, ".ci", "run"), "utf8");

describe("The README", () => {
    it("has shell blocks whose commands run, whose config deploys, and whose scripts CI runs", async () => {
        const { outputs } = await program({});
        const backUpNow = outputs.backUpNow as Record<string, string>;
        const says = { "pulumi stack output instanceProfileName": "prod-eu-server-profile", "jq -r .Day": backUpNow.Day ?? "" };
        const started = Date.now();
        const calls = blocks("sh").flatMap((block) => callsOf(block, says));
        const scripts = calls
            .filter(([command, verb]) => command === "npm" && !["ci", "install"].includes(verb ?? ""))
            .map(([, verb, name]) => (verb === "run" ? name : verb) as string);

        assert.deepEqual(
            [...new Set(scripts)].filter(
                (script) => !SCRIPTS[script] || !CI.includes(`npm ${["test", "start"].includes(script) ? "" : "run "}${script}\n`),
            ),
            [],
        );
        const deployment = await program(configOf(calls));
        assert.deepEqual(
            deployment.resources.filter(({ type }) => type.endsWith(":TopicSubscription")).map(({ inputs }) => inputs.endpoint),
            ["windows-admins@example.com"],
        );
        const send = calls.find((call) => call.slice(0, 3).join(" ") === "aws ssm send-command") as string[];
        const sent = JSON.parse(send[send.indexOf("--parameters") + 1] as string) as Record<string, string[]>;
        const parameters = Object.fromEntries(Object.entries(sent).map(([name, values]) => [name, values.join()]));
        assert.deepEqual(
            [send[send.indexOf("--targets") + 1], parameters.tags, parameterFaults("AWSEC2-CreateVssSnapshot", parameters)],
            ['[{"Key":"tag:VssBackup","Values":["prod-eu"]}]', "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod-eu", []],
        );
        const invoke = calls.find((call) => call.slice(0, 3).join(" ") === "aws lambda invoke") as string[];
        const time = Date.parse(JSON.parse(invoke[invoke.indexOf("--payload") + 1] as string).time);
        assert.deepEqual(
            [
                invoke[invoke.indexOf("--function-name") + 1],
                // The command gives whole seconds.
                started - 1000 < time && time <= Date.now(),
            ],
            [outputs.cleanerFunctionName, true],
        );
    });

    it("has a stack file that deploys the types that it names", async () => {
        const [file] = blocks("yaml") as [string];
        const { config } = parse(file) as { config: Record<string, unknown> };
        const { outputs } = await program(
            Object.fromEntries(
                Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
            ),
        );
        assert.deepEqual(Object.keys(outputs.windowIds as object), ["Day", "Week", "Hour", "Year"]);
    });

    it("shows a report as the cleaner writes it", async () => {
        const [old] = backup({ at: "2027-01-30", volumes: ["c"] });
        const [kept] = backup({ at: "2027-01-31", volumes: ["c"] });
        const [pending] = backup({ at: "2027-02-01", volumes: ["c"], state: "pending", consistent: null });
        const store = stored(
            [old, kept, pending].map((snapshot, i) => ({ ...(snapshot as NonNullable<typeof snapshot>), id: `snap-0${"abc"[i]}${i + 1}` })),
        );
        const { report } = await cleaned(store);
        assert.deepEqual(
            blocks("json").map((text) => JSON.parse(text)),
            [report],
        );
    });

    it("shows faults as they are told", () => {
        const shown = blocks("text").find((text) => text.startsWith("VssBackupPolicy"));
        const args = { retention: { Week: 0 }, timezone: "europe/vienna", retenton: {} };
        assert.throws(() => resolvePolicy("prod", args, Date.now()), { message: shown?.trimEnd() });
    });

    it("shows an npm start with options that it takes", async () => {
        const [, options] = /^npm start -- (--stack .*)$/m.exec(README) as unknown as [string, string];
        const { stdout } = await rehearsal(...options.split(" "), "--days", "2");
        assert.match(stdout, /^2 days, 5 servers with 3 volumes each$/m);
    });

    it("names every option with its default", () => {
        const declared = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { config: Record<string, { default: unknown }> };
        const explained = ["retention", "schedules", "serverTag", "tags", "hold", "orphanDays"];
        const keys = [...explained, ...Object.keys(declared.config).map((key) => key.replace("vss-backup:", ""))];
        const table = /\| key \| meaning \| default \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(README)?.[1] ?? "";
        assert.deepEqual([...table.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key).sort(), keys.sort());
        for (const value of [
            ...Object.values(DEFAULTS.schedules),
            DEFAULTS.timezone,
            DEFAULTS.document,
            DEFAULTS.componentsVersion,
            DEFAULTS.cleanerSchedule,
            DEFAULTS.serverTagKey,
        ]) {
            assert.ok(table.includes(value), value);
        }
    });
});
