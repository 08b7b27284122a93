import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { VssBackupPolicyArgs } from "../../components";
import { readArchive } from "../../rehearsal/embeddedAws/lambda";
import { ACCOUNT_ID } from "../../rehearsal/program";
import { deployPolicy, inputsOf } from "../support/policies";
import { BY_DEFAULT, changedBy, REMOVED, settingsParameter } from "./defaultPolicy";
import { ALARM_NAMES, WATCH_BY_DEFAULT, withTargets } from "./defaultWatch";
import { TOPIC } from "./expected";

const CHAT = `arn:aws:sns:eu-central-1:${ACCOUNT_ID}:chat`;

function removed(names: readonly string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, REMOVED]));
}

/** The policy of the watch's role with another last statement, or without it. */
function withLastStatement(...last: object[]): object {
    const given = BY_DEFAULT["prod-watch-role-policy"] as { policy: { Statement: object[] } };
    return { ...given, policy: { ...given.policy, Statement: [...given.policy.Statement.slice(0, -1), ...last] } };
}

describe("The watch", () => {
    it("does not exist if watch is false", async () => {
        assert.deepEqual(await changedBy({ watch: false }), {
            ...removed(Object.keys(WATCH_BY_DEFAULT)),
            "prod-settings": settingsParameter({ watchFunction: undefined }),
        });
        assert.equal((await deployPolicy({ watch: false })).outputs.watchFunctionName, undefined);
    });

    for (const [watchEveryHours, rate, hours] of [
        [6, "rate(6 hours)", 18],
        [24, "rate(24 hours)", 72],
    ] as const) {
        it(`runs every ${watchEveryHours} hours, and its heartbeat may be missing for ${hours}`, async () => {
            const heartbeat = BY_DEFAULT["prod-heartbeat-alarm"] as { alarmDescription: string };
            const period = watchEveryHours * 3600 + 900;
            assert.deepEqual(await changedBy({ watchEveryHours }), {
                "prod-watch-schedule": { ...BY_DEFAULT["prod-watch-schedule"], scheduleExpression: rate },
                "prod-settings": settingsParameter({ watchEveryHours }),
                "prod-overdue-alarm": { ...BY_DEFAULT["prod-overdue-alarm"], period },
                "prod-problems-alarm": { ...BY_DEFAULT["prod-problems-alarm"], period },
                "prod-heartbeat-alarm": {
                    ...heartbeat,
                    alarmDescription: heartbeat.alarmDescription.replace("3 hours", `${hours} hours`),
                    period: watchEveryHours * 3600,
                    warmUpConfiguration: { warmUpPeriodDurationInMinutes: 2 * watchEveryHours * 60 },
                },
            });
        });
    }

    it("sends its report at the given time", async () => {
        assert.deepEqual(await changedBy({ reportAt: "23:05" }), {
            "prod-report-schedule": { ...BY_DEFAULT["prod-report-schedule"], scheduleExpression: "cron(5 23 * * ? *)" },
        });
    });

    it("can publish nothing if it sends no report", async () => {
        assert.deepEqual(await changedBy({ report: "never" }), {
            "prod-report-schedule": REMOVED,
            "prod-settings": settingsParameter({ settings: { report: "never" } }),
            "prod-watch-role-policy": withLastStatement(),
        });
    });

    it("can also publish to the topic for chat", async () => {
        const changed = {
            "prod-settings": settingsParameter({ targets: { chatTopicArn: CHAT } }),
            "prod-watch": withTargets({ chatTopicArn: CHAT }),
            "prod-watch-role-policy": withLastStatement({
                Sid: "PublishReport",
                Effect: "Allow",
                Action: "sns:Publish",
                Resource: [TOPIC, CHAT],
            }),
        };
        assert.deepEqual(await changedBy({ chatTopicArn: CHAT }), changed);
        assert.deepEqual(await changedBy({ chatTopicArn: pulumi.output(CHAT) }), changed);
    });

    it("has the other arguments in its closure, and the settings have them, too", async () => {
        const args: VssBackupPolicyArgs = { report: "problems", overdueGraceHours: 6, excludeTag: "NotWatched", alarmStopped: true };
        assert.deepEqual(await changedBy(args), { "prod-settings": settingsParameter({ settings: args }) });
        const { resources } = await deployPolicy({ ...args, cleanerSchedule: "rate(12 hours)", reportOnly: true, orphanDays: 30 });
        const { "index.js": closure = "" } = await readArchive(resources.find(({ name }) => name === "prod-watch")?.inputs.code);
        assert.deepEqual(
            [...closure.matchAll(/^__settings\.(\w+) = (.*);$/gm)].map(([, key, value]) => `${key}: ${value}`),
            [
                'name: "prod"',
                "retention: __settings_retention",
                "schedules: __settings_schedules",
                'timezone: "UTC"',
                'hold: "VssBackupHold"',
                "orphanDays: 30",
                "failedSetGraceHours: 24",
                "countCrashConsistent: false",
                "standIns: true",
                'excludeTag: "NotWatched"',
                "overdueGraceHours: 6",
                "alarmStopped: true",
                'report: "problems"',
                'cleanerSchedule: "rate(12 hours)"',
                "reportOnly: true",
                "windowCutoff: 0",
            ],
        );
    });

    it("knows the addresses of the policy by their names and digests, and not by their text", async () => {
        const changed = await changedBy({ notificationEmails: { admins: pulumi.output("Ops@Example.com"), night: "night@example.com" } });
        // sha256 of ops@example.com and night@example.com
        assert.deepEqual(changed["prod-watch"], withTargets({ emails: { admins: "af3c82544f64", night: "f912f0b9fe03" } }));
    });

    it("looks at the servers, topic and document of the policy", async () => {
        const topicArn = `arn:aws:sns:eu-central-1:${ACCOUNT_ID}:ops`;
        const document = "AWSEC2-VssInstallAndSnapshot";
        const args = { serverTag: { key: "Role", value: pulumi.output("sql") }, topicArn, excludeBootVolume: true, document } as const;
        const changed = await changedBy(args);
        const targets = { serverTag: { key: "Role", value: "sql" }, topicArn, excludeBootVolume: true, document };
        assert.deepEqual([changed["prod-watch"], changed["prod-settings"]], [withTargets(targets), settingsParameter({ targets })]);
        assert.deepEqual((changed["prod-watch-rule"] as { eventPattern: { detail: { $or: object[] } } }).eventPattern.detail.$or[1], {
            service: ["ec2"],
            "resource-type": ["instance"],
            "changed-tag-keys": ["Role"],
        });
        const actions = ALARM_NAMES.map((name) => changed[name] as { alarmActions: string[]; okActions: string[] });
        assert.deepEqual(
            actions.map(({ alarmActions, okActions }) => [alarmActions, okActions]),
            ALARM_NAMES.map(() => [[topicArn], [topicArn]]),
        );
    });
});

describe("The alarms", () => {
    it("do not exist if alarms is false", async () => {
        assert.deepEqual(await changedBy({ alarms: false }), removed(ALARM_NAMES));
    });
});

describe("The dashboard", () => {
    const metric = (title: string, width: number, view: string, period: number, metrics: readonly (readonly string[])[]) => ({
        type: "metric",
        width,
        height: 6,
        properties: { title, region: "eu-central-1", view, stat: "Maximum", period, metrics },
    });
    const ofWatch = (...names: string[]) => names.map((name) => ["VssBackup", name, "Policy", "prod"]);
    const widgets = (period: number) => [
        metric("Now", 24, "singleValue", period, ofWatch("Servers", "OverdueServers", "UncoveredVolumes", "Problems", "OldestNewestHours")),
        metric("Problems", 12, "timeSeries", period, ofWatch("Problems", "OverdueServers", "UncoveredVolumes")),
        metric("Hours since the oldest newest restore point", 12, "timeSeries", period, ofWatch("OldestNewestHours")),
        metric("Restore points and snapshots", 12, "timeSeries", period, ofWatch("RestorePoints", "SnapshotsKept", "SnapshotsDeleted")),
        metric("Runs of the watch, and errors of the cleaner", 12, "timeSeries", period, [
            ...ofWatch("Heartbeat"),
            ["AWS/Lambda", "Errors", "FunctionName", "vss-backup-prod-cleaner"],
        ]),
        {
            type: "log",
            width: 24,
            height: 12,
            properties: {
                title: "Newest reports",
                region: "eu-central-1",
                view: "table",
                query: "SOURCE '/vss-backup/prod/watch' | filter ispresent(WatchReport) | sort @timestamp desc | limit 20 | display Time, Subject, Findings.0.Sentence, Findings.0.Cure, @message",
            },
        },
    ];

    it("shows the alarms, the metrics and the newest reports", async () => {
        const alarms = ["overdue", "problems", "heartbeat", "cleaner-errors", "dead-letters"].map(
            (suffix) => `arn:aws:cloudwatch:eu-central-1:${ACCOUNT_ID}:alarm:vss-backup-prod-${suffix}`,
        );
        const states = { type: "alarm", width: 24, height: 3, properties: { title: "Alarms", alarms } };
        assert.deepEqual(await changedBy({ dashboard: true }), {
            "prod-dashboard": {
                dashboardName: "vss-backup-prod-eu-central-1",
                dashboardBody: { widgets: [states, ...widgets(3600)] },
            },
        });
    });

    it("shows no alarms if there are none, and one value for each run", async () => {
        const changed = await changedBy({ dashboard: true, alarms: false, watchEveryHours: 6 });
        const { dashboardBody } = changed["prod-dashboard"] as { dashboardBody: object };
        assert.deepEqual(dashboardBody, { widgets: widgets(6 * 3600) });
    });

    it("has another name in each region, since an account has one list of dashboards", async () => {
        const { "prod-dashboard": given } = inputsOf(await deployPolicy({ dashboard: true }, { region: "eu-west-1" }));
        assert.equal(given?.dashboardName, "vss-backup-prod-eu-west-1");
    });
});
