import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VssBackupPolicy, type VssBackupPolicyArgs } from "../../components";
import { refuseOtherPlacement } from "../../components/placement";
import { readArchive } from "../../rehearsal/embeddedAws/lambda";
import { ACCOUNT_ID, run } from "../../rehearsal/program";
import { deployPolicy, inputsOf } from "../support/policies";
import { BY_DEFAULT, changedBy, REMOVED, SETTINGS, settingsParameter, TYPES } from "./defaultPolicy";
import { withTargets } from "./defaultWatch";
import { policy, ROLE, TOPIC } from "./expected";

const HERE_CURE = `give an ARN of the policy's partition aws, region eu-central-1, account ${ACCOUNT_ID}`;

/** Resolves to the value of an output, or fails with its error. */
function resolveOutput<T>(value: pulumi.Output<T>): Promise<T> {
    return (value as unknown as { promise(): Promise<T> }).promise();
}

interface TaskInputs {
    taskInvocationParameters: { runCommandParameters: { parameters: { name: string; values: string[] }[] } };
}

/** Parameters of the document, by name. */
function parametersOf(inputs: Record<string, Record<string, unknown>>, task: string): Record<string, string> {
    const command = inputs[task] as unknown as TaskInputs;
    return Object.fromEntries(
        command.taskInvocationParameters.runCommandParameters.parameters.map(({ name, values }) => [name, values.join()]),
    );
}

describe("VssBackupPolicy", () => {
    it("registers these resources and no others", async () => {
        const { resources } = await deployPolicy();
        assert.deepEqual(Object.fromEntries(resources.map(({ name, type }) => [name, type])), TYPES);
    });

    it("gives the resources exactly these inputs by default", async () => {
        assert.deepEqual(inputsOf(await deployPolicy()), BY_DEFAULT);
    });

    it("puts only the closures, the code and the clients into the archives", async () => {
        const { resources } = await deployPolicy({ retention: { Day: 7 }, reportOnly: true, overdueGraceHours: 4 });
        const filesOf = (name: string) => readArchive(resources.find((resource) => resource.name === name)?.inputs.code);
        const [cleaner, watch] = [await filesOf("prod-cleaner"), await filesOf("prod-watch")];
        assert.deepEqual(
            [Object.keys(cleaner).sort(), Object.keys(watch).sort()],
            [
                ["cleaner.js", "index.js", "node_modules/@aws-sdk/client-ec2/index.js"],
                [
                    "index.js",
                    "node_modules/@aws-sdk/client-cloudwatch-logs/index.js",
                    "node_modules/@aws-sdk/client-ec2/index.js",
                    "node_modules/@aws-sdk/client-sns/index.js",
                    "node_modules/@aws-sdk/client-ssm/index.js",
                    "node_modules/@aws-sdk/clients.js",
                    "watch.js",
                ],
            ],
        );
        for (const closure of [cleaner["index.js"], watch["index.js"]]) {
            assert.match(closure ?? "", /__settings\.name = "prod";\nvar __settings_retention = \{Day: 7, Week: 3, Month: 2\};/);
            assert.match(closure ?? "", /__settings\.reportOnly = true;/);
        }
        assert.match(watch["index.js"] ?? "", /__settings\.overdueGraceHours = 4;/);
    });

    it("has an output for everything that users need", async () => {
        const { outputs } = await deployPolicy();
        assert.deepEqual(
            {
                ...outputs,
                backUpNow: Object.keys(outputs.backUpNow as object),
                backUpNowPowerShell: Object.keys(outputs.backUpNowPowerShell as object),
                restorePolicyJson: Object.keys(JSON.parse(String(outputs.restorePolicyJson))),
            },
            {
                instanceProfileName: "prod-server-profile",
                serverRoleArn: `${ROLE}/prod-server-role`,
                topicArn: TOPIC,
                windowIds: { Day: "prod-day-window-id", Week: "prod-week-window-id", Month: "prod-month-window-id" },
                cleanerFunctionName: "vss-backup-prod-cleaner",
                watchFunctionName: "vss-backup-prod-watch",
                backUpNow: ["Day", "Week", "Month"],
                backUpNowPowerShell: ["Day", "Week", "Month"],
                restorePolicyJson: ["Version", "Statement"],
            },
        );
    });

    it("has commands per type that take a backup now, for a POSIX shell and PowerShell", async () => {
        const { outputs } = await deployPolicy({ serverTag: { key: "Backup", value: "Büro SQL" }, copyOnly: true });
        const request = (value: string) =>
            `{"DocumentName":"AWSEC2-CreateVssSnapshot","Targets":[{"Key":"tag:Backup","Values":["${value}"]}],"Parameters":{"ExcludeBootVolume":["False"],"CopyOnly":["True"],"NoWriters":["False"],"description":["VssBackupPolicy prod: week snapshots"],"tags":["Key=SnapshotType,Value=Week;Key=VssBackupPolicy,Value=prod"],"executionTimeout":["800"]},"TimeoutSeconds":2800,"MaxConcurrency":"50","MaxErrors":"100%","CloudWatchOutputConfig":{"CloudWatchLogGroupName":"/vss-backup/prod/runs","CloudWatchOutputEnabled":true}}`;
        assert.deepEqual(
            [(outputs.backUpNow as Record<string, string>).Week, (outputs.backUpNowPowerShell as Record<string, string>).Week],
            [
                `aws ssm send-command --region 'eu-central-1' --cli-input-json '${request("Büro SQL")}'`,
                `$request = Join-Path ([IO.Path]::GetTempPath()) "vss-backup.json"; Set-Content -Encoding ascii -Path $request -Value '${request("B\\u00fcro SQL")}'; aws ssm send-command --region 'eu-central-1' --cli-input-json "file://$request"`,
            ],
        );
    });

    it("is the parent of every child, and passes its provider to it", async () => {
        const children: string[] = [];
        const { resources } = await run(
            () => {
                const provider = new aws.Provider("elsewhere", { region: "us-west-2" });
                const transformations: pulumi.ResourceTransformation[] = [
                    ({ name }) => {
                        children.push(name);
                        return undefined;
                    },
                ];
                return { topicArn: new VssBackupPolicy("prod", {}, { provider, transformations }).topicArn };
            },
            "test",
            "test",
            {},
        );
        const given = resources.filter(({ name }) => name !== "elsewhere");
        assert.deepEqual([...children].sort(), Object.keys(TYPES).sort());
        assert.deepEqual(
            [...new Set(given.filter(({ name }) => name !== "prod").map(({ provider }) => provider))],
            ["urn:pulumi:test::test::pulumi:providers:aws::elsewhere::elsewhere-id"],
        );
    });

    it("writes the provider's partition, region and account into its ARNs", async () => {
        const { resources } = await deployPolicy({}, { region: "cn-north-1" });
        const arns = JSON.stringify(resources.map(({ inputs: { code, ...inputs } }) => inputs)).match(/arn:[^"\\]+/g) as string[];
        assert.deepEqual(
            arns.filter((arn) => !arn.startsWith("arn:aws-cn:")),
            [],
        );
        assert.ok(arns.includes("arn:aws-cn:ssm:cn-north-1::document/AWSEC2-CreateVssSnapshot"));
        assert.ok(arns.includes("arn:aws-cn:iam::aws:policy/AWSEC2VssSnapshotPolicy"));
    });

    it("can be deployed twice, and each cleaner may delete only the snapshots of its policy", async () => {
        const { resources } = await run(
            () => {
                const [a, b] = ["one", "two"].map((name) => new VssBackupPolicy(name));
                return { a: a?.topicArn, b: b?.topicArn };
            },
            "test",
            "test",
            {},
        );
        const names = resources.map(({ name }) => name);
        const physical = resources
            .map(({ inputs }) => inputs.name)
            .filter((name) => name?.startsWith("vss-backup-") && name.endsWith("-cleaner"));
        const bounds = ["one", "two"].map(
            (name) =>
                resources
                    .find((resource) => resource.name === `${name}-cleaner-role-policy`)
                    ?.inputs.policy.match(/"aws:ResourceTag\/VssBackupPolicy":"(\w+)"/)?.[1],
        );
        assert.equal(new Set(names).size, 2 * Object.keys(TYPES).length);
        assert.deepEqual(physical.sort(), [
            "vss-backup-one-cleaner",
            "vss-backup-one-cleaner",
            "vss-backup-two-cleaner",
            "vss-backup-two-cleaner",
        ]);
        assert.deepEqual(bounds, ["one", "two"]);
    });

    it("changes only a type's window and the settings when its schedule changes", async () => {
        const Day = "cron(0 23 ? * * *)";
        assert.deepEqual(await changedBy({ schedules: { Day } }), {
            "prod-day-window": { ...BY_DEFAULT["prod-day-window"], schedule: Day },
            "prod-settings": settingsParameter({ settings: { schedules: { ...SETTINGS.schedules, Day } } }),
        });
    });

    it("lets IAM refuse to delete a held snapshot, and lists volumes only with orphanDays", async () => {
        const inputs = inputsOf(await deployPolicy({ hold: "Keep", orphanDays: 30 })) as Record<
            string,
            { policy: { Statement: object[] } }
        >;
        assert.deepEqual(inputs["prod-cleaner-role-policy"]?.policy.Statement.slice(2), [
            {
                Sid: "DeleteOwnSnapshots",
                Effect: "Allow",
                Action: "ec2:DeleteSnapshot",
                Resource: "arn:aws:ec2:eu-central-1::snapshot/*",
                Condition: {
                    StringEquals: { "aws:ResourceTag/VssBackupPolicy": "prod" },
                    Null: { "aws:ResourceTag/Keep": "true" },
                },
            },
            { Sid: "FindLostVolumes", Effect: "Allow", Action: "ec2:DescribeVolumes", Resource: "*" },
        ]);
    });

    it("refuses a tag of all resources that would hold every snapshot, when it is known", async () => {
        await assert.rejects(deployPolicy({ tags: pulumi.output({ vssbackuphold: "x" }) }), {
            message: /^VssBackupPolicy "prod": tags\.vssbackuphold has the key of hold, /,
        });
    });

    it("changes only the closures and the settings when retention changes", async () => {
        assert.deepEqual(await changedBy({ retention: { Day: 7 } }), {
            "prod-settings": settingsParameter({ settings: { retention: { Day: 7, Week: 3, Month: 2 } } }),
        });
    });

    it("keeps the default of a type that is undefined", async () => {
        const undefinedMonth = { Month: undefined } as unknown as Record<string, never>;
        assert.deepEqual(await changedBy({ retention: undefinedMonth, schedules: undefinedMonth }), {});
    });

    it("adds a type, and drops a type with the schedule never", async () => {
        const changed = await changedBy({ retention: { Year: 3 }, schedules: { Month: "never", Year: "cron(0 6 2 1 ? *)" } });
        assert.deepEqual(
            Object.entries(changed)
                .map(([name, inputs]) => `${name}${inputs === REMOVED ? " removed" : ""}`)
                .sort(),
            [
                "prod-month-target removed",
                "prod-month-task removed",
                "prod-month-window removed",
                "prod-settings",
                "prod-watch",
                "prod-watch-role-policy",
                "prod-watch-rule",
                "prod-year-target",
                "prod-year-task",
                "prod-year-window",
            ],
        );
    });

    it("opens windows, starts the cleaner and sends the report in the given time zone", async () => {
        const { "prod-settings": settings, ...changed } = await changedBy({ timezone: "Europe/Vienna" });
        assert.deepEqual(settings, settingsParameter({ settings: { timezone: "Europe/Vienna" } }));
        assert.deepEqual(
            Object.entries(changed)
                .map(([name, inputs]) => [
                    name,
                    (inputs as Record<string, unknown>).scheduleTimezone ?? (inputs as Record<string, unknown>).scheduleExpressionTimezone,
                ])
                .sort(),
            [
                ["prod-cleaner-schedule", "Europe/Vienna"],
                ["prod-day-window", "Europe/Vienna"],
                ["prod-month-window", "Europe/Vienna"],
                ["prod-report-schedule", "Europe/Vienna"],
                ["prod-watch-schedule", "Europe/Vienna"],
                ["prod-week-window", "Europe/Vienna"],
            ],
        );
    });

    it("attaches the servers' policies to existing roles, and makes no role", async () => {
        const changed = await changedBy({ serverRoles: { web: "web", 1: pulumi.output(`arn:aws:iam::${ACCOUNT_ID}:role/apps/sql`) } });
        const logs = BY_DEFAULT["prod-server-logs"] as object;
        assert.deepEqual(changed, {
            "prod-server-role": REMOVED,
            "prod-server-profile": REMOVED,
            "prod-server-ssm": REMOVED,
            "prod-server-vss": REMOVED,
            "prod-server-logs": REMOVED,
            "prod-server-web-ssm": { role: "web", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
            "prod-server-web-vss": { role: "web", policyArn: "arn:aws:iam::aws:policy/AWSEC2VssSnapshotPolicy" },
            "prod-server-web-logs": { ...logs, role: "web" },
            "prod-server-1-ssm": { role: "sql", policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
            "prod-server-1-vss": { role: "sql", policyArn: "arn:aws:iam::aws:policy/AWSEC2VssSnapshotPolicy" },
            "prod-server-1-logs": { ...logs, role: "sql" },
            "prod-watch": withTargets({ instanceProfile: undefined }),
            "prod-settings": settingsParameter({ targets: { instanceProfile: undefined } }),
        });
        const { outputs } = await deployPolicy({ serverRoles: { web: "web" } });
        assert.deepEqual([outputs.instanceProfileName, outputs.serverRoleArn], [undefined, undefined]);
    });

    it("never detaches a managed policy from the user's role, but deletes its inline policy", async () => {
        const retained = async (args: VssBackupPolicyArgs) => {
            const options = new Map<string, boolean>();
            const transformations: pulumi.ResourceTransformation[] = [
                ({ name, type, opts }) => {
                    if (type.startsWith("aws:iam/rolePolicy")) {
                        options.set(name, (opts as pulumi.CustomResourceOptions).retainOnDelete ?? false);
                    }
                    return undefined;
                },
            ];
            await run(() => ({ arn: new VssBackupPolicy("prod", args, { transformations }).topicArn }), "test", "test", {});
            return [...options]
                .filter(([, isRetained]) => isRetained)
                .map(([name]) => name)
                .sort();
        };
        assert.deepEqual(await retained({ serverRoles: { web: "web" } }), ["prod-server-web-ssm", "prod-server-web-vss"]);
        assert.deepEqual(await retained({}), []);
    });

    it("names attachments and subscriptions after their entries, in any order", async () => {
        const names = async (args: VssBackupPolicyArgs) =>
            Object.keys(inputsOf(await deployPolicy(args)))
                .filter((name) => /-(server|email)-/.test(name))
                .sort();
        const output = (role: string) => pulumi.output(role);
        const both = await names({
            serverRoles: { a: output("first"), b: output("second") },
            notificationEmails: { a: output("a@example.com"), b: output("b@example.com") },
        });
        assert.deepEqual(await names({ serverRoles: { b: output("second") }, notificationEmails: { b: output("b@example.com") } }), [
            "prod-email-b",
            "prod-server-b-logs",
            "prod-server-b-ssm",
            "prod-server-b-vss",
        ]);
        assert.equal(both.length, new Set(both).size);
        assert.deepEqual(
            await names({ serverRoles: ["1", `arn:aws:iam::${ACCOUNT_ID}:role/x/web`], notificationEmails: ["b@example.com"] } as never),
            [
                "prod-email-b@example.com",
                ...["1", "web"].flatMap((role) => ["logs", "ssm", "vss"].map((suffix) => `prod-server-${role}-${suffix}`)),
            ],
        );
    });

    it("refuses a topic of another region, account or partition", async () => {
        const otherTopics = [
            `arn:aws:sns:us-east-1:${ACCOUNT_ID}:ops`,
            "arn:aws:sns:eu-central-1:999999999999:ops",
            pulumi.output(`arn:aws-cn:sns:eu-central-1:${ACCOUNT_ID}:ops`),
        ];
        for (const topicArn of otherTopics) {
            const given = await resolveOutput(pulumi.output(topicArn));
            await assert.rejects(deployPolicy({ topicArn }), {
                message: `VssBackupPolicy "prod": topicArn is "${given}"; ${HERE_CURE}`,
            });
        }
        await assert.rejects(deployPolicy({ topicArn: pulumi.secret(otherTopics[1] as string) }), {
            message: `VssBackupPolicy "prod": topicArn is a secret; ${HERE_CURE}`,
        });
    });

    it("refuses a role of another account or partition, and accepts a role's name", async () => {
        const context = {
            name: "prod",
            placement: { partition: pulumi.output("aws"), region: pulumi.output("eu-central-1"), accountId: pulumi.output(ACCOUNT_ID) },
        };
        const check = (role: string) => resolveOutput(refuseOtherPlacement(context, "serverRoles.web", pulumi.output(role)));
        const otherRoles = ["arn:aws:iam::999999999999:role/web", `arn:aws-us-gov:iam::${ACCOUNT_ID}:role/web`];
        for (const role of otherRoles) {
            await assert.rejects(check(role), { message: `VssBackupPolicy "prod": serverRoles.web is "${role}"; ${HERE_CURE}` });
        }
        const rolesOfPolicy = ["web", `arn:aws:iam::${ACCOUNT_ID}:role/apps/web`];
        assert.deepEqual(await Promise.all(rolesOfPolicy.map(check)), rolesOfPolicy);
    });

    it("refuses a server tag without a value in one sentence, when it is known", async () => {
        for (const value of [undefined, null]) {
            await assert.rejects(deployPolicy({ serverTag: { value: pulumi.output(value as unknown as string) } }), {
                message: 'VssBackupPolicy "prod": serverTag.value is given, but has no value; leave it out to use its default',
            });
        }
    });

    it("uses an existing topic, keeps its policy, and subscribes people to it", async () => {
        const topicArn = `arn:aws:sns:eu-central-1:${ACCOUNT_ID}:ops`;
        const changed = await changedBy({
            topicArn: pulumi.output(topicArn),
            notificationEmails: { ops: "a@example.com", boss: pulumi.output("b@example.com") },
        });
        assert.deepEqual(
            {
                topic: changed["prod-topic"],
                policy: changed["prod-topic-policy"],
                a: changed["prod-email-ops"],
                b: changed["prod-email-boss"],
            },
            {
                topic: REMOVED,
                policy: REMOVED,
                a: { topic: topicArn, protocol: "email", endpoint: "a@example.com" },
                b: { topic: topicArn, protocol: "email", endpoint: "b@example.com" },
            },
        );
        assert.deepEqual(
            (changed["prod-notify-role-policy"] as { policy: object }).policy,
            policy({ Sid: "Publish", Effect: "Allow", Action: "sns:Publish", Resource: topicArn }),
        );
        assert.equal((await deployPolicy({ topicArn })).outputs.topicArn, topicArn);
    });

    it("passes the document's parameters, and the user's tags for every snapshot", async () => {
        const inputs = inputsOf(
            await deployPolicy({
                excludeBootVolume: true,
                copyOnly: pulumi.output(true),
                noWriters: true,
                document: "AWSEC2-VssInstallAndSnapshot",
                componentsVersion: "2.5.1",
                tags: { CostCenter: "4711", Owner: pulumi.output("windows") },
            }),
        );
        assert.deepEqual(parametersOf(inputs, "prod-day-task"), {
            ExcludeBootVolume: "True",
            CopyOnly: "True",
            NoWriters: "True",
            description: "VssBackupPolicy prod: day snapshots",
            tags: "Key=SnapshotType,Value=Day;Key=VssBackupPolicy,Value=prod;Key=CostCenter,Value=4711;Key=Owner,Value=windows",
            executionTimeout: "800",
            VssVersion: "2.5.1",
        });
        assert.deepEqual(inputs["prod-vss-package"]?.parameters, { action: "Install", name: "AwsVssComponents", version: "2.5.1" });
        assert.equal(inputs["prod-day-task"]?.taskArn, "AWSEC2-VssInstallAndSnapshot");
        assert.match(JSON.stringify(inputs["prod-window-role-policy"]), /::document\/AWSEC2-VssInstallAndSnapshot"/);
    });

    it("saves the metadata of writers in each run, and tells the command line", async () => {
        const byDefault = BY_DEFAULT as Record<string, TaskInputs>;
        const withMetadata = (name: string) => {
            const task = structuredClone(byDefault[name] as TaskInputs);
            task.taskInvocationParameters.runCommandParameters.parameters.splice(3, 0, { name: "SaveVssMetadata", values: ["True"] });
            return task;
        };
        const changed = {
            ...Object.fromEntries(["prod-day-task", "prod-week-task", "prod-month-task"].map((name) => [name, withMetadata(name)])),
            "prod-settings": settingsParameter({ saveVssMetadata: true }),
        };
        assert.deepEqual(await changedBy({ saveVssMetadata: true }), changed);
        assert.deepEqual(await changedBy({ saveVssMetadata: pulumi.output(true) }), changed);
        assert.deepEqual(await changedBy({ saveVssMetadata: false }), {});
    });

    it("puts the user's tags on every resource that takes tags", async () => {
        const { resources } = await deployPolicy({ tags: { Owner: "windows" } });
        const untaggable = [
            "RolePolicy",
            "RolePolicyAttachment",
            "TopicPolicy",
            "MaintenanceWindowTarget",
            "MaintenanceWindowTask",
            "Schedule",
            "EventTarget",
            "Permission",
            "VssBackupPolicy",
        ];
        assert.deepEqual(
            resources
                .filter(({ inputs }) => inputs.tags?.Owner !== "windows")
                .map(({ type }) => type.split(":").at(-1))
                .filter((type) => !untaggable.includes(type ?? "")),
            [],
        );
    });

    it("reserves no concurrency if the account's quota is too small for its functions or can't be read", async () => {
        const reserved = async (answer: () => Record<string, unknown>, args: VssBackupPolicyArgs = {}) => {
            const inputs = inputsOf(await deployPolicy(args, { quota: answer }));
            return [inputs["prod-cleaner"], inputs["prod-watch"]].map((given) => given?.reservedConcurrentExecutions);
        };
        const refuse = () => {
            throw new Error("AccessDeniedException");
        };
        assert.deepEqual(
            [
                await reserved(() => ({ value: 10 })),
                await reserved(() => ({ value: 101 })),
                await reserved(() => ({ value: 102 })),
                await reserved(refuse),
                await reserved(() => ({ value: 100 }), { watch: false }),
                await reserved(() => ({ value: 101 }), { watch: false }),
            ],
            [
                [-1, -1],
                [-1, -1],
                [1, 1],
                [-1, -1],
                [-1, undefined],
                [1, undefined],
            ],
        );
    });

    it("registers no resource when an argument is invalid", async () => {
        let registered = 0;
        pulumi.runtime.setMocks({
            newResource: ({ name }) => {
                registered += 1;
                return { id: name, state: {} };
            },
            call: () => ({}),
        });
        assert.throws(
            () => new VssBackupPolicy("prod", { retention: { Day: 0 } }),
            /^Error: VssBackupPolicy "prod": retention\.Day is 0; /,
        );
        await pulumi.runtime.disconnect();
        assert.equal(registered, 0);
    });

    it("is the same, byte for byte, when it is built twice", async () => {
        const builtPolicy = async () => {
            const { resources } = await deployPolicy({ tags: { Owner: "windows" }, timezone: "America/New_York" });
            const archives = resources.flatMap(({ inputs }) => inputs.code ?? []);
            const files = await Promise.all(archives.map(readArchive));
            return JSON.stringify([files, resources.map(({ type, name, inputs: { code, ...inputs } }) => [type, name, inputs])]);
        };
        assert.equal(await builtPolicy(), await builtPolicy());
    });
});
