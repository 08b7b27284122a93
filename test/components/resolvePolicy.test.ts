import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { VssBackupPolicyArgs } from "../../components";
import { policyFaults } from "../../components/argumentFaults";
import { checkWhenKnown } from "../../components/refusal";
import { resolvePolicy } from "../../components/resolvePolicy";
import { faultsOf, NOW, thrownBy } from "./faults";

const CROWDED =
    "No hour of the week is certain to be outside all backup windows. State Manager updates the VSS package at cron(0 1 ? * SUN *) UTC, and a backup may fail then.";

/** Resolves to the value of an output, or fails with its error. */
function resolveOutput<T>(value: pulumi.Output<T>): Promise<T> {
    return (value as unknown as { promise(): Promise<T> }).promise();
}

const COUNT = "keep a whole number of restore points, at least 1; to drop the type, set its schedule to never";
const TAG = "has up to 128 characters, no space at its ends, and no {{ or }}; the SSM document accepts a-z A-Z 0-9 space . / - @ _ + : =";
const VALUE = TAG.replace("128", "256");
const TYPE =
    "a snapshot type has up to 64 characters, no space at its ends, and no {{ or }}; the SSM document accepts a-z A-Z 0-9 space ( ) . / - @ _ + : = { }";
const RESERVED = "the policy uses the tags VssBackupPolicy, SnapshotType, AppConsistent, Device, AwsVssConfig itself; use another key";
const PROTO = "JavaScript reserves the name __proto__; use another name";
const EVENTS = "use All, InProgress, Success, TimedOut, Cancelled or Failed";
const TOPIC = "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name; SSM can't publish to FIFO topics";
const VERSION =
    'give "latest" or a version from 2.3.1, such as "2.5.1": AWS\'s policy AWSEC2VssSnapshotPolicy does not allow older versions';
const SERVER_TAG_KEY = "a server tag's key takes 1 to 128 letters, digits, spaces and _ . : / = - @";
const SERVER_TAG_VALUE = "a server tag's value takes 1 to 256 letters, digits, spaces and _ . : / = + - @ ,";
const ROLE = "give a role's name or ARN";
const ROLES = "give a map from a name of your choice to a role's name or ARN";
const EMAIL = "give an e-mail address such as admin@example.com";
const EMAILS = "give a map from a name of your choice to an e-mail address";
const ENTRY = "a name takes 1 to 64 letters, digits and _ . @ + = , -, a letter or digit first";
const ZONE = "give an IANA time zone, such as Europe/Vienna";
const HOLD_KEY = "a tag key takes 1 to 128 letters, digits, spaces and _ . : / = + - @, and does not begin with aws:";
const CRON = "write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)";

const OLD_FOR_METADATA =
    "saveVssMetadata is true, and componentsVersion is older than 2.4.0; give a newer version, or leave out one of them";

/** Every argument with a valid value. */
const ALL: Required<VssBackupPolicyArgs> = {
    retention: { Day: 7, "Half year": 2 },
    schedules: { Month: "never", "Half year": "cron(0 6 2 1,7 ? *)" },
    timezone: "Asia/Kolkata",
    serverTag: { key: "aws:autoscaling:groupName", value: "web" },
    serverRoles: { web: "web", sql: "arn:aws-cn:iam::123456789012:role/apps/sql" },
    notificationEmails: { first: "first.last+tag@example.co.uk" },
    notificationEvents: ["All"],
    topicArn: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ops",
    excludeBootVolume: true,
    copyOnly: false,
    noWriters: false,
    saveVssMetadata: true,
    document: "AWSEC2-VssInstallAndSnapshot",
    componentsVersion: "2.4.0",
    cleanerSchedule: "rate(12 hours)",
    hold: "Legal/hold",
    orphanDays: 30,
    failedSetGraceHours: 48,
    maxDeletionsPerRun: 5000,
    countCrashConsistent: true,
    standIns: false,
    reportOnly: true,
    watch: true,
    watchEveryHours: 24,
    report: "problems",
    reportAt: "23:59",
    overdueGraceHours: 24,
    excludeTag: "Büro/not watched",
    alarmStopped: true,
    restoreTestDays: 3650,
    chatTopicArn: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:chat",
    alarms: false,
    dashboard: true,
    tags: { "Cost center": "4711/a", empty: "" },
};

describe("Arguments", () => {
    it("may all be left out", () => {
        assert.deepEqual(faultsOf({}), []);
    });

    it("may save metadata with each version that can, and exclude writers without it", () => {
        const accepted = [
            { saveVssMetadata: true },
            { saveVssMetadata: true, componentsVersion: "latest", noWriters: false },
            { saveVssMetadata: true, componentsVersion: "2.4.0" },
            { saveVssMetadata: true, document: "AWSEC2-VssInstallAndSnapshot", componentsVersion: "3.0.0" },
            { saveVssMetadata: false, componentsVersion: "2.3.1", noWriters: true },
        ];
        assert.deepEqual(
            accepted.flatMap((args) => faultsOf(args)),
            [],
        );
    });

    it("may all be given", () => {
        assert.deepEqual(faultsOf(ALL), []);
    });

    it("are refused with all their faults in one message, which names the component", () => {
        assert.throws(() => resolvePolicy("prod", { retention: { Day: 0 }, timezone: "Nowhere", copyOnly: "yes" as never }, NOW), {
            name: "Error",
            message: [
                `VssBackupPolicy "prod": retention.Day is 0; ${COUNT}`,
                `VssBackupPolicy "prod": timezone is "Nowhere"; ${ZONE}`,
                'VssBackupPolicy "prod": copyOnly is "yes"; give true or false',
            ].join("\n"),
        });
    });

    for (const [args, faults] of [
        [
            { retention: { Day: 0, Week: -1, Month: 1.5 } },
            [`retention.Day is 0; ${COUNT}`, `retention.Week is -1; ${COUNT}`, `retention.Month is 1.5; ${COUNT}`],
        ],
        [
            { retention: { Day: Number.MAX_VALUE, Week: true, Month: [2] } },
            [`retention.Day is 1.7976931348623157e+308; ${COUNT}`, `retention.Week is true; ${COUNT}`, `retention.Month is [2]; ${COUNT}`],
        ],
        [{ retention: { Half: 2 } }, ["retention.Half has no schedules.Half; add a schedule for it"]],
        [{ retention: { day: 7 } }, ["retention.day has no schedules.day; did you mean Day?"]],
        [{ retention: null }, ["retention is null; give a map from snapshot type to number of restore points"]],
        [{ retention: { Day: "5" } }, [`retention.Day is "5"; ${COUNT}`]],
        [{ retention: { Month: null } }, [`retention.Month is null; ${COUNT}`]],
        [{ retention: 5 }, ["retention is 5; give a map from snapshot type to number of restore points"]],
        [
            { retention: new Map([["Day", 1]]) },
            ["retention is Map(1) { 'Day' => 1 }; give a map from snapshot type to number of restore points"],
        ],
        [{ schedules: ["x"] }, ['schedules is ["x"]; give a map from snapshot type to schedule']],
        [{ schedules: { Day: "0 1 * * *" } }, [`schedules.Day is "0 1 * * *"; ${CRON}`]],
        [
            { schedules: { Day: "cron(*/90 1 ? * * *)" } },
            ['schedules.Day is "cron(*/90 1 ? * * *)"; */90 is no minute; it takes 0 to 59, lists (,), ranges (-), steps (/), *'],
        ],
        [
            { schedules: { Day: "cron(0 1 ? * sun *)" } },
            ['schedules.Day is "cron(0 1 ? * sun *)"; sun is no day of week; write capitals: SUN'],
        ],
        [{ schedules: { Day: "CRON(0 1 ? * * *)" } }, ['schedules.Day is "CRON(0 1 ? * * *)"; write cron(…) in small letters']],
        [
            { schedules: { Day: "rate(1 hours)", Week: "cron(0 3 ? * SUN *" } },
            [
                'schedules.Day is "rate(1 hours)"; write rate(1 hour), or rate(2 hours) and more',
                `schedules.Week is "cron(0 3 ? * SUN *"; ${CRON}`,
            ],
        ],
        [{ schedules: "cron(0 1 ? * * *)" }, ['schedules is "cron(0 1 ? * * *)"; give a map from snapshot type to schedule']],
        [
            { schedules: { Day: 5, Week: null } },
            ["schedules.Day is 5; give a cron(…) or rate(…) expression", "schedules.Week is null; give a cron(…) or rate(…) expression"],
        ],
        [{ schedules: { Day: "Never" } }, ['schedules.Day is "Never"; write never in small letters']],
        [{ schedules: { Year: "cron(0 6 2 1 ? *)" } }, ["schedules.Year has no retention.Year; add how many restore points to keep"]],
        [
            { schedules: { Month: "never" }, retention: { Month: 3 } },
            ['schedules.Month is "never", and retention.Month is given; leave out one of them'],
        ],
        [
            { schedules: { "A,B": "cron(0 6 2 1 ? *)" }, retention: { "A,B": 1 } },
            [`the snapshot type "A,B" in retention and schedules can't be used; ${TYPE}`],
        ],
        [
            { retention: { "{{x}}": 1, " x": 1, ["a".repeat(65)]: 1, 'a"b': 1, "a'b": 1 } },
            [
                `the snapshot type "{{x}}" in retention can't be used; ${TYPE}`,
                `the snapshot type " x" in retention can't be used; ${TYPE}`,
                `the snapshot type "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" in retention can't be used; ${TYPE}`,
                `the snapshot type "a\\"b" in retention can't be used; ${TYPE}`,
                `the snapshot type "a'b" in retention can't be used; ${TYPE}`,
            ],
        ],
        [{ retention: JSON.parse('{"__proto__": 1}') }, [`the snapshot type "__proto__" in retention can't be used; ${PROTO}`]],
        [
            { schedules: { day: "cron(0 8 ? * * *)" }, retention: { day: 1 } },
            ["schedules has Day and day, and their resources would have the same names; rename one"],
        ],
        [
            { schedules: { "()": "cron(0 8 ? * * *)" }, retention: { "()": 1 } },
            ['the snapshot type "()" in retention and schedules can\'t be used; give a snapshot type at least one letter or digit'],
        ],
        [{ schedules: { Day: "never", Week: "never", Month: "never" } }, ["schedules drops every snapshot type; keep at least one"]],
        [
            { schedules: { Week: "cron(30 1 ? * SUN *)" } },
            [
                "schedules.Day and schedules.Week overlap: Day opens at 2027-01-03 01:00 UTC and may keep a server busy until 2027-01-03 02:00 UTC, but Week opens at 2027-01-03 01:30 UTC; move one of them",
            ],
        ],
        [
            { schedules: { Day: "cron(0 8/0 ? * * *)", Year: "never" }, retention: { Year: 1 } },
            [
                'schedules.Day is "cron(0 8/0 ? * * *)"; 8/0 is no hour; it takes 0 to 23, lists (,), ranges (-), steps (/), *',
                'schedules.Year is "never", and retention.Year is given; leave out one of them',
            ],
        ],
        [{ schedules: { Day: "cron(0 1 30 2 ? *)" } }, ["schedules.Day never opens a window; give it a time in the future"]],
        [
            { schedules: { Day: "cron(0/30 8 ? * * *)" } },
            [
                "schedules.Day opens a window at 2027-01-01 08:30 UTC, before its previous window of 1 hour closes; open at most one window an hour",
            ],
        ],
        [
            { schedules: { Day: "rate(10 minutes)" } },
            [
                "schedules.Day opens a window before its previous window of 1 hour closes; open at most one window an hour",
                "schedules.Day will overlap with Week, which opens at 2027-01-03 03:00 UTC; a window may keep a server busy for 60 minutes; give Day a cron(…) expression",
                "schedules.Day will overlap with Month, which opens at 2027-01-01 05:00 UTC; a window may keep a server busy for 60 minutes; give Day a cron(…) expression",
            ],
        ],
        [
            { timezone: "Europe/Vienna", schedules: { Day: "cron(30 1 ? * * *)" } },
            [
                "schedules.Day and schedules.Week overlap: Day opens at 2027-03-28 01:30 Europe/Vienna and may keep a server busy until 2027-03-28 03:30 Europe/Vienna, but Week opens at 2027-03-28 03:00 Europe/Vienna; move one of them",
            ],
        ],
        [{ timezone: "Asia/kolkata" }, [`timezone is "Asia/kolkata"; ${ZONE}; did you mean Asia/Kolkata?`]],
        [{ timezone: "Europe/Wien" }, [`timezone is "Europe/Wien"; ${ZONE}`]],
        [{ timezone: "Europe/Viena" }, [`timezone is "Europe/Viena"; ${ZONE}; did you mean Europe/Vienna?`]],
        [{ timezone: "vienna" }, [`timezone is "vienna"; ${ZONE}; did you mean Europe/Vienna?`]],
        [{ timezone: "" }, [`timezone is ""; ${ZONE}`]],
        [{ timezone: "GMT-5" }, [`timezone is "GMT-5"; ${ZONE}; did you mean GMT-0?`]],
        [{ timezone: "Asia/Calcuta" }, [`timezone is "Asia/Calcuta"; ${ZONE}; did you mean Asia/Calcutta?`]],
        [{ timezone: "utc" }, [`timezone is "utc"; ${ZONE}; did you mean UTC?`]],
        [{ timezone: "+01:00" }, [`timezone is "+01:00"; ${ZONE}`]],
        [
            { timezone: "W. Europe Standard Time" },
            ['timezone is "W. Europe Standard Time"; this is a Windows name, and AWS needs an IANA name; write Europe/Berlin'],
        ],
        [
            { timezone: "Tokyo Standard Time" },
            ['timezone is "Tokyo Standard Time"; this is a Windows name, and AWS needs an IANA name; write Asia/Tokyo'],
        ],
        ...["PST", "IST", "CEST", "Z"].map((timezone) => [{ timezone }, [`timezone is "${timezone}"; ${ZONE}`]]),
        [
            { timezone: "w. europe standard time" },
            ['timezone is "w. europe standard time"; this is a Windows name, and AWS needs an IANA name; write Europe/Berlin'],
        ],
        [
            { tags: { Owner: pulumi.output("x"), owner: "y" }, serverTag: [pulumi.output("x")] },
            [
                'serverTag is ["not known yet"]; give {key, value}',
                'tags is {"Owner":"not known yet","owner":"y"}; IAM treats Owner and owner as the same key; keep one of them',
            ],
        ],
        [
            JSON.parse('{ "serverTag": { "key": "__proto__" }, "hold": "__proto__", "serverRoles": { "__proto__": "x" } }'),
            [
                `serverTag.key is "__proto__"; ${PROTO}`,
                `the name "__proto__" in serverRoles can't be used; ${ENTRY}`,
                `hold is "__proto__"; ${PROTO}`,
            ],
        ],
        [{ timezone: 1 }, [`timezone is 1; ${ZONE}`]],
        [{ serverTag: "Backup" }, ['serverTag is "Backup"; give {key, value}']],
        [
            { serverTag: { key: "a*", value: "" } },
            [`serverTag.key is "a*"; ${SERVER_TAG_KEY}`, `serverTag.value is ""; ${SERVER_TAG_VALUE}`],
        ],
        [
            { serverTag: { key: "a".repeat(129), value: 5 } },
            [
                `serverTag.key is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; ${SERVER_TAG_KEY}`,
                "serverTag.value is 5; give a server tag's value as text: write it in quotes",
            ],
        ],
        [
            { serverTag: { key: " a", value: "b " } },
            [
                'serverTag.key is " a"; a server tag\'s key must have no space at its ends',
                'serverTag.value is "b "; a server tag\'s value must have no space at its ends',
            ],
        ],
        [{ serverTag: null }, ["serverTag is null; give {key, value}"]],
        [
            { serverTag: { key: null, value: null } },
            ["serverTag.key is null; give a server tag's key as text", "serverTag.value is null; give a server tag's value as text"],
        ],
        [
            { serverTag: { name: "x", vlaue: "y" } },
            ["serverTag.name is not an argument; leave it out", "serverTag.vlaue is not an argument; did you mean value?"],
        ],
        [{ serverRoles: ["arn:aws:iam::1:user/x"] }, [`serverRoles.0 is "arn:aws:iam::1:user/x"; ${ROLE}`]],
        [
            { serverRoles: ["ok", "", 5, null, "a b", "a".repeat(65)] },
            [
                `serverRoles.1 is ""; ${ROLE}`,
                `serverRoles.2 is 5; ${ROLE} as text: write it in quotes`,
                `serverRoles.3 is null; ${ROLE} as text`,
                `serverRoles.4 is "a b"; ${ROLE}`,
                `serverRoles.5 is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; ${ROLE}`,
            ],
        ],
        [
            { serverRoles: { "a b": "x", ok: "a b", "": "y", no: null } },
            [
                `the name "a b" in serverRoles can't be used; ${ENTRY}`,
                `serverRoles.ok is "a b"; ${ROLE}`,
                `the name "" in serverRoles can't be used; ${ENTRY}`,
                `serverRoles.no is null; ${ROLE} as text`,
            ],
        ],
        [{ serverRoles: "web" }, [`serverRoles is "web"; ${ROLES}`]],
        [
            { serverRoles: [pulumi.output("web"), Promise.resolve("sql")] },
            [
                `serverRoles.0 is a value of another resource, which is not known yet; a list takes plain text only; ${ROLES}`,
                `serverRoles.1 is a value of another resource, which is not known yet; a list takes plain text only; ${ROLES}`,
            ],
        ],
        [
            {
                serverRoles: {
                    a: "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM",
                    b: "AWSServiceRoleForAmazonSSM",
                },
            },
            [
                'serverRoles.a is "arn:aws:iam::123456789012:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM"; this is a service-linked role, and only AWS changes its policies; give a role that you manage',
                'serverRoles.b is "AWSServiceRoleForAmazonSSM"; this is a service-linked role, and only AWS changes its policies; give a role that you manage',
                "serverRoles has AWSServiceRoleForAmazonSSM twice; name it once",
            ],
        ],
        [
            { serverRoles: ["web", "arn:aws:iam::123456789012:role/x/web"], notificationEmails: { a: "a@b.co", b: "c@b.co", c: "a@b.co" } },
            ["serverRoles has web twice; name it once", "notificationEmails has a@b.co twice; name it once"],
        ],
        [
            { notificationEmails: ["admin", "b@example", "a..b@example.com", ".a@example.com", `${"a".repeat(65)}@example.com`, 5] },
            [
                `notificationEmails.0 is "admin"; ${EMAIL}`,
                `notificationEmails.1 is "b@example"; ${EMAIL}`,
                `notificationEmails.2 is "a..b@example.com"; ${EMAIL}`,
                `notificationEmails.3 is ".a@example.com"; ${EMAIL}`,
                `notificationEmails.4 is "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com"; ${EMAIL}`,
                `notificationEmails.5 is 5; give an e-mail address as text: write it in quotes`,
            ],
        ],
        [{ notificationEmails: "a@example.com" }, [`notificationEmails is "a@example.com"; ${EMAILS}`]],
        [
            { notificationEmails: { ops: "b@example", "a/b": "a@example.com" } },
            [`notificationEmails.ops is "b@example"; ${EMAIL}`, `the name "a/b" in notificationEmails can't be used; ${ENTRY}`],
        ],
        [{ notificationEvents: "Success" }, [`notificationEvents is "Success"; give a list: ${EVENTS}`]],
        [{ notificationEvents: [] }, [`notificationEvents is []; name at least one event: ${EVENTS}`]],
        [
            { notificationEvents: ["Success", "Done", null] },
            [`notificationEvents.1 is "Done"; ${EVENTS}`, `notificationEvents.2 is null; ${EVENTS}`],
        ],
        [{ topicArn: 5 }, [`topicArn is 5; ${TOPIC}`]],
        [{ topicArn: "arn:aws:sqs:eu-central-1:123456789012:ops" }, [`topicArn is "arn:aws:sqs:eu-central-1:123456789012:ops"; ${TOPIC}`]],
        [{ topicArn: "ops" }, [`topicArn is "ops"; ${TOPIC}`]],
        [
            { topicArn: "arn:aws:sns:eu-central-1:123456789012:ops.fifo" },
            [`topicArn is "arn:aws:sns:eu-central-1:123456789012:ops.fifo"; ${TOPIC}`],
        ],
        [
            { saveVssMetadata: true, noWriters: true, componentsVersion: "2.3.1" },
            ["saveVssMetadata is true, and noWriters is true, so there would be no metadata; leave out one of them", OLD_FOR_METADATA],
        ],
        [{ saveVssMetadata: true, componentsVersion: "2.3.9999.9" }, [OLD_FOR_METADATA]],
        [{ saveVssMetadata: true, componentsVersion: "2.3.0" }, [`componentsVersion is "2.3.0"; ${VERSION}`]],
        [{ saveVssMetadata: 1, noWriters: true }, ["saveVssMetadata is 1; give true or false"]],
        [
            { excludeBootVolume: "true", copyOnly: null, noWriters: 1 },
            [
                'excludeBootVolume is "true"; give true or false',
                "copyOnly is null; give true or false",
                "noWriters is 1; give true or false",
            ],
        ],
        [
            { document: "AWS-RunPowerShellScript" },
            ['document is "AWS-RunPowerShellScript"; use AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot'],
        ],
        [{ componentsVersion: "2.3.0" }, [`componentsVersion is "2.3.0"; ${VERSION}`]],
        [{ componentsVersion: "1.3.1.0" }, [`componentsVersion is "1.3.1.0"; ${VERSION}`]],
        [{ componentsVersion: "v2.5.1" }, [`componentsVersion is "v2.5.1"; ${VERSION}`]],
        [{ componentsVersion: "2.5" }, [`componentsVersion is "2.5"; ${VERSION}`]],
        [{ componentsVersion: "2.05.1" }, [`componentsVersion is "2.05.1"; ${VERSION}`]],
        [{ componentsVersion: "2.5.12345" }, [`componentsVersion is "2.5.12345"; ${VERSION}`]],
        [{ componentsVersion: "2222.2222.2222.22" }, [`componentsVersion is "2222.2222.2222.22"; ${VERSION}`]],
        [
            { componentsVersion: 2.5 },
            ['componentsVersion is 2.5; give a version, such as "2.5.1", or "latest", as text: write it in quotes'],
        ],
        [
            { cleanerSchedule: "cron(0 7 * * ? 2020)" },
            ['cleanerSchedule is "cron(0 7 * * ? 2020)"; it never fires again; give it a time in the future'],
        ],
        [
            { cleanerSchedule: "cron(0 0 7 * * ? *)" },
            [
                'cleanerSchedule is "cron(0 0 7 * * ? *)"; it has 7 fields; write the six of AWS: minutes hours day-of-month month day-of-week year',
            ],
        ],
        [
            { cleanerSchedule: "cron(0 7 * * 1 *)" },
            ['cleanerSchedule is "cron(0 7 * * 1 *)"; exactly one of day-of-month and day-of-week must be ?'],
        ],
        [{ cleanerSchedule: 7 }, ["cleanerSchedule is 7; give a cron(…) or rate(…) expression"]],
        [{ reportOnly: "no" }, ['reportOnly is "no"; give true or false']],
        [
            { countCrashConsistent: 1, standIns: "yes" },
            ["countCrashConsistent is 1; give true or false", 'standIns is "yes"; give true or false'],
        ],
        [
            { orphanDays: 0, failedSetGraceHours: 0, maxDeletionsPerRun: 0 },
            [
                "orphanDays is 0; give a whole number of days from 1 to 36500",
                "failedSetGraceHours is 0; give a whole number of hours from 1 to 8760",
                "maxDeletionsPerRun is 0; give a whole number of snapshots from 1 to 100000",
            ],
        ],
        [
            { orphanDays: "30", failedSetGraceHours: 1.5, maxDeletionsPerRun: 100_001 },
            [
                'orphanDays is "30"; give a whole number of days from 1 to 36500',
                "failedSetGraceHours is 1.5; give a whole number of hours from 1 to 8760",
                "maxDeletionsPerRun is 100001; give a whole number of snapshots from 1 to 100000",
            ],
        ],
        [{ hold: 5 }, ["hold is 5; give a tag key as text: write it in quotes"]],
        [{ hold: null }, ["hold is null; give a tag key as text"]],
        [
            { hold: { key: "Legal", value: "hold" } },
            ['hold is {"key":"Legal","value":"hold"}; give a tag key alone, as text; the tag\'s value does not matter'],
        ],
        [
            { hold: pulumi.output("Legal"), serverTag: pulumi.output({}) },
            [
                "serverTag is a value of another resource, which is not known yet; give {key, value}",
                "hold is a value of another resource, which is not known yet; give a tag key as text",
            ],
        ],
        [{ hold: "" }, [`hold is ""; ${HOLD_KEY}`]],
        [
            { hold: "VssBackupHold " },
            ['hold is "VssBackupHold "; a tag key must have no space at its ends, or EC2 would find no snapshot with it'],
        ],
        [{ hold: "Aws:x" }, [`hold is "Aws:x"; ${HOLD_KEY}`]],
        [{ hold: "a*" }, [`hold is "a*"; ${HOLD_KEY}`]],
        [
            { hold: "appconsistent" },
            [
                'hold is "appconsistent"; all snapshots of the policy have the tags VssBackupPolicy, SnapshotType, AppConsistent, Device, AwsVssConfig and would be held; use another key',
            ],
        ],
        [
            { hold: "Owner", tags: { owner: "ops" } },
            ["tags.owner has the key of hold, so it would hold every snapshot; use another key for one of them"],
        ],
        [
            { tags: { VssBackupHold: "x" } },
            ["tags.VssBackupHold has the key of hold, so it would hold every snapshot; use another key for one of them"],
        ],
        [
            { tags: { Device: "x", snapshottype: "y", "aws:x": "z" } },
            [
                `the key "Device" in tags can't be used; ${RESERVED}`,
                `the key "snapshottype" in tags can't be used; ${RESERVED}`,
                'the key "aws:x" in tags can\'t be used; aws: is reserved for AWS; use another key',
            ],
        ],
        [
            { tags: { Owner: "x", owner: "y", CostCenter: 815, Shared: true } },
            [
                "tags.CostCenter is 815; give a tag value as text: write it in quotes",
                "tags.Shared is true; give a tag value as text: write it in quotes",
                'tags is {"Owner":"x","owner":"y","CostCenter":815,"Shared":true}; IAM treats Owner and owner as the same key; keep one of them',
            ],
        ],
        [{ tags: ["a"] }, ['tags is ["a"]; give a map from tag key to value']],
        [{ tags: new Map([["a", "b"]]) }, ["tags is Map(1) { 'a' => 'b' }; give a map from tag key to value"]],
        [{ tags: JSON.parse('{"__proto__": "x"}') }, [`the key "__proto__" in tags can't be used; ${PROTO}`]],
        [
            { tags: { "": "x", a: 5, [` ${"k".repeat(127)}`]: "", ["k".repeat(129)]: "", b: "v".repeat(257) } },
            [
                'the key "" in tags can\'t be used; give a tag key at least one character',
                "tags.a is 5; give a tag value as text: write it in quotes",
                `the key " kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" in tags can't be used; a tag key ${TAG}`,
                `the key "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" in tags can't be used; a tag key ${TAG}`,
                `tags.b is "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv; a tag value ${VALUE}`,
            ],
        ],
        [{ tags: { "a;b": "c#d" } }, [`the key "a;b" in tags can't be used; a tag key ${TAG}`, `tags.a;b is "c#d"; a tag value ${VALUE}`]],
        [
            { tags: { a: " b", c: "{{d}}", e: null } },
            [`tags.a is " b"; a tag value ${VALUE}`, `tags.c is "{{d}}"; a tag value ${VALUE}`, "tags.e is null; give a tag value as text"],
        ],
        [
            { tags: Object.fromEntries(Array.from({ length: 46 }, (_, i) => [`k${i}`, ""])) },
            [
                'tags is {"k0":"","k1":"","k2":"","k3":"","k4":"","k5":"","k6":"","k7":"","k8":"","k9":"","k10":"","k11":"","k12":"","k13":"","k14":"","k15":"","k16":"","k17":"","k18":"","k19":"","k20":"","k21":"","k22":"","k; give at most 45 tags, which is the room on a snapshot',
            ],
        ],
        [
            { retenton: {}, topicARN: "x", deleteLastCopies: true, foo: 1 },
            [
                "retenton is not an argument; did you mean retention?",
                "topicARN is not an argument; did you mean topicArn?",
                "deleteLastCopies is not an argument; leave it out",
                "foo is not an argument; leave it out",
            ],
        ],
        [
            { "two\nlines": 1, serverTag: { "a\r\nb": 1 } },
            ["serverTag.a b is not an argument; leave it out", "two lines is not an argument; leave it out"],
        ],
        [null, ["its arguments are null; give an object"]],
        [["a"], ['its arguments are ["a"]; give an object']],
        ["prod", ['its arguments are "prod"; give an object']],
        [new Date(0), ["its arguments are 1970-01-01T00:00:00.000Z; give an object"]],
    ] as [unknown, string[]][]) {
        it(`such as ${inspect(args, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 70)} are refused`, () => {
            assert.deepEqual(faultsOf(args), faults);
        });
    }

    it("are accepted at their limits", () => {
        const type = `${"a".repeat(62)}()`;
        assert.deepEqual(
            [
                { retention: { Day: 1, Week: Number.MAX_SAFE_INTEGER } },
                { retention: { [type]: 1 }, schedules: { [type]: "cron(30 59 21 ? * * *)" } },
                { schedules: { Day: "cron(0 2 ? * * *)" } },
                { schedules: { Day: "rate(1 hour)", Week: "never", Month: "never" } },
                { retention: { Month: undefined }, schedules: { Month: undefined } },
                { schedules: { Never: "never" } },
                { timezone: "US/Eastern" },
                { timezone: "America/Argentina/Buenos_Aires" },
                { timezone: "Etc/GMT+5" },
                { timezone: "Asia/Kolkata" },
                ...["GMT", "CET", "EST5EDT", "Japan"].map((timezone) => ({ timezone })),
                { serverTag: { key: "k".repeat(128), value: "v".repeat(256) } },
                { serverTag: { value: "a,b+c" } },
                { serverTag: {} },
                { serverRoles: [], notificationEmails: [], tags: {} },
                { serverRoles: ["a".repeat(64), "1"] },
                { notificationEmails: ["a&b=c/d+e@example.com", `${"a".repeat(64)}@example.com`] },
                { serverRoles: Object.assign(Object.create(null), { a: "b" }) },
                { componentsVersion: "2.4.0" },
                { componentsVersion: "3.0.0.9999" },
                { tags: { ["k".repeat(128)]: "v".repeat(256) } },
                { tags: Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`k${i}`, ""])) },
            ].flatMap((args) => faultsOf(args)),
            [],
        );
        assert.deepEqual(faultsOf({}, "a".repeat(40)), []);
    });

    it("that JSON can't show are shown in one line", () => {
        const circle: Record<string, unknown> = { copyOnly: 1 };
        circle.copyOnly = circle;
        assert.deepEqual(
            [{ copyOnly: 5n }, circle, { copyOnly: Symbol("x") }, { copyOnly: function yes() {} }, { reportOnly: Number.NaN }].flatMap(
                (args) => faultsOf(args),
            ),
            [
                "copyOnly is 5n; give true or false",
                "copyOnly is <ref *1> { copyOnly: [Circular *1] }; give true or false",
                "copyOnly is Symbol(x); give true or false",
                "copyOnly is [Function: yes]; give true or false",
                "reportOnly is NaN; give true or false",
            ],
        );
    });

    it("do not matter if the policy's name is not text", () => {
        assert.deepEqual(
            [undefined, 5].flatMap((name) => thrownBy(name as never, {}).map(({ message }) => message)),
            [
                'VssBackupPolicy "undefined": its name is missing; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first',
                'VssBackupPolicy "5": its name is 5; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first',
            ],
        );
    });

    for (const name of ["", "a.b", "-x", "a b", "ü", "a".repeat(41)]) {
        it(`do not matter if the policy's name is ${JSON.stringify(name)}`, () => {
            assert.deepEqual(faultsOf({}, name), [
                `its name is ${JSON.stringify(name)}; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first`,
            ]);
        });
    }

    it("are refused in sentences, and never by a TypeError", () => {
        const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSet: true });
        const value = fc.oneof(anything, fc.dictionary(fc.string({ unit: "binary" }), anything), fc.array(anything));
        const args = fc.dictionary(fc.constantFrom(...Object.keys(ALL), "other", "two\nlines"), value);
        fc.assert(
            fc.property(fc.oneof({ weight: 9, arbitrary: args as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: anything }), (given) => {
                const lines = thrownBy("prod", given).flatMap((error) => error.message.split("\n"));
                assert.deepEqual(
                    lines.filter((line) => !/^VssBackupPolicy "prod": .+$/.test(line)),
                    [],
                );
            }),
            { numRuns: 150 },
        );
    });
});

describe("Arguments from other resources", () => {
    const asOutput = <T>(value: T) => pulumi.output(value);
    const UNKNOWN = "a value of another resource, which is not known yet";

    it("are not checked before they are known", () => {
        assert.deepEqual(
            [
                {
                    serverTag: { value: asOutput("") },
                    serverRoles: { a: asOutput("") },
                    notificationEmails: { a: asOutput("x") },
                    notificationEvents: asOutput([]),
                    topicArn: Promise.resolve("x"),
                    excludeBootVolume: Promise.resolve("x"),
                    copyOnly: asOutput("x"),
                    noWriters: asOutput("x"),
                    componentsVersion: asOutput("1"),
                    tags: { a: asOutput("ü") },
                },
                { notificationEvents: ["All", asOutput("x")], tags: asOutput({ Device: "x" }) },
            ].flatMap((args) => policyFaults("prod", args as VssBackupPolicyArgs, NOW)),
            [],
        );
    });

    for (const [late, fault] of [
        [{ saveVssMetadata: asOutput(true), componentsVersion: "2.3.1" }, OLD_FOR_METADATA],
        [
            { saveVssMetadata: true, noWriters: asOutput(true) },
            "saveVssMetadata is true, and noWriters is true, so there would be no metadata; leave out one of them",
        ],
    ] as const) {
        it(`fail when ${Object.keys(late).join(" and ")} are known not to fit`, async () => {
            assert.deepEqual(faultsOf(late), []);
            await assert.rejects(resolveOutput(resolvePolicy("prod", late, NOW).saveVssMetadata), {
                message: `VssBackupPolicy "prod": ${fault}`,
            });
        });
    }

    it("are checked in the parts that are known", () => {
        assert.deepEqual(
            faultsOf({
                serverTag: { key: "*", value: asOutput("x") },
                serverRoles: { a: asOutput("x"), b: "a b" },
                tags: { Device: asOutput("x"), a: "ü" },
            }),
            [
                `serverTag.key is "*"; ${SERVER_TAG_KEY}`,
                `serverRoles.b is "a b"; ${ROLE}`,
                `the key "Device" in tags can't be used; ${RESERVED}`,
                `tags.a is "ü"; a tag value ${VALUE}`,
            ],
        );
    });

    it("are refused if the component must know them while it registers resources", () => {
        const unknown = asOutput("x");
        assert.deepEqual(
            faultsOf({
                retention: Promise.resolve({}),
                schedules: { Day: unknown },
                timezone: unknown,
                serverTag: { key: unknown },
                serverRoles: unknown,
                notificationEmails: [unknown],
                document: unknown,
                cleanerSchedule: unknown,
                hold: unknown,
                reportOnly: unknown,
            }),
            [
                `retention is ${UNKNOWN}; give a map from snapshot type to number of restore points`,
                `schedules.Day is ${UNKNOWN}; give a cron(…) or rate(…) expression`,
                `timezone is ${UNKNOWN}; ${ZONE}`,
                `serverTag.key is ${UNKNOWN}; give a server tag's key as text`,
                `serverRoles is ${UNKNOWN}; ${ROLES}`,
                `notificationEmails.0 is ${UNKNOWN}; a list takes plain text only; ${EMAILS}`,
                `document is ${UNKNOWN}; use AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot`,
                `cleanerSchedule is ${UNKNOWN}; give a cron(…) or rate(…) expression`,
                `hold is ${UNKNOWN}; give a tag key as text`,
                `reportOnly is ${UNKNOWN}; give true or false`,
            ],
        );
        assert.deepEqual(faultsOf(asOutput({})), [`its arguments are ${UNKNOWN}; give an object`]);
    });

    for (const [path, value] of [
        [["serverTag", "value"], "web"],
        [["serverRoles", "a"], "web"],
        [["notificationEmails", "a"], "admin@example.com"],
        [["notificationEvents"], ["Success", "Failed"]],
        [["topicArn"], "arn:aws:sns:eu-central-1:123456789012:ops"],
        [["excludeBootVolume"], true],
        [["copyOnly"], false],
        [["noWriters"], true],
        [["saveVssMetadata"], true],
        [["componentsVersion"], "2.5.1"],
        [["chatTopicArn"], "arn:aws:sns:eu-central-1:123456789012:chat"],
        [["tags"], { "Cost center": "4711" }],
    ] as const) {
        it(`pass as soon as ${path.join(".")} is known to be valid`, async () => {
            assert.deepEqual(
                await Promise.all(
                    [value, Promise.resolve(value), asOutput(value)].map((given) =>
                        resolveOutput(checkWhenKnown("prod", [...path], given as string)),
                    ),
                ),
                [value, value, value],
            );
        });
    }

    const NO_VALUE = "is given, but has no value; leave it out to use its default";
    for (const [path, value, fault] of [
        [["serverTag", "value"], "a*", `serverTag.value is "a*"; ${SERVER_TAG_VALUE}`],
        [["serverTag", "value"], undefined, `serverTag.value ${NO_VALUE}`],
        [["serverRoles", "a"], "a b", `serverRoles.a is "a b"; ${ROLE}`],
        [["serverRoles", "a"], undefined, "serverRoles.a is given, but has no value; leave the entry out"],
        [["notificationEmails", "a"], "admin", `notificationEmails.a is "admin"; ${EMAIL}`],
        [["notificationEvents"], ["Done"], `notificationEvents.0 is "Done"; ${EVENTS}`],
        [["notificationEvents"], [undefined], `notificationEvents.0 is missing; ${EVENTS}`],
        [["topicArn"], "ops", `topicArn is "ops"; ${TOPIC}`],
        [["topicArn"], undefined, `topicArn ${NO_VALUE}`],
        [["excludeBootVolume"], "yes", 'excludeBootVolume is "yes"; give true or false'],
        [["copyOnly"], null, `copyOnly ${NO_VALUE}`],
        [["noWriters"], 1, "noWriters is 1; give true or false"],
        [["saveVssMetadata"], "True", 'saveVssMetadata is "True"; give true or false'],
        [["componentsVersion"], "2.3.0", `componentsVersion is "2.3.0"; ${VERSION}`],
        [["tags"], { Device: "x" }, `the key "Device" in tags can't be used; ${RESERVED}`],
        [["tags"], { a: undefined }, "tags.a is missing; give a tag value as text"],
    ] as const) {
        it(`fail with the message of a plain value when ${path.join(".")} is ${inspect(value)}`, async () => {
            const message = `VssBackupPolicy "prod": ${fault}`;
            await assert.rejects(resolveOutput(checkWhenKnown("prod", [...path], Promise.resolve(value as unknown as string))), {
                message,
            });
            await assert.rejects(resolveOutput(checkWhenKnown("prod", [...path], asOutput(value as unknown as string))), { message });
        });
    }

    it("fail with all their faults at once", async () => {
        await assert.rejects(resolveOutput(checkWhenKnown("prod", ["tags"], asOutput({ Device: "x", a: "ü" }))), {
            message: [
                `VssBackupPolicy "prod": the key "Device" in tags can't be used; ${RESERVED}`,
                `VssBackupPolicy "prod": tags.a is "ü"; a tag value ${VALUE}`,
            ].join("\n"),
        });
    });

    it("keep their message when Pulumi writes property names before it", async () => {
        const error = await resolveOutput(checkWhenKnown("prod", ["topicArn"], asOutput("ops"))).catch((reason: Error) => reason);
        assert.ok(error instanceof Error && pulumi.RunError.isInstance(error));
        error.message = `error serializing property "topic": ${error.message}`;
        assert.equal(error.message, `VssBackupPolicy "prod": topicArn is "ops"; ${TOPIC}`);
    });

    it("stay secret, and no message shows them", async () => {
        await assert.rejects(resolveOutput(checkWhenKnown("prod", ["topicArn"], pulumi.secret("arn:of:something:secret"))), {
            message: `VssBackupPolicy "prod": topicArn is a secret; ${TOPIC}`,
        });
        const version = checkWhenKnown("prod", ["componentsVersion"], pulumi.secret("2.5.1"));
        assert.deepEqual([await resolveOutput(version), await pulumi.isSecret(version)], ["2.5.1", true]);
    });
});

describe("Warnings of a policy", () => {
    const GAP =
        "and the clock of Europe/Vienna skips that time. AWS does not document if the window opens. Choose an hour that no clock change skips.";

    for (const [args, warnings] of [
        [{}, []],
        [{ timezone: "Europe/Vienna" }, []],
        [
            { timezone: "Europe/Vienna", schedules: { Day: "cron(30 2 ? * * *)", Week: "cron(0 5 ? * SUN *)", Month: "never" } },
            [`schedules.Day opens a window at 2027-03-28 02:30, ${GAP}`],
        ],
        [
            { timezone: "Europe/Vienna", schedules: { Day: "cron(0 2,14 ? * * *)", Week: "cron(0 5 ? * SUN *)", Month: "never" } },
            [`schedules.Day opens a window at 2027-03-28 02:00, ${GAP}`],
        ],
        [{ timezone: "Europe/Vienna", schedules: { Day: "cron(0 * ? * * *)", Week: "never", Month: "never" } }, [CROWDED]],
        [{ timezone: "Europe/Vienna", schedules: { Day: "cron(0 2 ? * MON *)" } }, []],
        [
            { timezone: "Australia/Lord_Howe", schedules: { Day: "cron(15 2 ? * * *)", Week: "never", Month: "never" } },
            [`schedules.Day opens a window at 2027-10-03 02:15, ${GAP.replace("Europe/Vienna", "Australia/Lord_Howe")}`],
        ],
        [{ schedules: { Day: "rate(6 hours)", Week: "never", Month: "never" } }, [CROWDED.replace("0 1 ? * SUN", "0 15 ? * SUN")]],
    ] as [VssBackupPolicyArgs, string[]][]) {
        it(`are ${warnings.length} for ${inspect(args, { breakLength: Number.POSITIVE_INFINITY }).slice(0, 70)}`, () => {
            assert.deepEqual(resolvePolicy("prod", args, NOW).warnings, warnings);
        });
    }
});
