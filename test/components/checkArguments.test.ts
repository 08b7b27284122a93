import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import type { VssBackupPolicyArgs } from "../../components";
import { checkArguments, checkedLater } from "../../components/checkArguments";

const NOW = Date.UTC(2027, 0, 1);

/** The faults, each without the component's name in front; none if the arguments are good. */
function faultsOf(args: object, name = "prod"): string[] {
    try {
        checkArguments(name, args as VssBackupPolicyArgs, NOW);
        return [];
    } catch (error) {
        return (error as Error).message.split("\n").map((line) => line.replace(`VssBackupPolicy "${name}": `, ""));
    }
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

describe("Arguments", () => {
    it("may all be left out", () => {
        assert.deepEqual(faultsOf({}), []);
    });

    it("may all be given", () => {
        const args: Required<VssBackupPolicyArgs> = {
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
            reportOnly: true,
            tags: { "Cost center": "4711/a", empty: "" },
        };
        assert.deepEqual(faultsOf(args), []);
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
        [{ retention: { Day: "5" } }, [`retention.Day is "5"; ${COUNT}`]],
        [{ retention: 5 }, ["retention is 5; give a map from snapshot type to number of restore points"]],
        [{ schedules: ["x"] }, ['schedules is ["x"]; give a map from snapshot type to schedule']],
        [
            { schedules: { Day: "0 1 * * *" } },
            [
                'schedules.Day is "0 1 * * *"; write cron(minutes hours day-of-month month day-of-week year), for example cron(0 1 ? * * *), or rate(6 hours)',
            ],
        ],
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
        [{ serverTag: { name: "x" } }, ["serverTag.name is no argument; did you mean value?"]],
        [{ serverRoles: ["arn:aws:iam::1:user/x"] }, ['serverRoles.0 is "arn:aws:iam::1:user/x"; give a role\'s name or ARN']],
        [{ serverRoles: "web" }, ['serverRoles is "web"; give a list of role names or ARNs']],
        [{ notificationEmails: ["admin"] }, ['notificationEmails.0 is "admin"; give an e-mail address such as admin@example.com']],
        [{ notificationEvents: [] }, [`notificationEvents is []; name one event at least: ${EVENTS}`]],
        [{ notificationEvents: ["Success", "Done"] }, [`notificationEvents.1 is "Done"; ${EVENTS}`]],
        [{ topicArn: "ops" }, [`topicArn is "ops"; ${TOPIC}`]],
        [
            { topicArn: "arn:aws:sns:eu-central-1:123456789012:ops.fifo" },
            [`topicArn is "arn:aws:sns:eu-central-1:123456789012:ops.fifo"; ${TOPIC}`],
        ],
        [
            { excludeBootVolume: "true", noWriters: 1 },
            ['excludeBootVolume is "true"; give true or false', "noWriters is 1; give true or false"],
        ],
        [
            { document: "AWS-RunPowerShellScript" },
            ['document is "AWS-RunPowerShellScript"; use AWSEC2-CreateVssSnapshot or AWSEC2-VssInstallAndSnapshot'],
        ],
        [{ componentsVersion: "2.3.0" }, [`componentsVersion is "2.3.0"; ${VERSION}`]],
        [{ componentsVersion: "1.3.1.0" }, [`componentsVersion is "1.3.1.0"; ${VERSION}`]],
        [{ componentsVersion: 2.5 }, ['componentsVersion is 2.5; give a version as text, such as "2.5.1", or "latest"']],
        [
            { cleanerSchedule: "cron(0 7 * * ? 2020)" },
            ['cleanerSchedule is "cron(0 7 * * ? 2020)"; it never fires again; give it a time to come'],
        ],
        [{ reportOnly: "no" }, ['reportOnly is "no"; give true or false']],
        [
            { tags: { Device: "x", snapshottype: "y", "aws:x": "z" } },
            [
                `tags.Device is "x"; ${RESERVED}`,
                `tags.snapshottype is "y"; ${RESERVED}`,
                'tags.aws:x is "z"; aws: is reserved for AWS; use another key',
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
    ] as const) {
        it(`such as ${JSON.stringify(args).slice(0, 80)} are refused`, () => {
            assert.deepEqual(faultsOf(args), faults);
        });
    }

    for (const name of ["", "-x", "a b", "ü", "a".repeat(41)]) {
        it(`can't save a policy whose name is ${JSON.stringify(name)}`, () => {
            assert.deepEqual(faultsOf({}, name), [
                `its name is ${JSON.stringify(name)}; use 1 to 40 letters, digits, dots, dashes and underscores, a letter or digit first`,
            ]);
        });
    }

    it("are refused in sentences and never by accident, whatever they are", () => {
        const keys = [
            "retention",
            "schedules",
            "timezone",
            "serverTag",
            "serverRoles",
            "notificationEmails",
            "notificationEvents",
            "topicArn",
            "copyOnly",
            "document",
            "componentsVersion",
            "cleanerSchedule",
            "reportOnly",
            "tags",
            "other",
        ];
        fc.assert(
            fc.property(fc.dictionary(fc.constantFrom(...keys), fc.anything()), (args) => {
                assert.doesNotThrow(() => {
                    try {
                        checkArguments("prod", args as VssBackupPolicyArgs, NOW);
                    } catch (error) {
                        assert.ok(pulumi.RunError.isInstance(error), String(error));
                        assert.match((error as Error).message, /^VssBackupPolicy "prod": /);
                    }
                });
            }),
            { numRuns: 100 },
        );
    });
});

describe("Arguments from other resources", () => {
    it("are not judged before they are known", () => {
        const late = <T>(value: T) => pulumi.output(value);
        assert.deepEqual(
            faultsOf({
                serverTag: { value: late("") },
                serverRoles: [late("")],
                notificationEmails: [late("x")],
                notificationEvents: late([]),
                topicArn: Promise.resolve("x"),
                copyOnly: late("x"),
                componentsVersion: late("1"),
                tags: { a: late("ü") },
            }),
            [],
        );
    });

    it("can't be what the component must know while it builds", () => {
        assert.deepEqual(faultsOf({ timezone: pulumi.output("UTC"), retention: Promise.resolve({}) }), [
            "retention is a value of another resource, which is not known yet; give a map from snapshot type to number of restore points",
            "timezone is a value of another resource, which is not known yet; give an IANA time zone, for example Europe/Vienna",
        ]);
    });

    it("are not shown when they are secret", async () => {
        const secret = checkedLater("prod", "topicArn", pulumi.secret("arn:of:something:secret"));
        await assert.rejects((secret as unknown as { promise(): Promise<unknown> }).promise(), {
            message: `VssBackupPolicy "prod": topicArn is a secret; ${TOPIC}`,
        });
    });

    it("are judged as soon as they are known, in the same words", async () => {
        const known = (value: pulumi.Output<unknown>) => (value as unknown as { promise(): Promise<unknown> }).promise();
        await assert.rejects(known(checkedLater("prod", "topicArn", Promise.resolve("ops"))), {
            message: `VssBackupPolicy "prod": topicArn is "ops"; ${TOPIC}`,
        });
        assert.equal(await known(checkedLater("prod", "copyOnly", Promise.resolve(true))), true);
    });
});
