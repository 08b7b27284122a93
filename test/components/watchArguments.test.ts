import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { VssBackupPolicyArgs } from "../../components";
import { DEFAULTS } from "../../components/defaults";
import { resolvePolicy } from "../../components/resolvePolicy";
import { SETTINGS } from "./defaultPolicy";
import { faultsOf, NOW } from "./faults";

const TIME = 'give hours and minutes from 00:00 to 23:59, such as "08:00"';
const HOURS = "give a whole number of hours from 1 to 24";
const DAYS = "give a whole number of days from 1 to 3650";
const FLAG = "give true or false";
const REPORT = "use daily, problems or never";
const CHAT = "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name; chat applications read no FIFO topics";
const TAG_KEY = "a tag key takes 1 to 128 letters, digits, spaces and _ . : / = + - @, and does not begin with aws:";
const TOPIC_ARN = "arn:aws:sns:eu-central-1:123456789012:ops";
const EXCLUDES_ALL = "excludeTag has the key of serverTag, so it would exclude every server; use another key";
const ALSO_HOLDS = "excludeTag has the key of hold; use another key for one of them";

describe("Arguments of the watch", () => {
    it("are true or false where nothing else makes sense", () => {
        assert.deepEqual(faultsOf({ watch: "no", alarmStopped: "yes", alarms: 1, dashboard: null }), [
            `watch is "no"; ${FLAG}`,
            `alarmStopped is "yes"; ${FLAG}`,
            `alarms is 1; ${FLAG}`,
            `dashboard is null; ${FLAG}`,
        ]);
    });

    for (const [args, faults] of [
        [{ watchEveryHours: 0 }, [`watchEveryHours is 0; ${HOURS}`]],
        [{ watchEveryHours: 25 }, [`watchEveryHours is 25; ${HOURS}`]],
        [{ watchEveryHours: 1.5 }, [`watchEveryHours is 1.5; ${HOURS}`]],
        [{ overdueGraceHours: 0 }, [`overdueGraceHours is 0; ${HOURS}`]],
        [{ overdueGraceHours: "3" }, [`overdueGraceHours is "3"; ${HOURS}`]],
        [{ overdueGraceHours: 25 }, [`overdueGraceHours is 25; ${HOURS}`]],
        [{ restoreTestDays: 0 }, [`restoreTestDays is 0; ${DAYS}`]],
        [{ restoreTestDays: 3651 }, [`restoreTestDays is 3651; ${DAYS}`]],
        [{ restoreTestDays: 1.5 }, [`restoreTestDays is 1.5; ${DAYS}`]],
        [{ report: "weekly" }, [`report is "weekly"; ${REPORT}`]],
        [{ report: "Daily" }, [`report is "Daily"; ${REPORT}`]],
        [{ report: false }, [`report is false; ${REPORT}`]],
        [{ reportAt: "8:00" }, [`reportAt is "8:00"; ${TIME}`]],
        [{ reportAt: "24:00" }, [`reportAt is "24:00"; ${TIME}`]],
        [{ reportAt: "08:60" }, [`reportAt is "08:60"; ${TIME}`]],
        [{ reportAt: "08:00:00" }, [`reportAt is "08:00:00"; ${TIME}`]],
        [{ reportAt: "cron(0 8 * * ? *)" }, [`reportAt is "cron(0 8 * * ? *)"; ${TIME}`]],
        [{ reportAt: 480 }, ['reportAt is 480; give a time of day, such as "08:00", as text: write it in quotes']],
        [{ chatTopicArn: "chat" }, [`chatTopicArn is "chat"; ${CHAT}`]],
        [{ chatTopicArn: `${TOPIC_ARN}.fifo` }, [`chatTopicArn is "${TOPIC_ARN}.fifo"; ${CHAT}`]],
        [
            { chatTopicArn: TOPIC_ARN, topicArn: TOPIC_ARN },
            ["chatTopicArn is the topic of topicArn, so people would get the text for chat by mail; use another topic"],
        ],
        [{ excludeTag: "" }, [`excludeTag is ""; ${TAG_KEY}`]],
        [{ excludeTag: "aws:autoscaling:groupName" }, [`excludeTag is "aws:autoscaling:groupName"; ${TAG_KEY}`]],
        [{ excludeTag: "k".repeat(129) }, [`excludeTag is "${"k".repeat(129)}"; ${TAG_KEY}`]],
        [{ excludeTag: " Not" }, ['excludeTag is " Not"; a tag key must have no space at its ends, or EC2 would find no instance with it']],
        [{ excludeTag: "__proto__" }, ['excludeTag is "__proto__"; JavaScript reserves the name __proto__; use another name']],
        [{ excludeTag: true }, ["excludeTag is true; give a tag key as text: write it in quotes"]],
        [{ excludeTag: "vssbackup" }, [EXCLUDES_ALL]],
        [{ excludeTag: "role", serverTag: { key: "Role", value: "sql" } }, [EXCLUDES_ALL]],
        [{ serverTag: { key: "VssBackupExclude" } }, [EXCLUDES_ALL]],
        [{ excludeTag: "vssbackuphold" }, [ALSO_HOLDS]],
        [{ hold: "VSSBackupExclude" }, [ALSO_HOLDS]],
        [
            { watchEveryHour: 1, reports: "daily", reportsAt: "08:00", alarm: true },
            [
                "watchEveryHour is not an argument; did you mean watchEveryHours?",
                "reports is not an argument; did you mean report?",
                "reportsAt is not an argument; did you mean reportAt?",
                "alarm is not an argument; did you mean alarms?",
            ],
        ],
    ] as [unknown, string[]][]) {
        it(`such as ${inspect(args, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 70)} are refused`, () => {
            assert.deepEqual(faultsOf(args), faults);
        });
    }

    it("are accepted at their limits", () => {
        assert.deepEqual(
            [
                { watchEveryHours: 1, overdueGraceHours: 1 },
                { watchEveryHours: 24, overdueGraceHours: 24 },
                { restoreTestDays: 1 },
                { restoreTestDays: 3650 },
                { reportAt: "00:00" },
                { reportAt: "19:59" },
                { excludeTag: "k".repeat(128) },
                { excludeTag: "SnapshotType" },
                { chatTopicArn: TOPIC_ARN },
                { chatTopicArn: pulumi.output("x"), topicArn: TOPIC_ARN },
            ].flatMap((args) => faultsOf(args)),
            [],
        );
    });

    it("are refused without the watch, each by its name", () => {
        const args = {
            watch: false,
            watchEveryHours: 6,
            report: "never",
            reportAt: "09:00",
            overdueGraceHours: 4,
            excludeTag: "VssBackup",
            alarmStopped: true,
            restoreTestDays: 90,
            chatTopicArn: pulumi.output(TOPIC_ARN),
            alarms: false,
            dashboard: true,
        };
        assert.deepEqual(
            faultsOf(args),
            [
                "watchEveryHours is 6",
                'report is "never"',
                'reportAt is "09:00"',
                "overdueGraceHours is 4",
                'excludeTag is "VssBackup"',
                "alarmStopped is true",
                "restoreTestDays is 90",
                "chatTopicArn is a value of another resource, which is not known yet",
                "alarms is false",
                "dashboard is true",
            ].map((given) => `${given}, and watch is false; leave out one of them`),
        );
    });

    it("are refused without a report if they are about the report", () => {
        assert.deepEqual(faultsOf({ report: "never", reportAt: "09:00", chatTopicArn: TOPIC_ARN, alarmStopped: true }), [
            'reportAt is "09:00", and report is "never"; leave out one of them',
            `chatTopicArn is "${TOPIC_ARN}", and report is "never"; leave out one of them`,
        ]);
    });

    it("may have their defaults without the watch or a report, as in Pulumi.yaml", () => {
        const { watchEveryHours, report, reportAt, overdueGraceHours, excludeTag, alarmStopped, alarms, dashboard } = DEFAULTS;
        const defaults = { watchEveryHours, reportAt, overdueGraceHours, excludeTag, alarmStopped, alarms, dashboard };
        assert.deepEqual(
            [
                { ...defaults, report, watch: false },
                { ...defaults, report: "never" },
            ].flatMap((args) => faultsOf(args)),
            [],
        );
    });

    it("are applied with their defaults", () => {
        const resolve = (args: VssBackupPolicyArgs) => {
            const { watch: { chatTopicArn, ...watch } = {}, watchSettings } = resolvePolicy("prod", args, NOW);
            return { settings: watchSettings, ...watch, hasChat: chatTopicArn !== undefined };
        };
        const { maxDeletionsPerRun, ...settings } = SETTINGS;
        const byDefault = { settings, everyHours: 1, reportSchedule: "cron(0 8 * * ? *)", alarms: true, dashboard: false, hasChat: false };
        assert.deepEqual(
            [
                resolve({}),
                resolve({ report: "never", watchEveryHours: 6, alarms: false, dashboard: true }),
                resolve({ report: "problems", reportAt: "06:05", chatTopicArn: TOPIC_ARN }),
                resolve({ restoreTestDays: 30 }),
                resolve({ watch: false }),
            ],
            [
                byDefault,
                {
                    ...{ settings: { ...settings, report: "never" }, everyHours: 6, reportSchedule: undefined },
                    ...{ alarms: false, dashboard: true, hasChat: false },
                },
                { ...byDefault, settings: { ...settings, report: "problems" }, reportSchedule: "cron(5 6 * * ? *)", hasChat: true },
                { ...byDefault, settings: { ...settings, restoreTestDays: 30 } },
                { settings, hasChat: false },
            ],
        );
    });
});

describe("Warnings of the watch", () => {
    const skipped = (reportAt: string, zone: string, first: string) => [
        `reportAt is ${reportAt}, and the clock of ${zone} skips ${first}. EventBridge Scheduler starts nothing at such a time, so that day has no report. Choose an hour that no clock change skips.`,
    ];

    for (const [args, warnings] of [
        [{ reportAt: "02:30", timezone: "Europe/Vienna" }, skipped("02:30", "Europe/Vienna", "2027-03-28 02:30")],
        [{ reportAt: "02:00", timezone: "Europe/Vienna" }, skipped("02:00", "Europe/Vienna", "2027-03-28 02:00")],
        [{ reportAt: "02:15", timezone: "Australia/Lord_Howe" }, skipped("02:15", "Australia/Lord_Howe", "2027-10-03 02:15")],
        [{ reportAt: "03:00", timezone: "Europe/Vienna" }, []],
        [{ reportAt: "01:59", timezone: "Europe/Vienna" }, []],
        [{ reportAt: "02:30" }, []],
        [{ reportAt: "02:30", timezone: "Asia/Kolkata" }, []],
    ] as [VssBackupPolicyArgs, string[]][]) {
        it(`are ${warnings.length} for a report at ${args.reportAt} in ${args.timezone ?? "UTC"}`, () => {
            assert.deepEqual(resolvePolicy("prod", args, NOW).warnings, warnings);
        });
    }
});
