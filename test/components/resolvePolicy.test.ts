import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { VssBackupPolicyArgs } from "../../components";
import { checkArguments, checkedLater } from "../../components/checkArguments";

const NOW = Date.UTC(2027, 0, 1);

/** What the check throws at arguments, if anything. */
function thrownBy(name: string, args: unknown): Error[] {
    try {
        checkArguments(name, args as VssBackupPolicyArgs, NOW);
        return [];
    } catch (error) {
        assert.ok(pulumi.RunError.isInstance(error), String(error));
        return [error as Error];
    }
}

/** The faults, each without the component's name in front; none if the arguments are good. */
function faultsOf(args: unknown, name = "prod"): string[] {
    const lines = thrownBy(name, args).flatMap(({ message }) => message.split("\n"));
    return lines.map((line) => line.replace(`VssBackupPolicy "${name}": `, ""));
}

/** The value of an output, or what it fails with. */
function known<T>(value: pulumi.Output<T>): Promise<T> {
    return (value as unknown as { promise(): Promise<T> }).promise();
}

const COUNT = "keep a whole number of restore points, 1 at least, or set the type to null here and in schedules to leave it out";
const TAG =
    "takes up to 128 of the characters a-z A-Z 0-9 space . / - @ _ + : =, no space at its ends, and no {{ or }}, since the SSM document takes no others";
const VALUE = TAG.replace("128", "256");
const TYPE =
    "a snapshot type takes up to 64 of the characters a-z A-Z 0-9 space ( ) . / - \" ' @ _ + : = { }, no space at its ends, and no {{ or }}, since the SSM document takes no others";
const RESERVED = "reserved for the policy (VssBackupPolicy, SnapshotType, AppConsistent, Device, AwsVssConfig); use another key";
const EVENTS = "use All, InProgress, Success, TimedOut, Cancelled or Failed";
const TOPIC = "give the ARN of a standard SNS topic, arn:aws:sns:region:account:name (SSM can't publish to FIFO topics)";
const VERSION =
    'give "latest" or a version from 2.3.1 on, such as "2.5.1": the policy AWSEC2VssSnapshotPolicy lets no older one take snapshots';
const KEY = "takes 1 to 128 letters, digits, spaces and _ . : / = - @, as SSM does in targets";

const HOLD_KEY = "a tag key takes 1 to 128 letters, digits, spaces and _ . : / = + - @, and does not begin with aws:";
const LAST_COPIES =
    "orphanDays is 0, which deletes the last restore point of a volume that is gone; set deleteLastCopies to true too if you mean it, or give 1 or more";
const NO_ORPHANS =
    "deleteLastCopies is true without orphanDays 0, and would do nothing; set orphanDays to 0 too if you mean it, or leave it out";

/** Every argument, given as it should be. */
const ALL: Required<VssBackupPolicyArgs> = {
    retention: { Day: 7, "Half year": 2, Month: null },
    schedules: { Month: null, "Half year": "cron(0 6 2 1,7 ? *)" },
    timezone: "Asia/Kolkata",
    serverTag: { key: "aws:autoscaling:groupName", value: "web" },
    serverRoles: ["web", "arn:aws-cn:iam::123456789012:role/apps/sql"],
    notificationEmails: ["first.last+tag@example.co.uk"],
    notificationEvents: ["All"],
    topicArn: "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ops",
    excludeBootVolume: true,
    copyOnly: false,
    noWriters: true,
    document: "AWSEC2-VssInstallAndSnapshot",
    componentsVersion: "2.3.1",
    cleanerSchedule: "rate(12 hours)",
    hold: { key: "Legal/hold", value: "yes" },
    orphanDays: 0,
    deleteLastCopies: true,
    failedSetGraceHours: 48,
    maxDeletionsPerRun: 5000,
    countCrashConsistent: true,
    standIns: false,
    reportOnly: true,
    tags: { "Cost center": "4711/a", empty: "" },
};

describe("Arguments", () => {
    it("may all be left out", () => {
        assert.deepEqual(faultsOf({}), []);
    });

    it("may all be given", () => {
        assert.deepEqual(faultsOf(ALL), []);
    });

    it("are refused with all that is wrong in one message, which names the component", () => {
        assert.throws(() => checkArguments("prod", { retention: { Day: 0 }, timezone: "Nowhere", copyOnly: "yes" as never }, NOW), {
            name: "Error",
            message: [
                `VssBackupPolicy "prod": retention.Day is 0; ${COUNT}`,
                'VssBackupPolicy "prod": timezone is "Nowhere"; give an IANA time zone; did you mean UTC?',
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
        [{ retention: { Half: 2 } }, ["retention.Half has no schedules.Half; say when to take it, or set retention.Half to null"]],
        [{ retention: null }, ["retention is null; give a map from snapshot type to number of restore points"]],
        [{ retention: { Day: "5" } }, [`retention.Day is "5"; ${COUNT}`]],
        [{ retention: 5 }, ["retention is 5; give a map from snapshot type to number of restore points"]],
        [{ schedules: ["x"] }, ['schedules is ["x"]; give a map from snapshot type to schedule']],
        [
            { schedules: { Day: "0 1 * * *" } },
            [
                'schedules.Day is "0 1 * * *"; write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)',
            ],
        ],
        [
            { schedules: { Day: "cron(*/90 1 ? * * *)" } },
            ['schedules.Day is "cron(*/90 1 ? * * *)"; */90 is no minutes; it takes 0 to 59, and , - * /'],
        ],
        [
            { schedules: { Day: "rate(1 hours)", Week: "cron(0 3 ? * SUN *" } },
            [
                'schedules.Day is "rate(1 hours)"; write rate(1 hour), or rate(2 hours) and more',
                'schedules.Week is "cron(0 3 ? * SUN *"; write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)',
            ],
        ],
        [{ schedules: "cron(0 1 ? * * *)" }, ['schedules is "cron(0 1 ? * * *)"; give a map from snapshot type to schedule']],
        [{ schedules: { Day: 5 } }, ["schedules.Day is 5; give a cron(…) or rate(…) expression"]],
        [
            { schedules: { Year: "cron(0 6 2 1 ? *)" } },
            ["schedules.Year has no retention.Year; say how many restore points to keep, or set schedules.Year to null"],
        ],
        [{ schedules: { Month: null } }, ["retention.Month has no schedules.Month; say when to take it, or set retention.Month to null"]],
        [
            { schedules: { "A,B": "cron(0 6 2 1 ? *)" }, retention: { "A,B": 1 } },
            [`retention.A,B is 1; ${TYPE}`, `schedules.A,B is "cron(0 6 2 1 ? *)"; ${TYPE}`],
        ],
        [
            { retention: { "{{x}}": 1, " x": 1, ["a".repeat(65)]: 1 } },
            [
                ...["{{x}}", " x", "a".repeat(65)].map((type) => `retention.${type} is 1; ${TYPE}`),
                ...["{{x}}", " x", "a".repeat(65)].map(
                    (type) => `retention.${type} has no schedules.${type}; say when to take it, or set retention.${type} to null`,
                ),
            ],
        ],
        [
            { schedules: { day: "cron(0 8 ? * * *)" }, retention: { day: 1 } },
            ["schedules has Day and day, too alike to name resources after; rename one"],
        ],
        [
            { schedules: { "()": "cron(0 8 ? * * *)" }, retention: { "()": 1 } },
            [
                "retention.() is 1; give a snapshot type at least one letter or digit",
                'schedules.() is "cron(0 8 ? * * *)"; give a snapshot type at least one letter or digit',
            ],
        ],
        [
            { schedules: { Day: null, Week: null, Month: null }, retention: { Day: null, Week: null, Month: null } },
            ["schedules and retention leave no snapshot type; keep one at least"],
        ],
        [
            { schedules: { Week: "cron(30 1 ? * SUN *)" } },
            [
                "schedules.Day and schedules.Week overlap: Day opens 2027-01-03 01:00 UTC and may keep a server busy until 2027-01-03 02:00 UTC, Week opens 2027-01-03 01:30 UTC; move one of them",
            ],
        ],
        [
            { schedules: { Day: "cron(0 8/0 ? * * *)", Year: null }, retention: { Year: 1 } },
            [
                'schedules.Day is "cron(0 8/0 ? * * *)"; 8/0 is no hours; it takes 0 to 23, and , - * /',
                "retention.Year has no schedules.Year; say when to take it, or set retention.Year to null",
            ],
        ],
        [{ schedules: { Day: "cron(0 1 30 2 ? *)" } }, ["schedules.Day never opens a window; give it a time to come"]],
        [
            { schedules: { Day: "cron(0/30 8 ? * * *)" } },
            ["schedules.Day opens a window 2027-01-01 08:30 UTC before its last one, of 1 hour, has closed; open one an hour at most"],
        ],
        [
            { schedules: { Day: "rate(10 minutes)" }, retention: { Week: null, Month: null } },
            [
                "schedules.Week has no retention.Week; say how many restore points to keep, or set schedules.Week to null",
                "schedules.Month has no retention.Month; say how many restore points to keep, or set schedules.Month to null",
                "schedules.Day opens a window before its last one, of 1 hour, has closed; open one an hour at most",
                "schedules.Day can't help overlapping with Week, which opens 2027-01-03 03:00 UTC; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
                "schedules.Day can't help overlapping with Month, which opens 2027-01-01 05:00 UTC; a server may be busy for 60 minutes from when a window opens; give it a cron(…) expression",
            ],
        ],
        [
            { timezone: "Europe/Vienna", schedules: { Day: "cron(30 1 ? * * *)" } },
            [
                "schedules.Day and schedules.Week overlap: Day opens 2027-03-28 01:30 Europe/Vienna and may keep a server busy until 2027-03-28 03:30 Europe/Vienna, Week opens 2027-03-28 03:00 Europe/Vienna; move one of them",
            ],
        ],
        [{ timezone: "Asia/kolkata" }, ['timezone is "Asia/kolkata"; give an IANA time zone; did you mean Asia/Kolkata?']],
        [{ timezone: "Europe/Wien" }, ['timezone is "Europe/Wien"; give an IANA time zone; did you mean Europe/Kiev?']],
        [{ timezone: "" }, ['timezone is ""; give an IANA time zone; did you mean UTC?']],
        [{ timezone: "europe/vienna" }, ['timezone is "europe/vienna"; give an IANA time zone; did you mean Europe/Vienna?']],
        [{ timezone: "+01:00" }, ['timezone is "+01:00"; give an IANA time zone; did you mean UTC?']],
        [{ timezone: 1 }, ["timezone is 1; give an IANA time zone, for example Europe/Vienna"]],
        [{ serverTag: "Backup" }, ['serverTag is "Backup"; give {key, value}']],
        [
            { serverTag: { key: "a*", value: "" } },
            [
                `serverTag.key is "a*"; a server tag's key ${KEY}`,
                `serverTag.value is ""; a server tag's value ${KEY.replace("128", "256")}`,
            ],
        ],
        [
            { serverTag: { key: "a".repeat(129), value: 5 } },
            [`serverTag.key is "${"a".repeat(129)}"; a server tag's key ${KEY}`, "serverTag.value is 5; give a server tag's value as text"],
        ],
        [{ serverTag: null }, ["serverTag is null; give {key, value}"]],
        [{ serverTag: { name: "x" } }, ["serverTag.name is no argument; did you mean value?"]],
        [{ serverRoles: ["arn:aws:iam::1:user/x"] }, ['serverRoles.0 is "arn:aws:iam::1:user/x"; give a role\'s name or ARN']],
        [
            { serverRoles: ["ok", "", 5, "a b", "a".repeat(65)] },
            [
                'serverRoles.1 is ""; give a role\'s name or ARN',
                "serverRoles.2 is 5; give a role's name or ARN",
                'serverRoles.3 is "a b"; give a role\'s name or ARN',
                `serverRoles.4 is "${"a".repeat(65)}"; give a role's name or ARN`,
            ],
        ],
        [{ serverRoles: "web" }, ['serverRoles is "web"; give a list of role names or ARNs']],
        [{ notificationEmails: ["admin"] }, ['notificationEmails.0 is "admin"; give an e-mail address such as admin@example.com']],
        [{ notificationEmails: "a@example.com" }, ['notificationEmails is "a@example.com"; give a list of e-mail addresses']],
        [
            { notificationEmails: ["a@example.com", "b@example", 5] },
            [
                'notificationEmails.1 is "b@example"; give an e-mail address such as admin@example.com',
                "notificationEmails.2 is 5; give an e-mail address such as admin@example.com",
            ],
        ],
        [{ notificationEvents: "Success" }, [`notificationEvents is "Success"; give a list: ${EVENTS}`]],
        [{ notificationEvents: [] }, [`notificationEvents is []; name one event at least: ${EVENTS}`]],
        [{ notificationEvents: ["Success", "Done"] }, [`notificationEvents.1 is "Done"; ${EVENTS}`]],
        [{ topicArn: 5 }, ["topicArn is 5; give the ARN of an SNS topic"]],
        [{ topicArn: "arn:aws:sqs:eu-central-1:123456789012:ops" }, [`topicArn is "arn:aws:sqs:eu-central-1:123456789012:ops"; ${TOPIC}`]],
        [{ topicArn: "ops" }, [`topicArn is "ops"; ${TOPIC}`]],
        [
            { topicArn: "arn:aws:sns:eu-central-1:123456789012:ops.fifo" },
            [`topicArn is "arn:aws:sns:eu-central-1:123456789012:ops.fifo"; ${TOPIC}`],
        ],
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
        [{ componentsVersion: "2.5.12345" }, [`componentsVersion is "2.5.12345"; ${VERSION}`]],
        [{ componentsVersion: "2222.2222.2222.22" }, [`componentsVersion is "2222.2222.2222.22"; ${VERSION}`]],
        [{ componentsVersion: 2.5 }, ['componentsVersion is 2.5; give a version as text, such as "2.5.1", or "latest"']],
        [
            { cleanerSchedule: "cron(0 7 * * ? 2020)" },
            ['cleanerSchedule is "cron(0 7 * * ? 2020)"; it never fires again; give it a time to come'],
        ],
        [
            { cleanerSchedule: "cron(0 0 7 * * ? *)" },
            [
                'cleanerSchedule is "cron(0 0 7 * * ? *)"; it has 7 fields; write the six of AWS: minutes hours day-of-month month day-of-week year',
            ],
        ],
        [{ cleanerSchedule: 7 }, ["cleanerSchedule is 7; give a cron(…) or rate(…) expression"]],
        [{ reportOnly: "no" }, ['reportOnly is "no"; give true or false']],
        [
            { countCrashConsistent: 1, standIns: "yes", deleteLastCopies: 0 },
            [
                "deleteLastCopies is 0; give true or false",
                "countCrashConsistent is 1; give true or false",
                'standIns is "yes"; give true or false',
            ],
        ],
        [
            { orphanDays: -1, failedSetGraceHours: 0, maxDeletionsPerRun: 0 },
            [
                "orphanDays is -1; give a whole number of days from 0 to 36500",
                "failedSetGraceHours is 0; give a whole number of hours from 1 to 8760",
                "maxDeletionsPerRun is 0; give a whole number of snapshots from 1 to 100000",
            ],
        ],
        [
            { orphanDays: "30", failedSetGraceHours: 1.5, maxDeletionsPerRun: 100_001 },
            [
                'orphanDays is "30"; give a whole number of days from 0 to 36500',
                "failedSetGraceHours is 1.5; give a whole number of hours from 1 to 8760",
                "maxDeletionsPerRun is 100001; give a whole number of snapshots from 1 to 100000",
            ],
        ],
        [{ orphanDays: 0 }, [LAST_COPIES]],
        [{ orphanDays: 0, deleteLastCopies: false }, [LAST_COPIES]],
        [{ deleteLastCopies: true }, [NO_ORPHANS]],
        [{ orphanDays: 30, deleteLastCopies: true }, [NO_ORPHANS]],
        [{ orphanDays: "0", deleteLastCopies: true }, ['orphanDays is "0"; give a whole number of days from 0 to 36500']],
        [{ hold: 5 }, ["hold is 5; give a tag key, or {key, value}, as plain text"]],
        [{ hold: null }, ["hold is null; give a tag key, or {key, value}, as plain text"]],
        [
            { hold: pulumi.output("Legal"), serverTag: pulumi.output({}) },
            [
                "serverTag is a value of another resource, which is not known yet; give {key, value}",
                "hold is a value of another resource, which is not known yet; give a tag key, or {key, value}, as plain text",
            ],
        ],
        [{ hold: "" }, [`hold is ""; ${HOLD_KEY}`]],
        [
            { hold: "VssBackupHold " },
            ['hold is "VssBackupHold "; a tag key that begins or ends with a space would not be found on a snapshot; leave the space out'],
        ],
        [
            { hold: { key: "Legal", value: " hold" } },
            ['hold.value is " hold"; a tag value that begins or ends with a space would not be found on a snapshot; leave the space out'],
        ],
        [{ hold: "Aws:x" }, [`hold is "Aws:x"; ${HOLD_KEY}`]],
        [
            { hold: { key: "a*", value: "?" } },
            [`hold.key is "a*"; ${HOLD_KEY}`, `hold.value is "?"; ${HOLD_KEY.replace("tag key", "tag value").replace("128", "256")}`],
        ],
        [{ hold: { value: "x" } }, ["hold.key is missing; give a tag key as text"]],
        [{ hold: { key: "Legal", vaule: "x" } }, ["hold.vaule is no argument; did you mean value?"]],
        [
            { hold: "appconsistent" },
            [
                'hold is "appconsistent"; every snapshot may bear VssBackupPolicy, SnapshotType, AppConsistent, Device, AwsVssConfig, and would be held; use another key',
            ],
        ],
        [
            { hold: "Owner", tags: { owner: "ops" } },
            ["tags.owner is the tag of hold, and every snapshot would bear it and be held; use another key in one of them"],
        ],
        [
            { hold: { key: "Owner", value: "ops" }, tags: { owner: "ops" } },
            ["tags.owner is the tag of hold, and every snapshot would bear it and be held; use another key in one of them"],
        ],
        [
            { tags: { VssBackupHold: "x" } },
            ["tags.VssBackupHold is the tag of hold, and every snapshot would bear it and be held; use another key in one of them"],
        ],
        [
            { tags: { Device: "x", snapshottype: "y", "aws:x": "z" } },
            [
                `tags.Device is "x"; ${RESERVED}`,
                `tags.snapshottype is "y"; ${RESERVED}`,
                'tags.aws:x is "z"; aws: is reserved for AWS; use another key',
            ],
        ],
        [{ tags: ["a"] }, ['tags is ["a"]; give a map from tag key to value']],
        [
            { tags: { "": "x", a: 5, [` ${"k".repeat(127)}`]: "", ["k".repeat(129)]: "", b: "v".repeat(257) } },
            [
                'tags. is "x"; give a tag key at least one character',
                "tags.a is 5; give a tag value as text",
                `tags. ${"k".repeat(127)} is ""; a tag key ${TAG}`,
                `tags.${"k".repeat(129)} is ""; a tag key ${TAG}`,
                `tags.b is "${"v".repeat(199)}; a tag value ${VALUE}`,
            ],
        ],
        [{ tags: { "a;b": "c#d" } }, [`tags.a;b is "c#d"; a tag key ${TAG}`, `tags.a;b is "c#d"; a tag value ${VALUE}`]],
        [{ tags: { a: " b", c: "{{d}}" } }, [`tags.a is " b"; a tag value ${VALUE}`, `tags.c is "{{d}}"; a tag value ${VALUE}`]],
        [
            { tags: Object.fromEntries(Array.from({ length: 46 }, (_, i) => [`k${i}`, ""])) },
            [
                `tags is ${JSON.stringify(Object.fromEntries(Array.from({ length: 46 }, (_, i) => [`k${i}`, ""]))).slice(0, 200)}; a snapshot has room for 45 of them`,
            ],
        ],
        [
            { retenton: {}, topicARN: "x" },
            ["retenton is no argument; did you mean retention?", "topicARN is no argument; did you mean topicArn?"],
        ],
        [
            { "two\nlines": 1, serverTag: { "a\r\nb": 1 } },
            ["serverTag.a b is no argument; did you mean key?", "two lines is no argument; did you mean timezone?"],
        ],
        [null, ["its arguments are null; give an object"]],
        [["a"], ['its arguments are ["a"]; give an object']],
        ["prod", ['its arguments are "prod"; give an object']],
    ] as const) {
        it(`such as ${JSON.stringify(args).slice(0, 80)} are refused`, () => {
            assert.deepEqual(faultsOf(args), faults);
        });
    }

    it("that are good to their limits are let pass", () => {
        const type = `${"a".repeat(62)}()`;
        assert.deepEqual(
            [
                { retention: { Day: 1, Week: Number.MAX_SAFE_INTEGER } },
                { retention: { [type]: 1 }, schedules: { [type]: "cron(30 59 21 ? * * *)" } },
                { schedules: { Day: "cron(0 2 ? * * *)" } },
                { retention: { Week: null, Month: null }, schedules: { Day: "rate(1 hour)", Week: null, Month: null } },
                { timezone: "US/Eastern" },
                { timezone: "America/Argentina/Buenos_Aires" },
                { timezone: "Etc/GMT+5" },
                { serverTag: { key: "k".repeat(128), value: "v".repeat(256) } },
                { hold: { key: "Owner", value: "legal" }, tags: { Owner: "ops" } },
                { serverTag: {} },
                { serverRoles: [], notificationEmails: [], tags: {} },
                { serverRoles: ["a".repeat(64)] },
                { componentsVersion: "2.4" },
                { componentsVersion: "3.0.0.9999" },
                { tags: { ["k".repeat(128)]: "v".repeat(256) } },
                { tags: Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`k${i}`, ""])) },
            ].flatMap((args) => faultsOf(args)),
            [],
        );
        assert.deepEqual(faultsOf({}, "a".repeat(40)), []);
    });

    it("that JSON has no words for are shown in one line all the same", () => {
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

    it("can't save a policy whose name is no text", () => {
        assert.deepEqual(
            [undefined, 5].flatMap((name) => thrownBy(name as never, {}).map(({ message }) => message)),
            [
                'VssBackupPolicy "undefined": its name is missing; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first',
                'VssBackupPolicy "5": its name is 5; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first',
            ],
        );
    });

    it("can't name a role or an address twice, which name resources", () => {
        assert.deepEqual(
            faultsOf({ serverRoles: ["web", "arn:aws:iam::123456789012:role/x/web"], notificationEmails: ["a@b.co", "c@b.co", "a@b.co"] }),
            ["serverRoles has web twice; name it once", "notificationEmails has a@b.co twice; name it once"],
        );
    });

    for (const name of ["", "a.b", "-x", "a b", "ü", "a".repeat(41)]) {
        it(`can't save a policy whose name is ${JSON.stringify(name)}`, () => {
            assert.deepEqual(faultsOf({}, name), [
                `its name is ${JSON.stringify(name)}; use 1 to 40 letters, digits, dashes and underscores, a letter or digit first`,
            ]);
        });
    }

    it("are refused in sentences and never by accident, whatever they are", () => {
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
    it("are not judged before they are known", () => {
        const late = <T>(value: T) => pulumi.output(value);
        assert.deepEqual(
            [
                {
                    serverTag: { value: late("") },
                    serverRoles: [late("")],
                    notificationEmails: [late("x")],
                    notificationEvents: late([]),
                    topicArn: Promise.resolve("x"),
                    excludeBootVolume: Promise.resolve("x"),
                    copyOnly: late("x"),
                    noWriters: late("x"),
                    componentsVersion: late("1"),
                    tags: { a: late("ü") },
                },
                { notificationEvents: ["All", late("x")], tags: late({ Device: "x" }) },
            ].flatMap((args) => faultsOf(args)),
            [],
        );
    });

    it("are judged by what is known of them, without what is not", () => {
        const late = <T>(value: T) => pulumi.output(value);
        assert.deepEqual(
            faultsOf({ serverTag: { key: "*", value: late("x") }, serverRoles: [late("x"), "a b"], tags: { Device: late("x"), a: "ü" } }),
            [
                `serverTag.key is "*"; a server tag's key ${KEY}`,
                'serverRoles.1 is "a b"; give a role\'s name or ARN',
                `tags.Device is a value of another resource, which is not known yet; ${RESERVED}`,
                `tags.a is "ü"; a tag value ${VALUE}`,
            ],
        );
    });

    it("can't be what the component must know while it builds", () => {
        const late = pulumi.output("x");
        assert.deepEqual(
            faultsOf({
                retention: Promise.resolve({}),
                schedules: { Day: late },
                timezone: late,
                serverTag: { key: late },
                serverRoles: late,
                notificationEmails: late,
                document: late,
                cleanerSchedule: late,
                reportOnly: late,
            }),
            [
                "retention is a value of another resource, which is not known yet; give a map from snapshot type to number of restore points",
                "schedules.Day is a value of another resource, which is not known yet; give a cron(…) or rate(…) expression",
                "timezone is a value of another resource, which is not known yet; give an IANA time zone, for example Europe/Vienna",
                "serverTag.key is a value of another resource, which is not known yet; give a server tag's key as text",
                "serverRoles is a value of another resource, which is not known yet; give a list of role names or ARNs",
                "notificationEmails is a value of another resource, which is not known yet; give a list of e-mail addresses",
                "document is a value of another resource, which is not known yet; use AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot",
                "cleanerSchedule is a value of another resource, which is not known yet; give a cron(…) or rate(…) expression",
                "reportOnly is a value of another resource, which is not known yet; give true or false",
            ],
        );
        assert.deepEqual(faultsOf(pulumi.output({})), [
            "its arguments are a value of another resource, which is not known yet; give an object",
        ]);
    });

    for (const [key, value] of [
        ["serverTag", { value: "web" }],
        ["serverRoles", ["web"]],
        ["notificationEmails", ["admin@example.com"]],
        ["notificationEvents", ["Success", "Failed"]],
        ["topicArn", "arn:aws:sns:eu-central-1:123456789012:ops"],
        ["excludeBootVolume", true],
        ["copyOnly", false],
        ["noWriters", true],
        ["componentsVersion", "2.5.1"],
        ["tags", { "Cost center": "4711" }],
    ] as const) {
        it(`are handed on as soon as ${key} is known to be right`, async () => {
            assert.deepEqual(
                await Promise.all(
                    [value, Promise.resolve(value), pulumi.output(value)].map((given) => known(checkedLater("prod", key, given))),
                ),
                [value, value, value],
            );
        });
    }

    for (const [key, value, fault] of [
        ["serverTag", { value: "a*" }, `serverTag.value is "a*"; a server tag's value ${KEY.replace("128", "256")}`],
        ["serverRoles", ["a b"], 'serverRoles.0 is "a b"; give a role\'s name or ARN'],
        ["notificationEmails", ["admin"], 'notificationEmails.0 is "admin"; give an e-mail address such as admin@example.com'],
        ["notificationEvents", ["Done"], `notificationEvents.0 is "Done"; ${EVENTS}`],
        ["topicArn", "ops", `topicArn is "ops"; ${TOPIC}`],
        ["excludeBootVolume", "yes", 'excludeBootVolume is "yes"; give true or false'],
        ["copyOnly", null, "copyOnly is null; give true or false"],
        ["noWriters", 1, "noWriters is 1; give true or false"],
        ["componentsVersion", "2.3.0", `componentsVersion is "2.3.0"; ${VERSION}`],
        ["tags", { Device: "x" }, `tags.Device is "x"; ${RESERVED}`],
    ] as const) {
        it(`fail in the same words as soon as ${key} is known to be wrong`, async () => {
            const message = `VssBackupPolicy "prod": ${fault}`;
            await assert.rejects(known(checkedLater("prod", key, Promise.resolve(value))), { message });
            await assert.rejects(known(checkedLater("prod", key, pulumi.output(value))), { message });
        });
    }

    it("fail with all that is wrong with them at once", async () => {
        await assert.rejects(known(checkedLater("prod", "tags", pulumi.output({ Device: "x", a: "ü" }))), {
            message: [
                `VssBackupPolicy "prod": tags.Device is "x"; ${RESERVED}`,
                `VssBackupPolicy "prod": tags.a is "ü"; a tag value ${VALUE}`,
            ].join("\n"),
        });
    });

    it("are not shown when they are secret, and stay so", async () => {
        await assert.rejects(known(checkedLater("prod", "topicArn", pulumi.secret("arn:of:something:secret"))), {
            message: `VssBackupPolicy "prod": topicArn is a secret; ${TOPIC}`,
        });
        const right = checkedLater("prod", "componentsVersion", pulumi.secret("2.5.1"));
        assert.deepEqual([await known(right), await pulumi.isSecret(right)], ["2.5.1", true]);
    });
});
