import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { occurrences, parseSchedule } from "../lambda/retention/schedules";
import { windowsOf as deployedWindows } from "../rehearsal/deployed";
import { readArchive } from "../rehearsal/embeddedAws/lambda";
import { type Deployment, runProgram } from "../rehearsal/program";
import { readStackConfig } from "../rehearsal/stackConfig";
import { inputsOf } from "./support/policies";

const ROOT = join(__dirname, "..");

/** Runs the program with a stack's config, as Pulumi passes it: all values are text, and maps and lists are JSON. */
function program(config: Readonly<Record<string, string>>, stack = "prod"): Promise<Deployment> {
    const keys = Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `vss-backup:${key}`, value]);
    return runProgram(join(ROOT, "index.ts"), "vss-backup", stack, { "aws:region": "eu-central-1", ...Object.fromEntries(keys) });
}

/** Every key of the config. */
const KEYS = [
    "retention",
    "schedules",
    "timezone",
    "serverTag",
    "serverRoles",
    "notificationEmails",
    "notificationEvents",
    "topicArn",
    "excludeBootVolume",
    "copyOnly",
    "noWriters",
    "saveVssMetadata",
    "document",
    "componentsVersion",
    "cleanerSchedule",
    "hold",
    "orphanDays",
    "failedSetGraceHours",
    "maxDeletionsPerRun",
    "countCrashConsistent",
    "standIns",
    "reportOnly",
    "watch",
    "watchEveryHours",
    "report",
    "reportAt",
    "overdueGraceHours",
    "excludeTag",
    "alarmStopped",
    "restoreTestDays",
    "chatTopicArn",
    "alarms",
    "dashboard",
    "tags",
];

/** The settings that the closure of a function has captured. */
async function settingsOf({ resources }: Deployment, lambda = "cleaner"): Promise<string[]> {
    const files = await readArchive(resources.find(({ name }) => name.endsWith(`-${lambda}`))?.inputs.code);
    return (files["index.js"] ?? "").split("\n").filter((line) => /^(var )?__settings\S* = [^_]/.test(line) && !line.endsWith("{};"));
}

/** The closure's default settings, without the policy's name. */
const SETTINGS = [
    "var __settings_retention = {Day: 5, Week: 3, Month: 2};",
    'var __settings_schedules = {Day: "cron(0 1 ? * * *)", Week: "cron(0 3 ? * SUN *)", Month: "cron(0 5 1 * ? *)"};',
    '__settings.timezone = "UTC";',
    '__settings.hold = "VssBackupHold";',
    "__settings.failedSetGraceHours = 24;",
    "__settings.countCrashConsistent = false;",
    "__settings.standIns = true;",
    "__settings.maxDeletionsPerRun = 1000;",
    "__settings.reportOnly = false;",
];

function windowsOf({ resources }: Deployment): string[] {
    return resources
        .filter(({ type }) => type.endsWith(":MaintenanceWindow"))
        .map(({ name, inputs }) => `${name} ${inputs.schedule} ${inputs.scheduleTimezone}`);
}

describe("The program", () => {
    it("deploys a stack with only a region, as a policy with the stack's name", async () => {
        const deployment = await program({}, "dev");
        assert.deepEqual(await settingsOf(deployment), ['__settings.name = "dev";', ...SETTINGS]);
        assert.deepEqual(windowsOf(deployment), [
            "dev-day-window cron(0 1 ? * * *) UTC",
            "dev-week-window cron(0 3 ? * SUN *) UTC",
            "dev-month-window cron(0 5 1 * ? *) UTC",
        ]);
        assert.deepEqual(Object.keys(deployment.outputs).sort(), [
            "backUpNow",
            "backUpNowPowerShell",
            "cleanerFunctionName",
            "instanceProfileName",
            "restorePolicyJson",
            "serverRoleArn",
            "topicArn",
            "watchFunctionName",
            "windowIds",
        ]);
    });

    it("has the same defaults in Pulumi.yaml as in the component", async () => {
        const { config } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { config: Record<string, { default: unknown }> };
        const declared = Object.entries(config).map(([key, { default: value }]) => [
            key,
            typeof value === "string" ? value : JSON.stringify(value),
        ]);
        const [withDefaults, without] = [await program(Object.fromEntries(declared)), await program({})];
        assert.deepEqual(inputsOf(withDefaults), inputsOf(without));
        assert.deepEqual(await settingsOf(withDefaults), await settingsOf(without));
        assert.deepEqual(await settingsOf(withDefaults, "watch"), await settingsOf(without, "watch"));
    });

    it("declares its config for Pulumi's project schema: a type, a description and a default", () => {
        const { config } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { config: Record<string, Record<string, unknown>> };
        assert.deepEqual(
            Object.values(config).filter(
                ({ type, items, description, default: value, ...others }) =>
                    !["string", "boolean", "integer", "array"].includes(type as string) ||
                    (type === "array") !== (items !== undefined) ||
                    typeof description !== "string" ||
                    value === undefined ||
                    Object.keys(others).length > 0,
            ),
            [],
        );
    });

    it("changes only one entry of a map", async () => {
        assert.deepEqual(await settingsOf(await program({ retention: '{"Day":7}' })), [
            '__settings.name = "prod";',
            "var __settings_retention = {Day: 7, Week: 3, Month: 2};",
            ...SETTINGS.slice(1),
        ]);
    });

    it("adds types, and drops types with the schedule never", async () => {
        const deployment = await program({
            retention: '{"Year":3}',
            schedules: '{"Month":"never","Week":"never","Year":"cron(0 6 2 1 ? *)"}',
            timezone: "Europe/Vienna",
        });
        assert.deepEqual(windowsOf(deployment), [
            "prod-day-window cron(0 1 ? * * *) Europe/Vienna",
            "prod-year-window cron(0 6 2 1 ? *) Europe/Vienna",
        ]);
    });

    it("passes every key", async () => {
        const deployment = await program({
            serverTag: '{"key":"Tier","value":"5"}',
            serverRoles: '["web"]',
            notificationEmails: '{"ops":"a@example.com"}',
            notificationEvents: '["Failed"]',
            topicArn: "arn:aws:sns:eu-central-1:123456789012:ops",
            excludeBootVolume: "true",
            copyOnly: "true",
            noWriters: "false",
            saveVssMetadata: "true",
            document: "AWSEC2-VssInstallAndSnapshot",
            componentsVersion: "2.5.1",
            cleanerSchedule: "rate(12 hours)",
            hold: "Legal",
            orphanDays: "30",
            failedSetGraceHours: "48",
            maxDeletionsPerRun: "50",
            countCrashConsistent: "true",
            standIns: "false",
            reportOnly: "true",
            watch: "true",
            watchEveryHours: "6",
            report: "problems",
            reportAt: "06:30",
            overdueGraceHours: "6",
            excludeTag: "NotWatched",
            alarmStopped: "true",
            restoreTestDays: "60",
            chatTopicArn: "arn:aws:sns:eu-central-1:123456789012:chat",
            alarms: "false",
            dashboard: "true",
            tags: '{"CostCenter":"4711","Shared":"true"}',
        });
        const inputs = inputsOf(deployment);
        const command = (inputs["prod-day-task"] as { taskInvocationParameters: { runCommandParameters: Record<string, unknown> } })
            .taskInvocationParameters.runCommandParameters;
        assert.deepEqual(
            {
                targets: inputs["prod-day-target"]?.targets,
                role: inputs["prod-server-web-vss"]?.role,
                email: inputs["prod-email-ops"]?.endpoint,
                notification: command.notificationConfig,
                parameters: command.parameters,
                document: inputs["prod-day-task"]?.taskArn,
                cleaner: inputs["prod-cleaner-schedule"]?.scheduleExpression,
                tags: inputs["prod-cleaner"]?.tags,
                settings: (await settingsOf(deployment)).slice(4),
                watch: inputs["prod-watch-schedule"]?.scheduleExpression,
                report: inputs["prod-report-schedule"]?.scheduleExpression,
                alarms: Object.keys(inputs).filter((name) => name.endsWith("-alarm")),
                dashboard: inputs["prod-dashboard"]?.dashboardName,
                chat: /chatTopicArn[^a-z]+([\w:-]+)/.exec(JSON.stringify(inputs["prod-watch"]?.environment))?.[1],
                watchSettings: (await settingsOf(deployment, "watch")).slice(-8),
            },
            {
                targets: [{ key: "tag:Tier", values: ["5"] }],
                role: "web",
                email: "a@example.com",
                notification: {
                    notificationArn: "arn:aws:sns:eu-central-1:123456789012:ops",
                    notificationEvents: ["Failed"],
                    notificationType: "Invocation",
                },
                parameters: [
                    { name: "ExcludeBootVolume", values: ["True"] },
                    { name: "CopyOnly", values: ["True"] },
                    { name: "NoWriters", values: ["False"] },
                    { name: "SaveVssMetadata", values: ["True"] },
                    { name: "description", values: ["VssBackupPolicy prod: day snapshots"] },
                    {
                        name: "tags",
                        values: [
                            "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod;Key=CostCenter,Value=4711;Key=Shared,Value=true",
                        ],
                    },
                    { name: "executionTimeout", values: ["800"] },
                    { name: "VssVersion", values: ["2.5.1"] },
                ],
                document: "AWSEC2-VssInstallAndSnapshot",
                cleaner: "rate(12 hours)",
                tags: { CostCenter: "4711", Shared: "true" },
                settings: [
                    '__settings.hold = "Legal";',
                    "__settings.orphanDays = 30;",
                    "__settings.failedSetGraceHours = 48;",
                    "__settings.countCrashConsistent = true;",
                    "__settings.standIns = false;",
                    "__settings.maxDeletionsPerRun = 50;",
                    "__settings.reportOnly = true;",
                ],
                watch: "rate(6 hours)",
                report: "cron(30 6 * * ? *)",
                alarms: [],
                dashboard: "vss-backup-prod-eu-central-1",
                chat: "arn:aws:sns:eu-central-1:123456789012:chat",
                watchSettings: [
                    '__settings.excludeTag = "NotWatched";',
                    "__settings.overdueGraceHours = 6;",
                    "__settings.alarmStopped = true;",
                    '__settings.report = "problems";',
                    '__settings.cleanerSchedule = "rate(12 hours)";',
                    "__settings.reportOnly = true;",
                    "__settings.windowCutoff = 0;",
                    "__settings.restoreTestDays = 60;",
                ],
            },
        );
    });

    it("refuses all faults of a stack's config at once, with unknown keys", async () => {
        await assert.rejects(program({ retentoin: '{"Day":7}', noWriters: "yes", retention: "7" }), {
            message: [
                'VssBackupPolicy "prod": retention is 7; give a map from snapshot type to number of restore points',
                'VssBackupPolicy "prod": noWriters is "yes"; give true or false',
                'VssBackupPolicy "prod": retentoin is not an argument; did you mean retention?',
            ].join("\n"),
        });
    });

    it("deploys the production stack of the repository", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        assert.deepEqual(windowsOf(deployment), [
            "prod-day-window cron(30 0 ? * * *) Europe/Vienna",
            "prod-week-window cron(0 3 ? * SUN *) Europe/Vienna",
            "prod-month-window cron(0 5 1 * ? *) Europe/Vienna",
        ]);
    });

    it("opens the production stack's windows at least an hour apart, in a year with daylight saving", async () => {
        const deployment = await runProgram(join(ROOT, "index.ts"), "vss-backup", "prod", readStackConfig(ROOT, "prod"));
        const starts = deployedWindows(deployment)
            .flatMap(({ schedule, timezone }) => {
                const { pattern } = parseSchedule(schedule, "seconds allowed") as { readonly pattern: string };
                return [...occurrences(pattern, timezone, Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1))];
            })
            .sort((a, b) => a - b);
        const gaps = starts.slice(1).map((start, i) => (start - (starts[i] as number)) / 60_000);
        assert.deepEqual([starts.length, Math.min(...gaps)], [365 + 52 + 12, 90]);
    });

    for (const [key, parameter] of [
        ["excludeBootVolume", "ExcludeBootVolume"],
        ["copyOnly", "CopyOnly"],
        ["noWriters", "NoWriters"],
        ["saveVssMetadata", "SaveVssMetadata"],
    ] as const) {
        it(`passes ${key} only to the document's ${parameter}`, async () => {
            const [task] = deployedWindows(
                await program({
                    excludeBootVolume: "false",
                    copyOnly: "false",
                    noWriters: "false",
                    saveVssMetadata: "false",
                    [key]: "true",
                }),
            );
            assert.deepEqual(
                Object.entries(task?.parameters ?? {}).flatMap(([name, value]) => (value === "True" ? [name] : [])),
                [parameter],
            );
        });
    }

    it("ignores other namespaces", async () => {
        const config = { "aws:profile": "backup", "vss-backups:timezone": "nowhere" };
        assert.deepEqual(inputsOf(await program(config)), inputsOf(await program({})));
    });

    it("refuses an empty or null value of any key", async () => {
        for (const key of [...KEYS, "unknown"]) {
            for (const value of ["", "  ", "null"]) {
                await assert.rejects(program({ [key]: value, retention: value }), {
                    message: [...new Set([key, "retention"])]
                        .map(
                            (name) =>
                                `The config key vss-backup:${name} has no value. Give it one, or remove it: pulumi config rm vss-backup:${name}`,
                        )
                        .join("\n"),
                });
            }
        }
    });

    it("refuses a null, a number or a boolean inside a map, and asks for quotes", async () => {
        await assert.rejects(
            program({
                retention: '{"Month":null}',
                schedules: '{"Day":null}',
                tags: '{"CostCenter":815,"Shared":true}',
                serverTag: '{"value":null}',
            }),
            {
                message: [
                    'VssBackupPolicy "prod": retention.Month is null; keep a whole number of restore points, at least 1; to drop the type, set its schedule to never',
                    'VssBackupPolicy "prod": schedules.Day is null; give a cron(…) or rate(…) expression',
                    'VssBackupPolicy "prod": serverTag.value is null; give a server tag\'s value as text',
                    'VssBackupPolicy "prod": tags.CostCenter is 815; give a tag value as text: write it in quotes',
                    'VssBackupPolicy "prod": tags.Shared is true; give a tag value as text: write it in quotes',
                ].join("\n"),
            },
        );
    });

    for (const text of ["90 weeks", "1,000", "4_000", "48h", "0x10", "1e3", "Infinity"]) {
        it(`refuses ${JSON.stringify(text)} as a number`, async () => {
            await assert.rejects(program({ orphanDays: text }), {
                message: `VssBackupPolicy "prod": orphanDays is "${text}"; give a whole number of days from 1 to 36500`,
            });
        });
    }

    it("takes lists of roles and addresses, and names the entries after themselves", async () => {
        const inputs = inputsOf(await program({ serverRoles: '["web"]', notificationEmails: '["a@example.com"]' }));
        assert.deepEqual([inputs["prod-server-web-vss"]?.role, inputs["prod-email-a@example.com"]?.endpoint], ["web", "a@example.com"]);
    });

    it("declares every key in Pulumi.yaml, or explains it in a comment", () => {
        const file = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8");
        const declared = Object.keys((parse(file) as { config: object }).config);
        const explained = [...file.matchAll(/^ {4}# (vss-backup:\w+) {2}/gm)].map(([, key]) => key);
        assert.deepEqual([...declared, ...explained].sort(), KEYS.map((key) => `vss-backup:${key}`).sort());
    });

    it("declares defaults of the declared types", () => {
        const { config } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as { config: Record<string, Record<string, unknown>> };
        const kind = (value: unknown) => (Array.isArray(value) ? "array" : Number.isInteger(value) ? "integer" : typeof value);
        assert.deepEqual(
            Object.entries(config).filter(([, { type, default: value }]) => kind(value) !== type),
            [],
        );
    });
});
